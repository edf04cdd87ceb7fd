"""Runs: what every execution of a pass for the caller's org read, proposed and changed, and why."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.deps import AdminReader, Nrem, transaction
from nrem import ids
from nrem.errors import InvalidError, NotFoundError
from nrem.store import run, run_change
from nrem.store.run import Filters, RunRow
from nrem.store.run_change import Shown
from nrem.wire.admin import RunChangeOut, RunOut, RunPage, RunQuery, RunShown

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
async def get_run(run_id: str, state: Nrem, caller: AdminReader) -> RunShown:
    """One run, with what it did to each memory."""
    number, row, changes = ids.decode(ids.RUN, run_id), None, []
    if number:
        async with transaction(state, caller) as run_in:
            row = await run_in(run.find, caller.org_id, number)
            changes = await run_in(run_change.show, caller.org_id, number)
    if row is None:
        raise NotFoundError("there is no such run")
    return RunShown(**_run_out(row).model_dump(), changes=[_change_out(shown) for shown in changes])


def _change_out(shown: Shown) -> RunChangeOut:
    change = shown.change
    return RunChangeOut(
        memory_id=ids.encode(ids.MEMORY, change.memory_id),
        what=change.what.value,
        version_before=change.version_before,
        version_after=change.version_after,
        content_before=shown.content_before,
        content_after=shown.content_after,
        before=dict(change.before),
        after=dict(change.after),
    )


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
        reverted_at=row.reverted_at,
        reverted_by=ids.encode(ids.RUN, row.reverted_by) if row.reverted_by else None,
        reverts=ids.encode(ids.RUN, row.reverts) if row.reverts else None,
    )


def _wired(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Lists of numbers are memories; on the wire they have ids."""
    if isinstance(value, list):
        return [ids.encode(ids.MEMORY, one) if isinstance(one, int) else one for one in value]
    return value
