"""reflect: the observations of a person become fewer, without losing what matters.

Reads: the active observations behind the walk over the person's log. Writes: new observations with
the events and the observations behind them, and archives what they stand for or another one covers.
Safe to repeat because fence and cursor refuse a second apply, and an observation is archived once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from nrem.policy import drift, reflect_drift
from nrem.policy.consolidate_model import Vector
from nrem.policy.edits import Judged, Written, judge, most, new_text
from nrem.policy.reflect_model import Delete, ReflectInput, ReflectProposal
from nrem.store import card, observation, observation_log, reflect
from nrem.store.memory import content_hash
from nrem.store.observation import Added, NewObservation
from nrem.store.observation_log import Log
from nrem.store.reflect import Batch
from worker.changes import Change, Changes, Guarded
from worker.contract import Nothing, Pass, Shape, Work

NAME: Final = "reflect"
# A model may think for a minute.
_LEASE_SECONDS: Final = 60.0
_LEAST: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The observations at hand."""

    subject_id: int
    batch: Batch
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What would be edited, and the vectors of the texts that it would write."""

    proposal: ReflectProposal | None
    vectors: dict[str, Vector]
    taken: frozenset[tuple[int, str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to write and to archive of the person's log."""

    found: Found
    proposal: Proposal
    judged: Judged

    @property
    def reasons(self) -> dict[int, str]:
        """Why each observation that goes does, by ordinal."""
        reasons = {
            ordinal: "merged" if len(one.sources) > 1 else "replaced"
            for one in self.judged.written
            for ordinal in one.sources
        }
        return reasons | {ordinal: "covered" for ordinal, _ in self.judged.covered}


def rouse(conn: Connection, job: Work, only_subject: int | None) -> None:
    """Somebody asked, or the night has come: everybody is due of whom something new was noted."""
    reflect.rouse(conn, job.org_id, only_subject)


def claim(conn: Connection, job: Work, _limit: int) -> Found | Nothing:
    """The next observations of the person's log, if any were noted since the last look."""
    subject_id = job.stream.ref_id
    batch = reflect.batch(
        conn,
        job.org_id,
        subject_id,
        model=job.tools.embedder.model_id,
        tokens=job.policy.reflect.batch_tokens,
    )
    log = batch.log
    if log.walked_to == 0 and log.last_ordinal <= log.reflected_ordinal:
        return Nothing(reason="not_due")
    zone = card.timezone(conn, job.org_id, subject_id) or job.policy.observe.timezone
    return Found(subject_id=subject_id, batch=batch, timezone=zone)


def propose(job: Work, found: Found) -> Proposal:
    """What the provider would edit; no transaction is open here."""
    batch, policy = found.batch, job.policy.reflect
    if len(batch.rows) < _LEAST:
        return Proposal(proposal=None, vectors={})
    proposal = job.tools.provider.propose_edits(
        ReflectInput(
            observations=batch.rows,
            now=job.now,
            timezone=found.timezone,
            most=most(batch.active, policy),
            similarity=policy.similarity,
            subject_id=job.stream.ref_id,
        )
    )
    texts = sorted({new_text(one) for one in proposal.edits if not isinstance(one, Delete)})
    vectors = job.tools.embedder.embed(texts)
    return Proposal(proposal=proposal, vectors=dict(zip(texts, vectors, strict=True)))


def compare(conn: Connection, job: Work, found: Found, its: Proposal) -> Proposal:
    """Beside the edits, which of their texts stand in the log already."""
    hashes = {content_hash(job.tools.digest, job.org_id, text): text for text in its.vectors}
    taken = reflect.taken(conn, job.org_id, found.subject_id, hashes)
    return Proposal(proposal=its.proposal, vectors=its.vectors, taken=taken)


def decide(found: Found, its: Proposal, job: Work) -> Verdict:
    """Which edits are carried out."""
    judged = judge(
        its.proposal.edits if its.proposal else (),
        found.batch.rows,
        job.policy.reflect,
        active=found.batch.active,
        taken=its.taken,
    )
    return Verdict(found=found, proposal=its, judged=judged)


def guard(verdict: Verdict, job: Work) -> Guarded:
    """What the observations that go could answer, and nothing does that stays or is new."""
    rows, proposal = verdict.found.batch.rows, verdict.proposal.proposal
    asked = reflect_drift.asked(rows, verdict.judged)
    return Guarded(
        drift=drift.drift(asked, reflect_drift.rows(rows, verdict.judged), job.policy.drift),
        read=len(rows),
        proposed=len(proposal.edits) if proposal else 0,
        engine=proposal.engine if proposal else None,
        cost_usd=proposal.cost_usd if proposal else 0.0,
    )


