"""Ticks: instants at which schedules fired. The key (schedule, instant) makes each happen once."""

from datetime import datetime

from sqlalchemy import Connection

from nrem.store.statement import statement

# Long enough to see a month's missed runs; the newest tick of a schedule is always kept.
_KEEP_SECONDS = 35 * 86_400.0


def add(conn: Connection, schedule: str, instant: datetime, *, scheduler: str) -> bool:
    """Claim an instant; False when a scheduler has it already."""
    row = conn.execute(
        statement("tick_add"),
        {"schedule": schedule, "instant": instant, "scheduler": scheduler},
    ).one_or_none()
    return row is not None


def newest(conn: Connection) -> dict[str, datetime]:
    """The last instant of each schedule that ever fired."""
    return {r.schedule: r.instant for r in conn.execute(statement("tick_newest"))}


def prune(conn: Connection) -> None:
    """Forget ticks older than 35 days."""
    conn.execute(statement("tick_prune"), {"keep_seconds": _KEEP_SECONDS})
