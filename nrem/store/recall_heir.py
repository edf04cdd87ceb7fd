"""What holds now instead of what a question matches: a superseded fact answers by its heir.

"Where does Ada live?" is near to "Ada lives in Berlin", which is true no more, and far from "Ada
moved to Paris", which took its place. So the heir is as relevant as what it superseded would be.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from nrem.policy.graph import MAX_DEPTH, Edge, EdgeKind, Reached
from nrem.policy.recall import Key, Kind
from nrem.store.recall_match import Question
from nrem.store.search import vector_text
from nrem.store.statement import statement

# Superseded memories that are looked at, the nearest first.
_MOST: Final = 10


def find(
    conn: Connection, filters: Mapping[str, Any], question: Question
) -> dict[int, list[tuple[int, tuple[Edge, ...]]]]:
    """The superseded memories nearest to the question, and the heirs of each with the path there.

    `filters` are those of the recall, as statements take them.
    """
    rows = conn.execute(
        statement("recall_heirs"),
        {
            **filters,
            "model": question.model,
            "query": vector_text(question.vector or ()),
            "limit": _MOST,
            "depth": MAX_DEPTH,
        },
    )
    found: dict[int, list[tuple[int, tuple[Edge, ...]]]] = {}
    for row in rows:
        path = tuple(
            Edge(source_id=source, target_id=target, kind=EdgeKind.SUPERSEDES, weight=1.0)
            for source, target in zip(row.sources, row.targets, strict=True)
        )
        found.setdefault(row.older_id, []).append((row.heir_id, path))
    return found


def lifted(
    heirs: Mapping[int, Sequence[tuple[int, tuple[Edge, ...]]]], relevance: Mapping[Key, float]
) -> dict[int, Reached]:
    """What comes to each heir: all the relevance of the best memory that it took the place of."""
    reached: dict[int, Reached] = {}
    for older, its in heirs.items():
        passed = relevance.get((Kind.MEMORY, older), 0.0)
        for heir, path in its:
            if heir not in reached or passed > reached[heir].passed:
                reached[heir] = Reached(passed=passed, path=path)
    return reached
