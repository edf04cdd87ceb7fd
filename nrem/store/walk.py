"""Walking over the edges between memories: bounded in depth, fan-out, number and time.

A step is one statement for all memories at once. It leads to memories of the recall's own agent and
user alone, and through none that is not live. A walk that takes too long ends with what it has.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection

from nrem.clock import monotonic
from nrem.policy.graph import (
    BOTH_WAYS,
    MOST_FRONT,
    MOST_REACHED,
    Edge,
    EdgeKind,
    Reached,
    further,
)
from nrem.policy.params import RecallPolicy
from nrem.store.statement import statement

# No step begins later than this after the first; one step takes a few milliseconds.
_LONGEST_SECONDS: Final = 0.25
# Edges looked at for each that may be followed: the others lead out of scope, or to what is gone.
_LOOKED_AT: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where a walk may go."""

    # org, agent, user and the instants, as the statement takes them
    filters: Mapping[str, Any]
    weights: RecallPolicy
    # which of the memories that time may have taken out of recall are live all the same
    live: Callable[[Sequence[int]], Container[int]]


def walk(
    conn: Connection,
    ground: Ground,
    starts: Mapping[int, float],
    *,
    depth: int,
    floor: float = 0.0,
) -> dict[int, Reached]:
    """What comes over paths of at most `depth` edges to memories, `starts` with their relevance.

    Only what is at least `floor`, and more than a start has of its own. Over at most
    `recall.graph_fan_out` edges of each memory, the strongest first; a further step goes on from
    `MOST_FRONT` of them, and the walk ends when it has reached `MOST_REACHED`.
    """
    reached = {number: Reached(passed=passed) for number, passed in starts.items()}
    latest, front = monotonic() + _LONGEST_SECONDS, reached
    for _ in range(depth):
        room = MOST_REACHED + len(starts) - len(reached)
        if not front or room <= 0 or monotonic() > latest:
            break
        crossed = _cross(conn, ground, front, reached, floor=floor, room=room)
        gained = further(reached, crossed, decay=ground.weights.graph_decay)
        reached = reached | gained
        # the statement tells them in the order of what passes
        front = dict(islice(gained.items(), MOST_FRONT))
    return {number: found for number, found in reached.items() if found.path}


def _cross(
    conn: Connection,
    ground: Ground,
    front: Mapping[int, Reached],
    reached: Mapping[int, Reached],
    *,
    floor: float,
    room: int,
) -> list[tuple[int, Edge]]:
    """The best edge to each memory that may be gone to, with the memory it starts from."""
    given = {
        "as_of": None,
        **ground.filters,
        "from_ids": list(front),
        "from_passed": [one.passed for one in front.values()],
        "known_ids": list(reached),
        "known_passed": [one.passed for one in reached.values()],
        "both_ways": [str(kind) for kind in BOTH_WAYS],
        "decay": ground.weights.graph_decay,
        "floor": floor,
        "fan_out": ground.weights.graph_fan_out,
        "looked_at": ground.weights.graph_fan_out * _LOOKED_AT,
        "limit": room,
    }
    rows = conn.execute(statement("edge_walk"), given).all()
    doubtful = [to_id for _, to_id, *_, is_doubtful in rows if is_doubtful]
    live = ground.live(doubtful) if doubtful else ()
    return [
        (start, Edge(source_id=source, target_id=target, kind=EdgeKind(kind), weight=weight))
        for start, to_id, source, target, kind, weight, is_doubtful in rows
        if not is_doubtful or to_id in live
    ]
