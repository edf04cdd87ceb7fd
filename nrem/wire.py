"""What goes over HTTP: the shapes of events, memories and answers, and the limits on them.

nrem's own routes refuse what they do not know: unknown fields, NUL, lone surrogates, naive times,
deep nesting. Every fault is reported at once, each with its field.
"""

import math
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)

from nrem.clock import utc_now

MAX_BODY_BYTES: Final = 8 * 1024 * 1024
MAX_EVENT_BYTES: Final = 256 * 1024
MAX_EVENTS: Final = 1_000
MAX_DEPTH: Final = 32
_MAX_CONTENT: Final = 100_000
_EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
_LATEST_AHEAD: Final = timedelta(hours=24)


def _no_nul(value: str) -> str:
    if "\x00" in value:
        raise ValueError("holds the character U+0000, which text cannot hold; leave it out")
    return value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("is blank; give some text")
    return value


def _written_out(value: object) -> object:
    """Refuse a bare number, which could be seconds or milliseconds."""
    if isinstance(value, datetime) or (isinstance(value, str) and value[4:5] == "-"):
        return value
    raise ValueError("is no date and time of ISO 8601, as in 2026-03-01T09:30:00Z")


def _plausible(value: datetime) -> datetime:
    if value < _EARLIEST or value > utc_now() + _LATEST_AHEAD:
        raise ValueError(
            "lies before 1900 or more than 24 hours ahead; check the clock and the unit"
        )
    return value


def _storable(value: dict[str, Any]) -> dict[str, Any]:
    """Refuse what jsonb cannot hold, or what would make reading it costly."""
    waiting: list[tuple[object, int]] = [(value, 1)]
    while waiting:
        part, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise ValueError(f"is nested deeper than {MAX_DEPTH} levels; flatten it")
        if isinstance(part, dict):
            waiting += [(key, depth + 1) for key in part]
            waiting += [(inner, depth + 1) for inner in part.values()]
        elif isinstance(part, list):
            waiting += [(inner, depth + 1) for inner in part]
        else:
            _check_leaf(part)
    return value


def _check_leaf(value: object) -> None:
    if isinstance(value, str):
        _no_nul(value)
        if any("\ud800" <= letter <= "\udfff" for letter in value):
            raise ValueError("holds half of a surrogate pair; send valid Unicode")
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("holds a number that is not finite; send a finite one or null")


