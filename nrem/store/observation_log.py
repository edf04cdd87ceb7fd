"""The log of a person's observations with an agent: its last ordinal, its tokens, and its lock.

Logs are locked in the order of their people, after leases and before observations.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from nrem.store.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """The observations of a person with an agent as a whole."""

    subject_id: int
    last_ordinal: int = 0
    # of the active ones
    tokens: int = 0
    # of reflect: up to where its walk has come, and what there was when it last came to the end
    walked_to: int = 0
    reflected_ordinal: int = 0
    reflected_tokens: int = 0


def read(conn: Connection, org_id: int, subject_ids: Iterable[int]) -> dict[int, Log]:
    """The logs of people as they are now; one that has none is empty."""
    return _logs(conn, org_id, sorted(set(subject_ids)), "observation_log_read")


def lock(conn: Connection, org_id: int, subject_ids: Iterable[int]) -> dict[int, Log]:
    """The logs of people, locked in key order, made where they are missing."""
    ordered = sorted(set(subject_ids))
    if ordered:
        given = {"org_id": org_id, "subject_ids": ordered}
        conn.execute(statement("observation_log_add"), given)
    return _logs(conn, org_id, ordered, "observation_log_lock")


def hold(conn: Connection, org_id: int, subject_ids: Iterable[int]) -> dict[int, Log]:
    """The logs of people of whom something was noted, locked in key order."""
    return _logs(conn, org_id, sorted(set(subject_ids)), "observation_log_lock")


def _logs(conn: Connection, org_id: int, subject_ids: list[int], name: str) -> dict[int, Log]:
    given = {"org_id": org_id, "subject_ids": subject_ids}
    rows = conn.execute(statement(name), given).all() if subject_ids else []
    found = {row.subject_id: Log(**row._mapping) for row in rows}  # noqa: SLF001 - its public name
    return {one: found.get(one) or Log(subject_id=one) for one in subject_ids}


def grow(
    conn: Connection, org_id: int, ordinals: Mapping[int, int], tokens: Mapping[int, int]
) -> None:
    """Add to locked logs: ordinals given out, and tokens that came or (below 0) went."""
    people = sorted({*ordinals, *tokens})
    conn.execute(
        statement("observation_log_grow"),
        {
            "org_id": org_id,
            "subject_ids": people,
            "ordinals": [ordinals.get(one, 0) for one in people],
            "tokens": [tokens.get(one, 0) for one in people],
        },
    )
