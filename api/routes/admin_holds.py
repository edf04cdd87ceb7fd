"""Legal holds of the caller's org: place one, list them, lift one."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from pydantic import TypeAdapter
from sqlalchemy import Connection

from api import body
from api.deps import AdminReader, AdminWriter, Nrem, record, transaction
from api.openapi import takes
from nrem import ids
from nrem.errors import InvalidError, NotFoundError
from nrem.store import directory, engine, hold
from nrem.store.audit import Entry, Operation
from nrem.store.hold import Hold, HoldKind
from nrem.wire.hold import HoldIn, HoldOut, HoldPage, HoldQuery

router = APIRouter(tags=["holds"])

_SHAPE: Final = TypeAdapter(HoldIn)


@router.post("/v1/admin/holds", status_code=201, openapi_extra=takes(HoldIn))
async def place_hold(request: Request, state: Nrem, caller: AdminWriter) -> HoldOut:
    """Keep the org, an agent, a user or a memory from being purged, until the hold is lifted.

    Once this is answered nothing under the hold is purged. A second hold over the same is 409.
    """
    given = body.validate(_SHAPE, body.parse(await body.read(request)))
    async with transaction(state, caller) as run:
        placed: Hold = await run(_place, caller.org_id, given)
        await record(run, request, caller, _entry(Operation.HOLD_PLACE, placed))
    return _hold_out(placed)


def _place(conn: Connection, org_id: int, given: HoldIn) -> Hold:
    kind = HoldKind(given.kind)
    ref_id = None if given.ref is None else _number(conn, org_id, kind, given.ref)
    return hold.place(conn, org_id, kind, ref_id, reference=given.reference)


def _number(conn: Connection, org_id: int, kind: HoldKind, ref: str) -> int:
    number: int | None
    if kind is HoldKind.AGENT:
        number = directory.find_agent(conn, org_id, ref)
    elif kind is HoldKind.USER:
        number = directory.find_user(conn, org_id, ref)
    else:
        number = ids.decode(ids.MEMORY, ref)
        if number is not None and not hold.has_memory(conn, org_id, number):
            number = None
    if number is None:
        raise NotFoundError(f"there is no such {kind}", field="ref")
    return number


@router.get("/v1/admin/holds")
async def list_holds(
    state: Nrem, caller: AdminReader, asked: Annotated[HoldQuery, Query()]
) -> HoldPage:
    """Holds, oldest first; lifted ones too, unless `standing` says which."""
    after_id = ids.decode(ids.HOLD, asked.cursor) if asked.cursor else 0
    if after_id is None:
        raise InvalidError(
            "is no cursor of this listing", field="cursor", remedy="send next_cursor as it came"
        )
    async with transaction(state, caller) as run:
        found: list[Hold] = await run(
            hold.find,
            caller.org_id,
            is_standing=asked.standing,
            after_id=after_id,
            limit=asked.limit + 1,
        )
    page = found[: asked.limit]
    return HoldPage(
        holds=[_hold_out(one) for one in page],
        next_cursor=ids.encode(ids.HOLD, page[-1].hold_id) if len(found) > len(page) else None,
    )


@router.post("/v1/admin/holds/{hold_id}:lift")
async def lift_hold(hold_id: str, request: Request, state: Nrem, caller: AdminWriter) -> HoldOut:
    """Lift a hold; what is due is purged by the next run. Lifting it again changes nothing."""
    number, found = ids.decode(ids.HOLD, hold_id), None
    if number:
        async with transaction(state, caller) as run:
            found = await run(hold.lift, caller.org_id, number)
            # lifted now, not before
            if found and found.lifted_at == await run(engine.instant):
                await record(run, request, caller, _entry(Operation.HOLD_LIFT, found))
    if found is None:
        raise NotFoundError("there is no such hold")
    return _hold_out(found)


def _entry(operation: Operation, one: Hold) -> Entry:
    """What the case is called stays out of the trail: somebody wrote it."""
    return Entry(
        operation=operation,
        agent_id=one.ref_id if one.kind is HoldKind.AGENT else None,
        user_id=one.ref_id if one.kind is HoldKind.USER else None,
        memory_id=one.ref_id if one.kind is HoldKind.MEMORY else None,
        details={"hold_id": ids.encode(ids.HOLD, one.hold_id), "kind": one.kind.value},
    )


def _hold_out(one: Hold) -> HoldOut:
    ref = one.name
    if one.kind is HoldKind.MEMORY and one.ref_id is not None:
        ref = ids.encode(ids.MEMORY, one.ref_id)
    return HoldOut(
        id=ids.encode(ids.HOLD, one.hold_id),
        kind=one.kind.value,
        ref=ref,
        reference=one.reference,
        placed_at=one.placed_at,
        lifted_at=one.lifted_at,
    )
