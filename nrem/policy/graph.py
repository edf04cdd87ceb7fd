"""Edges between memories: their kinds, along which way each is followed, and what passes over them.

    passed = relevance of the start * product over the path of (weight * recall.graph_decay)

Of all paths of at most so many edges the one that passes most counts, of equal ones the shorter. No
edge passes on more than it gets, so a path that comes back to a memory never counts: cycles are
harmless.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class EdgeKind(StrEnum):
    """What the memory at the source says about the one at the target."""

    RELATES_TO = "relates_to"
    # the source happened because of the target
    CAUSED_BY = "caused_by"
    # the source was said next after the target
    FOLLOWS = "follows"
    CONTRADICTS = "contradicts"
    # the source is evidence for the target
    SUPPORTS = "supports"
    # the source was made from the target
    DERIVED_FROM = "derived_from"
    # the source holds instead of the target
    SUPERSEDES = "supersedes"


# Followed from either end; the others from source to target only.
BOTH_WAYS: Final = frozenset({EdgeKind.RELATES_TO, EdgeKind.CONTRADICTS})
# Edges of a path at most: at the default decay five leave 3 % of a relevance.
MAX_DEPTH: Final = 5
# Results that a walk starts from, and memories that it goes on from at each further step: those
# first to which most came. Twice as many take nearly twice the time.
MOST_FRONT: Final = 20
# Memories that it reaches in all, those first to which most passes.
MOST_REACHED: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """An edge of a path, as it was drawn; `weight` is 0 to 1."""

    source_id: int
    target_id: int
    kind: EdgeKind
    weight: float

    def other(self, memory_id: int) -> int:
        """The memory at the other end."""
        return self.target_id if memory_id == self.source_id else self.source_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What comes to a memory: of its own (then the path is empty), or over the edges of a path."""

    # 0 to 1
    passed: float
    path: tuple[Edge, ...] = ()


def further(
    reached: Mapping[int, Reached], crossed: Iterable[tuple[int, Edge]], *, decay: float
) -> dict[int, Reached]:
    """To which memories one more edge brings more than came to them before.

    `crossed` are edges with the memory of `reached` that each is followed from; `decay` is 0 to 1.
    """
    gained: dict[int, Reached] = {}
    for start, edge in crossed:
        before = reached[start]
        passed = before.passed * edge.weight * decay
        end = edge.other(start)
        best = gained.get(end) or reached.get(end)
        if passed > (best.passed if best else 0.0):
            gained[end] = Reached(passed=passed, path=(*before.path, edge))
    return gained
