"""Heartbeats: which processes live, and when each last got something done."""

from sqlalchemy import Connection

from nrem.store.statement import statement


def beat(conn: Connection, process: str, *, kind: str, pid: int, has_progress: bool) -> None:
    """Say that a process lives."""
    conn.execute(
        statement("heartbeat_beat"),
        {"process": process, "kind": kind, "pid": pid, "has_progress": has_progress},
    )
