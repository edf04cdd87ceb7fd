"""redue: after a change of policy, due times follow it.

Reads: every memory of the org that is not purged, in the order of their numbers, and how far that
walk has come. Writes: a due time where it moved nearer, crossings that have come, uses that were
not counted yet, and the place reached. Safe to repeat because a due time is a function of the
memory and the policies; a later one is left as a lower bound.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from nrem.store import life, park, redue
from nrem.store.inbox import Item
from nrem.store.life import Write
from nrem.store.redue import Met
from worker.changes import Change, Changes
from worker.contract import Pass, Shape, Work
from worker.lives import changes

NAME: Final = redue.NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What to write for one memory of the walk."""

    write: Write
    was_due_at: datetime | None
    due_at: datetime | None

    @property
    def is_moved(self) -> bool:
        """Whether another due time is written for it."""
        is_written = self.write.held.is_due or bool(self.write.settled.passed)
        return is_written and self.due_at != self.was_due_at


def claim(conn: Connection, job: Work, limit: int) -> list[Met]:
    """The next memories of the walk, locked; none before the newest policy is in force."""
    return redue.claim(conn, job.org_id, limit) if _begins_at(job) <= job.now else []


def _begins_at(job: Work) -> datetime:
    changes = job.timeline.changes
    return changes[-1][0] if changes else job.now


def decide(found: list[Met], _proposal: None, job: Work) -> list[Step]:
    """For each memory how it stands now and when time changes it next."""
    return [_step(met, job) for met in found]


def _step(met: Met, job: Work) -> Step:
    write = life.settled(met.held, job.timeline, job.now)
    coming = write.settled.upcoming
    due_at = coming.at if coming else None
    is_nearer = due_at is not None and (met.due_at is None or due_at < met.due_at)
    held = replace(write.held, is_due=write.held.is_due or is_nearer)
    return Step(write=replace(write, held=held), was_due_at=met.due_at, due_at=due_at)


def apply(conn: Connection, job: Work, steps: list[Step]) -> Changes:
    """Write what has come and is coming, and how far the walk is."""
    writes = [one.write for one in steps]
    life.write(conn, job.org_id, writes, run_id=job.run_id)
    redue.move(conn, job.org_id, writes[-1].held.memory_id)
    crossed, moved = changes(writes, nothing="unmoved"), [one for one in steps if one.is_moved]
    changed = sum(one.write.is_change or one.is_moved for one in steps)
    return replace(
        crossed,
        changed=changed,
        reason=None if changed else crossed.reason,
        detail={**crossed.detail, "moved": len(moved)},
        diff=tuple(sorted((*crossed.diff, *_lines(moved)), key=lambda line: line.id or 0)),
    )


def _lines(moved: list[Step]) -> Iterator[Change]:
    for one in moved:
        was, becomes = (at.isoformat() if at else "never" for at in (one.was_due_at, one.due_at))
        number = one.write.held.memory_id
        yield Change(kind="due_at", id=number, before=was, after=becomes, reason="policy")


def next_due(conn: Connection, job: Work) -> datetime | None:
    """Now, until the walk is at its end."""
    return max(job.now, _begins_at(job)) if redue.is_asked(conn, job.org_id) else None


def set_aside(conn: Connection, job: Work, found: list[Met]) -> None:
    """Walk past a memory that cannot be judged: its due time stays as it is."""
    ids = [met.held.memory_id for met in found]
    redue.move(conn, job.org_id, max(ids))
    items = [Item(kind="memory", item_id=one, session_id=None, attempts=1) for one in ids]
    park.add(conn, job.org_id, NAME, items, reason="failed", error_class=None)


REDUE: Final = Pass(
    name=NAME,
    is_audited=False,
    shape=Shape.SWEEP,
    batch=1000,
    claim=claim,
    decide=decide,
    apply=apply,
    next_due=next_due,
    park=set_aside,
)
