"""The crontab grammar: five fields become the minutes, hours, days, months and weekdays they name.

As in `man 5 crontab` and POSIX: `*`, numbers, names, ranges, lists, and steps after `*` or a range.
Weekdays count from Sunday, which is 0 and 7. When day of month and weekday are both restricted, a
day that fits either one counts; a field that begins with `*` restricts nothing in this sense.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_MONTHS: Final = ("jan feb mar apr may jun jul aug sep oct nov dec").split()
_WEEKDAYS: Final = ("sun mon tue wed thu fri sat").split()
_LONGEST: Final = 200
_DAYS_IN_MONTH: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_PART: Final = re.compile(
    r"(?:(?P<all>\*)|(?P<first>[0-9]{1,2}|[a-z]{3})(?:-(?P<last>[0-9]{1,2}|[a-z]{3}))?)"
    r"(?:/(?P<step>[0-9]{1,2}))?"
)


class CronError(ValueError):
    """The text is no cron expression; says what it must be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crontab:
    """The values that each field names, rising; weekdays are 0 (Sunday) to 6."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    # both are restricted: a day of `days` or a weekday of `weekdays`; else both must fit
    is_either_day: bool

    @property
    def has_dates(self) -> bool:
        """Whether any month of `months` has a day of `days`."""
        return any(self.days[0] <= _DAYS_IN_MONTH[month - 1] for month in self.months)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    # the value of the first name
    names_from: int = 0

    def number(self, word: str) -> int | None:
        """The value of a number or name; None when it is neither."""
        if word in self.names:
            return self.names.index(word) + self.names_from
        return int(word) if word.isdigit() and self.low <= int(word) <= self.high else None

    def describe(self) -> str:
        """What may stand here."""
        named = f" or {self.names[0]} to {self.names[-1]}" if self.names else ""
        return f"{self.name} is {self.low} to {self.high}{named}"


_FIELDS: Final = (
    _Field(name="minute", low=0, high=59),
    _Field(name="hour", low=0, high=23),
    _Field(name="day of month", low=1, high=31),
    _Field(name="month", low=1, high=12, names=tuple(_MONTHS), names_from=1),
    _Field(name="weekday", low=0, high=7, names=tuple(_WEEKDAYS)),
)
_SUNDAY: Final = 7


@lru_cache(maxsize=512)
def read_crontab(text: str) -> Crontab:
    """The instants that a cron expression names.

    Raises: CronError saying what the first wrong field must be.
    """
    words = text.lower().split(" ") if len(text) <= _LONGEST else []
    words = [word for word in words if word]
    if len(words) != len(_FIELDS):
        raise CronError("a cron expression: minute, hour, day of month, month, weekday")
    minutes, hours, days, months, weekdays = (
        _values(field, word) for field, word in zip(_FIELDS, words, strict=True)
    )
    found = Crontab(
        minutes=minutes,
        hours=hours,
        days=days,
        months=months,
        weekdays=tuple(sorted({day % _SUNDAY for day in weekdays})),
        is_either_day=not words[2].startswith("*") and not words[4].startswith("*"),
    )
    if not found.has_dates and not found.is_either_day:
        raise CronError("a cron expression that names a day which exists")
    return found


def _values(field: _Field, word: str) -> tuple[int, ...]:
    found: set[int] = set()
    for part in word.split(","):
        found.update(_part(field, part))
    return tuple(sorted(found))


def _part(field: _Field, part: str) -> range:
    match = _PART.fullmatch(part)
    if match is None:
        raise CronError(_allowed(field))
    step = int(match["step"] or 1)
    if match["all"]:
        # 7 is only another word for 0
        first, last = field.low, 6 if field.high == _SUNDAY else field.high
    else:
        first, last = _ends(field, match["first"], match["last"])
        if match["step"] and not match["last"]:
            raise CronError(_allowed(field))
    if step < 1 or first > last:
        raise CronError(_allowed(field))
    return range(first, last + 1, step)


def _ends(field: _Field, first_word: str, last_word: str | None) -> tuple[int, int]:
    first = field.number(first_word)
    last = first if last_word is None else field.number(last_word)
    if first is None or last is None:
        raise CronError(_allowed(field))
    # `fri-sun`: the name of day 0 ends a range as day 7
    is_sunday_last = last_word == _WEEKDAYS[0] and field.high == _SUNDAY and first > 0
    return first, _SUNDAY if is_sunday_last else last


def _allowed(field: _Field) -> str:
    return (
        f"a cron expression in which {field.describe()}, *, a rising range a-b, "
        "a list a,b or a step */n, a-b/n"
    )
