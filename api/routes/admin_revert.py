"""Undoing a run of the caller's org: what people or other runs did since is kept, and told."""

from typing import Final

from fastapi import APIRouter, Request
from pydantic import TypeAdapter
from sqlalchemy import Connection

from api import body
from api.deps import AdminWriter, Nrem, record, transaction
from api.openapi import takes
from nrem import ids
from nrem.errors import NotFoundError
from nrem.store import engine, policy, revert
from nrem.store.audit import Entry, Operation
from nrem.store.revert import Reverted
from nrem.wire.admin import KeptOut, RevertedCounts, RevertIn, RevertOut

router = APIRouter(tags=["runs"])

_SHAPE: Final = TypeAdapter(RevertIn)


@router.post("/v1/admin/runs/{run_id}:revert", openapi_extra=takes(RevertIn, is_required=False))
async def revert_run(run_id: str, request: Request, state: Nrem, caller: AdminWriter) -> RevertOut:
    """Undo a run of consolidate, promote or reflect; doing it twice changes nothing more.

    With `again`, at once or by a second request, the pass looks anew at what the run was made from.
    Without it, that is left alone.
    """
    raw = await body.read(request)
    given = body.validate(_SHAPE, body.parse(raw) if raw.strip() else {})
    number = ids.decode(ids.RUN, run_id)
    if number is None:
        raise NotFoundError("there is no such run")
    async with transaction(state, caller) as run:
        done: Reverted = await run(_revert, caller.org_id, number, again=given.again)
        if not done.already or given.again:
            entry = Entry(operation=Operation.REVERT, run_id=number, details={"again": given.again})
            await record(run, request, caller, entry)
    if given.again:
        state.nudger.nudge((done.pass_name,))
    return _revert_out(run_id, done)


def _revert(conn: Connection, org_id: int, number: int, *, again: bool) -> Reverted:
    timeline, now = policy.timeline(conn, org_id), engine.instant(conn)
    return revert.revert(conn, org_id, number, again=again, timeline=timeline, now=now)


def _revert_out(run_id: str, done: Reverted) -> RevertOut:
    return RevertOut(
        run_id=run_id,
        reverted_by=ids.encode(ids.RUN, done.reverted_by),
        reverted=RevertedCounts(**done.counts),
        kept=[
            KeptOut(
                memory_id=ids.encode(ids.MEMORY, one.memory_id),
                field=one.field,
                reason=one.reason,
                run_id=ids.encode(ids.RUN, one.run_id) if one.run_id else None,
            )
            for one in done.kept
        ],
        dependents=[ids.encode(ids.RUN, one) for one in done.dependents],
        already=done.already,
    )
