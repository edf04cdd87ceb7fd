"""From passes to schedules: pure, so that what will fire can be told without waiting for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from apscheduler.triggers.cron import CronTrigger

from worker.contract import Pass

# Windows in which to look for the last instant that passed: the first that holds one will do, so
# that neither a schedule of seconds nor one of years takes many steps.
_WINDOWS: Final = (
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
    timedelta(days=32),
    timedelta(days=366),
)
_TICK: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """One entry of the plan; `name` is the tick's key and never changes once used."""

    name: str
    duty: str
    trigger: CronTrigger


def plan(passes: Iterable[Pass]) -> tuple[Schedule, ...]:
    """The schedules that the passes ask for, in UTC.

    Raises: ValueError when a cron expression is wrong.
    """
    return tuple(
        Schedule(name=duty.name, duty=duty.name, trigger=trigger)
        for duty in passes
        if (trigger := _trigger(duty)) is not None
    )


def _trigger(duty: Pass) -> CronTrigger | None:
    if duty.cron is not None:
        return CronTrigger.from_crontab(duty.cron, timezone="UTC")
    if duty.every_seconds is not None:
        return CronTrigger(second=f"*/{duty.every_seconds}", timezone="UTC")
    return None


def last_instant(trigger: CronTrigger, now: datetime) -> datetime | None:
    """The latest instant of a schedule that is not after `now`; None when a year holds none.

    However many instants were missed, only the last one counts: decay and rescue are functions of
    time, so one late run does what all the missed ones would have done.
    """
    for window in _WINDOWS:
        found: datetime | None = None
        at = trigger.get_next_fire_time(None, now - window)
        while at is not None and at <= now:
            found, at = at, trigger.get_next_fire_time(at, at + _TICK)
        if found is not None:
            return found
    return None
