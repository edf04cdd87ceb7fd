"""What an agent is given about a person, and the observations in it."""

from collections.abc import Sequence

from pydantic import Field

from nrem.sdk.instant import Timestamp
from nrem.sdk.models.shape import Items, Model


class Context(Model):
    """The text, ready to stand before an agent's instructions, and its blocks."""

    text: str
    card: str
    observations: str
    injected: str
    # an estimate
    tokens: int
    as_of: Timestamp | None = None
    # observations by ordinal: in the text, and those that cannot be shown
    shown: list[int] = Field(default_factory=list)
    skipped: list[int] = Field(default_factory=list)
    # how many the budget left out
    omitted: int = 0


class Observation(Model):
    """A dated note of what was said, with what it rests on."""

    id: str
    # what a model calls it: small, unique for a person and an agent
    ordinal: int
    text: str
    # high, medium or low
    priority: str
    # when it was said
    observation_date: Timestamp
    created_at: Timestamp
    # the latest and the earliest day that it is about
    referenced_date: Timestamp | None = None
    referenced_from: Timestamp | None = None
    trust: str | None = None
    tokens: int = 0
    archived_at: Timestamp | None = None
    archived_reason: str | None = None
    # the run that wrote it, and the one that archived it
    run_id: str | None = None
    archived_by: str | None = None
    sources: list[str] = Field(default_factory=list)
    # ordinals of those that it was made from
    parents: list[int] = Field(default_factory=list)


class ObservationPage(Items[Observation]):
    """A page of observations, oldest first."""

    observations: list[Observation]
    next_cursor: int | None = None

    def _items(self) -> Sequence[Observation]:
        return self.observations
