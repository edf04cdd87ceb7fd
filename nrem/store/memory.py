"""Writing memories: a row, its sources and its postings, in one transaction.

`born` is the one way from an event to a memory; the API uses it for a direct store and the pass
`score` for a queued one, so both give the same memory.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from nrem.digest import Digest
from nrem.policy.decay import next_crossing
from nrem.policy.model import MemoryFacts, MemoryType, Role, State, Tier
from nrem.policy.params import Policy
from nrem.policy.score import score
from nrem.policy.shelf import Shelf
from nrem.policy.state import first_tier
from nrem.policy.text import fingerprint_text
from nrem.store import number, search
from nrem.store.search import Text
from nrem.store.statement import statement

KIND: Final = "memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whom a memory is about and where it was said, as row numbers."""

    subject_id: int
    agent_id: int
    user_id: int | None
    session_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMemory:
    """A memory that is not stored yet; it must name at least one source event."""

    owner: Owner
    memory_type: MemoryType
    tier: Tier
    content: str
    content_hash: bytes
    importance: float
    is_importance_given: bool
    trust: str
    occurred_at: datetime
    source_event_ids: tuple[int, ...]
    due_at: datetime | None
    # what the score was made of, as `nrem.policy.score.Score.record` writes it
    features: Mapping[str, Any] | None = None
    expires_at: datetime | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    derived_by: str | None = None
    run_id: int | None = None
    # of a store of zeno-memory that keeps it
    shelf: Shelf | None = None
    # the uses of those that it was made of
    access_count: int = 0

    @property
    def is_working(self) -> bool:
        """Whether consolidation will take it over."""
        return self.memory_type is MemoryType.WORKING

    def text(self, number: int) -> Text:
        """What recall searches of it once it has its number."""
        return Text(
            kind=KIND,
            item_id=number,
            agent_id=self.owner.agent_id,
            subject_id=self.owner.subject_id,
            content=self.content,
            content_hash=self.content_hash,
        )


def born(
    body: Mapping[str, Any],
    *,
    owner: Owner,
    event_id: int,
    occurred_at: datetime,
    recorded_at: datetime,
    policy: Policy,
    content_hash: bytes,
    overlap: float,
) -> NewMemory:
    """The memory that a `memory` event asks for; a given importance or tier always wins.

    `overlap` is how much of it one known memory says already (`nrem.store.novelty`).
    """
    memory_type = MemoryType(body.get("memory_type", MemoryType.EPISODIC))
    given = body.get("importance")
    scored = score(
        body["content"],
        memory_type=memory_type,
        role=Role.USER,
        overlap=overlap,
        weights=policy.score,
    )
    ttl = body.get("ttl_seconds")
    return NewMemory(
        owner=owner,
        memory_type=memory_type,
        tier=Tier(body["tier"]) if body.get("tier") else first_tier(memory_type),
        content=body["content"],
        content_hash=content_hash,
        importance=scored.importance if given is None else float(given),
        is_importance_given=given is not None,
        trust="user",
        occurred_at=occurred_at,
        source_event_ids=(event_id,),
        due_at=None,
        features=scored.record(is_given=given is not None),
        expires_at=recorded_at + timedelta(seconds=ttl) if ttl else None,
        metadata=body.get("metadata") or {},
    )


def content_hash(digest: Digest, org_id: int, content: str) -> bytes:
    """The keyed digest by which equal content of one org is known."""
    return digest.of("content", org_id, fingerprint_text(content))


def first_due(memory: NewMemory, policy: Policy, now: datetime) -> datetime | None:
    """When time alone will first change the memory's state, or None."""
    crossing = next_crossing(
        MemoryFacts(
            memory_type=memory.memory_type,
            tier=memory.tier,
            importance=memory.importance,
            last_access=now,
            state_since=now,
            state=State.LIVE,
            access_count=memory.access_count,
            expires_at=memory.expires_at,
        ),
        policy,
    )
    return crossing.at if crossing else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """New memories in the order given."""

    ids: tuple[int, ...]


def add(
    conn: Connection, org_id: int, memories: Sequence[NewMemory], *, policy: Policy, now: datetime
) -> Added:
    """Store memories with sources, postings and first due time."""
    if not memories:
        return Added(ids=())
    ids = number.draw(conn, len(memories))
    numbered = list(zip(ids, memories, strict=True))
    add_sources(conn, org_id, ((its, m.source_event_ids, m.run_id) for its, m in numbered))
    due = [first_due(memory, policy, now) for memory in memories]
    conn.execute(statement("memory_add"), _columns(org_id, numbered, due))
    search.add_texts(conn, org_id, [one.text(number) for number, one in numbered])
    return Added(ids=tuple(ids))


def _columns(
    org_id: int, numbered: Sequence[tuple[int, NewMemory]], due: Sequence[datetime | None]
) -> dict[str, Any]:
    memories = [memory for _, memory in numbered]
    return {
        "org_id": org_id,
        "ids": [its for its, _ in numbered],
        "subject_ids": [m.owner.subject_id for m in memories],
        "agent_ids": [m.owner.agent_id for m in memories],
        "user_ids": [m.owner.user_id or 0 for m in memories],
        "session_ids": [m.owner.session_id or 0 for m in memories],
        "types": [str(m.memory_type) for m in memories],
        "tiers": [str(m.tier) for m in memories],
        "contents": [m.content for m in memories],
        "content_hashes": [m.content_hash for m in memories],
        "metadata": [json.dumps(dict(m.metadata)) for m in memories],
        "importances": [m.importance for m in memories],
        "importances_given": [m.is_importance_given for m in memories],
        "features": [json.dumps(dict(m.features)) if m.features else None for m in memories],
        "trusts": [m.trust for m in memories],
        "derived_by": [m.derived_by or "" for m in memories],
        "run_ids": [m.run_id or 0 for m in memories],
        "occurred_at": [m.occurred_at for m in memories],
        "due_at": list(due),
        "expires_at": [m.expires_at for m in memories],
        "shelves": [str(m.shelf or "") for m in memories],
        "access_counts": [m.access_count for m in memories],
    }


def add_sources(
    conn: Connection,
    org_id: int,
    sources: Iterable[tuple[int, Sequence[int], int | None]],
) -> None:
    """Name the original events behind memories: (memory, events, run) each."""
    rows = [
        (memory_id, event_id, run_id or 0)
        for memory_id, event_ids, run_id in sources
        for event_id in event_ids
    ]
    if not rows:
        return
    memory_ids, event_ids, run_ids = zip(*rows, strict=True)
    conn.execute(
        statement("derivation_add"),
        {
            "org_id": org_id,
            "memory_ids": list(memory_ids),
            "event_ids": list(event_ids),
            "run_ids": list(run_ids),
        },
    )
