"""Reading why a memory is promoted or not: it, the episodes near it, the knowledge near it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from nrem.policy.model import State
from nrem.policy.promote import explain
from nrem.policy.promote_model import Explanation
from nrem.policy.timeline import Timeline
from nrem.store import promote
from nrem.store.promote import Remembered

NOT_LIVE: Final = "it is archived, and only live memories are promoted"
TRUE_NO_MORE: Final = "something else is true instead of it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """The memory, and what promotion finds about it."""

    memory_type: str
    is_waiting: bool
    # the episodes it was made from, if it was promoted
    evidence: tuple[int, ...]
    explanation: Explanation


def read(
    conn: Connection, org_id: int, memory_id: int, *, model: str, timeline: Timeline, now: datetime
) -> Explained | None:
    """What promotion finds about a memory at `now`; None when there is none, or it is forgotten."""

    def memories(ids: list[int]) -> dict[int, Remembered]:
        return promote.read(conn, org_id, ids, model=model, timeline=timeline, now=now)

    asked = memories([memory_id]).get(memory_id)
    if asked is None or asked.state in {State.FORGOTTEN, State.PURGED}:
        return None
    near = memories(promote.neighbours(conn, org_id, [memory_id], model=model))
    around = [one.episode for one in near.values() if one.is_evidence(now)]
    vectors = [asked.row.vector] if asked.row.vector else []
    known = memories(promote.knowledge(conn, org_id, asked.owner, vectors, model=model))
    found = explain(
        asked.episode,
        around,
        [one.knowledge for one in known.values() if one.holds(now)],
        timeline.at(now).promote,
    )
    return Explained(
        memory_type=asked.row.type,
        is_waiting=promote.is_waiting(conn, org_id, asked.owner.subject_id, memory_id),
        evidence=tuple(sorted(asked.row.supporters)),
        explanation=replace(found, never=_barred(asked, now) or found.never),
    )


def _barred(asked: Remembered, now: datetime) -> str | None:
    """Why a memory takes no part, whatever it says."""
    if not asked.is_live:
        return NOT_LIVE
    return None if asked.holds(now) else TRUE_NO_MORE
