"""The records of promotion: episodes, what might be made of them, and what is to be written.

All are plain values. Ids are the caller's row numbers; instants are aware; vectors are of unit
length.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from nrem.policy.consolidate_model import Trust, Vector
from nrem.policy.model import MemoryType


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """A live episodic memory of the subject, with all that promotion weighs."""

    memory_id: int
    version: int
    content: str
    vector: Vector
    # The sessions its sources were said in, each by a key of its own; a source without a session
    # counts as said in a session of its UTC day. Sorted, never empty.
    sessions: tuple[str, ...]
    source_event_ids: tuple[int, ...]
    occurred_at: datetime
    # 0..1
    importance: float
    trust: Trust
    # a caller's, such as {"situation": ..., "action": ..., "outcome": "success"}
    metadata: Mapping[str, Any] = field(default_factory=dict)
    # Promoted memories it is evidence for, or was until a run was undone.
    supports: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """A live semantic or procedural memory of the subject, stored or promoted."""

    memory_id: int
    version: int
    memory_type: MemoryType
    content: str
    vector: Vector
    is_pinned: bool
    # made by promote, so it may gain evidence
    is_promoted: bool
    # the episodes that are its evidence
    supporters: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One condition of a promotion: what was found, and what is needed."""

    name: str
    value: float
    needed: float

    @property
    def is_passed(self) -> bool:
        """Whether there is enough of it."""
        return self.value >= self.needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Knowledge that episodes would make, before it is held against what is known."""

    # semantic or procedural
    memory_type: MemoryType
    content: str
    # the evidence, by number, never empty
    episodes: tuple[Episode, ...]
    gates: tuple[Gate, ...]
    # 0..1
    importance: float
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promote:
    """A new semantic or procedural memory; `vector` is the vector of its content."""

    draft: Draft
    vector: Vector
    trust: Trust
    # of all its evidence, ascending
    source_event_ids: tuple[int, ...]
    # the last time that its evidence was said
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """A promoted memory gains evidence; its words stay as they are."""

    memory_id: int
    # compare-and-set: the version that was judged
    version: int
    episodes: tuple[Episode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotions:
    """What to write for a subject."""

    promote: tuple[Promote, ...] = ()
    support: tuple[Support, ...] = ()
    # (content of the draft, why nothing is made of it)
    refused: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """How far an episode is from being made into one type of knowledge."""

    memory_type: MemoryType
    gates: tuple[Gate, ...]
    # what would have to come, in words; empty when every gate is passed
    missing: tuple[str, ...] = ()

    @property
    def is_passed(self) -> bool:
        """Whether every gate is passed."""
        return all(one.is_passed for one in self.gates)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a memory is promoted or not: what was found near it, and what is missing."""

    memory_id: int
    # other episodes that are instances of the same, by number
    alike: tuple[int, ...]
    # how often it was said, this episode counted, and in how many sessions
    occurrences: int
    sessions: int
    # mean cosine to the episodes alike, 0 without any
    nearness: float
    # how often its behaviour turned out well and badly; 0 and 0 when it tells of none
    successes: int
    failures: int
    # semantic, then procedural
    prospects: tuple[Prospect, ...]
    # promoted memories that it is evidence for, or was until a run was undone
    supports: tuple[int, ...]
    # live knowledge that says the same
    known_as: tuple[int, ...] = ()
    # why it is never made into knowledge, whatever comes
    never: str | None = None
