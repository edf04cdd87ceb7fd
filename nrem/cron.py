"""From a schedule to its instants, by APScheduler's triggers; every instant is in UTC.

When the clocks go forward, an instant that does not exist comes an hour later on the clock. When
they go back, a schedule of every hour goes by elapsed time, and one of chosen hours fires in the
first of the two equal hours alone: so `30 2 * * *` fires once each day.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger

from nrem.policy.crontab import Crontab, read_crontab
from nrem.policy.schedule import Schedule

# Windows in which to look for the last instant that passed: the first that holds one will do, so
# that neither a schedule of seconds nor one of years takes many steps.
_WINDOWS: Final = (
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
    timedelta(days=32),
    timedelta(days=366),
)
_STEP: Final = timedelta(microseconds=1)
# APScheduler counts weekdays from Monday, a crontab from Sunday: names mean the same to both.
_WEEKDAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_HOURS: Final = 24


class _FirstOfTwo(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """A trigger without the instants of the hour that comes again when the clocks go back."""

    def __init__(self, inner: BaseTrigger) -> None:
        self._inner = inner

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        """The next instant, in the inner trigger's zone."""
        found: datetime | None = self._inner.get_next_fire_time(previous, now)
        while found is not None and found.fold:
            found = self._inner.get_next_fire_time(None, found.astimezone(UTC) + _STEP)
        return found


@lru_cache(maxsize=4096)
def trigger(cron: str, timezone: str) -> BaseTrigger:
    """APScheduler's trigger for a cron expression in a time zone.

    Raises: CronError when the expression is wrong, LookupError when there is no such zone.
    """
    tab, zone = read_crontab(cron), ZoneInfo(timezone)
    made = _trigger(tab, zone)
    return made if len(tab.hours) == _HOURS else _FirstOfTwo(made)


@cache
def every(seconds: int) -> BaseTrigger:
    """A trigger for every so many seconds, counted from the full minute."""
    return CronTrigger(second=f"*/{seconds}", timezone="UTC")


def _trigger(tab: Crontab, zone: ZoneInfo) -> BaseTrigger:
    days: dict[str, Any] = {"day": _list(tab.days)}
    weekdays: dict[str, Any] = {"day_of_week": ",".join(_WEEKDAYS[day] for day in tab.weekdays)}
    if not tab.is_either_day:
        return _cron(tab, zone, days | weekdays)
    # A date that no year has would be looked for through all years.
    either = [days, weekdays] if tab.has_dates else [weekdays]
    return OrTrigger([_cron(tab, zone, one) for one in either])


def _cron(tab: Crontab, zone: ZoneInfo, days: dict[str, Any]) -> CronTrigger:
    return CronTrigger(
        minute=_list(tab.minutes),
        hour=_list(tab.hours),
        month=_list(tab.months),
        second=0,
        timezone=zone,
        **days,
    )


def _list(values: Iterable[int]) -> str:
    return ",".join(map(str, values))


def next_instant(schedule: Schedule, after: datetime) -> datetime | None:
    """The first instant of a schedule later than `after`; None when no year holds one."""
    return next_of(trigger(schedule.cron, schedule.timezone), after)


def last_instant(schedule: Schedule, now: datetime) -> datetime | None:
    """The latest instant of a schedule that is not after `now`; None when the last year held none.

    However many instants were missed, only the last one counts: what ticks start depends on the
    time alone, so one late run does what all the missed ones would have done.
    """
    return last_of(trigger(schedule.cron, schedule.timezone), now)


def next_of(its: BaseTrigger, after: datetime) -> datetime | None:
    """As `next_instant`, of a trigger."""
    # In UTC: in a zone of its own, the hour that comes twice would never end.
    found: datetime | None = its.get_next_fire_time(None, after.astimezone(UTC) + _STEP)
    return None if found is None else found.astimezone(UTC)


def last_of(its: BaseTrigger, now: datetime) -> datetime | None:
    """As `last_instant`, of a trigger."""
    for window in _WINDOWS:
        found: datetime | None = None
        at = next_of(its, now - window - _STEP)
        while at is not None and at <= now:
            found, at = at, next_of(its, at)
        if found is not None:
            return found
    return None
