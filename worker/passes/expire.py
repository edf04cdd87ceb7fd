"""expire: what outlived its time to live, its retention or its cap is forgotten, then purged.

Reads: memories whose TTL or retention is over; those a subject has beyond the cap of its policy;
old rows of the log of uses and of runs; old previews. Writes: states; a purge deletes every word,
and so does the end of a preview. What is under a legal hold is forgotten at most. Safe to repeat
because each change has one instant.
"""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection

from nrem.policy.life import settle
from nrem.policy.model import Reason, State
from nrem.store import expire, life
from nrem.store.expire import OldRow
from nrem.store.life import Held, Write
from worker.changes import Change, Changes
from worker.contract import Pass, Shape, Work
from worker.lives import changes, forgotten

NAME: Final = "expire"
# What becomes of an old row; a preview goes on telling which runs came of it.
_END: Final = {"access": "deleted", "run": "deleted", "preview": "emptied", "call": "deleted"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlived:
    """A memory that may have to go, and whether that is for being one too many."""

    held: Held
    is_surplus: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to write for memories, and which old rows of the logs to delete."""

    writes: tuple[Write, ...]
    old: tuple[OldRow, ...]


def claim(conn: Connection, job: Work, limit: int) -> list[Outlived] | list[OldRow]:
    """Memories whose time is over; when there are none, those beyond the cap; then old rows."""
    found = expire.claim(conn, job.org_id, limit)
    if found:
        return [Outlived(held=held, is_surplus=False) for held in found]
    found = expire.claim_over_cap(conn, job.org_id, job.policy, limit)
    if found:
        return [Outlived(held=held, is_surplus=True) for held in found]
    return expire.find_old(conn, job.org_id, job.policy.expire, limit)


def decide(found: list[Outlived] | list[OldRow], _proposal: None, job: Work) -> Verdict:
    """For each memory how it stands now; one too many is forgotten now."""
    return Verdict(
        writes=tuple(_judged(one, job) for one in found if isinstance(one, Outlived)),
        old=tuple(one for one in found if isinstance(one, OldRow)),
    )


def _judged(one: Outlived, job: Work) -> Write:
    held = one.held
    settled = settle(held.life, job.timeline, job.now, purges=not held.is_kept)
    if one.is_surplus and settled.facts.state is State.LIVE:
        settled = forgotten(settled, job, Reason.OVER_CAP)
    return Write(held=replace(held, is_due=True), settled=settled)


def apply(conn: Connection, job: Work, verdict: Verdict) -> Changes:
    """Write states; empty what is purged; delete old rows."""
    if verdict.old:
        return _delete(conn, job, verdict.old)
    life.write(conn, job.org_id, verdict.writes, run_id=job.run_id)
    purged = [one for one in verdict.writes if one.settled.facts.state is State.PURGED]
    expire.purge(conn, job.org_id, [one.held.memory_id for one in purged])
    return changes(verdict.writes, nothing="rearmed")


def _delete(conn: Connection, job: Work, old: tuple[OldRow, ...]) -> Changes:
    expire.delete_old(conn, job.org_id, old)
    kinds = Counter(one.kind for one in old)
    return Changes(
        read=len(old),
        proposed=len(old),
        changed=len(old),
        detail=dict(kinds),
        diff=tuple(
            Change(kind=one.kind, id=one.number, before="kept", after=_END[one.kind], reason="old")
            for one in old
        ),
    )


EXPIRE: Final = Pass(
    name=NAME,
    shape=Shape.SWEEP,
    batch=1000,
    claim=claim,
    decide=decide,
    apply=apply,
)
