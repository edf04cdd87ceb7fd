"""What consolidate makes of a session: episodic memories, and how it tells of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from nrem.llm.provider import SessionProposal
from nrem.policy.consolidate_model import Create, Decisions, Known
from nrem.policy.model import MemoryType, Tier
from nrem.policy.relate import Link
from nrem.store.consolidate import Part
from nrem.store.memory import NewMemory, content_hash
from worker import derived
from worker.changes import Change
from worker.contract import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What to write for one part."""

    part: Part
    session: SessionProposal
    decisions: Decisions
    links: tuple[Link, ...]
    # the memories that it was held against
    known: tuple[Known, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to write for the session."""

    session_id: int
    parts: tuple[Judged, ...]


def touched(verdict: Verdict) -> list[int]:
    """The memories there are already that the session changes."""
    return [
        number
        for judged in verdict.parts
        for number in (
            *(one.memory_id for one in judged.part.working),
            *(one.memory_id for one in judged.decisions.merge),
        )
    ]


def told_of(verdict: Verdict, job: Work) -> Iterator[Change]:
    """What a preview shows: a line for each memory, edge, gained source and closed memory."""
    first = 1
    for judged in verdict.parts:
        new = new_memories(job, judged)
        yield from derived.lines(new, "said in the session", first=first)
        yield from derived.edge_lines(judged.links, first=first)
        first += len(new)
        for merge in judged.decisions.merge:
            evidence = tuple(f"event {event}" for event in merge.source_event_ids)
            yield Change(
                kind="sources",
                id=merge.memory_id,
                before=f"version {merge.version}",
                after=f"{len(evidence)} more, importance at least {merge.importance:g}",
                reason="repeated in the session",
                evidence=evidence,
            )
        for one in judged.part.working:
            yield Change(
                kind="memory",
                id=one.memory_id,
                before="live",
                after="archived",
                reason="consolidated",
            )


def new_memories(job: Work, judged: Judged) -> list[NewMemory]:
    """The episodic memories of one part, as they are written."""
    return [_memory(job, judged.part, create) for create in judged.decisions.create]


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
        derived_by="consolidate",
        run_id=job.run_id,
    )
