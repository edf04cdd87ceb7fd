"""Sessions: opened by a start or by a first event, closed by an end or by idleness.

A turn or working memory without a session falls into the implicit one of its subject and thread,
so that consolidation has one kind of unit.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from nrem.store.statement import statement

# what a session is that nobody described
CONVERSATION: Final = "conversation"


@dataclass(slots=True, kw_only=True)
class OpenSession:
    """A session row that an append has locked, and what the append adds to it."""

    session_id: int
    subject_id: int
    # whose it is; an implicit session cannot be named, so nobody else can reach it
    agent_id: int | None = None
    # None: of nobody in particular, or implicit
    user_id: int | None = None
    # of an explicit one, where its first event named a thread
    thread_id: int | None = None
    is_open: bool = True
    turns: int = 0
    # something was said or stored in it: its idle time starts anew
    is_used: bool = False
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
    session_type: str = CONVERSATION


def lock_explicit(
    conn: Connection,
    org_id: int,
    wanted: Mapping[str, Opening],
    now: datetime,
    *,
    names: Iterable[str] = (),
) -> dict[str, OpenSession]:
    """Lock sessions in key order: those `wanted`, opening them if need be, and what is of `names`.

    All are opened before the first is locked, as two appends in another order would deadlock.
    """
    every = sorted({*wanted, *names})
    if not every:
        return {}
    if wanted:
        openings = wanted.values()
        conn.execute(
            statement("session_add"),
            {
                "org_id": org_id,
                "names": list(wanted),
                "subject_ids": [opening.subject_id for opening in openings],
                "thread_ids": [opening.thread_id for opening in openings],
                "metadata": [json.dumps(dict(opening.metadata)) for opening in openings],
                "session_types": [opening.session_type for opening in openings],
                "started_at": [opening.started_at or now for opening in openings],
            },
        )
    rows = conn.execute(statement("session_lock"), {"org_id": org_id, "names": every})
    return {
        row.external_id: OpenSession(
            session_id=row.id,
            subject_id=row.subject_id,
            agent_id=row.agent_id,
            user_id=row.user_id,
            thread_id=row.thread_id,
            is_open=row.state == "open",
        )
        for row in rows
    }


def lock_implicit(
    conn: Connection, org_id: int, wanted: Mapping[tuple[int, int], datetime | None], now: datetime
) -> dict[tuple[int, int], OpenSession]:
    """Lock the open implicit session of each (subject, thread), opening those that are missing."""
    if not wanted:
        return {}
    found = _lock_implicit(conn, org_id, wanted, now)
    # Idleness may have ended one while we waited for its lock; then the next one is opened.
    ended = {key: at for key, at in wanted.items() if key not in found}
    return found | _lock_implicit(conn, org_id, ended, now) if ended else found


def _lock_implicit(
    conn: Connection, org_id: int, wanted: Mapping[tuple[int, int], datetime | None], now: datetime
) -> dict[tuple[int, int], OpenSession]:
    subjects, threads = zip(*wanted, strict=True)
    keys = {"org_id": org_id, "subject_ids": list(subjects), "thread_ids": list(threads)}
    conn.execute(
        statement("session_add_implicit"),
        {**keys, "started_at": [at or now for at in wanted.values()]},
    )
    return {
        (row.subject_id, row.thread_id): OpenSession(session_id=row.id, subject_id=row.subject_id)
        for row in conn.execute(statement("session_lock_implicit"), keys)
    }


def touch(conn: Connection, org_id: int, sessions: Iterable[OpenSession]) -> None:
    """Write down what an append added to its sessions."""
    changed = sorted(
        (s for s in sessions if s.is_used or s.end_event_id), key=lambda s: s.session_id
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
