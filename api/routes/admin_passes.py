"""What a pass would do for the caller's org: ask, look, approve. The workers rehearse and do it.

A request waits for the answer, asking the database again and again, each time in a transaction of
its own; what takes longer is answered 202 and can be looked up.
"""

import asyncio
import secrets
from typing import Final

from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter
from sqlalchemy import Connection

from api import body
from api.deps import AdminReader, AdminWriter, Nrem, record, transaction
from api.openapi import takes
from api.state import State
from nrem import ids
from nrem.clock import monotonic
from nrem.errors import ConflictError, InvalidError, NotFoundError
from nrem.store import directory, preview
from nrem.store.audit import Entry, Operation
from nrem.store.key import Caller
from nrem.store.preview import Preview
from nrem.wire.preview import PassPreviewIn, PassPreviewOut, change_line

router = APIRouter(tags=["previews"])

_SHAPE: Final = TypeAdapter(PassPreviewIn)
# Less than the 30 s after which clients give up.
_SECONDS: Final = 20.0
_PAUSE_SECONDS: Final = 0.05
_AGAIN: Final = "ask for a new preview of the pass"


@router.post("/v1/admin/passes/{name}:preview", openapi_extra=takes(PassPreviewIn))
async def preview_pass(
    name: str, request: Request, response: Response, state: Nrem, caller: AdminWriter
) -> PassPreviewOut:
    """What a pass would do now, also while it rests; nothing of it is done.

    202 when the workers take longer than 20 s: the answer is where `Location` says.
    """
    if name not in preview.PASSES:
        raise NotFoundError(
            "there is no such pass, or it cannot be shown before it is done",
            field="pass",
            remedy="name one of " + ", ".join(preview.PASSES),
        )
    raw = await body.read(request)
    given = body.validate(_SHAPE, body.parse(raw) if raw.strip() else {})
    async with transaction(state, caller) as run:
        number: int = await run(_ask, caller.org_id, name, given)
        await record(run, request, caller, _entry(Operation.PREVIEW_ASK, name, number))
    return await _answered(number, response, state, caller, waiting="asked")


def _entry(operation: Operation, name: str, number: int) -> Entry:
    details = {"pass": name, "preview_id": ids.encode(ids.PREVIEW, number)}
    return Entry(operation=operation, details=details)


def _ask(conn: Connection, org_id: int, name: str, given: PassPreviewIn) -> int:
    subject_id = _subject(conn, org_id, given)
    return preview.ask(conn, org_id, name, subject_id=subject_id, cause=_cause())


def _cause() -> str:
    return f"request:{secrets.token_hex(8)}"


def _subject(conn: Connection, org_id: int, given: PassPreviewIn) -> int | None:
    if given.agent_id is None:
        if given.user_id is not None:
            raise InvalidError(
                "a user is known to an agent", field="agent_id", remedy="name the agent, too"
            )
        return None
    found = directory.find_subject(conn, org_id, given.agent_id, given.user_id)
    if found is None:
        raise NotFoundError("there is no such agent and user", field="agent_id")
    return found


@router.get("/v1/admin/previews/{preview_id}")
async def get_preview(preview_id: str, state: Nrem, caller: AdminReader) -> PassPreviewOut:
    """One preview; 24 h after it was asked for it shows nothing any more."""
    return _out(await _find(preview_id, state, caller))


@router.post("/v1/admin/previews/{preview_id}:approve")
async def approve_preview(
    preview_id: str, request: Request, response: Response, state: Nrem, caller: AdminWriter
) -> PassPreviewOut:
    """Do exactly what a preview shows; again changes nothing, and answers the same.

    409 `preview_stale` when what it was made from has changed since: then nothing is done.
    """
    found = await _find(preview_id, state, caller)
    async with transaction(state, caller) as run:
        if await run(preview.approve, caller.org_id, found.preview_id, cause=_cause()):
            entry = _entry(Operation.PREVIEW_APPROVE, found.pass_name, found.preview_id)
            await record(run, request, caller, entry)
    out = await _answered(found.preview_id, response, state, caller, waiting="approved")
    if out.state not in ("applied", "approved") and not out.run_ids:
        raise _refusal(out)
    return out


def _refusal(out: PassPreviewOut) -> ConflictError:
    if out.state == "stale":
        return ConflictError(
            "what the preview was made from has changed", remedy=_AGAIN, code="preview_stale"
        )
    if out.state == "asked":
        return ConflictError(
            "the preview is not ready yet", remedy="look at it, then approve it", code="not_ready"
        )
    return ConflictError(f"the preview is {out.state}", remedy=_AGAIN, code=f"preview_{out.state}")


async def _answered(
    number: int, response: Response, state: State, caller: Caller, *, waiting: str
) -> PassPreviewOut:
    """The preview once it is no longer `waiting`, or after a time."""
    state.nudger.nudge((preview.NAME,))
    ends = monotonic() + _SECONDS
    while (found := await _read(number, state, caller)).state == waiting:
        if monotonic() > ends:
            response.status_code = 202
            response.headers["Location"] = f"/v1/admin/previews/{_wire(found)}"
            break
        await asyncio.sleep(_PAUSE_SECONDS)
    return _out(found)


async def _find(preview_id: str, state: State, caller: Caller) -> Preview:
    number = ids.decode(ids.PREVIEW, preview_id)
    if number is None:
        raise NotFoundError("there is no such preview")
    return await _read(number, state, caller)


async def _read(number: int, state: State, caller: Caller) -> Preview:
    async with transaction(state, caller) as run:
        found: Preview | None = await run(preview.read, caller.org_id, number)
    if found is None:
        raise NotFoundError("there is no such preview")
    return found


def _wire(found: Preview) -> str:
    return ids.encode(ids.PREVIEW, found.preview_id)


def _out(found: Preview) -> PassPreviewOut:
    return PassPreviewOut(
        preview_id=_wire(found),
        pass_name=found.pass_name,
        state=found.state,
        read=found.read,
        proposed=found.proposed,
        changes=[change_line(one) for one in found.changes],
        outcome=found.outcome,
        reason=found.reason,
        run_ids=[ids.encode(ids.RUN, one) for one in found.run_ids],
        expires_at=found.expires_at,
    )
