"""Ticks: turns instants that passed into due work and nudges; any number of schedulers is safe.

APScheduler calls both functions here; whether an instant counts is decided by the key of its row,
by the database's clock, and never by this process. Schedules are read at each call, so a change
takes effect with the next one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter

import structlog
from sqlalchemy import Connection, Engine

from nrem.queue import Nudger
from nrem.store import engine, schedule, tick, work
from nrem.store.schedule import StoredSchedule
from scheduler.plan import Almanac, Entry, plan
from worker.contract import Pass

_log = structlog.get_logger("scheduler")


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """An instant of a schedule that has come."""

    entry: Entry
    at: datetime

    @property
    def duty(self) -> str:
        """The pass."""
        return self.entry.duty

    @property
    def cause(self) -> str:
        """What the run rows will say."""
        return f"tick:{self.entry.key}@{self.at.isoformat()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticker:
    """One scheduler's hands: a database, a nudger, and its name for the tick rows."""

    database: Engine
    nudger: Nudger
    name: str
    passes: tuple[Pass, ...]
    almanac: Almanac = field(default_factory=Almanac)
    # schedules that were logged as unreadable
    told: set[StoredSchedule] = field(default_factory=set)

    def tick(self) -> None:
        """Claim every schedule's latest instant that nobody claimed, and make its pass due."""
        ripe = sorted(self._ripe(), key=attrgetter("duty", "entry.key"))
        # A transaction for each pass: rows of org_work are locked org by org, for one pass alone.
        for duty, firings in groupby(ripe, key=attrgetter("duty")):
            fired = self._fire(duty, list(firings))
            if fired:
                self.nudger.nudge([duty])
            for one in fired:
                _log.debug("tick.fired", duty=duty, cause=one.cause)

    def _ripe(self) -> list[Firing]:
        with engine.begin(self.database) as conn:
            now = engine.instant(conn)
            planned = plan(self.passes, schedule.read_all(conn))
            newest = tick.newest(conn, [entry.key for entry in planned.entries])
        for row in {*planned.unreadable} - self.told:
            _log.error("schedule.unreadable", duty=row.pass_name, org=row.org_id)
        self.told.update(planned.unreadable)
        found = ((its, self.almanac.last(its, now)) for its in planned.entries)
        return [
            Firing(entry=its, at=at)
            for its, at in found
            if at is not None and at > max(its.set_at, newest.get(its.key, its.set_at))
        ]

    def _fire(self, duty: str, ripe: list[Firing]) -> list[Firing]:
        with engine.begin(self.database) as conn:
            instants = {one.entry.key: one.at for one in ripe}
            claimed = tick.claim(conn, instants, scheduler=self.name)
            fired = [one for one in ripe if one.entry.key in claimed]
            _mark(conn, duty, [one for one in fired if one.entry.is_of_orgs])
        return fired

    def dispatch(self) -> None:
        """Nudge every pass that has due work: a nudge may have been lost, a pause may be over."""
        with engine.begin(self.database) as conn:
            due = work.due_passes(conn)
        self.nudger.nudge(due)

    def prune(self) -> None:
        """Forget old ticks."""
        with engine.begin(self.database) as conn:
            tick.prune(conn)


def _mark(conn: Connection, duty: str, fired: Iterable[Firing]) -> None:
    causes = {one.entry.org_id: one.cause for one in fired}
    of_others = causes.pop(None, None)
    named = {org_id: cause for org_id, cause in causes.items() if org_id is not None}
    if named or of_others:
        work.mark(conn, duty, named, cause_of_others=of_others)
