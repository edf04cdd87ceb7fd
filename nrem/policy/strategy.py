"""The ways of recall by name: what each looks at, and which one stands in for those we lack.

AUTO looks by meaning, by words and along edges at once; VECTOR, LEXICAL and GRAPH are the parts of
it. Without a query there is nothing to be near to: whatever was asked for, the newest come first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from nrem.policy.graph import MAX_DEPTH


class Strategy(StrEnum):
    """A way of recall, as requests name it."""

    AUTO = "AUTO"
    VECTOR = "VECTOR"
    LEXICAL = "LEXICAL"
    GRAPH = "GRAPH"
    TRIPLET = "TRIPLET"
    TRACE = "TRACE"
    TEMPORAL = "TEMPORAL"
    ASK = "ASK"
    CYPHER = "CYPHER"


# The nearest to those that take a model's word or a query language.
_NEAREST: Final[Mapping[Strategy, Strategy]] = MappingProxyType(
    {
        Strategy.TRIPLET: Strategy.GRAPH,
        Strategy.TRACE: Strategy.GRAPH,
        Strategy.ASK: Strategy.AUTO,
        Strategy.CYPHER: Strategy.GRAPH,
    }
)
# Edges that are followed when the request does not say; the others follow none.
_DEPTHS: Final[Mapping[Strategy, int]] = MappingProxyType({Strategy.AUTO: 1, Strategy.GRAPH: 2})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a question is answered."""

    used: Strategy
    # what it was chosen from, and what it stands in for
    considered: tuple[Strategy, ...]
    by_meaning: bool
    by_words: bool
    # the best of it in the order of time, the latest first
    by_time: bool
    graph_depth: int


def plan(asked: Strategy, *, has_query: bool, graph_depth: int | None) -> Plan:
    """How to answer; `graph_depth` (0 or more) as the request says it, None where it does not."""
    does = _NEAREST.get(asked, asked)
    used = does if has_query else Strategy.TEMPORAL
    depth = _DEPTHS.get(does, 0) if graph_depth is None else min(graph_depth, MAX_DEPTH)
    return Plan(
        used=used,
        considered=_considered(asked, used),
        by_meaning=used is not Strategy.LEXICAL,
        by_words=used is not Strategy.VECTOR,
        by_time=does is Strategy.TEMPORAL,
        graph_depth=max(depth, 1) if does is Strategy.GRAPH else depth,
    )


def _considered(asked: Strategy, used: Strategy) -> tuple[Strategy, ...]:
    if asked is Strategy.AUTO:
        parts = (Strategy.VECTOR, Strategy.LEXICAL, Strategy.GRAPH)
        return parts if used is Strategy.AUTO else (used,)
    return tuple(dict.fromkeys((asked, used)))
