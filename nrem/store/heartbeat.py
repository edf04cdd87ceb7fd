"""Heartbeats: which processes live, and when each last got something done."""

from dataclasses import dataclass

from sqlalchemy import Connection

from nrem.store.statement import statement

_RECENT_SECONDS = 300.0


def beat(conn: Connection, process: str, *, kind: str, pid: int, has_progress: bool) -> None:
    """Say that a process lives."""
    conn.execute(
        statement("heartbeat_beat"),
        {"process": process, "kind": kind, "pid": pid, "has_progress": has_progress},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """A process that was seen not long ago; `age` in seconds."""

    process: str
    kind: str
    age: float


def read(conn: Connection) -> list[Heartbeat]:
    """Processes seen within the last five minutes, by kind."""
    rows = conn.execute(statement("heartbeat_read"), {"within_seconds": _RECENT_SECONDS})
    return [Heartbeat(process=r.process, kind=r.kind, age=r.age) for r in rows]
