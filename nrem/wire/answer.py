"""The shapes of answers."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel


class EventsOut(BaseModel):
    """What was accepted, in the order sent; a repeated key answers the id of the first time."""

    accepted: int
    event_ids: list[str]


class EventOut(BaseModel):
    """What became of an event."""

    event_id: str
    type: str
    status: Literal["accepted", "scored", "consolidated", "counted", "dropped", "parked"]
    reason: str | None
    memory_ids: list[str]
    occurred_at: datetime
    recorded_at: datetime


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
    # given by a caller, so never scored anew
    importance_given: bool
    recall_count: int
    version: int
    pinned: bool
    trust: str
    occurred_at: datetime
    # since when it is true no more; recall of later leaves it out
    true_until: datetime | None
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


class MemoriesOut(BaseModel):
    """Memories that were stored together, in the order sent."""

    results: list[MemoryOut]
    stored_count: int


class MemoryPage(BaseModel):
    """A page of memories, oldest first."""

    memories: list[MemoryOut]
    next_cursor: str | None


class AgentOut(BaseModel):
    """One agent."""

    agent_id: str


class AgentsOut(BaseModel):
    """All agents of the org."""

    agents: list[AgentOut]


class Problem(BaseModel):
    """Every error answer."""

    error: str
    detail: str
    request_id: str
    field: str | None = None
    remedy: str | None = None
    errors: list[dict[str, str]] | None = None
