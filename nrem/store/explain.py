"""Reading why a memory is as it is: its score, its past, its future."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from nrem.policy.decay import Crossing
from nrem.policy.explain import coming
from nrem.policy.life import settle
from nrem.policy.score import Score
from nrem.policy.timeline import Timeline
from nrem.store import view
from nrem.store.life import life_of
from nrem.store.statement import statement
from nrem.store.view import MemoryView

_MOST_CROSSINGS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A change of state or tier that has happened; without a run until it is written down."""

    at: datetime
    kind: str
    before: str
    after: str
    reason: str
    run_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A memory, what its score was made of (if that was kept), its past and its future."""

    shown: MemoryView
    upcoming: tuple[Crossing, ...]
    is_importance_given: bool
    score: Score | None
    past: tuple[Past, ...]


def read(
    conn: Connection, org_id: int, memory_id: int, *, timeline: Timeline, now: datetime
) -> Explained | None:
    """All that explains a memory at `now`, or None when there is no such memory."""
    found = view.read_memories(conn, org_id, [memory_id], timeline=timeline, now=now)
    key = {"org_id": org_id, "memory_id": memory_id}
    kept = conn.execute(statement("memory_features"), key).one_or_none()
    if not found or kept is None:
        return None
    shown = found[0]
    rows = conn.execute(statement("crossing_list"), {**key, "limit": _MOST_CROSSINGS})
    return Explained(
        shown=shown,
        upcoming=tuple(coming(shown.upcoming, shown.facts, timeline.at(now))),
        is_importance_given=kept.importance_given,
        score=Score.of_record(kept.features) if kept.features else None,
        past=(*_written(rows.all()), *_unwritten(shown.row, timeline, now)),
    )


def _written(rows: Sequence[Any]) -> list[Past]:
    return [
        Past(
            at=row.at,
            kind=row.kind,
            before=row.before,
            after=row.after,
            reason=row.reason,
            run_id=row.run_id,
        )
        for row in rows
    ]


def _unwritten(row: Any, timeline: Timeline, now: datetime) -> list[Past]:  # noqa: ANN401 - a row
    """The changes that have happened and no pass has written down yet."""
    settled = settle(life_of(row), timeline, now, purges=not row.is_kept)
    return [
        Past(
            at=one.at,
            kind=one.kind,
            before=str(one.before),
            after=str(one.after),
            reason=str(one.reason),
            run_id=None,
        )
        for one in settled.passed
    ]
