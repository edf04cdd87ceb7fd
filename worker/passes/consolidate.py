"""consolidate: an ended session becomes episodic memories, and its working memories are closed.

Reads: one ended (or idle) session of the subject, in the order they ended, and the memories nearest
to it. Writes: memories with sources, postings, vectors and edges; sources of repeated memories; one
effect per turn; the session's state; what it did to each memory, so that it can be undone. Safe to
repeat because fence, session state and the effects' key each refuse a second apply.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from nrem.llm.provider import SessionInput, SessionProposal
from nrem.policy import consolidate_drift, drift
from nrem.policy.consolidate import decide as judge
from nrem.policy.consolidate_drift import Told
from nrem.policy.consolidate_model import Known
from nrem.policy.consolidate_outcome import outcomes
from nrem.policy.relate import links
from nrem.policy.run_change import RunChange, What
from nrem.store import consolidate, effect, lease, life, memory, promote, run_change
from nrem.store.consolidate import Part
from worker import derived
from worker.changes import Changes, Guarded
from worker.contract import Nothing, Pass, Shape, Work
from worker.episodes import Judged, Verdict, new_memories, told_of, touched

NAME: Final = "consolidate"
_DAY_SECONDS: Final = 86_400.0


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
    # the episode written last before this session
    previous: int | None = None


def claim(conn: Connection, job: Work, _limit: int) -> Found | Nothing:
    """The subject's first ended session, once all of its events are scored."""
    subject_id = job.stream.ref_id
    consolidate.close_idle(conn, job.org_id, subject_id, idle_seconds=job.waits.idle)
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
                SessionInput(
                    turns=part.turns,
                    working=part.working,
                    weights=job.policy.score,
                    drift=job.policy.drift,
                    subject_id=part.owner.subject_id,
                )
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
                    timeline=job.timeline,
                    now=job.now,
                )
            ),
            previous=consolidate.last_episode(conn, job.org_id, its.part.owner),
        )
        for its in proposals
    ]


def decide(found: Found, proposals: list[Proposal], job: Work) -> Verdict:
    """What to create, merge and drop, and how the new ones hang together."""
    return Verdict(session_id=found.session_id, parts=tuple(_judge(its, job) for its in proposals))


def _judge(its: Proposal, job: Work) -> Judged:
    policy = job.policy.consolidate
    candidates = [(one.candidate, one.vector) for one in its.session.candidates]
    decisions = judge(candidates, its.known, policy)
    return Judged(
        part=its.part,
        session=its.session,
        decisions=decisions,
        links=links(decisions.create, its.known, policy, previous=its.previous),
        known=its.known,
    )


def guard(verdict: Verdict, job: Work) -> Guarded:
    """What of the session could be answered before, and no more by what would be written."""
    several = [(_told(one), one.decisions) for one in verdict.parts]
    parts = [(consolidate_drift.asked(told, job.policy), told, made) for told, made in several]
    return Guarded(
        drift=drift.joined(
            drift.drift(asked, consolidate_drift.rows(told, made), job.policy.drift)
            for asked, told, made in parts
        ),
        read=_read(verdict),
        proposed=_proposed(verdict),
        engine=_engine(verdict),
        cost_usd=_cost_usd(verdict),
    )


def _told(one: Judged) -> Told:
    return Told(turns=one.part.turns, working=one.part.working, known=one.known)


def apply(conn: Connection, job: Work, verdict: Verdict) -> Changes:
    """Write the session's memories, and hand it over."""
    if any(judged.decisions.create or judged.decisions.merge for judged in verdict.parts):
        # Before the memories are locked: promote holds its lease when it locks them.
        _wake_promote(conn, job)
    # Uses and crossings that came before this have their order: first they are written down.
    life.bring_up_to_date(conn, job.org_id, touched(verdict), job.timeline, job.now)
    changes = [one for judged in verdict.parts for one in _apply_part(conn, job, judged)]
    working = [one for judged in verdict.parts for one in judged.part.working]
    retention = job.policy.decay.archived_retention_days * _DAY_SECONDS
    changes += consolidate.close_working(
        conn, job.org_id, working, retention_seconds=retention, run_id=job.run_id
    )
    run_change.add(conn, job.org_id, job.run_id, changes)
    consolidate.close_session(
        conn, job.org_id, verdict.session_id, run_id=job.run_id, transitioned=len(working)
    )
    created = [one.memory_id for one in changes if one.what is What.CREATED]
    merged = [one.memory_id for one in changes if one.what is What.MERGED]
    return Changes(
        read=_read(verdict),
        proposed=_proposed(verdict),
        changed=len(created) + len(merged) + 1,
        reason=next((its.session.reason for its in verdict.parts if its.session.reason), None),
        engine=_engine(verdict),
        cost_usd=_cost_usd(verdict),
        detail={"session": verdict.session_id, "created": created, "merged": merged},
        due={"promote": job.waits.promote} if created or merged else {},
        diff=tuple(told_of(verdict, job)),
    )


def _read(verdict: Verdict) -> int:
    return sum(len(its.part.turns) + len(its.part.working) for its in verdict.parts)


def _proposed(verdict: Verdict) -> int:
    return sum(len(its.session.candidates) for its in verdict.parts)


def _engine(verdict: Verdict) -> str | None:
    return next((its.session.engine for its in verdict.parts), None)


def _cost_usd(verdict: Verdict) -> float:
    return sum(its.session.cost_usd for its in verdict.parts)


def _wake_promote(conn: Connection, job: Work) -> None:
    """The new memories' stream is the one at hand. Leases are locked before memories."""
    lease.bring_forward(conn, job.org_id, "promote", {job.stream.stream_id: job.waits.promote})


def _apply_part(conn: Connection, job: Work, judged: Judged) -> list[RunChange]:
    decisions = judged.decisions
    vectors = [create.vector for create in decisions.create]
    ids = derived.write(
        conn, job, new_memories(job, judged), vectors, model=judged.session.model_id
    )
    derived.draw(conn, job, judged.links, ids, drawn_by=NAME)
    merged = consolidate.merge(conn, job.org_id, decisions.merge)
    memory.add_sources(
        conn,
        job.org_id,
        ((one.memory_id, one.source_event_ids, job.run_id) for one in decisions.merge),
    )
    # said in one more session, it may be knowledge now
    again = [one.memory_id for one in decisions.merge]
    promote.queue(conn, job.org_id, judged.part.owner.subject_id, again)
    became = outcomes(judged.part.working, judged.session.dropped, decisions)
    effect.add(conn, job.org_id, NAME, became, run_id=job.run_id)
    return [*derived.created(ids), *merged]


def next_due(conn: Connection, job: Work) -> datetime | None:
    """When this subject has a session to consolidate again."""
    return consolidate.next_due(conn, job.org_id, job.stream.ref_id, idle_seconds=job.waits.idle)


CONSOLIDATE: Final = Pass(
    name=NAME,
    shape=Shape.LEASED,
    previews=True,
    claim=claim,
    propose=propose,
    compare=compare,
    decide=decide,
    guard=guard,
    apply=apply,
    next_due=next_due,
)