def apply(conn: Connection, job: Work, verdict: Verdict) -> Changes:
    """Carry the edits out, and go on with the walk."""
    found, judged, proposal = verdict.found, verdict.judged, verdict.proposal.proposal
    held = observation_log.lock(conn, job.org_id, [found.subject_id])
    log = held[found.subject_id]
    gone = reflect.archive(conn, job.org_id, log, verdict.reasons, run_id=job.run_id)
    added = _write(conn, job, verdict, log)
    observation_log.grow(conn, job.org_id, {}, {found.subject_id: -gone})
    rows = found.batch.rows
    walked_to = None if found.batch.is_last or not rows else rows[-1].ordinal
    reflect.walk(conn, job.org_id, found.subject_id, walked_to=walked_to)
    changed = judged.archived
    return Changes(
        read=len(rows),
        proposed=len(proposal.edits) if proposal else 0,
        changed=changed,
        reason=(proposal.reason if proposal else None) or (None if changed else _reason(judged)),
        engine=proposal.engine if proposal else None,
        cost_usd=proposal.cost_usd if proposal else 0.0,
        detail={
            "created": [one.observation_id for one in added],
            "archived": {why: n for why, n in _counts(verdict) if n},
            "refused": dict(judged.refused),
        },
        diff=tuple(_lines(verdict, added)),
    )


def _write(conn: Connection, job: Work, verdict: Verdict, log: Log) -> list[Added]:
    written = verdict.judged.written
    ordinals = [one for its in written for one in its.sources]
    sources = reflect.sources(conn, job.org_id, log.subject_id, ordinals)
    new = [_new(job, log.subject_id, one, sources, verdict.proposal.vectors) for one in written]
    of = observation.Written(run_id=job.run_id, model=job.tools.embedder.model_id)
    added = observation.add(conn, job.org_id, new, {log.subject_id: log}, of)
    lineage = [(one, written[one.place].sources) for one in added]
    reflect.link(conn, job.org_id, log.subject_id, lineage)
    return added


def _new(
    job: Work,
    subject_id: int,
    one: Written,
    sources: dict[int, tuple[int, ...]],
    vectors: dict[str, Vector],
) -> NewObservation:
    return NewObservation(
        subject_id=subject_id,
        text=one.text,
        content_hash=content_hash(job.tools.digest, job.org_id, one.text),
        priority=one.priority,
        trust=one.trust,
        tokens=one.tokens,
        observation_date=one.observation_date,
        referenced_date=one.referenced_date,
        referenced_from=one.referenced_from,
        source_event_ids=tuple(sorted({event for its in one.sources for event in sources[its]})),
        vector=vectors[one.text],
    )


def _reason(judged: Judged) -> str:
    return "refused" if judged.refused else "nothing_to_shorten"


def _counts(verdict: Verdict) -> Iterator[tuple[str, int]]:
    reasons = list(verdict.reasons.values())
    return ((why, reasons.count(why)) for why in ("merged", "replaced", "covered"))


def _lines(verdict: Verdict, added: list[Added]) -> Iterator[Change]:
    """One line per observation that is new or goes; numbers are ordinals of the person's log."""
    rows = {one.ordinal: one for one in verdict.found.batch.rows}
    written = verdict.judged.written
    for one in added:
        new = written[one.place]
        yield Change(
            kind="observation",
            id=None,
            name=f"new {one.ordinal}",
            before=None,
            after=new.text,
            reason=f"{new.priority}, {'merged' if len(new.sources) > 1 else 'replaced'}",
            evidence=tuple(f"observation {its}" for its in new.sources),
        )
    covers = dict(verdict.judged.covered)
    for ordinal, why in verdict.reasons.items():
        by = covers.get(ordinal)
        yield Change(
            kind="observation",
            id=ordinal,
            before=rows[ordinal].text,
            after="archived",
            reason=why,
            evidence=(f"observation {by}",) if by else (),
        )


def next_due(conn: Connection, job: Work) -> datetime | None:
    """Now, in the middle of a walk; else when something new is noted, or at the next tick."""
    log = observation_log.read(conn, job.org_id, [job.stream.ref_id])[job.stream.ref_id]
    return job.now if log.walked_to else None


REFLECT: Final = Pass(
    name=NAME,
    shape=Shape.LEASED,
    lease_seconds=_LEASE_SECONDS,
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
