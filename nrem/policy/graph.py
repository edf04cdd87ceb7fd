"""The kinds of edges between memories, and along which way each may be followed."""

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
