"""Which observations say the same as others: what may go, and what an edit's new text must keep.

Nearness of vectors is asked for where both have one, and never enough: the words decide, and
speaker, numbers, names, negations and the day it is about must agree.
"""

from dataclasses import dataclass
from datetime import UTC, date
from typing import Final

from nrem.policy.consolidate_repeat import Meaning, cosine, holds
from nrem.policy.observe_model import Priority
from nrem.policy.reflect_model import Delete, Edit, Logged, Merge, ReflectInput

# Share of the words of an observation that another one must have to say as much.
COVERED_FROM: Final = 0.8


@dataclass(frozen=True, slots=True)
class Entry:
    """An observation and what it means, which is found once and compared often."""

    logged: Logged
    meaning: Meaning

    @classmethod
    def of(cls, logged: Logged) -> "Entry":
        """The entry of an observation."""
        return cls(logged, Meaning.of(logged.text))

    @property
    def day(self) -> date | None:
        """The UTC day it is about, where it names one."""
        found = self.logged.referenced_date
        return found.astimezone(UTC).date() if found else None


def covers(keeper: Entry, gone: Entry, *, similarity: float) -> bool:
    """Whether nothing that matters is lost with `gone` as long as `keeper` stays."""
    if gone.day is not None and gone.day != keeper.day:
        return False
    if holds(keeper.meaning, gone.meaning) < COVERED_FROM:
        return False
    vectors = keeper.logged.vector, gone.logged.vector
    return not all(vectors) or cosine(*vectors) >= similarity


def edits(batch: ReflectInput) -> tuple[Edit, ...]:
    """Edits that take out what other observations cover; the fullest of each group stays.

    Covered rows of priority low and medium are deleted. A high one is merged with what covers it.
    """
    ordered = sorted(map(Entry.of, batch.observations), key=_fullness)
    groups: dict[int, list[Entry]] = {}
    kept: list[Entry] = []
    gone = 0
    for one in ordered:
        keeper = next(
            (other for other in kept if covers(other, one, similarity=batch.similarity)), None
        )
        if keeper is None or gone >= batch.most:
            kept.append(one)
        else:
            groups.setdefault(keeper.logged.ordinal, []).append(one)
            gone += 1
    return tuple(
        edit for one in kept for edit in _edits(one, groups.get(one.logged.ordinal, []), batch.most)
    )


def _fullness(one: Entry) -> tuple[int, bool, float, int]:
    """The fullest first; among equals the one that matters more, then the newest."""
    logged = one.logged
    when = logged.observation_date.timestamp()
    is_high = logged.priority is Priority.HIGH
    return (-len(one.meaning.words), not is_high, -when, -logged.ordinal)


def _edits(keeper: Entry, covered: list[Entry], most: int) -> list[Edit]:
    ordinals = [one.logged.ordinal for one in covered]
    if all(one.logged.priority is not Priority.HIGH for one in covered):
        return [Delete(source_id=one) for one in ordinals]
    if len(covered) >= most:  # the keeper goes too, when it is merged
        return []
    return [Merge(source_ids=(keeper.logged.ordinal, *ordinals), text=keeper.logged.text)]
