"""What the pass `ingest` writes: each passage as an event and the memory it becomes, at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from nrem.digest import Digest
from nrem.policy.consolidate_model import Trust
from nrem.policy.model import MemoryType
from nrem.policy.text import token_estimate
from nrem.policy.timeline import Timeline
from nrem.store import dataset, effect, memory, view, work
from nrem.store.append import append
from nrem.store.event import MEMORY, Appended, NewEvent
from nrem.store.job import Job
from nrem.store.memory import NewMemory, Owner, content_hash
from nrem.store.work import Waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What the passages of a job have in common."""

    job: Job
    trust: Trust
    # noted of each passage
    metadata: Mapping[str, Any]


def add(
    conn: Connection,
    org_id: int,
    document: Document,
    passages: Mapping[int, str],
    *,
    timeline: Timeline,
    digest: Digest,
    now: datetime,
) -> list[int]:
    """Store passages, each under its number in the document; answers the memories' numbers.

    A passage that is stored already, by its job and its number, stays as it is.
    """
    settings = timeline.at(now)
    events = [
        _event(document, org_id, at, content, digest) for at, content in sorted(passages.items())
    ]
    stored = append(conn, org_id, events, now=now, waits=Waits.of(settings))
    known = view.memories_of_events(conn, org_id, [o.event_id for o in stored if o.is_duplicate])
    fresh = [
        (event, one) for event, one in zip(events, stored, strict=True) if not one.is_duplicate
    ]
    new = [
        memory.born(
            event.body,
            owner=_owner(one),
            event_id=one.event_id,
            occurred_at=one.occurred_at or now,
            recorded_at=now,
            policy=settings,
            content_hash=content_hash(digest, org_id, event.body["content"]),
            # A document is not held against what is known: for so many words that takes long.
            overlap=0.0,
        )
        for event, one in fresh
    ]
    added = memory.add(conn, org_id, _vouched(new, document.trust), policy=settings, now=now)
    effects = [(one.event_id, "scored", None) for _, one in fresh]
    effect.add(conn, org_id, "score", effects, run_id=None)
    _follow_up(conn, org_id, document.job, added.ids)
    known |= {one.event_id: number for (_, one), number in zip(fresh, added.ids, strict=True)}
    return [known[one.event_id] for one in stored if one.event_id in known]


def _event(document: Document, org_id: int, at: int, content: str, digest: Digest) -> NewEvent:
    job = document.job
    body = {
        "content": content,
        "memory_type": str(MemoryType.SEMANTIC),
        "metadata": {**document.metadata, "job_id": job.wire_id, "chunk": at},
    }
    return NewEvent(
        kind=MEMORY,
        agent=job.agent or "",
        body=body,
        body_hash=digest.of("body", content),
        idem_key=digest.of("ingest", org_id, job.job_id, at),
        tokens=token_estimate(content),
        index=at,
        is_stored_now=True,
    )


def _owner(stored: Appended) -> Owner:
    return Owner(
        subject_id=stored.subject_id, agent_id=stored.agent_id, user_id=None, session_id=None
    )


def _vouched(new: Sequence[NewMemory], trust: Trust) -> list[NewMemory]:
    return [replace(one, trust=str(trust)) for one in new]


def _follow_up(conn: Connection, org_id: int, job: Job, ids: Sequence[int]) -> None:
    """Queue the memories for their vectors, and put them into the job's dataset."""
    if ids:
        work.queue_items(conn, org_id, "embed", [(memory.KIND, number, 0) for number in ids])
    if job.dataset_id is not None:
        dataset.fill(conn, org_id, job.dataset_id, ids)
