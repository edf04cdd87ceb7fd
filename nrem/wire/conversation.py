"""The shapes of requests and answers about conversations and their turns."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field

from nrem.wire.field import Id, Metadata
from nrem.wire.request import Lax

TurnRole = Literal["user", "assistant", "system", "tool", "summary"]


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _without_nul(value: object) -> object:
    return value.replace("\x00", "") if isinstance(value, str) else value


class ConversationIn(Lax):
    """A conversation to open."""

    agent_id: Id
    user_id: Id | None = None
    title: Annotated[str, Field(max_length=1_000), BeforeValidator(_without_nul)] | None = None
    # turns after which a summary is due
    summary_cadence: Annotated[int, Field(ge=1, le=1_000)] = 10
    metadata: Metadata = Field(default_factory=dict)


class TurnIn(Lax):
    """A memory that becomes the next turn."""

    memory_id: Id
    turn_role: Annotated[TurnRole, BeforeValidator(_lower)]


class TurnQuery(Lax):
    """Which turns to list."""

    # exclusive
    after_turn: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    limit: Annotated[int, Field(ge=1, le=1_000)] = 50


class ConversationOut(BaseModel):
    """A conversation as it stands."""

    id: str
    conversation_id: str
    agent_id: str
    user_id: str | None
    title: str | None
    summary_cadence: int
    turn_count: int
    last_summary_turn: int
    metadata: dict[str, Any]
    created_at: datetime
    updated_at: datetime


class TurnAdded(BaseModel):
    """Where a turn went."""

    turn_index: int
    needs_summary: bool


class TurnOut(BaseModel):
    """One turn; of a forgotten memory the content is empty."""

    turn_index: int
    memory_id: str
    turn_role: str
    content: str
    forgotten: bool
    created_at: datetime


class TurnsOut(BaseModel):
    """Turns in their order; `total` counts all of the conversation."""

    turns: list[TurnOut]
    total: int
    conversation_id: str
