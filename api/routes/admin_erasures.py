"""Erasures of the caller's org: ask, look, say yes with a second key, change one's mind."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request
from pydantic import TypeAdapter
from sqlalchemy import Connection

from api import body
from api.deps import (
    AdminReader,
    Confirmer,
    Nrem,
    Requester,
    record,
    transaction,
)
from api.openapi import takes
from api.state import State
from nrem import ids
from nrem.errors import ConflictError, NotFoundError
from nrem.policy import erase as policy
from nrem.policy.erase import Kind
from nrem.store import directory, engine, erase, erase_ask, hold
from nrem.store.audit import Entry, Operation
from nrem.store.erase import WHOLE, Erasure, Target
from nrem.store.key import Caller
from nrem.wire.erasure import (
    ErasureAccepted,
    ErasureConfirmIn,
    ErasureIn,
    ErasureOut,
    ErasurePreviewOut,
)

router = APIRouter(tags=["erasures"])

_ASKED: Final = TypeAdapter(ErasureIn)
_CONFIRMED: Final = TypeAdapter(ErasureConfirmIn)
_PATH: Final = "/v1/admin/erasures"


@router.post(_PATH, status_code=202, openapi_extra=takes(ErasureIn))
async def request_erasure(request: Request, state: Nrem, caller: Requester) -> ErasureAccepted:
    """Ask for a user, an agent, a session, a memory or the org to be erased; nothing goes yet.

    A preview is made first; a second key confirms it. 409 `legal_hold` where a hold stands, and
    `erasure_exists` while one of the same is under way.
    """
    given = body.validate(_ASKED, body.parse(await body.read(request)))
    async with transaction(state, caller) as run:
        its: Erasure = await run(_ask, state, caller, given)
        await record(run, request, caller, _entry(Operation.ERASURE_REQUEST, its))
    state.nudger.nudge((erase.NAME,))
    return ErasureAccepted(erasure_id=_wire(its), state=its.state.value)


def _ask(conn: Connection, state: State, caller: Caller, given: ErasureIn) -> Erasure:
    kind, name = Kind(given.kind), given.ref or ""
    target = Target(
        kind=kind,
        target_id=_number(conn, caller.org_id, kind, name),
        target_hash=erase.target_hash(state.digest, caller.org_id, kind, name),
    )
    now = engine.instant(conn)
    return erase_ask.request(conn, caller.org_id, target, requested_by=caller.key_row_id, now=now)


_FIND: Final[Mapping[Kind, Callable[[Connection, int, str], int | None]]] = {
    Kind.USER: directory.find_user,
    Kind.AGENT: directory.find_agent,
    Kind.SESSION: directory.find_session,
}


def _number(conn: Connection, org_id: int, kind: Kind, ref: str) -> int:
    if kind is Kind.ORG:
        return WHOLE
    if kind is Kind.MEMORY:
        number = ids.decode(ids.MEMORY, ref)
        if number is not None and not hold.has_memory(conn, org_id, number):
            number = None
    else:
        number = _FIND[kind](conn, org_id, ref)
    if number is None:
        raise NotFoundError(f"there is no such {kind}", field="ref")
    return number


@router.get(_PATH + "/{erasure_id}")
async def get_erasure(erasure_id: str, state: Nrem, caller: AdminReader) -> ErasureOut:
    """How far an erasure has come."""
    its, now = await _find(erasure_id, state, caller)
    return _out(its, now)


@router.get(_PATH + "/{erasure_id}/preview")
async def get_erasure_preview(
    erasure_id: str, state: Nrem, caller: AdminReader
) -> ErasurePreviewOut:
    """What would go, in numbers; 409 `not_previewed` until that is known."""
    its, _ = await _find(erasure_id, state, caller)
    if its.preview_hash is None:
        raise ConflictError(
            "the preview is not made yet", remedy="ask again in a moment", code="not_previewed"
        )
    return ErasurePreviewOut(
        erasure_id=_wire(its),
        state=its.state.value,
        preview_hash=its.preview_hash.hex(),
        **its.preview,
    )


@router.post(_PATH + "/{erasure_id}:confirm", openapi_extra=takes(ErasureConfirmIn))
async def confirm_erasure(
    erasure_id: str, request: Request, state: Nrem, caller: Confirmer
) -> ErasureOut:
    """Have done what the preview shows, with another key than the one that asked.

    403 `same_key`; 409 `preview_stale` when the preview is another by now, and `legal_hold`. If
    much more is found than the preview shows, it goes back to `previewed` and nothing is deleted.
    """
    given = body.validate(_CONFIRMED, body.parse(await body.read(request)))

    def work(conn: Connection) -> Erasure | None:
        return erase_ask.confirm(
            conn,
            caller.org_id,
            _id(erasure_id),
            confirmed_by=caller.key_row_id,
            preview_hash=bytes.fromhex(given.preview_hash),
            now=engine.instant(conn),
        )

    return await _change(request, state, caller, Operation.ERASURE_CONFIRM, work)


@router.post(_PATH + "/{erasure_id}:cancel")
async def cancel_erasure(
    erasure_id: str, request: Request, state: Nrem, caller: Requester
) -> ErasureOut:
    """End an erasure of which nothing is destroyed yet; 409 `deletion_begun` after that."""

    def work(conn: Connection) -> Erasure | None:
        now = engine.instant(conn)
        return erase_ask.cancel(conn, caller.org_id, _id(erasure_id), now=now)

    return await _change(request, state, caller, Operation.ERASURE_CANCEL, work)


@router.get(_PATH + "/{erasure_id}/receipt")
async def get_erasure_receipt(erasure_id: str, state: Nrem, caller: AdminReader) -> dict[str, Any]:
    """The signed receipt; 409 `not_certified` until there is one."""
    its, _ = await _find(erasure_id, state, caller)
    if its.receipt is None or its.state is not policy.State.CERTIFIED:
        raise ConflictError(
            f"the erasure is {its.state}; there is a receipt when it is certified",
            remedy="look how far it has come: GET /v1/admin/erasures/{id}",
            code="not_certified",
        )
    return dict(its.receipt)


async def _change(
    request: Request,
    state: State,
    caller: Caller,
    operation: Operation,
    work: Callable[[Connection], Erasure | None],
) -> ErasureOut:
    async with transaction(state, caller) as run:
        its: Erasure | None = await run(work)
        if its is None:
            raise _unknown()
        now: datetime = await run(engine.instant)
        await record(run, request, caller, _entry(operation, its))
    state.nudger.nudge((erase.NAME,))
    return _out(its, now)


async def _find(erasure_id: str, state: State, caller: Caller) -> tuple[Erasure, datetime]:
    async with transaction(state, caller) as run:
        its: Erasure | None = await run(erase.read, caller.org_id, _id(erasure_id))
        now: datetime = await run(engine.instant)
    if its is None:
        raise _unknown()
    return its, now


def _unknown() -> NotFoundError:
    return NotFoundError("there is no such erasure")


def _id(wire: str) -> int:
    return ids.decode(ids.ERASURE, wire) or 0


def _wire(its: Erasure) -> str:
    return ids.encode(ids.ERASURE, its.erasure_id)


def _entry(operation: Operation, its: Erasure) -> Entry:
    details = {"erasure_id": _wire(its), "kind": its.target.kind.value}
    return Entry(operation=operation, details=details)


def _out(its: Erasure, now: datetime) -> ErasureOut:
    whole = sum(its.manifest.values())
    is_deleted = "deleted" in its.instants
    share = sum(its.deleted_counts.values()) / whole if whole else 0.0
    return ErasureOut(
        erasure_id=_wire(its),
        kind=its.target.kind.value,
        target_hash=its.target.target_hash.hex(),
        state=its.state.value,
        reached=its.reached.value,
        step=its.step,
        requested_at=its.requested_at,
        due_by=its.due_by,
        warning=policy.warning(its.state, its.requested_at, now),
        progress=1.0 if is_deleted else min(share, 1.0),
        manifest=dict(its.manifest),
        deleted=dict(its.deleted_counts),
        measured=dict(its.measured),
        scan=dict(its.scan),
        instants={
            name: datetime.fromisoformat(at)
            for name, at in its.instants.items()
            if not name.startswith("step:")
        },
        error=its.error,
    )
