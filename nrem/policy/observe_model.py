"""The records of observing: the turns of a window, what is proposed of them, what is noted.

All are plain values. A source is the number of a turn in its stream, so that a model reads and
cites small whole numbers; instants are aware.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from nrem.policy.consolidate_model import Trust, Turn
from nrem.policy.params import ScorePolicy


class Priority(StrEnum):
    """How much an observation matters, the most first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """An active observation of the same person that is near to the turns of a window."""

    # small, from 1, unique for a person and an agent
    ordinal: int
    text: str
    priority: Priority
    # when it was said
    observation_date: datetime
    # the day it is about, where it names one
    referenced_date: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObserveInput:
    """A window of one stream: turns of one person that nobody has observed yet."""

    # in the order they were said; `Turn.seq` is what an observation cites
    turns: tuple[Turn, ...]
    now: datetime
    # IANA name of the person's time zone, in which "tomorrow" is meant
    timezone: str = "UTC"
    # what is known already, to be left out
    known: tuple[Neighbour, ...] = ()
    # more than this are cut off, the least important first
    most: int = 50
    # the org's own idea of what matters
    weights: ScorePolicy = field(default_factory=ScorePolicy)
    # whose words these are; no model is told
    subject_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObserveDraft:
    """One observation as it is proposed: nothing in it has been checked."""

    text: str
    # high, medium or low
    priority: str
    # numbers of turns in the window
    sources: tuple[int, ...]
    # the day it is about: ISO 8601, or Unix seconds
    referenced_date: str | float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObserveProposal:
    """What a provider would note of a window, and what asking it cost.

    No drafts say that there is nothing to note; a reply that cannot be read is a PassError.
    """

    drafts: tuple[ObserveDraft, ...]
    # written into the run row, such as "offline@1"
    engine: str
    cost_usd: float = 0.0
    # why the rules proposed, where a model was to
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """An observation that holds: checked, dated, with the turns it rests on."""

    text: str
    priority: Priority
    # when it was said: the newest of its turns
    observation_date: datetime
    referenced_date: datetime | None
    # row numbers of its turns, ascending, never empty
    source_event_ids: tuple[int, ...]
    trust: Trust
