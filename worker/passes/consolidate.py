"""consolidate: an ended session becomes episodic memories, and its working memories are closed.

Reads: one ended (or idle) session of the subject, in the order they ended, and the memories nearest
to it. Writes: memories with sources, postings and vectors; sources of repeated memories; one
effect per turn; the session's state. Safe to repeat because fence, session state and the effects'
key each refuse a second apply.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from nrem.llm.provider import SessionInput, SessionProposal
from nrem.policy.consolidate import decide as judge
from nrem.policy.consolidate_model import Create, Decisions, Known
from nrem.policy.model import MemoryType, Tier
from nrem.store import consolidate, effect, life, memory, search
from nrem.store.consolidate import Part
from nrem.store.effect import Effect
from nrem.store.lease import Lease
from nrem.store.memory import Added, NewMemory, content_hash
from nrem.store.search import Text
from worker.contract import Change, Changes, Nothing, Pass, Shape, Work

NAME: Final = "consolidate"
_DAY_SECONDS: Final = 86_400.0
_MINUTE_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The session at hand."""

    session_id: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the provider would keep of one part, beside what the subject knows already."""

    part: Part
    session: SessionProposal
    known: tuple[Known, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What to write for one part."""

    part: Part
    session: SessionProposal
    decisions: Decisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to write for the session."""

    session_id: int
    parts: tuple[Judged, ...]


def _subject(job: Work) -> int:
    return _lease(job).ref_id


def _lease(job: Work) -> Lease:
    if job.lease is None:
        raise LookupError("a leased pass runs under a lease")
    return job.lease


def _idle_seconds(job: Work) -> float:
    return job.policy.session.idle_minutes * _MINUTE_SECONDS


def claim(conn: Connection, job: Work, _limit: int) -> Found | Nothing:
    """The subject's first ended session, once all of its events are scored."""
    subject_id = _subject(job)
    consolidate.close_idle(conn, job.org_id, subject_id, idle_seconds=_idle_seconds(job))
    waiting = consolidate.next_session(conn, job.org_id, subject_id)
    if waiting is None:
        return Nothing(reason="not_due")
    if waiting.unscored:
        return Nothing(reason="events_not_scored_yet")
    parts = consolidate.read_parts(conn, job.org_id, waiting.session_id)
    return Found(session_id=waiting.session_id, parts=parts)


def propose(job: Work, found: Found) -> list[Proposal]:
    """What the provider would keep; no transaction is open here."""
    return [
        Proposal(
            part=part,
            session=job.tools.provider.propose_session(
                SessionInput(turns=part.turns, working=part.working, weights=job.policy.score)
            ),
        )
        for part in found.parts
    ]


def compare(
    conn: Connection, job: Work, _found: Found, proposals: list[Proposal]
) -> list[Proposal]:
    """Beside each proposal, the memories it might repeat."""
    return [
        Proposal(
            part=its.part,
            session=its.session,
            known=tuple(
                consolidate.neighbours(
                    conn,
                    job.org_id,
                    its.part.owner,
                    [one.vector for one in its.session.candidates],
                    model=its.session.model_id,
                )
            ),
        )
        for its in proposals
    ]


def decide(found: Found, proposals: list[Proposal], job: Work) -> Verdict:
    """What to create, merge and drop."""
    return Verdict(
        session_id=found.session_id,
        parts=tuple(
            Judged(
                part=its.part,
                session=its.session,
                decisions=judge(
                    [(one.candidate, one.vector) for one in its.session.candidates],
                    its.known,
                    job.policy.consolidate,
                ),
            )
            for its in proposals
        ),
    )


def apply(conn: Connection, job: Work, verdict: Verdict) -> Changes:
    """Write the session's memories, and hand it over."""
    # Uses and crossings that came before this have their order: first they are written down.
    life.bring_up_to_date(conn, job.org_id, _touched(verdict), job.timeline, job.now)
    added = [_apply_part(conn, job, judged) for judged in verdict.parts]
    created = [number for one in added for number in one.ids]
    working = [one for judged in verdict.parts for one in judged.part.working]
    retention = job.policy.decay.archived_retention_days * _DAY_SECONDS
    consolidate.close_working(
        conn, job.org_id, working, retention_seconds=retention, run_id=job.run_id
    )
    consolidate.close_session(
        conn, job.org_id, verdict.session_id, run_id=job.run_id, transitioned=len(working)
    )
    merged = [one.memory_id for judged in verdict.parts for one in judged.decisions.merge]
    return Changes(
        read=sum(len(its.part.turns) + len(its.part.working) for its in verdict.parts),
        proposed=sum(len(its.session.candidates) for its in verdict.parts),
        changed=len(created) + len(merged) + 1,
        engine=next((its.session.engine for its in verdict.parts), None),
        detail={"session": verdict.session_id, "created": created, "merged": merged},
        diff=_diff(created, merged, [one.memory_id for one in working]),
    )


