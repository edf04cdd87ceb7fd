"""What goes with memories that are erased: the events they came from, and all that came from these.

Pure, total and deterministic; the order of the arguments never matters. A memory's words rest on
the sources it was made of. What was added later only repeats them, so losing that changes no word.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A memory and the original events behind it; it names at least one."""

    memory_id: int
    sources: frozenset[int]
    # of the sources, those that its words were made of
    rests_on: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """What an erasure does; each memory that shares a source with it is in one place."""

    # what was said in them is erased
    events: frozenset[int]
    # memories that were named, or have no other source: they are deleted
    gone: frozenset[int]
    # deleted too, as they may hold erased words; and the sources from which they can be made anew
    mixed: Mapping[int, frozenset[int]]
    # their words rest on what survives: they stay, without the erased sources
    loosened: frozenset[int]

    @property
    def deleted(self) -> frozenset[int]:
        """Every memory whose row goes."""
        return self.gone | frozenset(self.mixed)

    @property
    def touched(self) -> frozenset[int]:
        """Every memory that is not afterwards what it was."""
        return self.deleted | self.loosened


def closure(
    named: AbstractSet[int], events: AbstractSet[int], memories: Iterable[Derived]
) -> Closure:
    """What goes when the `named` memories and these events are erased.

    `memories` are at least the named ones and all that share a source with the erasure; others
    change nothing. One step is enough: what is made anew rests on survivors alone, so erasing it
    too would erase more than was asked for.
    """
    known = {one.memory_id: one for one in memories}
    own = (known[number].sources for number in named if number in known)
    erased = frozenset(events).union(*own)
    gone, mixed, loosened = set(), {}, set()
    for number, one in known.items():
        left = one.sources - erased
        if number in named or not left:
            gone.add(number)
        elif one.rests_on & erased or (not one.rests_on and one.sources & erased):
            mixed[number] = left
        elif one.sources & erased:
            loosened.add(number)
    return Closure(events=erased, gone=frozenset(gone), mixed=mixed, loosened=frozenset(loosened))
