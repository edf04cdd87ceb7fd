"""Conversations of zeno-memory: threads that a person and a thread key name, loaded in their order.

A message is a turn of the thread's stream; its number is that of the turn in the stream, from 0. So
numbers have no gap and are never used again.
"""

from typing import Any

from sqlalchemy import Connection

from nrem.store import directory
from nrem.store.statement import statement

# Before the subject's number in the directory's name of such a thread.
_PREFIX = "zeno:"


def name(subject_id: int, thread_key: str | None) -> str:
    """What the directory calls the thread; no key is a key of its own."""
    return f"{_PREFIX}{subject_id}" + ("" if thread_key is None else f":{thread_key}")


def find(conn: Connection, org_id: int, subject_id: int, thread_key: str | None) -> int | None:
    """The row number of a person's thread, or None when nothing was ever said in it."""
    given = {"org_id": org_id, "subject_id": subject_id, "name": name(subject_id, thread_key)}
    return conn.execute(statement("zeno_thread_find"), given).scalar_one_or_none()


def ensure(
    conn: Connection, org_id: int, agent_id: int, subject_id: int, thread_key: str | None
) -> int:
    """The row number of a person's thread with an agent, entering it when it is new."""
    key = (agent_id, name(subject_id, thread_key))
    thread_id = directory.ensure_threads(conn, org_id, [key])[key]
    given = {"org_id": org_id, "thread_id": thread_id, "subject_id": subject_id}
    conn.execute(statement("zeno_thread_add"), given)
    return thread_id


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
