"""The shape of the context that an agent is given about a person."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from nrem.policy.render import Markers
from nrem.wire.field import AsOf, Id, Share
from nrem.wire.request import Strict


class ContextQuery(Strict):
    """Whom the context is about, and how much of it there may be."""

    agent_id: Id
    # left out: the subject without a user
    user_id: Id | None = None
    query: Annotated[str, Field(max_length=10_000)] | None = None
    budget_tokens: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    as_of: AsOf | None = None
    markers: Markers = Markers.EMOJI
    # what the query recalls; memories: by default only where nothing was observed
    inject_memories: bool | None = None
    inject_turns: bool = False
    k: Annotated[int, Field(ge=1, le=100)] = 5
    distance_threshold: Share = 0.35


class ContextOut(BaseModel):
    """The text, ready to stand before the agent's instructions, and its blocks."""

    text: str
    card: str
    observations: str
    injected: str
    # an estimate
    tokens: int
    as_of: datetime | None
    # observations by ordinal: in the text, and those that cannot be shown
    shown: list[int]
    skipped: list[int]
    # observations that the budget left out
    omitted: int
