"""Edges between memories: drawn by passes and callers, ended rather than deleted.

The composite keys make an edge between two orgs impossible.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
