"""What the pass `observe` reads and keeps of a stream: how far it has come, and its next window."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from nrem.policy.consolidate_model import Turn
from nrem.store.event import TURN
from nrem.store.lease import Lease
from nrem.store.memory import Owner
from nrem.store.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What came to a stream: turns, the end of a session, or both."""

    has_turns: bool
    is_ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How much of a stream nobody has observed."""

    cursor_seq: int
    last_seq: int
    tokens: int
    # up to the end, however little it is: a session ended, or somebody asked
    is_asked: bool
    # when it has rested for long enough
    idle_at: datetime | None

    def due_at(self, now: datetime, threshold: int) -> datetime | None:
        """When it is to be observed; None when there is nothing."""
        if self.last_seq <= self.cursor_seq:
            return None
        if self.is_asked or self.tokens >= threshold or self.idle_at is None:
            return now
        return max(now, self.idle_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one person said in a window; nearly always all of it."""

    owner: Owner
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The next events of a stream."""

    first_seq: int
    last_seq: int
    tokens: int
    shares: tuple[Share, ...]


def announce(
    conn: Connection,
    org_id: int,
    arrivals: Mapping[int, Arrival],
    *,
    threshold_tokens: int,
    idle_seconds: float,
) -> float | None:
    """Make streams due to which something came; the caller holds them, in the order given.

    Answers in how many seconds the first of them is due.
    """
    if not arrivals:
        return None
    rows = conn.execute(
        statement("observe_announce"),
        {
            "org_id": org_id,
            "stream_ids": list(arrivals),
            "have_turns": [one.has_turns for one in arrivals.values()],
            "are_ended": [one.is_ended for one in arrivals.values()],
            "tokens": threshold_tokens,
            "idle_seconds": idle_seconds,
        },
    )
    return min((float(row.delay_seconds) for row in rows), default=None)


def rouse(conn: Connection, org_id: int, only_subject: int | None) -> None:
    """Make every stream due that has something nobody observed, however little it is."""
    conn.execute(statement("observe_rouse"), {"org_id": org_id, "subject_id": only_subject})


def progress(conn: Connection, held: Lease, *, idle_seconds: float) -> Progress:
    """How much of the held stream nobody has observed; two key look-ups, whatever its length."""
    row = conn.execute(
        statement("observe_state"),
        {"org_id": held.org_id, "stream_id": held.stream_id, "idle_seconds": idle_seconds},
    ).one()
    return Progress(
        cursor_seq=row.cursor_seq,
        last_seq=row.last_seq,
        tokens=row.tokens,
        is_asked=row.is_asked,
        idle_at=row.idle_at,
    )


def window(conn: Connection, held: Lease, *, tokens: int) -> Window:
    """The next events of the held stream, as many as fit into the tokens and one at least."""
    key = {
        "org_id": held.org_id,
        "stream_id": held.stream_id,
        "after_seq": held.cursor_seq,
        "tokens": tokens,
    }
    rows = conn.execute(statement("observe_window"), key).all()
    owners: dict[int, Owner] = {}
    turns: dict[int, list[Turn]] = {}
    for row in rows:
        # What outlived its time was emptied.
        if row.kind != TURN or not row.body.get("content"):
            continue
        owners[row.subject_id] = Owner(
            subject_id=row.subject_id, agent_id=row.agent_id, user_id=row.user_id, session_id=None
        )
        turns.setdefault(row.subject_id, []).append(
            Turn(
                event_id=row.id,
                seq=row.seq,
                role=row.body["role"],
                speaker=row.body.get("speaker"),
                content=row.body["content"],
                occurred_at=row.occurred_at,
                turn_id=row.body.get("turn_id"),
            )
        )
    return Window(
        first_seq=held.cursor_seq + 1,
        last_seq=rows[-1].seq if rows else held.cursor_seq,
        tokens=sum(row.tokens for row in rows),
        shares=tuple(
            Share(owner=owners[subject_id], turns=tuple(turns[subject_id]))
            for subject_id in sorted(owners)
        ),
    )


def advance(conn: Connection, held: Lease, *, tokens: int) -> None:
    """Count the tokens of a window that was observed; the runner has moved the cursor."""
    conn.execute(
        statement("observe_advance"),
        {"org_id": held.org_id, "stream_id": held.stream_id, "tokens": tokens},
    )


def next_due(
    conn: Connection, held: Lease, now: datetime, *, threshold_tokens: int, idle_seconds: float
) -> datetime | None:
    """When the held stream is to be observed again; None while it has nothing new."""
    return progress(conn, held, idle_seconds=idle_seconds).due_at(now, threshold_tokens)
