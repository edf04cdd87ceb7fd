"""refine: memories that repeat older ones are merged into them, and edges are put in order.

Reads: one job, and live memories of its dataset or of the whole org, a page per step. Writes: what
became of them so far, repeats forgotten with an edge `supersedes` from the one that stays, sources
and ties handed over, weights and ends of ties. Safe to repeat because a memory that is forgotten
repeats nothing any more, and the queue row of a step goes in the transaction that writes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from nrem.policy.decay import next_crossing
from nrem.policy.life import Passed, Settled
from nrem.policy.model import Reason, State
from nrem.policy.refine import Merge, Pair, merges
from nrem.policy.run_change import RunChange, What
from nrem.policy.state import higher
from nrem.store import audit, inbox, job, life, refine, run_change, work
from nrem.store.audit import Entry, Operation
from nrem.store.inbox import Item
from nrem.store.job import Job
from nrem.store.life import Write
from nrem.store.refine import Page
from worker.changes import Changes
from worker.contract import Pass, Shape, Work
from worker.lives import forgotten

NAME: Final = "refine"
# Memories per step: each is compared with all of its subject.
_STEP: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A job and the page that is next."""

    job: Job
    page: Page
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to merge on the page."""

    asked: Asked
    merges: tuple[Merge, ...]

    @property
    def is_last(self) -> bool:
        """Whether no page follows."""
        return len(self.asked.page.memories) < _STEP

    @property
    def ids(self) -> set[int]:
        """Every memory that the step may write."""
        judged = {number for one in self.merges for number in one.versions}
        return judged | set(self.asked.page.memories)


def claim(conn: Connection, its: Work, _limit: int) -> Asked | None:
    """The job that waits, and its next page; None when it is over."""
    found = job.begin(conn, its.org_id, its.items[0].item_id, NAME)
    if found is None:
        return None
    model = its.tools.embedder.model_id
    page = refine.page(
        conn,
        its.org_id,
        dataset_id=found.dataset_id,
        after_id=int(found.result.get("after", 0)),
        limit=_STEP,
        model=model,
    )
    pairs = refine.pairs(
        conn,
        its.org_id,
        list(page.memories),
        dataset_id=found.dataset_id,
        least=its.policy.refine.duplicate_similarity,
        model=model,
    )
    return Asked(job=found, page=page, pairs=tuple(pairs))


def decide(asked: Asked | None, _proposal: None, its: Work) -> Verdict | None:
    """Which memories of the page repeat an older one."""
    if asked is None:
        return None
    return Verdict(asked=asked, merges=merges(asked.pairs, its.policy))


def apply(conn: Connection, its: Work, verdict: Verdict | None) -> Changes:
    """Settle the page, merge what still is as it was judged, and end the job or queue its rest."""
    if verdict is None:
        return Changes(read=1, reason="job_is_over")
    asked, delay = verdict.asked, its.waits.promote
    subjects = {asked.page.memories[one.dropped.memory_id] for one in verdict.merges}
    if subjects:
        delays = dict.fromkeys(subjects, delay)
        work.bring_streams_forward(conn, its.org_id, "promote", "subject", delays)
    held = life.lock(conn, its.org_id, verdict.ids)
    writes = {one.memory_id: life.settled(one, its.timeline, its.now) for one in held}
    made = _mergeable(verdict, writes, refine.unchanged(conn, its.org_id, verdict.merges))
    for one in made:
        _merge(writes, one, its)
    life.write(conn, its.org_id, list(writes.values()), run_id=its.run_id)
    refine.take_over(conn, its.org_id, made, run_id=its.run_id, drawn_by=NAME)
    run_change.add(conn, its.org_id, its.run_id, _told(made))
    audit.add(conn, its.org_id, [_entry(its, asked.job, one) for one in made])
    counts = {
        "memos_scanned": len(asked.page.memories),
        "memos_deduped": len(made),
        "edges_pruned": refine.prune(conn, its.org_id, verdict.ids),
        "edges_reweighted": refine.reweight(conn, its.org_id, verdict.ids),
        "feedback_drained": sum(len(one.access_ids) for one in held),
        "without_vector": asked.page.unembedded,
    }
    _leave(conn, its, verdict, counts)
    return Changes(
        read=len(asked.page.memories) or 1,
        proposed=len(verdict.merges),
        changed=len(made) + 1,
        detail={"job": asked.job.wire_id, **counts},
        due=({"promote": delay} if made else {}) | ({} if verdict.is_last else {NAME: 0.0}),
    )


def _mergeable(verdict: Verdict, writes: Mapping[int, Write], unchanged: set[int]) -> list[Merge]:
    """What may be merged still: both are live and as they were judged, and no hold says stay."""

    def stays_open(number: int) -> bool:
        write = writes.get(number)
        return write is not None and number in unchanged and write.settled.facts.state is State.LIVE

    return [
        one
        for one in verdict.merges
        if all(stays_open(number) for number in one.versions)
        and not writes[one.dropped.memory_id].held.is_kept
    ]


def _merge(writes: dict[int, Write], one: Merge, its: Work) -> None:
    """The one that stays was of as much use as both, in the higher tier of both."""
    kept, dropped = writes[one.kept.memory_id], writes[one.dropped.memory_id]
    its_facts, other = kept.settled.facts, dropped.settled.facts
    tier = higher(its_facts.tier, other.tier)
    facts = replace(
        its_facts,
        tier=tier,
        access_count=its_facts.access_count + other.access_count,
        last_access=max(its_facts.last_access, other.last_access),
    )
    passed = kept.settled.passed
    if tier is not its_facts.tier:
        passed = (*passed, Passed(its.now, its_facts.tier, tier, Reason.MERGED))
    settled = Settled(facts, passed, next_crossing(facts, its.policy, its.now))
    writes[one.kept.memory_id] = replace(kept, settled=settled)
    gone = forgotten(dropped.settled, its, Reason.MERGED)
    writes[one.dropped.memory_id] = replace(dropped, settled=gone)


def _told(made: Sequence[Merge]) -> list[RunChange]:
    kept = {one.kept.memory_id: one.kept.version for one in made}
    return [
        RunChange(memory_id=number, what=What.MERGED, version_before=version, version_after=version)
        for number, version in sorted(kept.items())
    ]


def _entry(its: Work, found: Job, one: Merge) -> Entry:
    return Entry(
        operation=Operation.FORGET,
        run_id=its.run_id,
        memory_id=one.dropped.memory_id,
        details={"job_id": found.wire_id, "reason": str(Reason.MERGED)},
    )


def _leave(conn: Connection, its: Work, verdict: Verdict, counts: Mapping[str, int]) -> None:
    """Add up what was done, and end the job or queue its rest."""
    found, page = verdict.asked.job, verdict.asked.page
    done: dict[str, Any] = {
        name: int(found.result.get(name, 0)) + more for name, more in counts.items()
    }
    if verdict.is_last:
        job.complete(conn, its.org_id, found, done, run_id=its.run_id)
    else:
        job.go_on(conn, its.org_id, found, {**done, "after": max(page.memories)})


def give_up(conn: Connection, its: Work, items: Sequence[Item], reason: str) -> None:
    """The job of an item that is given up has failed."""
    job.fail(conn, its.org_id, [one.item_id for one in items], reason, run_id=its.run_id)


def next_due(conn: Connection, its: Work) -> datetime | None:
    """When the next job waits."""
    return inbox.next_due(conn, its.org_id, NAME)


REFINE: Final = Pass(
    name=NAME,
    is_audited=False,
    shape=Shape.BATCH,
    batch=1,
    lease_seconds=60.0,
    claim=claim,
    decide=decide,
    apply=apply,
    next_due=next_due,
    give_up=give_up,
)
