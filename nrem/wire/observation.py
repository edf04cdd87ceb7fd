"""The shapes of requests and answers about observations."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from nrem.wire.field import Id
from nrem.wire.request import Strict


class ObservationQuery(Strict):
    """Whose observations to list; what is left out does not matter."""

    agent_id: Id
    # left out: the subject without a user
    user_id: Id | None = None
    state: Literal["active", "archived", "all"] = "active"
    limit: Annotated[int, Field(ge=1, le=1_000)] = 100
    # `next_cursor` of the page before
    cursor: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


class ObservationOut(BaseModel):
    """A note of what was said, with what it rests on."""

    id: str
    # what a model calls it: small, unique for a person and an agent
    ordinal: int
    text: str
    priority: str
    trust: str
    tokens: int
    # when it was said; the latest and the earliest day that it is about
    observation_date: datetime
    referenced_date: datetime | None
    referenced_from: datetime | None
    created_at: datetime
    archived_at: datetime | None
    # merged, replaced, covered or reverted
    archived_reason: str | None
    # the run that wrote it, and the one that archived it
    run_id: str | None
    archived_by: str | None
    # turns (by the callers' ids where there are any) and events behind it
    sources: list[str]
    # ordinals of the observations it was made from
    parents: list[int]


class ObservationPage(BaseModel):
    """Observations in the order of their ordinals."""

    observations: list[ObservationOut]
    # null: there are no more
    next_cursor: int | None
