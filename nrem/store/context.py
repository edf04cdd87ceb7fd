"""What the context of a person is made from; dates are numbers, so that none can fail a read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from nrem.policy.render import Field, Row
from nrem.store import card, directory
from nrem.store.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What an agent keeps in mind of a person, and what was noted."""

    # None: the agent's cards have no schema
    fields: Sequence[Field] | None = None
    rows: Sequence[Row] = ()


def read(
    conn: Connection, org_id: int, agent: str, user: str | None, *, as_of: datetime | None
) -> Known:
    """The card and the active observations, now or as they were."""
    agent_id = directory.find_agent(conn, org_id, agent)
    if agent_id is None:
        return Known()
    subject_id = directory.find_subject(conn, org_id, agent, user)
    fields = _fields(conn, org_id, agent_id, subject_id, as_of)
    rows = observations(conn, org_id, subject_id, as_of=as_of) if subject_id else ()
    return Known(fields=fields, rows=rows)


def _fields(
    conn: Connection, org_id: int, agent_id: int, subject_id: int | None, as_of: datetime | None
) -> list[Field] | None:
    schema = card.schema(conn, org_id, agent_id)
    if schema is None:
        return None
    values = card.read(conn, org_id, subject_id, as_of=as_of).values if subject_id else {}
    return [
        Field(
            name=one.name,
            value=values[one.name].value if one.name in values else None,
            updated_at=values[one.name].updated_at.timestamp() if one.name in values else 0.0,
        )
        for one in schema.fields.fields
    ]


def observations(
    conn: Connection, org_id: int, subject_id: int, *, as_of: datetime | None
) -> list[Row]:
    """The active observations of a person by the day that they are about, then by ordinal."""
    name = "context_observations" if as_of is None else "context_past"
    given = {"org_id": org_id, "subject_id": subject_id}
    rows = conn.execute(statement(name), given if as_of is None else {**given, "as_of": as_of})
    return [
        Row(
            ordinal=row.ordinal,
            text=row.text,
            priority=row.priority,
            observation_date=row.observation_date,
            referenced_date=row.referenced_date,
        )
        for row in rows
    ]
