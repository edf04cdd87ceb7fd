"""How the episodes of a session hang together, and with those that were known: pure.

Each follows the one said before it. Two that lie near each other and are no duplicates are related;
an episode is linked to its nearest few only, so that the graph stays thin.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from operator import mul

from nrem.policy.consolidate_model import Create, Known, Vector
from nrem.policy.graph import EdgeKind
from nrem.policy.params import ConsolidatePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An edge from a new episode, by its place in the list, to a new or a known one."""

    source: int
    kind: EdgeKind
    # 0..1
    weight: float
    # one of both
    target: int | None = None
    known_id: int | None = None


def links(
    created: Sequence[Create],
    known: Sequence[Known],
    policy: ConsolidatePolicy,
    *,
    previous: int | None,
) -> tuple[Link, ...]:
    """The edges of new episodes, which are in the order said; `previous` was said before them."""
    return (*_follows(created, previous), *_relates(created, known, policy))


def _follows(created: Sequence[Create], previous: int | None) -> Iterator[Link]:
    for at in range(len(created)):
        if at:
            yield Link(source=at, target=at - 1, kind=EdgeKind.FOLLOWS, weight=1.0)
        elif previous is not None:
            yield Link(source=0, known_id=previous, kind=EdgeKind.FOLLOWS, weight=1.0)


def _relates(
    created: Sequence[Create], known: Sequence[Known], policy: ConsolidatePolicy
) -> Iterator[Link]:
    for at, one in enumerate(created):
        earlier = [(_cosine(one, other.vector), 1, to) for to, other in enumerate(created[:at])]
        older = [(_cosine(one, other.vector), 0, other.memory_id) for other in known]
        near = [found for found in (*earlier, *older) if found[0] >= policy.relate_similarity]
        near.sort(key=lambda found: (-found[0], found[1:]))
        for weight, is_new, to in near[: policy.max_relations]:
            yield Link(
                source=at,
                kind=EdgeKind.RELATES_TO,
                weight=round(min(weight, 1.0), 6),
                target=to if is_new else None,
                known_id=None if is_new else to,
            )


def _cosine(one: Create, other: Vector) -> float:
    """Cosine of two unit vectors; 0 where they cannot be compared."""
    if len(one.vector) != len(other):
        return 0.0
    product = sum(map(mul, one.vector, other))
    return product if isfinite(product) else 0.0
