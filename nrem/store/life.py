"""Writing down what has become of memories: crossings that came, uses that are not counted yet.

Whoever changes a memory settles it first, under its lock: then what it was and what it becomes have
their order, whichever pass was late. Rows are locked in one statement and read in the next, as the
log of uses must be seen as it stands once nobody else can fold it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from nrem.policy.life import Life, Passed, Settled, settle
from nrem.policy.model import MemoryFacts, MemoryType, State, Tier
from nrem.policy.timeline import Timeline
from nrem.store.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A memory under lock, as it is written down."""

    memory_id: int
    life: Life
    # the log rows of its uses that are not counted yet
    access_ids: tuple[int, ...]
    # its due time has come, so it must be set anew
    is_due: bool
    # by a legal hold
    is_kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """What to write down for a memory."""

    held: Held
    settled: Settled

    @property
    def is_change(self) -> bool:
        """Whether anything happened to it; else it gets a later due time at most."""
        return bool(self.settled.passed) or self.settled.facts != self.held.life.facts


def facts_of(row: Any) -> MemoryFacts:  # noqa: ANN401 - a row of several statements
    """What decides the future of the memory in a row."""
    return MemoryFacts(
        memory_type=MemoryType(row.type),
        tier=Tier(row.tier),
        importance=row.importance,
        last_access=row.last_access,
        state_since=row.state_since,
        facts_since=row.facts_since,
        state=State(row.state),
        reason=row.state_reason,
        access_count=row.access_count,
        is_pinned=row.pinned,
        expires_at=row.expires_at,
    )


def life_of(row: Any) -> Life:  # noqa: ANN401 - a row of several statements
    """The facts of the memory in a row, with its uses that are not counted yet."""
    return Life(facts_of(row), tuple(row.accesses or ()))


def lock(conn: Connection, org_id: int, ids: Iterable[int]) -> list[Held]:
    """Lock memories in the order of their numbers, waiting for their holders, and read them."""
    wanted = sorted(set(ids))
    conn.execute(statement("life_lock"), {"org_id": org_id, "memory_ids": wanted})
    return read(conn, org_id, wanted)


def read(conn: Connection, org_id: int, ids: Sequence[int]) -> list[Held]:
    """Memories in the order of their numbers; who goes on to write has locked them before."""
    if not ids:
        return []
    rows = conn.execute(statement("life_read"), {"org_id": org_id, "memory_ids": list(ids)})
    return [
        Held(
            memory_id=row.id,
            life=life_of(row),
            access_ids=tuple(row.access_ids or ()),
            is_due=row.is_due,
            is_kept=row.is_kept,
        )
        for row in rows
    ]


def settled(held: Held, timeline: Timeline, now: datetime) -> Write:
    """What to write down for a memory at `now`; a purge is left to the pass `expire`."""
    return Write(held=held, settled=settle(held.life, timeline, now, purges=False))


def write(
    conn: Connection, org_id: int, writes: Sequence[Write], *, run_id: int | None = None
) -> None:
    """Write down how memories stand, count their uses, and tell their crossings."""
    # Told first: the foreign key's check then meets a row whose lock it has already, while one that
    # was just rewritten would have to be locked anew, row by row.
    tell(
        conn,
        org_id,
        [(one.held.memory_id, passed) for one in writes for passed in one.settled.passed],
        run_id=run_id,
    )
    changed = [one for one in writes if one.is_change or one.held.is_due]
    if changed:
        conn.execute(statement("life_write"), _columns(org_id, changed))
    fold(conn, org_id, [number for one in writes for number in one.held.access_ids])


def bring_up_to_date(
    conn: Connection, org_id: int, ids: Iterable[int], timeline: Timeline, now: datetime
) -> list[Settled]:
    """Lock memories, settle them and write that down; who changes them goes on from there."""
    writes = [settled(held, timeline, now) for held in lock(conn, org_id, ids)]
    write(conn, org_id, writes)
    return [one.settled for one in writes]


def fold(conn: Connection, org_id: int, access_ids: Sequence[int]) -> None:
    """Mark uses as counted."""
    if access_ids:
        conn.execute(statement("life_fold"), {"org_id": org_id, "access_ids": sorted(access_ids)})


def tell(
    conn: Connection,
    org_id: int,
    crossings: Sequence[tuple[int, Passed]],
    *,
    run_id: int | None = None,
) -> None:
    """Write changes of state and tier into the history of their memories."""
    if not crossings:
        return
    conn.execute(
        statement("life_tell"),
        {
            "org_id": org_id,
            "memory_ids": [number for number, _ in crossings],
            "kinds": [passed.kind for _, passed in crossings],
            "befores": [str(passed.before) for _, passed in crossings],
            "afters": [str(passed.after) for _, passed in crossings],
            "instants": [passed.at for _, passed in crossings],
            "reasons": [str(passed.reason) for _, passed in crossings],
            "run_id": run_id,
        },
    )


def _columns(org_id: int, writes: Sequence[Write]) -> dict[str, Any]:
    facts = [one.settled.facts for one in writes]
    coming = [one.settled.upcoming for one in writes]
    return {
        "org_id": org_id,
        "memory_ids": [one.held.memory_id for one in writes],
        "states": [str(its.state) for its in facts],
        "state_since": [its.state_since for its in facts],
        "reasons": [str(its.reason) if its.reason else None for its in facts],
        "tiers": [str(its.tier) for its in facts],
        "access_counts": [its.access_count for its in facts],
        "last_accesses": [its.last_access for its in facts],
        "due_at": [crossing.at if crossing else None for crossing in coming],
        # A use alone can only put off what is due: the due time stays as a lower bound, and with
        # it the row's place in every index.
        "keeps_due": [not one.settled.passed and not one.held.is_due for one in writes],
    }
