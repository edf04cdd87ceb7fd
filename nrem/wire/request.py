"""The shapes of requests. nrem's own routes refuse what they do not know, all faults at once."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from nrem.wire.field import (
    Content,
    Id,
    Instant,
    LaxContent,
    LaxInstant,
    LaxMemoryType,
    LaxMetadata,
    LaxSeconds,
    MemoryTypeName,
    Metadata,
    RelationshipType,
    Seconds,
    Share,
    StateName,
    TierName,
    no_nul,
)

MAX_EVENTS: Final = 1_000


class Strict(BaseModel):
    """A request body: unknown fields are refused, and no input is repeated in an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Lax(BaseModel):
    """A request body that other clients send too: what it does not know it leaves alone."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


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
    speaker: Annotated[str, Field(min_length=1, max_length=128), AfterValidator(no_nul)] | None = (
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
    session_type: Id = "conversation"
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


class RelationshipIn(Strict):
    """An edge to another memory: what the one it belongs to says about that one."""

    target_memory_id: Id
    relationship_type: RelationshipType
    weight: Annotated[Share, Field(strict=True)] = 1.0
    metadata: Metadata = Field(default_factory=dict)


def _or_none_at_all(value: object) -> object:
    return [] if value is None else value


class StoredRelationshipIn(Lax):
    """An edge from a memory that is stored to one that is there."""

    target_memory_id: Id
    relationship_type: RelationshipType
    weight: Share = 1.0
    metadata: LaxMetadata = Field(default_factory=dict)


class MemoryIn(Lax):
    """A statement to store at once."""

    agent_id: Id
    content: LaxContent
    memory_type: LaxMemoryType = "episodic"
    user_id: Id | None = None
    # of a session that is there and open; `metadata.session_id` opens one that is not
    session_id: Id | None = None
    importance: Share | None = None
    tier: TierName | None = None
    metadata: LaxMetadata = Field(default_factory=dict)
    ttl_seconds: LaxSeconds | None = None
    occurred_at: LaxInstant | None = None
    relationships: Annotated[
        list[StoredRelationshipIn], Field(max_length=100), BeforeValidator(_or_none_at_all)
    ] = Field(default_factory=list)


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
