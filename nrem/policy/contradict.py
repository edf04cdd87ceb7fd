"""Which statements contradict each other, and which of two holds from when on.

Two contradict each other when they give an attribute of one holder two values that cannot both
hold. The one said later holds, from the instant it was said; that of the two which came in later
does not matter. Pure: words and instants decide, no model.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from nrem.policy.attribute import Attribute, attributes, parts
from nrem.policy.attribute_value import agree
from nrem.policy.consolidate_model import Trust
from nrem.policy.consolidate_sentence import words_of_weight
from nrem.policy.model import MemoryType

PINNED: Final = "pinned"
LESS_TRUSTED: Final = "less trusted"
SAYS_MORE: Final = "says more"

_TRUST: Final = tuple(Trust)
# A clause with fewer words that carry meaning may be lost with the one beside it.
_ENOUGH: Final = 3
_INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A memory and all that decides whether it gives way to another."""

    memory_id: int
    version: int
    content: str
    memory_type: MemoryType
    # when it was said
    occurred_at: datetime
    # when it came in
    recorded_at: datetime
    trust: Trust
    is_pinned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Two memories of which not both hold."""

    older: Stated
    newer: Stated
    # the name of the attribute; it may hold words that were said
    attribute: str
    # whether the older one gives way
    supersedes: bool
    # why it does not
    reason: str | None = None
    # the instant from which the older one no longer holds, if it gives way
    true_until: datetime | None = None


def contradictions(fresh: Sequence[Stated], known: Sequence[Stated]) -> tuple[Contradiction, ...]:
    """Every contradiction that a fresh memory has a part in, by age of the older one.

    An older memory gives way to the earliest newer one that contradicts it and may supersede it;
    what contradicts it later is no contradiction any more, as it did not hold by then. So all
    memories that contradict a fresh one should be known here, also those that gave way before.
    The order of the arguments does not matter. Procedural memories take no part.
    """
    new = {one.memory_id for one in fresh}
    several = {one.memory_id: one for one in (*known, *fresh)}
    ordered = [
        _Read(one)
        for one in sorted(several.values(), key=_age)
        if one.memory_type is not MemoryType.PROCEDURAL
    ]
    stating: dict[str, list[int]] = {}
    for place, read in enumerate(ordered):
        for key in read.values:
            stating.setdefault(key, []).append(place)
    return tuple(
        found
        for place, older in enumerate(ordered)
        for found in _of(older, [ordered[at] for at in _later(older, place, stating)])
        if found.older.memory_id in new or found.newer.memory_id in new
    )


class _Read:
    """A memory with its attributes, read once."""

    def __init__(self, stated: Stated) -> None:
        self.stated = stated
        self.values = _keyed(stated.content)


def _age(one: Stated) -> tuple[datetime, datetime, int]:
    return one.occurred_at, one.recorded_at, one.memory_id


def _later(older: _Read, place: int, stating: dict[str, list[int]]) -> list[int]:
    """The places of those that state an attribute of this one later, in order."""
    return sorted({at for key in older.values for at in stating[key] if at > place})


def _of(older: _Read, later: list[_Read]) -> Iterator[Contradiction]:
    """What contradicts one memory, until it gives way."""
    for newer in later:
        at_odds = _at_odds(older.values, newer.values)
        if not at_odds:
            continue
        reason = _reason(older.stated, newer.stated, at_odds)
        yield Contradiction(
            older=older.stated,
            newer=newer.stated,
            attribute=at_odds[0].name,
            supersedes=reason is None,
            reason=reason,
            true_until=_until(older.stated, newer.stated) if reason is None else None,
        )
        if reason is None:
            return


def _at_odds(older: dict[str, Attribute], newer: dict[str, Attribute]) -> list[Attribute]:
    shared = _shared(older, newer)
    return sorted(
        (one for one, other in shared if not agree(one.value, other.value)), key=lambda one: one.key
    )


def _reason(older: Stated, newer: Stated, at_odds: list[Attribute]) -> str | None:
    if older.is_pinned:
        return PINNED
    if _TRUST.index(newer.trust) > _TRUST.index(older.trust):
        return LESS_TRUSTED
    return SAYS_MORE if _says_more(older.content, {one.key for one in at_odds}) else None


def _says_more(content: str, at_odds: set[str]) -> bool:
    """Whether a clause of it that carries meaning holds on."""
    return any(
        len(words_of_weight(part.text)) >= _ENOUGH
        for part in parts(content)
        if not any(one.key in at_odds for one in part.attributes)
    )


def _until(older: Stated, newer: Stated) -> datetime:
    return max(newer.occurred_at, older.occurred_at + _INSTANT)


def _keyed(content: str) -> dict[str, Attribute]:
    return {one.key: one for one in attributes(content)}


def _shared(
    older: dict[str, Attribute], newer: dict[str, Attribute]
) -> list[tuple[Attribute, Attribute]]:
    return [(one, newer[key]) for key, one in older.items() if key in newer]
