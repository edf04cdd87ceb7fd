"""Recall on the wire: what may be asked, and what is answered.

The fields of other clients are all here, also those that change nothing.
"""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, AliasChoices, BaseModel, BeforeValidator, Field

from nrem.policy.strategy import Strategy
from nrem.wire.field import (
    Id,
    LaxAsOf,
    LaxMemoryType,
    LaxMetadata,
    LaxQuery,
    RangeEnd,
    RangeStart,
    Share,
    plain_name,
)
from nrem.wire.request import Lax

# Of a longer query the beginning counts: an embedder reads a few hundred words.
MAX_SEARCHED: Final = 10_000
_PAIR: Final = 2


def _strategy(value: object) -> object:
    if value is None or value == "":
        return Strategy.AUTO
    return value.upper() if isinstance(value := plain_name(value), str) else value


def _ends(value: object) -> object:
    """A pair is a start and an end."""
    if not isinstance(value, list):
        return value
    if len(value) != _PAIR:
        raise ValueError("must be a pair [start, end], or an object with start and end")
    return {"start": value[0], "end": value[1]}


class TimeRange(Lax):
    """When something happened; an end that is left out is open."""

    start: RangeStart | None = None
    # a day stands for its last instant in UTC
    end: RangeEnd | None = None


def _in_order(value: TimeRange) -> TimeRange:
    if value.start and value.end and value.start > value.end:
        raise ValueError("starts after its end; swap them")
    return value


class RecallIn(Lax):
    """What to remember, and for whom."""

    agent_id: Id
    # without one: the newest first
    query: LaxQuery | None = None
    user_id: Id | None = None
    session_id: Id | None = None
    # memories that are turns of this conversation
    conversation_id: Id | None = None
    memory_type: LaxMemoryType | None = None
    # what a memory's metadata must contain
    metadata_filter: Annotated[
        LaxMetadata, Field(validation_alias=AliasChoices("metadata_filter", "filters"))
    ] = Field(default_factory=dict)
    # when it happened: [start, end], or an object with either
    time_range: Annotated[TimeRange, BeforeValidator(_ends), AfterValidator(_in_order)] | None = (
        None
    )
    top_k: Annotated[int, Field(ge=1, le=1_000)] = 10
    similarity_threshold: Share = 0.0
    strategy: Annotated[Strategy, BeforeValidator(_strategy)] = Strategy.AUTO
    # raw turns too, as evidence; they are left out when a type is asked for
    include_turns: bool = True
    # archived and forgotten memories too, until they are purged
    include_deleted: bool = False
    # what was believed then: an instant, or a day (its end in UTC)
    as_of: LaxAsOf | None = None
    # what was true in the world then, as far as is known: likewise
    true_at: LaxAsOf | None = None
    # edges over which memories that hang together with a result are found, too: 5 at most;
    # left out: as the strategy has it
    graph_depth: Annotated[int, Field(ge=0)] | None = None
    # for which turn of the agent: what is recalled for one turn counts as used once
    turn_id: Id | None = None
    # without effect: there is one ranking, one tier of storage, and access comes from the key
    rerank: bool | None = None
    tier_route: bool | None = None
    role: str | None = None

    @property
    def searched(self) -> str:
        """What of the query is looked for; empty when it is blank."""
        return (self.query or "").strip()[:MAX_SEARCHED]


class ViaOut(BaseModel):
    """An edge of the path to a result, as it was drawn."""

    source_id: str
    target_id: str
    relationship_type: str
    weight: float


class RecallResult(BaseModel):
    """One thing remembered."""

    memory_id: str
    kind: Literal["memory", "turn"]
    # of the memory; a turn has none
    version: int | None
    content: str
    # a memory has none of its own
    summary: str | None = None
    memory_type: str
    tier: str | None
    # of the memory; others than live ones are answered when they are asked for
    state: str | None
    similarity_score: float
    importance_score: float
    relevance_score: float
    score_components: dict[str, float]
    # edges between it and the result that it came with; 0: it answers by itself
    graph_depth: int
    # those edges, from that result on
    via: list[ViaOut]
    recall_count: int
    occurred_at: datetime
    # of a memory: since when it is true no more
    true_until: datetime | None
    created_at: datetime
    session_id: str | None
    sources: list[str]
    metadata: dict[str, Any]


class RecallOut(BaseModel):
    """Results, best first."""

    results: list[RecallResult]
    total: int
    query: str | None
    # how it was answered, and out of which ways
    strategy_used: Strategy
    strategies_considered: list[Strategy]
    # the ranking is one; nothing is ranked twice
    reranked: Literal[False] = False
    elapsed_ms: float
