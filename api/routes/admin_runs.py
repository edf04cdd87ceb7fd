"""Runs: what every execution of a pass for the caller's org read, proposed and changed, and why."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.deps import AdminReader, Nrem, transaction
from nrem import ids
from nrem.errors import InvalidError, NotFoundError
from nrem.store import run
from nrem.store.run import Filters, RunRow
from nrem.wire.admin import RunOut, RunPage, RunQuery

router = APIRouter(tags=["runs"])


@router.get("/v1/admin/runs")
async def list_runs(
    state: Nrem, caller: AdminReader, asked: Annotated[RunQuery, Query()]
) -> RunPage:
    """Runs, newest first; the cursor of a page leads to the next one."""
    before = ids.decode(ids.RUN, asked.cursor) if asked.cursor else None
    if asked.cursor and before is None:
        raise InvalidError(
            "is no cursor of this listing", field="cursor", remedy="send next_cursor as it came"
        )
    filters = Filters(pass_name=asked.pass_name, outcome=asked.outcome, cause=asked.cause)
    async with transaction(state, caller) as run_in:
        rows: list[RunRow] = await run_in(
            run.find_page, caller.org_id, filters, before_id=before, limit=asked.limit + 1
        )
    page = rows[: asked.limit]
    is_last = len(rows) == len(page)
    return RunPage(
        runs=[_run_out(row) for row in page],
        next_cursor=None if is_last else ids.encode(ids.RUN, page[-1].id),
    )


@router.get("/v1/admin/runs/{run_id}")
async def get_run(run_id: str, state: Nrem, caller: AdminReader) -> RunOut:
    """One run."""
    number, row = ids.decode(ids.RUN, run_id), None
    if number:
        async with transaction(state, caller) as run_in:
            row = await run_in(run.find, caller.org_id, number)
    if row is None:
        raise NotFoundError("there is no such run")
    return _run_out(row)


def _run_out(row: RunRow) -> RunOut:
    return RunOut(
        id=ids.encode(ids.RUN, row.id),
        pass_name=row.pass_name,
        cause=row.cause,
        task_id=row.task_id,
        read=row.read,
        proposed=row.proposed,
        changed=row.changed,
        outcome=row.outcome,
        reason=row.reason,
        started_at=row.started_at,
        finished_at=row.finished_at,
        duration_ms=row.duration_ms,
        engine=row.engine,
        detail={name: _wired(value) for name, value in row.detail.items()},
    )


def _wired(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Lists of numbers are memories; on the wire they have ids."""
    if isinstance(value, list):
        return [ids.encode(ids.MEMORY, one) if isinstance(one, int) else one for one in value]
    return value
