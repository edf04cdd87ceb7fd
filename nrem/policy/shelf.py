"""Shelves, the memories that zeno-memory's stores keep: how well one answers, when two are one.

A score is made of the question and of one memory alone, so it means the same on a shelf of one and
of ten thousand: 1 for a memory asked in just its own words, at least 0.7 for one that holds all of
what is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from nrem.policy.consolidate_repeat import Meaning, is_repeat
from nrem.policy.model import Tier
from nrem.policy.state import higher
from nrem.policy.text import FUNCTION_WORDS, lexemes

# What a function word counts beside a telling one: it decides between equals, and no more.
_FUNCTION_WEIGHT: Final = 0.1
# What is left of a score when a memory says very much besides what was asked.
LEAST_FOCUS: Final = 0.7
# Share of the words of one that the other must have before two are near-duplicates. At 0.6, what
# consolidation asks of two that lie near each other besides, three words of five would do.
_NEAR_SHARE: Final = 0.8


class Shelf(StrEnum):
    """Which store keeps a memory."""

    USER = "user"
    KNOWLEDGE = "knowledge"


def word_score(asked: Mapping[str, int], content: str) -> float:
    """How well a memory answers by its words, 0 to 1; 0 when it holds none of those asked.

    `asked` are lexemes. The share of them that the memory holds, times a focus of 0.7 to 1 for how
    little else it says.
    """
    said = lexemes(content)
    common = [word for word in asked if word in said]
    if not common:
        return 0.0
    share = sum(map(_weight, common)) / sum(map(_weight, asked))
    focus = sum(said[word] for word in common) / sum(said.values())
    return min(share * (LEAST_FOCUS + (1.0 - LEAST_FOCUS) * focus), 1.0)


def _weight(word: str) -> float:
    return _FUNCTION_WEIGHT if word in FUNCTION_WORDS else 1.0


def rarest(content: str) -> str | None:
    """The lexeme by which near-duplicates of a text are looked for; None: it has none.

    The longest one that must agree, as long words are rare ones.
    """
    words = Meaning.of(content).words
    telling = [word for word in words if word not in FUNCTION_WORDS] or list(words)
    return max(telling, key=lambda word: (len(word), word), default=None)


def is_near(new: str, old: str) -> bool:
    """Whether `new` says what `old` says, but for harmless words: nothing is lost without it."""
    said, known = Meaning.of(new), Meaning.of(old)
    return is_repeat(said, known) and len(said.words) / len(known.words) >= _NEAR_SHARE


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An active memory of a shelf, as edits see it."""

    memory_id: int
    tier: Tier
    access_count: int
    metadata: Mapping[str, Any]
    is_pinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A memory that takes the place of others: of the highest tier, with all their uses."""

    text: str
    source_ids: tuple[int, ...]
    tier: Tier
    access_count: int
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """What somebody proposes to do with memories, each by its number."""

    deletes: tuple[int, ...] = ()
    replaces: tuple[tuple[int, str], ...] = ()
    merges: tuple[tuple[tuple[int, ...], str], ...] = ()

    @property
    def ids(self) -> frozenset[int]:
        """Every memory that is named."""
        merged = (number for sources, _ in self.merges for number in sources)
        return frozenset((*self.deletes, *(number for number, _ in self.replaces), *merged))


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """What of the edits is carried out: deletes first, then replacements, then merges."""

    deleted: tuple[int, ...]
    replaced: tuple[Made, ...]
    merged: tuple[Made, ...]

    @property
    def archived(self) -> tuple[int, ...]:
        """The memories that go."""
        return (
            *self.deleted,
            *(n for one in (*self.replaced, *self.merged) for n in one.source_ids),
        )


def edited(edits: Edits, active: Mapping[int, Kept], stamp: Mapping[str, Any]) -> Edited:
    """Carry edits out on the active memories; one whose memory is gone is left out.

    A pinned memory is never touched, and a permanent one goes only where another takes its place.
    `stamp` is written over the metadata of what is made.
    """
    left = {number: one for number, one in active.items() if not one.is_pinned}
    deleted = []
    for number in edits.deletes:
        if number in left and left[number].tier is not Tier.PERMANENT:
            del left[number]
            deleted.append(number)
    replaced = (_made((number,), text, left, stamp) for number, text in edits.replaces)
    merged = (_made(sources, text, left, stamp) for sources, text in edits.merges)
    return Edited(
        deleted=tuple(deleted),
        replaced=tuple(one for one in replaced if one),
        merged=tuple(one for one in merged if one),
    )


def _made(
    numbers: tuple[int, ...], text: str, left: dict[int, Kept], stamp: Mapping[str, Any]
) -> Made | None:
    found = [left.pop(number) for number in dict.fromkeys(numbers) if number in left]
    if not found:
        return None
    tier = found[0].tier
    metadata: dict[str, Any] = {}
    for one in found:
        tier = higher(tier, one.tier)
        metadata |= one.metadata
    return Made(
        text=text,
        source_ids=tuple(one.memory_id for one in found),
        tier=tier,
        access_count=sum(one.access_count for one in found),
        metadata={**metadata, **stamp},
    )
