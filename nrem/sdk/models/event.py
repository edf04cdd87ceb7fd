"""Events, and explanations of what became of them."""

from collections.abc import Sequence

from pydantic import Field

from nrem.sdk.instant import Timestamp
from nrem.sdk.models.shape import Items, Model


class EventsAccepted(Items[str]):
    """What was accepted, in the order sent; read as a list it is the events' ids."""

    accepted: int
    event_ids: list[str]

    def _items(self) -> Sequence[str]:
        return self.event_ids


class EventStatus(Model):
    """What became of an event: accepted, scored, consolidated, counted, dropped or parked."""

    event_id: str
    type: str
    status: str
    reason: str | None = None
    memory_ids: list[str] = Field(default_factory=list)
    occurred_at: Timestamp
    recorded_at: Timestamp


class Feature(Model):
    """One feature of a score; a penalty has a weight below 0."""

    name: str
    value: float
    weight: float
    contribution: float


class Score(Model):
    """What was scored: `base` and all contributions add up to it, cut to 0 to 1."""

    importance: float
    base: float
    features: list[Feature]


class Point(Model):
    """What is left of the importance so many days after the last access."""

    days: float
    effective_importance: float


class Curve(Model):
    """By what a memory fades, if nobody uses it."""

    type: str
    tier: str
    kind: str
    stability_days: float
    floor: float
    formula: str
    last_access: Timestamp
    effective_importance_now: float
    points: list[Point]


class Past(Model):
    """A change of state or tier."""

    at: Timestamp
    kind: str
    before: str
    after: str
    reason: str
    run_id: str | None = None


class Coming(Model):
    """A change of state that time alone will bring."""

    at: Timestamp
    to: str
    reason: str


class Explanation(Model):
    """Why a memory weighs what it weighs, and what becomes of it."""

    memory_id: str
    importance: float
    importance_given: bool
    score: Score | None = None
    curve: Curve
    past: list[Past]
    upcoming: list[Coming]


class Gate(Model):
    """One condition: what was found, what is needed."""

    name: str
    value: float
    needed: float
    passed: bool


class Prospect(Model):
    """How far a memory is from being made into one type of knowledge."""

    memory_type: str
    passed: bool
    gates: list[Gate]
    missing: list[str]


class Signals(Model):
    """What was found near a memory."""

    alike: list[str]
    occurrences: int
    sessions: int
    nearness: float
    successes: int
    failures: int


class PromotionExplanation(Model):
    """Why a memory is promoted or not."""

    memory_id: str
    memory_type: str
    waiting: bool
    signals: Signals
    prospects: list[Prospect]
    evidence: list[str]
    supports: list[str]
    known_as: list[str]
    never: str | None = None
