"""How much of a statement is said already: the share of its telling words in one known memory.

    novelty = 1 - the largest overlap over the newest memories of the subject

Words alone decide, so it costs no model and the same words always give the same number. A repeat
in other words counts as new.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

# Newest memories of the subject that a statement is compared with. At twice as many a bulk load
# takes twice as long here, and what was said so long ago is worth hearing again.
WINDOW: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The telling words of a statement about a subject (its row number)."""

    subject: int
    words: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Familiar:
    """A memory that a subject has: its words, and its place among the newest (1 = the newest)."""

    place: int
    words: frozenset[str]


def overlap(words: AbstractSet[str], known: Iterable[AbstractSet[str]]) -> float:
    """The largest share of `words`, 0 to 1, that one of `known` holds; 0 without words."""
    if not words:
        return 0.0
    return max((len(words & other) for other in known), default=0) / len(words)


def overlaps(
    statements: Sequence[Statement], known: Mapping[int, Sequence[Familiar]]
) -> list[float]:
    """The overlap of each statement with the newest `WINDOW` memories of its subject.

    Statements are in the order in which they came; those before one are known to it, and newer
    than all of `known`. So it does not matter how they are cut into batches.
    """
    earlier: dict[int, list[frozenset[str]]] = {}
    found = []
    for one in statements:
        said = earlier.setdefault(one.subject, [])
        last = WINDOW - len(said)
        older = (it.words for it in known.get(one.subject, ()) if it.place <= last)
        found.append(overlap(one.words, (*said[-WINDOW:], *older)))
        said.append(one.words)
    return found
