"""Watermarks of zeno-memory: how far an agent has observed a thread, and how that went."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from nrem.store.lease import Lease
from nrem.store.statement import statement

OK: Final = "ok"
EMPTY: Final = "empty"
ERROR: Final = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watermark:
    """How far a thread was observed."""

    # of a message, from 0; -1: none
    last_sequence: int
    # ok, empty or error
    status: str
    run_at: datetime


def read(conn: Connection, org_id: int, subject_id: int, thread_id: int) -> Watermark | None:
    """How far an agent, for a person, has observed a thread; None when it never has."""
    given = {"org_id": org_id, "subject_id": subject_id, "thread_id": thread_id}
    row = conn.execute(statement("zeno_watermark_read"), given).one_or_none()
    if row is None:
        return None
    return Watermark(last_sequence=row.last_sequence, status=row.status, run_at=row.run_at)


def write(
    conn: Connection,
    org_id: int,
    subject_id: int,
    thread_id: int,
    *,
    last_sequence: int,
    status: str,
    run_at: datetime | None = None,
) -> None:
    """Say how far it has come, also where that is less than before; without `run_at`: now."""
    given = {
        "org_id": org_id,
        "subject_id": subject_id,
        "thread_id": thread_id,
        "last_sequence": last_sequence,
        "status": status,
        "run_at": run_at,
    }
    conn.execute(statement("zeno_watermark_write"), given)


def skip(conn: Connection, org_id: int, thread_id: int, *, last_sequence: int) -> None:
    """Have the pass observe leave out what somebody else has observed; never goes back."""
    given = {"org_id": org_id, "thread_id": thread_id, "last_sequence": last_sequence}
    conn.execute(statement("zeno_watermark_skip"), given)


def follow(conn: Connection, held: Lease, *, last_seq: int, status: str) -> None:
    """Say it of a stream that the pass observe holds, where that is such a thread."""
    given = {
        "org_id": held.org_id,
        "stream_id": held.stream_id,
        "last_seq": last_seq,
        "status": status,
    }
    conn.execute(statement("zeno_watermark_raise"), given)
