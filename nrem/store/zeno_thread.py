"""Conversations of zeno-memory: threads that a person and a thread key name, loaded in their order.

A message is a turn of the thread's stream; its number is that of the turn in the stream, from 0. So
numbers have no gap and are never used again.
"""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from nrem.store import directory
from nrem.store.statement import statement

# Before the subject's number in the directory's name of such a thread.
_PREFIX: Final = "zeno:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What names a conversation: agent and user by the callers' ids, and a thread key or none."""

    agent: str
    user: str
    thread_key: str | None

    @property
    def behind(self) -> str:
        """What follows the subject's number in the directory's name of the thread."""
        return "" if self.thread_key is None else f":{self.thread_key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The row numbers of a person and of their thread; None: nothing was ever said in it."""

    subject_id: int
    thread_id: int | None


def name(subject_id: int, key: Key) -> str:
    """What the directory calls the thread; no key is a key of its own."""
    return f"{_PREFIX}{subject_id}{key.behind}"


def find(conn: Connection, org_id: int, key: Key) -> Found | None:
    """The person and the thread, or None when the person is not known."""
    given = {
        "org_id": org_id,
        "agent": key.agent,
        "user": key.user,
        "before": _PREFIX,
        "behind": key.behind,
    }
    row = conn.execute(statement("zeno_thread_locate"), given).one_or_none()
    return None if row is None else Found(subject_id=row.subject_id, thread_id=row.thread_id)


def ensure(conn: Connection, org_id: int, key: Key) -> tuple[int, int]:
    """The row numbers of the person and of the thread, entering what is new."""
    found = find(conn, org_id, key)
    if found is not None and found.thread_id is not None:
        return found.subject_id, found.thread_id
    subject_id = directory.ensure_subject(conn, org_id, key.agent, key.user)
    agent_id = directory.ensure_agents(conn, org_id, [key.agent])[key.agent]
    named = (agent_id, name(subject_id, key))
    thread_id = directory.ensure_threads(conn, org_id, [named])[named]
    given = {"org_id": org_id, "thread_id": thread_id, "subject_id": subject_id}
    conn.execute(statement("zeno_thread_add"), given)
    return subject_id, thread_id


def load(
    conn: Connection, org_id: int, thread_id: int, *, after_sequence: int
) -> list[tuple[int, Any]]:
    """The numbers and bodies of messages behind a number; below 0: from the start."""
    given = {
        "org_id": org_id,
        "thread_id": thread_id,
        # of the turn in its stream
        "after_seq": min(max(after_sequence, -1), 2**62) + 1,
    }
    rows = conn.execute(statement("zeno_thread_load"), given)
    return [(row.sequence, row.body) for row in rows]


def clear(conn: Connection, org_id: int, thread_id: int) -> None:
    """Have nothing of a thread loaded any more that is in it now; passes still see it."""
    conn.execute(statement("zeno_thread_clear"), {"org_id": org_id, "thread_id": thread_id})
