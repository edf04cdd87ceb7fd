"""Ticks: turns instants that passed into due work and nudges; any number of schedulers is safe.

APScheduler calls both functions here; whether an instant counts is decided by the key of its row,
by the database's clock, and never by this process.
"""

from dataclasses import dataclass

import structlog
from sqlalchemy import Engine

from nrem.queue import Nudger
from nrem.store import engine, tick, work
from scheduler.plan import Schedule, last_instant

_log = structlog.get_logger("scheduler")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticker:
    """One scheduler's hands: a database, a nudger, and its name for the tick rows."""

    database: Engine
    nudger: Nudger
    name: str
    schedules: tuple[Schedule, ...]

    def tick(self) -> None:
        """Claim every schedule's latest instant that nobody claimed, and make its pass due."""
        fired: dict[str, str] = {}
        with engine.begin(self.database) as conn:
            now = engine.instant(conn)
            newest = tick.newest(conn)
            for schedule in self.schedules:
                at = last_instant(schedule.trigger, now)
                if at is None or at <= newest.get(schedule.name, at.min.replace(tzinfo=at.tzinfo)):
                    continue
                if tick.add(conn, schedule.name, at, scheduler=self.name):
                    work.mark_all(conn, schedule.duty)
                    fired[schedule.duty] = f"tick:{schedule.name}@{at.isoformat()}"
        for duty, cause in fired.items():
            self.nudger.nudge([duty], cause=cause)
            _log.debug("tick.fired", duty=duty, cause=cause)

    def dispatch(self) -> None:
        """Nudge every pass that has due work: a nudge may have been lost, a pause may be over."""
        with engine.begin(self.database) as conn:
            due = work.due_passes(conn)
        self.nudger.nudge(due)

    def prune(self) -> None:
        """Forget old ticks."""
        with engine.begin(self.database) as conn:
            tick.prune(conn)
