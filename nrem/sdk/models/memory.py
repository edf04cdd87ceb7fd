"""Memories, their versions, and edges between them."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from nrem.sdk.instant import Timestamp
from nrem.sdk.models.shape import Items, Model
from nrem.sdk.vocabulary import RelationshipType


class Relationship(Model):
    """An edge to draw from a memory that is being stored."""

    target_memory_id: str
    relationship_type: RelationshipType | str
    # 0 to 1
    weight: float = 1.0
    metadata: dict[str, Any] = Field(default_factory=dict)


class Memory(Model):
    """A memory as it stands now."""

    id: str
    agent_id: str
    content: str
    memory_type: str
    # 0 to 1: what is left now of `importance`, which was given or scored
    importance_score: float
    recall_count: int
    created_at: Timestamp
    metadata: dict[str, Any] = Field(default_factory=dict)
    embedding_model: str | None = None
    user_id: str | None = None
    session_id: str | None = None
    tier: str | None = None
    state: str | None = None
    state_since: Timestamp | None = None
    state_reason: str | None = None
    importance: float | None = None
    importance_given: bool = False
    version: int | None = None
    pinned: bool = False
    trust: str | None = None
    occurred_at: Timestamp | None = None
    # since when it is true no more
    true_until: Timestamp | None = None
    last_access: Timestamp | None = None
    expires_at: Timestamp | None = None
    # when time alone will change the state next, and to what
    due_at: Timestamp | None = None
    due_to: str | None = None
    due_reason: str | None = None
    derived_by: str | None = None
    run_id: str | None = None
    sources: list[str] = Field(default_factory=list)

    @property
    def memory_id(self) -> str:
        """Its id, by the name that results of recall have for it."""
        return self.id


class BatchStoreResponse(Items[Memory]):
    """Memories that were stored together, in the order sent."""

    results: list[Memory]
    stored_count: int

    def _items(self) -> Sequence[Memory]:
        return self.results


class MemoryPage(Items[Memory]):
    """A page of memories, oldest first; `next_cursor` leads to the next one."""

    memories: list[Memory]
    next_cursor: str | None = None

    def _items(self) -> Sequence[Memory]:
        return self.memories


class MemoryVersion(Model):
    """What a memory said, and from when until when; `valid_to` is None while it still does."""

    id: str
    version: int
    content: str
    memory_type: str
    importance_score: float
    valid_from: Timestamp
    valid_to: Timestamp | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)
    pinned: bool = False
    occurred_at: Timestamp | None = None


class MemoryHistoryResponse(Items[MemoryVersion]):
    """All versions of a memory, oldest first."""

    memory_id: str
    versions: list[MemoryVersion]
    total: int

    def _items(self) -> Sequence[MemoryVersion]:
        return self.versions


class Difference(Model):
    """A field of a version that is another in the other one."""

    field: str
    before: Any = None
    after: Any = None


class Diff(Items[Difference]):
    """What differs between two versions of a memory."""

    memory_id: str
    before: int = Field(alias="from")
    after: int = Field(alias="to")
    changes: list[Difference]

    def _items(self) -> Sequence[Difference]:
        return self.changes


class Edge(Model):
    """An edge between two memories; `valid_to` is None while it stands."""

    id: str
    source_memory_id: str
    target_memory_id: str
    relationship_type: str
    weight: float
    metadata: dict[str, Any] = Field(default_factory=dict)
    # the pass that drew it; None: a caller
    drawn_by: str | None = None
    run_id: str | None = None
    valid_from: Timestamp
    valid_to: Timestamp | None = None


class EdgePage(Items[Edge]):
    """A page of a memory's edges, oldest first."""

    relationships: list[Edge]
    next_cursor: str | None = None

    def _items(self) -> Sequence[Edge]:
        return self.relationships


class ForgetResult(Items[str]):
    """What was forgotten: only what changed is counted; read as a list it is the ids."""

    deleted_count: int
    hard_deleted: bool
    cascade_count: int
    # at most 1,000; the count is exact
    memory_ids: list[str]

    def _items(self) -> Sequence[str]:
        return self.memory_ids
