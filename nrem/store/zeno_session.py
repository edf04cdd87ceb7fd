"""Sessions of zeno-memory: which one an agent's SDK goes on with, and what was said of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from nrem.store.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a person speaks; a thread key of None is a key of its own."""

    subject_id: int
    channel: str
    thread_key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session as it is stored."""

    sdk_session_id: str
    last_summary: str | None
    created_at: datetime
    updated_at: datetime


def _key(org_id: int, place: Place) -> dict[str, Any]:
    return {
        "org_id": org_id,
        "subject_id": place.subject_id,
        "channel": place.channel,
        "thread_key": place.thread_key,
    }


def find(conn: Connection, org_id: int, place: Place) -> Session | None:
    """The session at a place, or None."""
    row = conn.execute(statement("zeno_session_find"), _key(org_id, place)).one_or_none()
    if row is None:
        return None
    return Session(
        sdk_session_id=row.sdk_session_id,
        last_summary=row.last_summary,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def ensure(
    conn: Connection,
    org_id: int,
    place: Place,
    sdk_session_id: str,
    *,
    last_summary: str | None = None,
    created_at: datetime | None = None,
    updated_at: datetime | None = None,
) -> Session:
    """The session at a place: the one that is there, else this one.

    The first of several transactions wins; the others answer its session.
    """
    given = {
        **_key(org_id, place),
        "sdk_session_id": sdk_session_id,
        "last_summary": last_summary,
        "created_at": created_at,
        "updated_at": updated_at,
    }
    conn.execute(statement("zeno_session_add"), given)
    found = find(conn, org_id, place)
    if found is None:
        raise LookupError("the session was erased meanwhile")
    return found


def touch(conn: Connection, org_id: int, place: Place, summary: str | None) -> None:
    """Say that a session goes on; None keeps its summary. Where there is none, nothing is done."""
    conn.execute(statement("zeno_session_touch"), {**_key(org_id, place), "summary": summary})
