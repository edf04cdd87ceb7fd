"""The shapes of requests and answers about sessions."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from nrem.wire.field import Id, LaxMetadata
from nrem.wire.request import Lax

ConsolidationState = Literal["waiting", "done", "failed", "parked", "undone"]
ObservingState = Literal["waiting", "done", "failed", "parked"]


class SessionIn(Lax):
    """A session to open; without an id it gets one."""

    agent_id: Id
    session_type: Id = "conversation"
    user_id: Id | None = None
    session_id: Id | None = None
    metadata: LaxMetadata = Field(default_factory=dict)


class ConsolidationOut(BaseModel):
    """How the hand-over of an ended session goes."""

    # failed: it will be tried again; parked: an operator must look; undone: its run was reverted
    state: ConsolidationState
    # a code, of a failure
    reason: str | None


class ObservingOut(BaseModel):
    """How observing an ended session goes."""

    # done: every turn up to its end was looked at; failed: it will be tried again
    state: ObservingState
    # a code, of a failure
    reason: str | None


class SessionOut(BaseModel):
    """Where a session stands."""

    session_id: str
    # the same
    id: str
    agent_id: str
    user_id: str | None
    session_type: str
    state: Literal["open", "ended", "consolidated"]
    started_at: datetime
    ended_at: datetime | None
    turns: int
    memories: int
    # active ones that rest on its turns
    observations: int
    # working memories that were handed over, or will be
    transitioned_count: int
    # of an open session there is none
    consolidation: ConsolidationOut | None
    observing: ObservingOut | None
    run_id: str | None
    # what is no text stands as JSON
    metadata: dict[str, str]