Id = Annotated[str, Field(min_length=1, max_length=256), AfterValidator(_no_nul)]
Content = Annotated[
    str,
    Field(min_length=1, max_length=_MAX_CONTENT),
    AfterValidator(_no_nul),
    AfterValidator(_not_blank),
]
Instant = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_plausible)]
Metadata = Annotated[dict[str, Any], Field(max_length=64), AfterValidator(_storable)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
# at most 100 years
Seconds = Annotated[int, Field(ge=1, le=3_155_760_000)]
MemoryTypeName = Literal["working", "episodic", "semantic", "procedural"]
TierName = Literal["short", "long", "permanent"]
StateName = Literal["live", "archived", "forgotten"]


class Strict(BaseModel):
    """A request body: unknown fields are refused, and no input is repeated in an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class _EventIn(Strict):
    agent_id: Id
    user_id: Id | None = None
    session_id: Id | None = None
    thread_id: Id | None = None
    occurred_at: Instant | None = None
    idempotency_key: Id | None = None


class MemoryEventIn(_EventIn):
    """A statement to remember; scored in the background."""

    type: Literal["memory"]
    content: Content
    memory_type: MemoryTypeName = "episodic"
    # a number in quotes, or true, is a mistake
    importance: Annotated[Share, Field(strict=True)] | None = None
    tier: TierName | None = None
    metadata: Metadata = Field(default_factory=dict)
    ttl_seconds: Annotated[Seconds, Field(strict=True)] | None = None


class TurnEventIn(_EventIn):
    """One message of a conversation."""

    type: Literal["turn"]
    role: Literal["user", "assistant", "system", "tool"]
    content: Content
    speaker: Annotated[str, Field(min_length=1, max_length=128), AfterValidator(_no_nul)] | None = (
        None
    )
    turn_id: Id | None = None
    metadata: Metadata = Field(default_factory=dict)


class AccessEventIn(_EventIn):
    """A memory was of use."""

    type: Literal["access"]
    memory_id: Id
    turn_id: Id | None = None


class SessionStartIn(_EventIn):
    """A session begins; the first event of a session opens it just as well."""

    type: Literal["session.start"]
    session_id: Id
    metadata: Metadata = Field(default_factory=dict)


class SessionEndIn(_EventIn):
    """A session is over and may be consolidated."""

    type: Literal["session.end"]
    session_id: Id


EventIn = Annotated[
    MemoryEventIn | TurnEventIn | AccessEventIn | SessionStartIn | SessionEndIn,
    Field(discriminator="type"),
]

EVENT_TYPES: Final = ("memory", "turn", "access", "session.start", "session.end")
EVENT_MODELS: Final = (MemoryEventIn, TurnEventIn, AccessEventIn, SessionStartIn, SessionEndIn)


class EventBatchIn(Strict):
    """Up to 1,000 events, stored all or none."""

    events: Annotated[list[EventIn], Field(min_length=1, max_length=MAX_EVENTS)]


class EventsOut(BaseModel):
    """What was accepted, in the order sent; a repeated key answers the id of the first time."""

    accepted: int
    event_ids: list[str]


class EventOut(BaseModel):
    """What became of an event."""

    event_id: str
    type: str
    status: Literal["accepted", "scored", "consolidated", "dropped", "parked"]
    reason: str | None
    memory_ids: list[str]
    occurred_at: datetime
    recorded_at: datetime


class MemoryIn(Strict):
    """A statement to store at once."""

    agent_id: Id
    content: Content
    memory_type: MemoryTypeName = "episodic"
    user_id: Id | None = None
    session_id: Id | None = None
    importance: Share | None = None
    tier: TierName | None = None
    metadata: Metadata = Field(default_factory=dict)
    ttl_seconds: Seconds | None = None
    occurred_at: Instant | None = None


class MemoryQuery(Strict):
    """Which memories to list; what is left out does not matter."""

    agent_id: Id | None = None
    user_id: Id | None = None
    session_id: Id | None = None
    type: MemoryTypeName | None = None
    tier: TierName | None = None
    state: StateName | None = None
    limit: Annotated[int, Field(ge=1, le=1_000)] = 100
    # `next_cursor` of the page before
    cursor: Annotated[str, Field(max_length=64)] | None = None


class MemoryOut(BaseModel):
    """A memory as it stands now."""

    id: str
    agent_id: str
    user_id: str | None
    session_id: str | None
    content: str
    memory_type: str
    tier: str
    state: str
    state_since: datetime
    state_reason: str | None
    # as given or scored; what is left of it now stands beside it
    importance: float
    importance_score: float
    recall_count: int
    version: int
    pinned: bool
    trust: str
    occurred_at: datetime
    created_at: datetime
    last_access: datetime
    expires_at: datetime | None
    # when time alone will change the state next, and to what
    due_at: datetime | None
    due_to: str | None
    due_reason: str | None
    derived_by: str | None
    run_id: str | None
    # the caller's turn ids where there are any, else event ids
    sources: list[str]
    metadata: dict[str, Any]
    embedding_model: str | None


class MemoryPage(BaseModel):
    """A page of memories, oldest first."""

    memories: list[MemoryOut]
    next_cursor: str | None


class RecallIn(Strict):
    """What to remember, and for whom."""

    agent_id: Id
    query: Annotated[str, Field(max_length=10_000), AfterValidator(_no_nul)] = ""
    user_id: Id | None = None
    session_id: Id | None = None
    memory_type: MemoryTypeName | None = None
    top_k: Annotated[int, Field(ge=1, le=1_000)] = 10
    similarity_threshold: Share = 0.0
    # raw turns too, as evidence; they are left out when a type is asked for
    include_turns: bool = True


class RecallResult(BaseModel):
    """One thing remembered."""

    memory_id: str
    kind: Literal["memory", "turn"]
    content: str
    memory_type: str
    tier: str | None
    similarity_score: float
    importance_score: float
    relevance_score: float
    score_components: dict[str, float]
    recall_count: int
    occurred_at: datetime
    created_at: datetime
    session_id: str | None
    sources: list[str]
    metadata: dict[str, Any]


class RecallOut(BaseModel):
    """Results, best first."""

    results: list[RecallResult]
    total: int
    query: str
    elapsed_ms: float


class AgentOut(BaseModel):
    """One agent."""

    agent_id: str


class AgentsOut(BaseModel):
    """All agents of the org."""

    agents: list[AgentOut]


class SessionOut(BaseModel):
    """Where a session stands."""

    session_id: str
    agent_id: str
    user_id: str | None
    state: Literal["open", "ended", "consolidated"]
    started_at: datetime
    ended_at: datetime | None
    turns: int
    memories: int
    transitioned_count: int
    run_id: str | None
    metadata: dict[str, Any]


class Problem(BaseModel):
    """Every error answer."""

    error: str
    detail: str
    request_id: str
    field: str | None = None
    remedy: str | None = None
    errors: list[dict[str, str]] | None = None
