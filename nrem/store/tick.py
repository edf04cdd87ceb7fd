"""Ticks: instants at which schedules fired. The key (schedule, instant) makes each happen once."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from nrem.store.statement import statement

# Long enough to see a month's missed runs; the newest tick of a schedule is always kept.
_KEEP_SECONDS = 35 * 86_400.0


def claim(conn: Connection, instants: Mapping[str, datetime], *, scheduler: str) -> set[str]:
    """Claim one instant of each schedule; answers those that no other scheduler has."""
    wanted = {"schedules": list(instants), "instants": list(instants.values())}
    return set(conn.execute(statement("tick_claim"), {**wanted, "scheduler": scheduler}).scalars())


def newest(conn: Connection, schedules: Iterable[str]) -> dict[str, datetime]:
    """The last instant of each of these schedules that ever fired."""
    rows = conn.execute(statement("tick_newest"), {"schedules": list(schedules)})
    return {row.schedule: row.instant for row in rows}


def prune(conn: Connection) -> None:
    """Forget ticks older than 35 days."""
    conn.execute(statement("tick_prune"), {"keep_seconds": _KEEP_SECONDS})
