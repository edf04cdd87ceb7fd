"""promote: repeated episodes become knowledge, and what changed takes the place of what was.

Reads: the subject's memories that nobody looked at yet, the episodes nearest to them, and what
states the same attributes. Writes: semantic and procedural memories with sources and edges to
their evidence; more evidence for what was promoted; until when contradicted facts were true; what
it did to each memory. Safe to repeat because what was looked at leaves the queue in the same
transaction, and evidence belongs to one promoted memory.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from nrem.llm.provider import PromotionInput, PromotionProposal
from nrem.policy import drift, promote_drift
from nrem.policy.attribute import attribute_names
from nrem.policy.contradict import Contradiction, contradictions
from nrem.policy.model import MemoryType
from nrem.policy.promote import decide as judge
from nrem.policy.promote_model import Episode, Support
from nrem.policy.run_change import RunChange, What
from nrem.store import attribute, edge, life, memory, promote, run_change
from nrem.store.memory import NewMemory, Owner
from nrem.store.promote import Remembered
from worker import derived, knowledge
from worker.changes import Changes, Guarded
from worker.contract import Nothing, Pass, Shape, Work
from worker.knowledge import Decided

NAME: Final = "promote"
# Memories looked at per step: each is compared with all episodes of its subject.
_BATCH: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The memories at hand, and those that may matter to them."""

    owner: Owner
    # every memory that leaves the queue, with the version that was read
    looked_at: Mapping[int, int]
    # by number; live, and also those that are not true any more
    memories: Mapping[int, Remembered]
    fresh: tuple[int, ...]
    near: tuple[int, ...]
    stating: tuple[int, ...]
    attribute_keys: Mapping[int, tuple[bytes, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What would be promoted, beside what is known; and what contradicts what."""

    contradictions: tuple[Contradiction, ...]
    fresh: tuple[Episode, ...]
    near: tuple[Episode, ...]
    drafts: PromotionProposal
    known: tuple[Remembered, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to write for the subject."""

    found: Found
    decided: Decided
    drafts: PromotionProposal
    proposed: int


def rouse(conn: Connection, job: Work, only_subject: int | None) -> None:
    """Somebody asked: every subject whose memories wait is due, however new they are."""
    promote.rouse(conn, job.org_id, only_subject)


def claim(conn: Connection, job: Work, _limit: int) -> Found | Nothing:
    """The memories of the subject that wait, and what may matter to them."""
    subject_id = job.stream.ref_id
    waiting = promote.waiting(conn, job.org_id, subject_id, limit=_BATCH)
    if not waiting:
        return Nothing(reason="not_due")
    memories = _read(conn, job, waiting)
    if not memories:
        return Nothing(reason="not_due")
    fresh = [one for one in waiting if one in memories and memories[one].holds(job.now)]
    evidence = [one for one in fresh if memories[one].is_evidence(job.now)]
    model = job.tools.embedder.model_id
    near = promote.neighbours(conn, job.org_id, evidence, model=model)
    keys = {one: _attribute_keys(job, memories[one].row.content) for one in fresh}
    wanted = sorted({key for its in keys.values() for key in its})
    stating = attribute.stating(conn, job.org_id, subject_id, wanted)
    memories |= _read(conn, job, {*near, *stating} - set(memories))
    return Found(
        owner=next(iter(memories.values())).owner,
        looked_at={one: memories[one].row.version for one in waiting if one in memories},
        memories=memories,
        fresh=tuple(fresh),
        near=tuple(near),
        stating=tuple(stating),
        attribute_keys=keys,
    )


def _read(conn: Connection, job: Work, ids: Collection[int]) -> dict[int, Remembered]:
    return promote.read(
        conn,
        job.org_id,
        ids,
        model=job.tools.embedder.model_id,
        timeline=job.timeline,
        now=job.now,
    )


def _attribute_keys(job: Work, content: str) -> tuple[bytes, ...]:
    names = attribute_names(content)
    return tuple(attribute.keys_of(job.tools.digest, job.org_id, names))


def propose(job: Work, found: Found) -> Proposal:
    """What contradicts what, and what could be promoted of the rest; no transaction is open."""
    against = _contradictions(job, found)
    gone = {one.older.memory_id for one in against if one.supersedes}

    def episodes(ids: tuple[int, ...]) -> tuple[Episode, ...]:
        chosen = (found.memories[one] for one in ids if one in found.memories and one not in gone)
        return tuple(one.episode for one in chosen if one.is_evidence(job.now))

    fresh = episodes(found.fresh)
    near = tuple(one for one in episodes(found.near) if one.memory_id not in found.fresh)
    drafts = job.tools.provider.propose_promotions(
        PromotionInput(
            fresh=fresh,
            known=near,
            policy=job.policy.promote,
            drift=job.policy.drift,
            subject_id=found.owner.subject_id,
        )
    )
    return Proposal(contradictions=against, fresh=fresh, near=near, drafts=drafts)


def _contradictions(job: Work, found: Found) -> tuple[Contradiction, ...]:
    """What contradicts what; what stands written down already is left out."""
    if not job.policy.promote.supersedes:
        return ()
    known = [
        found.memories[one].stated
        for one in found.stating
        if one in found.memories and found.memories[one].is_live and one not in found.fresh
    ]
    against = contradictions([found.memories[one].stated for one in found.fresh], known)
    return tuple(one for one in against if not _is_written(one, found))


def _is_written(one: Contradiction, found: Found) -> bool:
    until = found.memories[one.older.memory_id].row.true_until
    return one.true_until is not None and until is not None and until <= one.true_until


def compare(conn: Connection, job: Work, found: Found, its: Proposal) -> Proposal:
    """Beside the drafts, what the subject is known to hold already."""
    vectors = [vector for _, vector in its.drafts.drafts]
    ids = promote.knowledge(conn, job.org_id, found.owner, vectors, model=its.drafts.model_id)
    supported = {number for one in (*its.fresh, *its.near) for number in one.supports}
    known = _read(conn, job, {*ids, *supported})
    return replace(its, known=tuple(one for one in known.values() if one.holds(job.now)))


def decide(found: Found, its: Proposal, job: Work) -> Verdict:
    """What to write down as new, as better supported, and as true no more."""
    promotions = judge(
        its.drafts.drafts,
        [one.knowledge for one in its.known],
        its.fresh,
        (*its.fresh, *its.near),
        job.policy.promote,
    )
    return Verdict(
        found=found,
        decided=Decided(
            promotions=promotions,
            contradictions=its.contradictions,
            supporters={one.row.id: len(one.row.supporters) for one in its.known},
        ),
        drafts=its.drafts,
        proposed=len(its.drafts.drafts) + len(its.contradictions),
    )


def guard(verdict: Verdict, job: Work) -> Guarded:
    """Whether what is promoted says what its evidence has in common."""
    made = verdict.decided.promotions
    return Guarded(
        drift=drift.drift(promote_drift.asked(made), promote_drift.rows(made), job.policy.drift),
        read=len(verdict.found.looked_at),
        proposed=verdict.proposed,
        engine=verdict.drafts.engine,
        cost_usd=verdict.drafts.cost_usd,
    )


def apply(conn: Connection, job: Work, verdict: Verdict) -> Changes:
    """Write it down, behind the versions of everything that was judged."""
    found, decided = verdict.found, verdict.decided
    judged = decided.judged()
    _lock(conn, job, {*judged, *found.looked_at}, decided.changed())
    promote.require_versions(conn, job.org_id, judged)
    promote.done(conn, job.org_id, found.owner.subject_id, found.looked_at)
    attribute.write(conn, job.org_id, found.owner.subject_id, found.attribute_keys)
    ids = _write(conn, job, verdict)
    changes = [*derived.created(ids), *_support(conn, job, decided.promotions.support)]
    changes += promote.supersede(conn, job.org_id, knowledge.superseded(decided))
    drawn = edge.draw(
        conn, job.org_id, knowledge.edges(decided, ids), drawn_by=NAME, run_id=job.run_id
    )
    run_change.add(conn, job.org_id, job.run_id, changes)
    return Changes(
        read=len(found.looked_at),
        proposed=verdict.proposed,
        changed=len(changes) or len(drawn),
        reason=verdict.drafts.reason or (None if changes or drawn else decided.reason),
        engine=verdict.drafts.engine,
        cost_usd=verdict.drafts.cost_usd,
        detail=_detail(changes),
        diff=tuple(knowledge.lines(decided)),
    )


def _lock(conn: Connection, job: Work, ids: set[int], changed: set[int]) -> None:
    """Lock all in the order of their numbers; what will change is first brought up to date."""
    held = life.lock(conn, job.org_id, ids)
    chosen = [one for one in held if one.memory_id in changed]
    life.write(conn, job.org_id, [life.settled(one, job.timeline, job.now) for one in chosen])


def _write(conn: Connection, job: Work, verdict: Verdict) -> list[int]:
    owner, promoted = verdict.found.owner, verdict.decided.promotions.promote
    new = [knowledge.memory_of(job, owner, one) for one in promoted]
    vectors = [one.vector for one in promoted]
    ids = derived.write(conn, job, new, vectors, model=verdict.drafts.model_id)
    _index(conn, job, owner, dict(zip(ids, new, strict=True)))
    return ids


def _index(conn: Connection, job: Work, owner: Owner, new: Mapping[int, NewMemory]) -> None:
    """What is promoted may be contradicted later, and is no evidence itself."""
    keys = {
        number: _attribute_keys(job, one.content)
        for number, one in new.items()
        if one.memory_type is not MemoryType.PROCEDURAL
    }
    attribute.write(conn, job.org_id, owner.subject_id, keys)
    first = dict.fromkeys(new, derived.FIRST_VERSION)
    promote.done(conn, job.org_id, owner.subject_id, first)


def _support(conn: Connection, job: Work, supports: tuple[Support, ...]) -> list[RunChange]:
    memory.add_sources(
        conn,
        job.org_id,
        (
            (one.memory_id, episode.source_event_ids, job.run_id)
            for one in supports
            for episode in one.episodes
        ),
    )
    return knowledge.supported(supports)


def _detail(changes: list[RunChange]) -> dict[str, list[int]]:
    kinds = (What.CREATED, What.SUPPORTED, What.SUPERSEDED)
    return {str(what): [one.memory_id for one in changes if one.what is what] for what in kinds}


def next_due(conn: Connection, job: Work) -> datetime | None:
    """Now, while the subject has memories that nobody looked at."""
    return promote.next_due(conn, job.org_id, job.stream.ref_id, job.now)


PROMOTE: Final = Pass(
    name=NAME,
    shape=Shape.LEASED,
    gathers=True,
    previews=True,
    rouse=rouse,
    claim=claim,
    propose=propose,
    compare=compare,
    decide=decide,
    guard=guard,
    apply=apply,
    next_due=next_due,
)
