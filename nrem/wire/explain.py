"""The shape of an explanation: why a memory weighs what it weighs, and what becomes of it."""

from datetime import datetime

from pydantic import BaseModel


class FeatureOut(BaseModel):
    """One feature of a score; a penalty has a weight below 0."""

    name: str
    # 0 to 1
    value: float
    # as it was when scored; of a feature that is 0, as it is now
    weight: float
    contribution: float


class ScoreOut(BaseModel):
    """What was scored: `base` and all contributions add up to it, cut to 0 to 1."""

    importance: float
    base: float
    features: list[FeatureOut]


class PointOut(BaseModel):
    """What is left of the importance so many days after the last access."""

    days: float
    effective_importance: float


class CurveOut(BaseModel):
    """By what the memory fades, if nobody uses it."""

    type: str
    tier: str
    kind: str
    # stretched by use
    stability_days: float
    floor: float
    formula: str
    last_access: datetime
    effective_importance_now: float
    points: list[PointOut]


class PastOut(BaseModel):
    """A change of state or tier; without a run while no pass has written it down."""

    at: datetime
    kind: str
    before: str
    after: str
    reason: str
    run_id: str | None


class ComingOut(BaseModel):
    """A change of state that time alone will bring."""

    at: datetime
    to: str
    reason: str


class ExplainOut(BaseModel):
    """Why a memory weighs what it weighs, and what becomes of it.

    `importance` differs from the score's where it was given, or where a repeat or a change
    replaced it; `score` is null where none was kept.
    """

    memory_id: str
    importance: float
    importance_given: bool
    score: ScoreOut | None
    curve: CurveOut
    past: list[PastOut]
    upcoming: list[ComingOut]
