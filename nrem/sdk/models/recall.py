"""What a recall answers."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from nrem.sdk.instant import Timestamp
from nrem.sdk.models.shape import Items, Model


class Via(Model):
    """An edge of the path to a result."""

    source_id: str
    target_id: str
    relationship_type: str
    weight: float


class RecallResult(Model):
    """One thing remembered."""

    memory_id: str
    content: str
    memory_type: str
    # each 0 to 1: likeness to the query, importance now, and the value it is ranked by
    similarity_score: float
    importance_score: float
    relevance_score: float
    recall_count: int
    created_at: Timestamp
    summary: str | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)
    score_components: dict[str, float] = Field(default_factory=dict)
    # memory, or turn
    kind: str = "memory"
    version: int | None = None
    tier: str | None = None
    # edges between it and the result that it came with; 0: it answers by itself
    graph_depth: int = 0
    via: list[Via] = Field(default_factory=list)
    occurred_at: Timestamp | None = None
    true_until: Timestamp | None = None
    session_id: str | None = None
    sources: list[str] = Field(default_factory=list)

    @property
    def id(self) -> str:
        """Its id, by the name that a memory has for it."""
        return self.memory_id


class RecallResponse(Items[RecallResult]):
    """Results, best first; it is read as their list."""

    results: list[RecallResult]
    total: int
    query: str | None = None
    strategy_used: str = "VECTOR"
    strategies_considered: list[str] = Field(default_factory=list)
    reranked: bool = False
    elapsed_ms: float = 0.0

    def _items(self) -> Sequence[RecallResult]:
        return self.results
