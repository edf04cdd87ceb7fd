"""Edges between memories: drawn by passes and callers, ended rather than deleted.

The composite keys make an edge between two orgs impossible.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from nrem.policy.graph import EdgeKind
from nrem.store.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEdge:
    """An edge that is not stored yet; `weight` is 0 to 1."""

    source_id: int
    target_id: int
    kind: EdgeKind
    weight: float = 1.0
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which edges of a memory are listed; None means any, or those that stand."""

    is_outgoing: bool = True
    is_incoming: bool = True
    kind: EdgeKind | None = None
    as_of: datetime | None = None


def draw(
    conn: Connection,
    org_id: int,
    edges: Sequence[NewEdge],
    *,
    drawn_by: str | None = None,
    run_id: int | None = None,
) -> list[int]:
    """Store edges from now on; one that stands already stays as it is.

    Answers the numbers of those that are new. `drawn_by` is a pass, None a caller.
    """
    if not edges:
        return []
    rows = conn.execute(
        statement("edge_draw"),
        {
            "org_id": org_id,
            "source_ids": [one.source_id for one in edges],
            "target_ids": [one.target_id for one in edges],
            "kinds": [str(one.kind) for one in edges],
            "weights": [one.weight for one in edges],
            "metadata": [json.dumps(dict(one.metadata)) for one in edges],
            "drawn_by": drawn_by,
            "run_id": run_id,
        },
    )
    return list(rows.scalars())


def end_of_run(conn: Connection, org_id: int, run_id: int) -> int:
    """End the standing edges that a run drew; answers how many."""
    return conn.execute(statement("edge_end_of_run"), {"org_id": org_id, "run_id": run_id}).rowcount


def of_memory(
    conn: Connection,
    org_id: int,
    memory_id: int,
    filters: Filters = Filters(),
    *,
    after_id: int = 0,
    limit: int = 1_000,
) -> Sequence[Any]:
    """Rows of its edges after the number `after_id`, oldest first."""
    given = {
        "org_id": org_id,
        "memory_id": memory_id,
        "is_outgoing": filters.is_outgoing,
        "is_incoming": filters.is_incoming,
        "kind": filters.kind,
        "as_of": filters.as_of,
        "after_id": after_id,
        "limit": limit,
    }
    return conn.execute(statement("edge_list"), given).all()


def read(conn: Connection, org_id: int, memory_id: int, edge_id: int) -> Any:  # noqa: ANN401 - a row
    """One edge that begins or ends at the memory, standing or not, or None."""
    given = {"org_id": org_id, "memory_id": memory_id, "edge_id": edge_id}
    return conn.execute(statement("edge_read"), given).one_or_none()


def find(conn: Connection, org_id: int, *, source_id: int, target_id: int, kind: EdgeKind) -> Any:  # noqa: ANN401 - a row
    """The edge that stands between two memories, else the newest that did, or None."""
    given = {"org_id": org_id, "source_id": source_id, "target_id": target_id, "kind": str(kind)}
    return conn.execute(statement("edge_find"), given).one_or_none()


def end(conn: Connection, org_id: int, edge_ids: Sequence[int]) -> int:
    """End edges now; answers how many stood."""
    given = {"org_id": org_id, "edge_ids": list(edge_ids)}
    return conn.execute(statement("edge_end"), given).rowcount
