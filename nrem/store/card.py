"""Cards: the schema of an agent's, and the values of a person's, current and past.

A card's version grows with each change; a value names the version that wrote it and the time it
held. Lock order: directory, then the card.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from nrem.errors import ConflictError
from nrem.policy.card import CardSchema, changes
from nrem.policy.schedule import is_zone
from nrem.store.statement import statement

# A field of this name says where the person lives.
_TIMEZONE = "timezone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The schema of an agent's cards, and how often it was set."""

    fields: CardSchema
    version: int
    set_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What a field says, and since when."""

    value: str
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The values of a person's card by field; version 0 is a card nobody has written."""

    version: int = 0
    updated_at: datetime | None = None
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A value, and how long it held."""

    field: str
    value: str
    version: int
    valid_from: datetime
    valid_to: datetime | None


def schema(conn: Connection, org_id: int, agent_id: int) -> Schema | None:
    """The schema of an agent's cards, or None when it has none."""
    given = {"org_id": org_id, "agent_id": agent_id}
    row = conn.execute(statement("card_schema_read"), given).one_or_none()
    if row is None:
        return None
    return Schema(fields=CardSchema.of_record(row.body), version=row.version, set_at=row.set_at)


def set_schema(conn: Connection, org_id: int, agent_id: int, fields: CardSchema) -> Schema:
    """Set the schema of an agent's cards; values of fields that it leaves out stay stored."""
    given = {"org_id": org_id, "agent_id": agent_id, "body": json.dumps(fields.record())}
    row = conn.execute(statement("card_schema_write"), given).one()
    return Schema(fields=fields, version=row.version, set_at=row.set_at)


def read(conn: Connection, org_id: int, subject_id: int, *, as_of: datetime | None = None) -> Card:
    """The values of a person's card, now or as they were."""
    given = {"org_id": org_id, "subject_id": subject_id, "as_of": as_of}
    rows = conn.execute(statement("card_read"), given).all()
    return Card(
        version=max((row.version for row in rows), default=0),
        updated_at=max((row.updated_at for row in rows), default=None),
        values={
            row.field: Value(value=row.value, updated_at=row.valid_from)
            for row in rows
            if row.field is not None
        },
    )


def patch(
    conn: Connection,
    org_id: int,
    subject_id: int,
    given: Mapping[str, str | None],
    *,
    expected_version: int | None,
) -> list[str]:
    """Write the fields that differ: "" clears, None leaves as it is; answers their names.

    Raises: ConflictError when the card is not at the version expected; nothing is written.
    """
    key = {"org_id": org_id, "subject_id": subject_id}
    conn.execute(statement("card_add"), key)
    version: int = conn.execute(statement("card_lock"), key).scalar_one()
    if expected_version is not None and expected_version != version:
        raise ConflictError(
            f"the card is at version {version}",
            field="expected_version",
            remedy="read the card again, and send the version that you read",
            code="version_mismatch",
        )
    current = {name: one.value for name, one in read(conn, org_id, subject_id).values.items()}
    changed = changes(given, current)
    if changed:
        _write(conn, org_id, subject_id, version + 1, changed)
    return sorted(changed)


def clear(
    conn: Connection, org_id: int, subject_id: int, *, expected_version: int | None
) -> list[str]:
    """Clear every value of a person's card, also of fields that no schema names any more.

    Raises: ConflictError when the card is not at the version expected; nothing is written.
    """
    values = read(conn, org_id, subject_id).values
    return patch(
        conn, org_id, subject_id, dict.fromkeys(values, ""), expected_version=expected_version
    )


def _write(
    conn: Connection, org_id: int, subject_id: int, version: int, changed: Mapping[str, str | None]
) -> None:
    key = {"org_id": org_id, "subject_id": subject_id, "version": version}
    conn.execute(statement("card_close"), {**key, "fields": list(changed)})
    new = {name: value for name, value in changed.items() if value is not None}
    conn.execute(
        statement("card_write"), {**key, "fields": list(new), "values": list(new.values())}
    )


def history(conn: Connection, org_id: int, subject_id: int) -> list[Past]:
    """Every value that the card had, the newest first; 1,000 at most."""
    given = {"org_id": org_id, "subject_id": subject_id}
    return [
        Past(
            field=row.field,
            value=row.value,
            version=row.version,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        for row in conn.execute(statement("card_history"), given)
    ]


def timezone(conn: Connection, org_id: int, subject_id: int) -> str | None:
    """The time zone that the person's card names, where it names one that exists."""
    given = {"org_id": org_id, "subject_id": subject_id, "field": _TIMEZONE}
    value = conn.execute(statement("card_value"), given).scalar_one_or_none()
    return value if value is not None and is_zone(value) else None
