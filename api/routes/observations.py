"""Observations of a person: what was noted, what it rests on, and bringing one back."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection

from api import names
from api.deps import Nrem, Reader, Writer, record, transaction
from nrem import ids
from nrem.errors import NotFoundError
from nrem.store import directory, observation
from nrem.store.audit import Entry, Operation
from nrem.store.observation import Whose
from nrem.wire.observation import ObservationOut, ObservationPage, ObservationQuery

router = APIRouter(tags=["observations"])

_ACTIVE = {"active": True, "archived": False, "all": None}


@router.get("/v1/observations")
async def list_observations(
    state: Nrem, caller: Reader, asked: Annotated[ObservationQuery, Query()]
) -> ObservationPage:
    """What was noted of a person with an agent, with the turns and the runs behind it."""
    async with transaction(state, caller) as run:
        rows: list[Any] = await run(_find, caller.org_id, asked)
    page = rows[: asked.limit]
    return ObservationPage(
        observations=[_out(row) for row in page],
        next_cursor=page[-1].ordinal if len(rows) > len(page) else None,
    )


def _find(conn: Connection, org_id: int, asked: ObservationQuery) -> list[Any]:
    subject_id = directory.find_subject(conn, org_id, asked.agent_id, asked.user_id)
    if subject_id is None:
        return []
    found = observation.find(
        conn,
        org_id,
        subject_id,
        is_active=_ACTIVE[asked.state],
        after=asked.cursor or 0,
        limit=asked.limit + 1,
    )
    return list(found)


@router.post("/v1/observations/{observation_id}:restore")
async def restore_observation(
    observation_id: str, request: Request, state: Nrem, caller: Writer
) -> ObservationOut:
    """Make an archived observation active again; one that is active stays so.

    409 where another active observation says the same. The passes may archive it again.
    """
    number, row = ids.decode(ids.OBSERVATION, observation_id), None
    if number is not None:
        async with transaction(state, caller) as run:
            whose: Whose | None = await run(observation.restore, caller.org_id, number)
            if whose is not None:
                entry = Entry(
                    operation=Operation.RESTORE,
                    agent_id=whose.agent_id,
                    user_id=whose.user_id,
                    details={"observation": number},
                )
                await record(run, request, caller, entry)
                row = await run(_read, caller.org_id, whose.subject_id, number)
    if row is None:
        raise NotFoundError("there is no such observation")
    return _out(row)


def _read(conn: Connection, org_id: int, subject_id: int, number: int) -> Any:  # noqa: ANN401 - a row
    return observation.find(conn, org_id, subject_id, observation_id=number)[0]


def _out(row: Any) -> ObservationOut:  # noqa: ANN401 - a row
    return ObservationOut(
        id=ids.encode(ids.OBSERVATION, row.id),
        ordinal=row.ordinal,
        text=row.text,
        priority=row.priority,
        trust=row.trust,
        tokens=row.tokens,
        observation_date=row.observation_date,
        referenced_date=row.referenced_date,
        referenced_from=row.referenced_from,
        created_at=row.created_at,
        archived_at=row.archived_at,
        archived_reason=row.archived_reason,
        run_id=ids.encode(ids.RUN, row.run_id) if row.run_id else None,
        archived_by=ids.encode(ids.RUN, row.archived_by) if row.archived_by else None,
        sources=names.sources(row.event_ids, row.turn_ids),
        parents=row.parents,
    )
