"""The records of consolidation: what a session holds, what was found in it, what is to be done.

All are plain values. Ids are the caller's row numbers; instants are aware.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from nrem.policy.score import Score

# A result counts as evidence for at most this many turns, so no memory cites more.
MAX_SOURCES: Final = 5

Vector = Sequence[float]


class Trust(StrEnum):
    """Who vouches for a statement, most trusted first."""

    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"
    WEB = "web"
    DERIVED = "derived"


def least_trust(several: Iterable[Trust]) -> Trust:
    """The least trusted of several; a derived row is trusted no more than its weakest source."""
    order = list(Trust)
    return max(several, key=order.index, default=Trust.DERIVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message of the session."""

    event_id: int
    seq: int
    # user, assistant, system or tool
    role: str
    # a person's name where the caller gave one
    speaker: str | None
    content: str
    occurred_at: datetime
    # the caller's own id of the turn
    turn_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """A working memory of the session, to be closed when the session is consolidated."""

    memory_id: int
    version: int
    source_event_ids: tuple[int, ...]
    content: str
    # 0..1
    importance: float
    occurred_at: datetime
    # what the importance was made of, and whether its writer named another, which won
    score: Score | None = None
    is_importance_given: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One statement found in a session, self-contained, with everything it rests on."""

    content: str
    # at most MAX_SOURCES, ascending, never empty
    source_event_ids: tuple[int, ...]
    # (memory_id, version) of the working memories it continues
    working: tuple[tuple[int, int], ...] = ()
    # when it was said
    occurred_at: datetime
    # 0..1
    importance: float
    # what the importance is made of; of a statement as if nothing like it were known
    score: Score | None = None
    is_importance_given: bool = False
    speaker: str | None = None
    trust: Trust = Trust.USER


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """An event (or a working memory) of which nothing is kept, and why."""

    event_id: int | None = None
    memory_id: int | None = None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """Every turn and working memory is in exactly one place: behind a candidate, or dropped."""

    candidates: tuple[Candidate, ...]
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A live memory of the subject that a candidate might repeat."""

    memory_id: int
    version: int
    content: str
    vector: Vector
    pinned: bool
    # 0..1
    importance: float
    occurred_at: datetime
    source_count: int = 1
    is_importance_given: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    """A new memory; `vector` is the vector of `candidate.content`."""

    candidate: Candidate
    vector: Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """A known memory gains sources; its words and dates stay as they are."""

    memory_id: int
    # compare-and-set: the version that was judged
    version: int
    source_event_ids: tuple[int, ...]
    working: tuple[tuple[int, int], ...]
    # the larger of both, 0..1; a given one stays
    importance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What to write for one session; each candidate's sources appear in exactly one entry."""

    create: tuple[Create, ...] = ()
    merge: tuple[Merge, ...] = ()
    dropped: tuple[Dropped, ...] = ()
