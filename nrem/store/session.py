"""Sessions: opened by the first event that names them, closed by `session.end` or by idleness.

A turn or working memory without a session falls into the implicit one of its subject and thread,
so that consolidation has one kind of unit.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from nrem.store.statement import statement


@dataclass(slots=True, kw_only=True)
class OpenSession:
    """A session row that an append has locked, and what the append adds to it."""

    session_id: int
    subject_id: int
    # whose it is; an implicit session cannot be named, so nobody else can reach it
    agent_id: int | None = None
    is_open: bool = True
    turns: int = 0
    waits: bool = False  # it holds something that consolidation will want
    end_event_id: int = 0
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How a session starts, if it does not exist yet."""

    subject_id: int
    thread_id: int
    started_at: datetime | None
    metadata: Mapping[str, Any] = field(default_factory=dict)


def _lock_explicit(
    conn: Connection, org_id: int, wanted: Mapping[str, Opening]
) -> dict[str, OpenSession]:
    rows = conn.execute(statement("session_lock"), {"org_id": org_id, "names": sorted(wanted)})
    return {
        row.external_id: OpenSession(
            session_id=row.id,
            subject_id=row.subject_id,
            agent_id=row.agent_id,
            is_open=row.state == "open",
        )
        for row in rows
    }


def lock_explicit(
    conn: Connection, org_id: int, wanted: Mapping[str, Opening], now: datetime
) -> dict[str, OpenSession]:
    """Lock the named sessions, opening those that do not exist."""
    if not wanted:
        return {}
    found = _lock_explicit(conn, org_id, wanted)
    missing = [(name, wanted[name]) for name in sorted(wanted) if name not in found]
    if missing:
        conn.execute(
            statement("session_add"),
            {
                "org_id": org_id,
                "names": [name for name, _ in missing],
                "subject_ids": [opening.subject_id for _, opening in missing],
                "thread_ids": [opening.thread_id for _, opening in missing],
                "metadata": [json.dumps(dict(opening.metadata)) for _, opening in missing],
                "started_at": [opening.started_at or now for _, opening in missing],
            },
        )
        found |= _lock_explicit(conn, org_id, dict(missing))
    return found


def _lock_implicit(
    conn: Connection, org_id: int, keys: list[tuple[int, int]]
) -> dict[tuple[int, int], OpenSession]:
    subjects, threads = zip(*keys, strict=True)
    rows = conn.execute(
        statement("session_lock_implicit"),
        {"org_id": org_id, "subject_ids": list(subjects), "thread_ids": list(threads)},
    )
    return {
        (row.subject_id, row.thread_id): OpenSession(session_id=row.id, subject_id=row.subject_id)
        for row in rows
    }


def lock_implicit(
    conn: Connection, org_id: int, wanted: Mapping[tuple[int, int], datetime | None], now: datetime
) -> dict[tuple[int, int], OpenSession]:
    """Lock the open implicit session of each (subject, thread), opening those that are missing."""
    if not wanted:
        return {}
    found = _lock_implicit(conn, org_id, sorted(wanted))
    missing = [key for key in sorted(wanted) if key not in found]
    if missing:
        subjects, threads = zip(*missing, strict=True)
        conn.execute(
            statement("session_add_implicit"),
            {
                "org_id": org_id,
                "subject_ids": list(subjects),
                "thread_ids": list(threads),
                "started_at": [wanted[key] or now for key in missing],
            },
        )
        found |= _lock_implicit(conn, org_id, missing)
    return found


def touch(conn: Connection, org_id: int, sessions: Iterable[OpenSession]) -> None:
    """Write down what an append added to its sessions."""
    changed = sorted(
        (s for s in sessions if s.turns or s.waits or s.end_event_id), key=lambda s: s.session_id
    )
    if changed:
        conn.execute(
            statement("session_touch"),
            {
                "org_id": org_id,
                "session_ids": [s.session_id for s in changed],
                "turns": [s.turns for s in changed],
                "end_event_ids": [s.end_event_id for s in changed],
                "ended_at": [s.ended_at for s in changed],
            },
        )
