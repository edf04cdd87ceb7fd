"""Letting go what an erasure noted, batch by batch; the last one takes the directory rows along.

Each batch counts its rows in the transaction that deletes them, so that the sum is what was there.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from nrem.store import erase_reach, forget_hard, work
from nrem.store.erase import Erasure
from nrem.store.forget_hard import Means
from nrem.store.statement import statement

# Which of what was noted goes when; the kinds that are not named go at the end, at once.
_ORDER: Final = ("memory", "observation", "said", "event", "call")
_BATCH: Final = 500
_REMAKES: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """One batch."""

    counts: dict[str, int]
    # nothing is left
    is_last: bool = False


def added(known: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    """Counts with those of another batch."""
    total = Counter(known)
    total.update(more)
    return dict(total)


def batch(conn: Connection, its: Erasure) -> Deleted:
    """Delete the next rows."""
    for kind in _ORDER:
        numbers = _take(conn, its, kind)
        if numbers:
            counts = erase_reach.count(conn, its, kinds=(kind,), items=numbers)
            _DELETES[kind](conn, its, numbers)
            return Deleted(counts=counts)
    counts = erase_reach.count(conn, its)
    given = {
        "org_id": its.org_id,
        "erasure_id": its.erasure_id,
        "kind": str(its.target.kind),
    }
    conn.execute(statement("erase_rest"), given)
    return Deleted(counts=counts, is_last=True)


def _take(conn: Connection, its: Erasure, kind: str) -> list[int]:
    asked = {
        "org_id": its.org_id,
        "erasure_id": its.erasure_id,
        "kind": kind,
        "limit": _BATCH,
    }
    return sorted(conn.execute(statement("erase_take"), asked).scalars())


def _memories(conn: Connection, its: Erasure, numbers: list[int]) -> None:
    evidence = forget_hard.free_evidence(conn, its.org_id, numbers)
    if evidence:
        delays = dict.fromkeys(evidence, 0.0)
        work.bring_streams_forward(conn, its.org_id, "promote", "subject", delays)
        work.bring_forward(conn, its.org_id, {"promote": 0.0})
    given = {"org_id": its.org_id, "memory_ids": numbers}
    conn.execute(statement("closure_delete"), given)
    conn.execute(statement("closure_empty_jobs"), given)


def _observations(conn: Connection, its: Erasure, numbers: list[int]) -> None:
    asked = {"org_id": its.org_id, "erasure_id": its.erasure_id, "observation_ids": numbers}
    parents = conn.execute(statement("erase_observations"), asked).scalars().all()
    if parents:
        back = {"org_id": its.org_id, "observation_ids": list(parents)}
        conn.execute(statement("closure_observations_back"), back)


def _said(conn: Connection, its: Erasure, numbers: list[int]) -> None:
    conn.execute(statement("closure_erase"), {"org_id": its.org_id, "event_ids": numbers})


def _events(conn: Connection, its: Erasure, numbers: list[int]) -> None:
    conn.execute(statement("erase_events"), {"org_id": its.org_id, "event_ids": numbers})


def _calls(conn: Connection, its: Erasure, numbers: list[int]) -> None:
    conn.execute(statement("erase_calls"), {"org_id": its.org_id, "call_ids": numbers})


_DELETES: Final = {
    "memory": _memories,
    "observation": _observations,
    "said": _said,
    "event": _events,
    "call": _calls,
}


def subjects(conn: Connection, its: Erasure) -> list[int]:
    """Whose keys go with it; 0 stands for the org."""
    asked = {
        "org_id": its.org_id,
        "erasure_id": its.erasure_id,
        "kind": str(its.target.kind),
    }
    return list(conn.execute(statement("erase_subjects"), asked).scalars())


def remake(conn: Connection, its: Erasure, means: Means) -> tuple[int, bool]:
    """Make the next memories of others anew; how many were made, and whether none is left."""
    asked = {"org_id": its.org_id, "erasure_id": its.erasure_id, "limit": _REMAKES}
    rows: list[Any] = list(conn.execute(statement("erase_remakes"), asked))
    if not rows:
        return 0, True
    mixed = {row.id: frozenset(row.event_ids) for row in rows}
    made = forget_hard.remake(
        conn,
        its.org_id,
        mixed,
        rows,
        means,
        evidence={row.subject_id for row in rows},
    )
    given = {"org_id": its.org_id, "erasure_id": its.erasure_id, "memory_ids": sorted(mixed)}
    conn.execute(statement("erase_remade"), given)
    return len(made), len(rows) < _REMAKES
