"""distill: memories are taken apart into memos, one per distinct fact, and a summary.

Reads: one job, the memories it names, and what is known nearest to what they say. Writes: semantic
memories with the original events behind them, edges to the memories they were made from, and the
end of the job. Safe to repeat because what is known is not written again, and the queue row goes in
the transaction that ends the job.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from nrem.policy.consolidate_model import Vector
from nrem.policy.distill import ENGINE, Memo, Options, Reading, Source, read, summaries
from nrem.policy.distill_known import Found, Known, fresh, text_key
from nrem.policy.graph import EdgeKind
from nrem.policy.model import MemoryType
from nrem.policy.state import first_tier
from nrem.store import audit, distill, edge, inbox, job, run_change, work
from nrem.store.audit import Entry, Operation
from nrem.store.edge import NewEdge
from nrem.store.inbox import Item
from nrem.store.job import Job
from nrem.store.memory import NewMemory, Owner, content_hash
from worker import derived
from worker.changes import Changes
from worker.contract import Pass, Shape, Work

NAME: Final = "distill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A job and the memories that are still there."""

    job: Job
    sources: tuple[Source, ...]
    # by subject
    owners: dict[int, Owner]

    @property
    def options(self) -> Options:
        """How the caller wants them taken apart."""
        given = self.job.request
        return Options(
            chunk_size=given["chunk_size"],
            chunk_overlap=given["chunk_overlap"],
            style=given["summary_style"],
            has_summary=given["include_summary"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What was read, with vectors, and what it must be held against."""

    reading: Reading
    memos: tuple[Found, ...]
    known: tuple[Known, ...] = ()
    said: frozenset[tuple[int, str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The memos to write."""

    asked: Asked
    reading: Reading
    memos: tuple[Found, ...]


def claim(conn: Connection, its: Work, _limit: int) -> Asked | None:
    """The job that waits, with its memories; None when it is over."""
    found = job.begin(conn, its.org_id, its.items[0].item_id, NAME)
    if found is None:
        return None
    memories = distill.read(
        conn,
        its.org_id,
        found.agent_id or 0,
        found.request["memory_ids"],
        model=its.tools.embedder.model_id,
        timeline=its.timeline,
        now=its.now,
    )
    return Asked(
        job=found,
        sources=tuple(distill.source(one) for one in memories.values()),
        owners={one.row.subject_id: one.owner for one in memories.values()},
    )


def propose(its: Work, asked: Asked | None) -> Proposal | None:
    """The facts and the summaries, with their vectors."""
    if asked is None:
        return None
    reading = read(asked.sources, asked.options, its.policy.score)
    facts = list(zip(reading.memos, _vectors(its, reading.memos), strict=True))
    made = summaries(facts, asked.options)
    facts += list(zip(made, _vectors(its, made), strict=True))
    return Proposal(reading=reading, memos=tuple(facts))


def _vectors(its: Work, memos: Sequence[Memo]) -> list[Vector]:
    return list(its.tools.embedder.embed([one.content for one in memos]))


def compare(
    conn: Connection, its: Work, asked: Asked | None, proposal: Proposal | None
) -> Proposal | None:
    """Beside the memos, what is known of the same subjects."""
    if asked is None or proposal is None:
        return None
    vectors: dict[Owner, list[Vector]] = {}
    for memo, vector in proposal.memos:
        vectors.setdefault(asked.owners[memo.subject_id], []).append(vector)
    known = distill.known(
        conn,
        its.org_id,
        vectors,
        model=its.tools.embedder.model_id,
        timeline=its.timeline,
        now=its.now,
    )
    memos = [memo for memo, _ in proposal.memos]
    said = distill.said(conn, its.org_id, memos, digest=its.tools.digest)
    return Proposal(reading=proposal.reading, memos=proposal.memos, known=tuple(known), said=said)


def decide(asked: Asked | None, proposal: Proposal | None, its: Work) -> Verdict | None:
    """The memos that say something new."""
    if asked is None or proposal is None:
        return None
    told = {text_key(one.subject_id, one.content) for one in asked.sources if _is_lasting(one)}
    new = fresh(proposal.memos, proposal.known, proposal.said | told, its.policy.consolidate)
    return Verdict(asked=asked, reading=proposal.reading, memos=tuple(new))


def _is_lasting(one: Source) -> bool:
    return one.memory_type in {MemoryType.SEMANTIC, MemoryType.PROCEDURAL}


def apply(conn: Connection, its: Work, verdict: Verdict | None) -> Changes:
    """Write the memos behind the versions that were read, and end the job."""
    if verdict is None:
        return Changes(read=1, reason="job_is_over")
    asked, delay = verdict.asked, its.waits.promote
    subjects = {memo.subject_id for memo, _ in verdict.memos}
    if subjects:
        delays = dict.fromkeys(subjects, delay)
        work.bring_streams_forward(conn, its.org_id, "promote", "subject", delays)
    distill.hold(conn, its.org_id, asked.sources)
    new = [_memory(its, asked, memo) for memo, _ in verdict.memos]
    model = its.tools.embedder.model_id
    ids = derived.write(conn, its, new, [vector for _, vector in verdict.memos], model=model)
    edges = _edges(verdict, ids)
    edge.draw(conn, its.org_id, edges, drawn_by=NAME, run_id=its.run_id)
    run_change.add(conn, its.org_id, its.run_id, derived.created(ids))
    audit.add(conn, its.org_id, [_entry(its, asked.job, number) for number in ids])
    job.complete(conn, its.org_id, asked.job, _result(verdict, ids, edges), run_id=its.run_id)
    return Changes(
        read=1,
        proposed=len(verdict.reading.memos),
        changed=len(ids) + 1,
        engine=ENGINE,
        detail={"job": asked.job.wire_id, "memories": ids},
        diff=tuple(derived.lines(new, "distilled")),
        due={"promote": delay} if subjects else {},
    )


def _memory(its: Work, asked: Asked, memo: Memo) -> NewMemory:
    noted: dict[str, Any] = {"job_id": asked.job.wire_id}
    if memo.is_summary:
        noted |= {"summary": asked.options.style}
    return NewMemory(
        owner=asked.owners[memo.subject_id],
        memory_type=MemoryType.SEMANTIC,
        tier=first_tier(MemoryType.SEMANTIC),
        content=memo.content,
        content_hash=content_hash(its.tools.digest, its.org_id, memo.content),
        importance=memo.importance,
        is_importance_given=False,
        trust=str(memo.trust),
        occurred_at=memo.occurred_at,
        source_event_ids=memo.event_ids,
        due_at=None,
        metadata=noted,
        derived_by=NAME,
        run_id=its.run_id,
    )


def _edges(verdict: Verdict, ids: Sequence[int]) -> list[NewEdge]:
    return [
        NewEdge(source_id=number, target_id=one.memory_id, kind=EdgeKind.DERIVED_FROM)
        for number, (memo, _) in zip(ids, verdict.memos, strict=True)
        for one in memo.sources
    ]


def _result(verdict: Verdict, ids: Sequence[int], edges: Sequence[NewEdge]) -> dict[str, Any]:
    reading = verdict.reading
    return {
        "memory_ids": list(ids),
        "memos_written": len(ids),
        "chunks_total": reading.chunks,
        "chunks_failed": reading.failed,
        "entities_extracted": reading.entities,
        "relationships_extracted": len(edges),
    }


def _entry(its: Work, found: Job, memory_id: int) -> Entry:
    return Entry(
        operation=Operation.STORE,
        run_id=its.run_id,
        agent_id=found.agent_id,
        memory_id=memory_id,
        memory_type=str(MemoryType.SEMANTIC),
        details={"job_id": found.wire_id},
    )


def give_up(conn: Connection, its: Work, items: Sequence[Item], reason: str) -> None:
    """The job of an item that is given up has failed."""
    job.fail(conn, its.org_id, [one.item_id for one in items], reason, run_id=its.run_id)


def next_due(conn: Connection, its: Work) -> datetime | None:
    """When the next job waits."""
    return inbox.next_due(conn, its.org_id, NAME)


DISTILL: Final = Pass(
    name=NAME,
    is_audited=False,
    shape=Shape.BATCH,
    batch=1,
    # The vectors of five hundred facts take ten seconds of one core, on a busy machine many more.
    lease_seconds=300.0,
    claim=claim,
    propose=propose,
    compare=compare,
    decide=decide,
    apply=apply,
    next_due=next_due,
    give_up=give_up,
)
