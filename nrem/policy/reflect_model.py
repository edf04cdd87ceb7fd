"""The records of reflecting: the observations of a person, and edits that would make them fewer.

All are plain values. Observations are named by their ordinals: small whole numbers, unique for a
person and an agent. An edit is a proposal; `nrem.policy.edits` judges it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from nrem.policy.consolidate_model import Trust, Vector
from nrem.policy.observe_model import Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """An active observation of a person."""

    # small, from 1, unique for a person and an agent
    ordinal: int
    text: str
    priority: Priority
    # when it was said
    observation_date: datetime
    # the day it is about, where it names one
    referenced_date: datetime | None = None
    # the earliest day that it was made from is about
    referenced_from: datetime | None = None
    # estimate, 0 or more
    tokens: int = 0
    trust: Trust = Trust.USER
    # of its text; empty where the rows are of another embedder
    vector: Vector = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReflectInput:
    """A batch of the active observations of one person with one agent, oldest first."""

    observations: tuple[Logged, ...]
    now: datetime
    # IANA name of the person's time zone
    timezone: str = "UTC"
    # rows that the edits of one run may take out of the log
    most: int = 200
    # cosine at or above which two observations may say the same
    similarity: float = 0.6
    # whom they are about; no model is told
    subject_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Several observations become one with another text."""

    source_ids: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replace:
    """One observation gets another, shorter text."""

    source_id: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """One observation goes, since another one says as much."""

    source_id: int


Edit: TypeAlias = Merge | Replace | Delete


@dataclass(frozen=True, slots=True, kw_only=True)
class ReflectProposal:
    """What a provider would edit, and what asking it cost.

    No edits say that the log is fine as it is; a reply that cannot be read is a PassError.
    """

    edits: tuple[Edit, ...]
    # written into the run row, such as "offline@1"
    engine: str
    cost_usd: float = 0.0
    # why the rules proposed, where a model was to
    reason: str | None = None
