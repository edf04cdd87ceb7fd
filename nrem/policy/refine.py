"""Which memories repeat an older one and are merged into it: pure.

The older one says all that the newer one says (`nrem.policy.consolidate_repeat`), both lie near
each other, and neither turns the other round; so nothing is lost but a copy.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from nrem.policy.consolidate_repeat import Meaning, is_repeat
from nrem.policy.graph import EdgeKind
from nrem.policy.params import Policy

# Edges that say how memories hang together; the others say where one comes from, and stand.
TIES: Final = (EdgeKind.RELATES_TO, EdgeKind.FOLLOWS, EdgeKind.CAUSED_BY)
# A weight that is off by less than this is left as it is.
LEAST_CHANGE: Final = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One of two memories of the same subject and type."""

    memory_id: int
    version: int
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A memory and an older one near it; `cosine` is 1 for equal texts."""

    older: End
    newer: End
    cosine: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """The newer memory goes, the older one takes over what it rests on."""

    kept: End
    dropped: End

    @property
    def versions(self) -> dict[int, int]:
        """The versions that were judged."""
        return {end.memory_id: end.version for end in (self.kept, self.dropped)}


def merges(pairs: Iterable[Pair], policy: Policy) -> tuple[Merge, ...]:
    """Each memory that repeats another goes into the oldest one that stays."""
    gone: set[int] = set()
    made = []
    for pair in sorted(pairs, key=lambda one: (one.newer.memory_id, one.older.memory_id)):
        is_open = pair.newer.memory_id not in gone and pair.older.memory_id not in gone
        if is_open and _is_repeat(pair, policy):
            gone.add(pair.newer.memory_id)
            made.append(Merge(kept=pair.older, dropped=pair.newer))
    return tuple(made)


def _is_repeat(pair: Pair, policy: Policy) -> bool:
    if pair.cosine < policy.refine.duplicate_similarity:
        return False
    newer, older = Meaning.of(pair.newer.content), Meaning.of(pair.older.content)
    if not is_repeat(newer, older):
        return False
    return len(newer.words) / len(older.words) >= policy.consolidate.duplicate_overlap
