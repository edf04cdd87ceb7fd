"""The day that an observation is about: read from what a model wrote, or from its own text.

Days are written at noon UTC, so that no time zone moves them to another day. Only years 1970 to
2099 and 100 years from now are believed; milliseconds are told from seconds by their size.
"""

import math
import re
from datetime import UTC, date, datetime, time
from typing import Final

# Unix seconds pass this in the year 5138; milliseconds passed it in 1973.
_MILLISECONDS_FROM: Final = 1e11
_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS_AHEAD: Final = 100
_NUMERAL: Final = re.compile(r"-?\d{1,16}(?:\.\d{1,9})?", re.ASCII)
_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH: Final = (
    r"(?P<{0}>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_YEAR: Final = r"(?:19[7-9]|20\d)\d"
_DAY: Final = re.compile(
    rf"\b(?P<iso>{_YEAR}-\d\d-\d\d)(?!\d)"
    rf"|\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:-\d{{1,2}})?\s(?:of\s)?{_MONTH.format('month')}"
    rf"\.?,?\s(?P<year>{_YEAR})\b"
    rf"|\b{_MONTH.format('us_month')}\.?\s(?P<us_day>\d{{1,2}})(?:st|nd|rd|th)?,?\s"
    rf"(?P<us_year>{_YEAR})\b"
)


def day_at(day: date) -> datetime:
    """The instant that stands for a day: its noon in UTC."""
    return datetime.combine(day, time(12), UTC)


def read_date(value: str | float | None, now: datetime) -> datetime | None:
    """The instant a model named: ISO 8601, Unix seconds or milliseconds, also as text.

    None when it is none, or lies outside 1970 to 100 years after `now`. Never raises.
    """
    if value is None:
        return None
    try:
        found = _of_text(value.strip()) if isinstance(value, str) else _of_seconds(float(value))
    except (ValueError, OverflowError, OSError):
        return None
    return found if _is_believed(found, now) else None


def named_day(text: str) -> date | None:
    """The first whole date that a text names, such as `7 May 2023`; None without one."""
    for match in _DAY.finditer(text):
        try:
            return _day_of(match)
        except ValueError:
            continue  # a date that no calendar holds
    return None


def _of_text(text: str) -> datetime:
    if _NUMERAL.fullmatch(text):
        return _of_seconds(float(text))
    if len(text) == len("2023-05-07"):
        return day_at(date.fromisoformat(text))
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.utcoffset() is None else found.astimezone(UTC)


def _of_seconds(number: float) -> datetime:
    if not math.isfinite(number):
        raise ValueError
    seconds = number / 1000 if abs(number) >= _MILLISECONDS_FROM else number
    return datetime.fromtimestamp(seconds, UTC)


def _is_believed(found: datetime, now: datetime) -> bool:
    return found >= _FIRST and found.year <= now.year + _YEARS_AHEAD


def _day_of(match: re.Match[str]) -> date:
    if match["iso"]:
        return date.fromisoformat(match["iso"])
    month = match["month"] or match["us_month"]
    return date(
        int(match["year"] or match["us_year"]),
        _MONTHS.index(month[:3].lower()) + 1,
        int(match["day"] or match["us_day"]),
    )
