"""Reading memories, events and sessions as callers see them: with names instead of row numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from nrem.policy.decay import Crossing, effective_at
from nrem.policy.life import settle
from nrem.policy.model import MemoryFacts, State
from nrem.policy.state import shown_tier
from nrem.policy.timeline import Timeline
from nrem.store.life import life_of
from nrem.store.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryView:
    """A memory row with its names and sources, and what time has made of it."""

    row: Any
    # how it stands, its uses counted, whether or not a pass has written that down
    facts: MemoryFacts
    effective_importance: float
    upcoming: Crossing | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which memories a listing shows; None means any."""

    agent_id: int | None = None
    user_id: int | None = None
    session_id: int | None = None
    memory_type: str | None = None
    tier: str | None = None
    state: str | None = None


def read_memories(
    conn: Connection, org_id: int, ids: Sequence[int], *, timeline: Timeline, now: datetime
) -> list[MemoryView]:
    """The memories with these numbers, in their order; a state that time brought is shown."""
    rows = conn.execute(statement("memory_read"), {"org_id": org_id, "memory_ids": list(ids)})
    return [_view(row, timeline, now) for row in rows]


def _view(row: Any, timeline: Timeline, now: datetime) -> MemoryView:  # noqa: ANN401 - a row
    settled = settle(life_of(row), timeline, now, purges=not row.is_kept)
    return MemoryView(
        row=row,
        facts=settled.facts,
        effective_importance=effective_at(settled.facts, timeline.at(now), now),
        upcoming=settled.upcoming,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Memories of a listing, and the last number looked at when there are more behind it."""

    memories: list[MemoryView]
    last_id: int | None


def list_memories(
    conn: Connection,
    org_id: int,
    filters: Filters,
    *,
    after_id: int,
    limit: int,
    timeline: Timeline,
    now: datetime,
) -> Page:
    """Memories after `after_id`, oldest first, as the filters say; forgotten ones only if asked.

    What time has changed counts, written down or not, so a page may be shorter than `limit`.
    """
    given = {"org_id": org_id, "after_id": after_id, "limit": limit + 1, **_columns(filters)}
    numbers = list(conn.execute(statement("memory_list"), given).scalars())
    looked_at = numbers[:limit]
    views = read_memories(conn, org_id, looked_at, timeline=timeline, now=now)
    return Page(
        memories=[one for one in views if _is_asked(one.facts, filters)],
        last_id=looked_at[-1] if len(numbers) > limit else None,
    )


def _is_asked(facts: MemoryFacts, filters: Filters) -> bool:
    if filters.tier and shown_tier(facts) != filters.tier:
        return False
    if filters.state:
        return facts.state == filters.state
    return facts.state not in {State.FORGOTTEN, State.PURGED}


def _columns(filters: Filters) -> dict[str, Any]:
    return {
        "agent_id": filters.agent_id,
        "user_id": filters.user_id,
        "session_id": filters.session_id,
        "type": filters.memory_type,
        "tier": filters.tier,
        "state": filters.state,
    }


def memories_of_events(conn: Connection, org_id: int, event_ids: Sequence[int]) -> dict[int, int]:
    """The memory that each direct store made of its event, by the event's number."""
    if not event_ids:
        return {}
    given = {"org_id": org_id, "event_ids": list(event_ids)}
    rows = conn.execute(statement("memory_by_event"), given)
    return {row.event_id: row.memory_id for row in rows}


def read_event(conn: Connection, org_id: int, event_id: int) -> Any:  # noqa: ANN401 - a row
    """One event and what became of it, or None."""
    return conn.execute(
        statement("event_status"), {"org_id": org_id, "event_id": event_id}
    ).one_or_none()


def read_session(conn: Connection, org_id: int, name: str) -> Any:  # noqa: ANN401 - a row
    """One explicit session by the caller's id, or None."""
    return conn.execute(statement("session_read"), {"org_id": org_id, "name": name}).one_or_none()
