"""Leases on streams: hold one for a time, write only while the fence is still yours.

A frozen holder that wakes up after its lease lapsed finds a higher fence and changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from nrem.errors import LostLease
from nrem.store.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A stream held for one pass; `ref_id` is the subject, session or thread behind it."""

    org_id: int
    pass_name: str
    stream_id: int
    ref_id: int
    fence: int
    cursor_seq: int
    attempts: int
    # runs of it that were rejected since one was applied
    rejections: int = 0

    def key(self) -> dict[str, str | int]:
        """The parameters that name the row."""
        return {"org_id": self.org_id, "pass": self.pass_name, "stream_id": self.stream_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which streams to claim; all of those that are due, unless it says otherwise."""

    # the stream of one subject
    only_subject: int | None = None
    except_streams: Sequence[int] = ()


def claim(
    conn: Connection,
    org_id: int,
    name: str,
    *,
    owner: str,
    lease_seconds: float,
    wanted: Wanted,
) -> Lease | None:
    """Take the most overdue stream of a pass, or None; the attempt counts from here."""
    row = conn.execute(
        statement("lease_claim"),
        {
            "org_id": org_id,
            "pass": name,
            "owner": owner,
            "lease_seconds": lease_seconds,
            "only_subject": wanted.only_subject,
            "except_streams": list(wanted.except_streams),
        },
    ).one_or_none()
    if row is None:
        return None
    return Lease(
        org_id=org_id,
        pass_name=name,
        stream_id=row.stream_id,
        ref_id=row.ref_id,
        fence=row.fence,
        cursor_seq=row.cursor_seq,
        attempts=row.attempts,
        rejections=row.rejections,
    )


def renew(conn: Connection, lease: Lease, *, lease_seconds: float) -> bool:
    """Hold the stream for longer; False when somebody else has it."""
    result = conn.execute(
        statement("lease_renew"),
        {**lease.key(), "fence": lease.fence, "lease_seconds": lease_seconds},
    )
    return result.rowcount == 1


def finish(
    conn: Connection,
    lease: Lease,
    *,
    steps: int = 0,
    is_failure: bool = False,
    rejections: int | None = None,
) -> None:
    """End the claim and lock its row, before anything else is written.

    `steps` moves the cursor; a failure keeps the count of attempts; that of
    rejections stays unless another is given.
    Raises: LostLease when fence or cursor are no longer ours; the caller's transaction rolls back.
    """
    result = conn.execute(
        statement("lease_finish"),
        {
            **lease.key(),
            "fence": lease.fence,
            "cursor_seq": lease.cursor_seq,
            "steps": steps,
            "is_failure": is_failure,
            "rejections": lease.rejections if rejections is None else rejections,
        },
    )
    if result.rowcount != 1:
        raise LostLease


def arm(conn: Connection, lease: Lease, due_at: datetime | None) -> None:
    """Say when the stream is due again; only after `finish` in the same transaction."""
    conn.execute(statement("lease_arm"), {**lease.key(), "due_at": due_at})


def bring_forward(
    conn: Connection, org_id: int, name: str, delay_seconds: Mapping[int, float]
) -> None:
    """Make streams due for a pass, no later than `delay_seconds` from now."""
    conn.execute(
        statement("lease_bring_forward"),
        {
            "org_id": org_id,
            "pass": name,
            "stream_ids": list(delay_seconds),
            "delay_seconds": [float(delay) for delay in delay_seconds.values()],
        },
    )


def set_aside(conn: Connection, org_id: int, name: str, stream_id: int, *, state: str) -> None:
    """Park a stream for a pass (state `parked`) or bring it back (state `active`)."""
    conn.execute(
        statement("lease_park"),
        {"org_id": org_id, "pass": name, "stream_id": stream_id, "state": state},
    )


def next_due(conn: Connection, org_id: int, name: str) -> datetime | None:
    """When the earliest stream that nobody holds is due."""
    due_at: datetime | None = conn.execute(
        statement("lease_next_due"), {"org_id": org_id, "pass": name}
    ).scalar_one()
    return due_at
