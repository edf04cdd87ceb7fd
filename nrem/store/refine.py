"""What the pass `refine` reads and writes, a page of memories at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from nrem.policy.graph import EdgeKind
from nrem.policy.refine import LEAST_CHANGE, TIES, End, Merge, Pair
from nrem.store import edge
from nrem.store.edge import NewEdge
from nrem.store.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The next memories, ascending."""

    # with the subject each is about
    memories: Mapping[int, int]
    # those that have no vector yet: only equal texts are found for them
    unembedded: int


def page(
    conn: Connection,
    org_id: int,
    *,
    dataset_id: int | None,
    after_id: int,
    limit: int,
    model: str,
) -> Page:
    """Live memories of the org, or of a dataset, after the number `after_id`."""
    given: dict[str, Any] = {
        "org_id": org_id,
        "after_id": after_id,
        "limit": limit,
        "model": model,
    }
    if dataset_id is None:
        rows = conn.execute(statement("refine_page"), given).all()
    else:
        rows = conn.execute(statement("refine_page_of"), {**given, "dataset_id": dataset_id}).all()
    return Page(
        memories={row.id: row.subject_id for row in rows},
        unembedded=sum(not row.has_vector for row in rows),
    )


def pairs(
    conn: Connection,
    org_id: int,
    ids: Sequence[int],
    *,
    dataset_id: int | None,
    least: float,
    model: str,
) -> list[Pair]:
    """The memories with the older ones that each may repeat; `least` is a cosine."""
    given = {
        "org_id": org_id,
        "memory_ids": list(ids),
        "dataset_id": dataset_id,
        "least": least,
        "model": model,
    }
    return [
        Pair(
            older=End(memory_id=row.older_id, version=row.older_version, content=row.older_content),
            newer=End(memory_id=row.id, version=row.version, content=row.content),
            cosine=row.cosine,
        )
        for row in conn.execute(statement("refine_pairs"), given)
    ]


def unchanged(conn: Connection, org_id: int, merges: Iterable[Merge]) -> set[int]:
    """Those of the memories, which are locked, that are live and as they were judged."""
    versions = {number: at for one in merges for number, at in one.versions.items()}
    if not versions:
        return set()
    given = {
        "org_id": org_id,
        "memory_ids": list(versions),
        "versions": list(versions.values()),
    }
    return set(conn.execute(statement("promote_versions"), given).scalars())


def take_over(
    conn: Connection, org_id: int, merges: Sequence[Merge], *, run_id: int, drawn_by: str
) -> None:
    """Give memories that stay the sources and the ties of those that are merged into them."""
    if not merges:
        return
    given = {
        "org_id": org_id,
        "kept_ids": [one.kept.memory_id for one in merges],
        "dropped_ids": [one.dropped.memory_id for one in merges],
        "run_id": run_id,
    }
    conn.execute(statement("refine_take_sources"), given)
    conn.execute(statement("refine_take_edges"), {**given, "kinds": _kinds()})
    edges = [
        NewEdge(
            source_id=one.kept.memory_id,
            target_id=one.dropped.memory_id,
            kind=EdgeKind.SUPERSEDES,
        )
        for one in merges
    ]
    edge.draw(conn, org_id, edges, drawn_by=drawn_by, run_id=run_id)
    kept = {"org_id": org_id, "memory_ids": given["kept_ids"]}
    conn.execute(statement("refine_queue"), kept)


def prune(conn: Connection, org_id: int, ids: Iterable[int]) -> int:
    """End ties of memories of which one end is forgotten; answers how many."""
    given = {"org_id": org_id, "memory_ids": list(ids), "kinds": _kinds()}
    return conn.execute(statement("refine_prune"), given).rowcount


def reweight(conn: Connection, org_id: int, ids: Iterable[int]) -> int:
    """Let edges between alike memories weigh what they are alike; answers how many were off."""
    given = {"org_id": org_id, "memory_ids": list(ids), "least": LEAST_CHANGE}
    return conn.execute(statement("refine_reweight"), given).rowcount


def _kinds() -> list[str]:
    return [str(kind) for kind in TIES]