def _touched(verdict: Verdict) -> list[int]:
    """The memories there are already that the session changes."""
    return [
        number
        for judged in verdict.parts
        for number in (
            *(one.memory_id for one in judged.part.working),
            *(one.memory_id for one in judged.decisions.merge),
        )
    ]


def _diff(created: list[int], merged: list[int], closed: list[int]) -> tuple[Change, ...]:
    def lines(ids: list[int], before: str | None, after: str, reason: str) -> list[Change]:
        return [
            Change(kind="memory", id=one, before=before, after=after, reason=reason) for one in ids
        ]

    return (
        *lines(created, None, "live", "said in the session"),
        *lines(merged, "live", "live", "repeated in the session"),
        *lines(closed, "live", "archived", "consolidated"),
    )


def _apply_part(conn: Connection, job: Work, judged: Judged) -> Added:
    decisions, part = judged.decisions, judged.part
    new = [_memory(job, part, create) for create in decisions.create]
    added = memory.add(conn, job.org_id, new, policy=job.policy, now=job.now)
    search.add_vectors(
        conn,
        job.org_id,
        [_text(number, one) for number, one in zip(added.ids, new, strict=True)],
        [create.vector for create in decisions.create],
        model=judged.session.model_id,
    )
    consolidate.merge(conn, job.org_id, decisions.merge)
    memory.add_sources(
        conn,
        job.org_id,
        ((one.memory_id, one.source_event_ids, job.run_id) for one in decisions.merge),
    )
    effect.add(conn, job.org_id, NAME, _effects(judged), run_id=job.run_id)
    return added


def _memory(job: Work, part: Part, create: Create) -> NewMemory:
    candidate = create.candidate
    return NewMemory(
        owner=part.owner,
        memory_type=MemoryType.EPISODIC,
        tier=Tier.SHORT,
        content=candidate.content,
        content_hash=content_hash(job.tools.digest, job.org_id, candidate.content),
        importance=candidate.importance,
        is_importance_given=candidate.is_importance_given,
        trust=str(candidate.trust),
        occurred_at=candidate.occurred_at,
        source_event_ids=candidate.source_event_ids,
        due_at=None,
        features=candidate.score.record(is_given=candidate.is_importance_given)
        if candidate.score
        else None,
        derived_by=NAME,
        run_id=job.run_id,
    )


def _text(number: int, new: NewMemory) -> Text:
    return Text(
        kind=memory.KIND,
        item_id=number,
        agent_id=new.owner.agent_id,
        subject_id=new.owner.subject_id,
        content=new.content,
        content_hash=new.content_hash,
    )


def _effects(judged: Judged) -> list[Effect]:
    """One outcome per event: what was kept wins over what was dropped."""
    outcomes: dict[int, Effect] = {}
    for event_id, reason in _dropped(judged):
        outcomes[event_id] = (event_id, "dropped", reason)
    for merge in judged.decisions.merge:
        outcomes |= {event: (event, "merged", None) for event in merge.source_event_ids}
    for create in judged.decisions.create:
        sources = create.candidate.source_event_ids
        outcomes |= {event: (event, "consolidated", None) for event in sources}
    return list(outcomes.values())


def _dropped(judged: Judged) -> list[tuple[int, str]]:
    sources = {one.memory_id: one.source_event_ids for one in judged.part.working}
    gone = [*judged.session.dropped, *judged.decisions.dropped]
    found = [(one.event_id, one.reason) for one in gone if one.event_id is not None]
    found += [
        (event_id, one.reason)
        for one in gone
        if one.memory_id is not None
        for event_id in sources.get(one.memory_id, ())
    ]
    return found


def next_due(conn: Connection, job: Work) -> datetime | None:
    """When this subject has a session to consolidate again."""
    return consolidate.next_due(conn, job.org_id, _subject(job), idle_seconds=_idle_seconds(job))


CONSOLIDATE: Final = Pass(
    name=NAME,
    shape=Shape.LEASED,
    claim=claim,
    propose=propose,
    compare=compare,
    decide=decide,
    apply=apply,
    next_due=next_due,
)
