"""Edges as requests name them: the memories at their ends must be there."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection

from nrem import ids
from nrem.errors import NotFoundError
from nrem.policy.model import State
from nrem.store import edge, engine, policy, view
from nrem.store.edge import NewEdge
from nrem.wire.request import RelationshipIn, StoredRelationshipIn

GONE: Final = frozenset({State.FORGOTTEN, State.PURGED})


def require(
    conn: Connection,
    org_id: int,
    wire_ids: Iterable[str],
    *,
    gone: Collection[State] = GONE,
) -> dict[str, int]:
    """The numbers of memories.

    Raises: NotFoundError, the same for one that is unknown, another org's, or in a state of `gone`.
    """
    numbers = {one: ids.decode(ids.MEMORY, one) for one in wire_ids}
    known = sorted({number for number in numbers.values() if number is not None})
    timeline, now = policy.timeline(conn, org_id), engine.instant(conn)
    found = view.read_memories(conn, org_id, known, timeline=timeline, now=now)
    shown = {one.row.id for one in found if one.facts.state not in gone}
    kept = {wire: number for wire, number in numbers.items() if number in shown and number}
    if len(kept) < len(numbers):
        raise NotFoundError("there is no such memory")
    return kept


def draw(
    conn: Connection, org_id: int, wanted: Mapping[int, Sequence[StoredRelationshipIn]]
) -> None:
    """Draw the edges that memories are to have, by the number of each.

    Raises: NotFoundError when a target is none.
    """
    targets = {one.target_memory_id for some in wanted.values() for one in some}
    if not targets:
        return
    numbers = require(conn, org_id, targets)
    edges = [
        new_edge(source, numbers[one.target_memory_id], one)
        for source, some in wanted.items()
        for one in some
    ]
    edge.draw(conn, org_id, edges)


def new_edge(
    source_id: int, target_id: int, given: RelationshipIn | StoredRelationshipIn
) -> NewEdge:
    """The edge that a request asks for."""
    return NewEdge(
        source_id=source_id,
        target_id=target_id,
        kind=given.relationship_type,
        weight=given.weight,
        metadata=given.metadata,
    )
