"""Reading why a memory is as it is: its score, its facts as they stand, its past."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from nrem.policy.decay import Crossing, next_crossing
from nrem.policy.explain import coming
from nrem.policy.model import MemoryFacts
from nrem.policy.params import Policy
from nrem.policy.score import Score
from nrem.store import view
from nrem.store.memory import facts_of
from nrem.store.statement import statement
from nrem.store.view import MemoryView

_MOST_CROSSINGS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A change of state or tier that has happened; without a run until it is written down."""

    at: datetime
    kind: str
    before: str
    after: str
    reason: str
    run_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A memory, what decides its future, what its score was made of (if kept), past and future."""

    shown: MemoryView
    facts: MemoryFacts
    upcoming: tuple[Crossing, ...]
    is_importance_given: bool
    score: Score | None
    past: tuple[Passed, ...]


def read(
    conn: Connection, org_id: int, memory_id: int, *, policy: Policy, now: datetime
) -> Explained | None:
    """All that explains a memory at `now`, or None when there is no such memory."""
    found = view.read_memories(conn, org_id, [memory_id], policy=policy, now=now)
    key = {"org_id": org_id, "memory_id": memory_id}
    kept = conn.execute(statement("memory_features"), key).one_or_none()
    if not found or kept is None:
        return None
    shown = found[0]
    rows = conn.execute(statement("crossing_list"), {**key, "limit": _MOST_CROSSINGS})
    facts = _facts(shown)
    return Explained(
        shown=shown,
        facts=facts,
        upcoming=tuple(coming(next_crossing(facts, policy), facts, policy)),
        is_importance_given=kept.importance_given,
        score=Score.of_record(kept.features) if kept.features else None,
        past=(*_written(rows.all()), *_unwritten(shown)),
    )


def _facts(shown: MemoryView) -> MemoryFacts:
    """The facts as they stand, written down or not."""
    return replace(facts_of(shown.row), state=shown.state, state_since=shown.state_since)


def _written(rows: Sequence[Any]) -> list[Passed]:
    return [
        Passed(
            at=row.at,
            kind=row.kind,
            before=row.before,
            after=row.after,
            reason=row.reason,
            run_id=row.run_id,
        )
        for row in rows
    ]


def _unwritten(shown: MemoryView) -> list[Passed]:
    """The change that time has brought and no pass has written down yet."""
    if shown.state == shown.row.state:
        return []
    return [
        Passed(
            at=shown.state_since,
            kind="state",
            before=shown.row.state,
            after=str(shown.state),
            reason=shown.state_reason or "",
            run_id=None,
        )
    ]
