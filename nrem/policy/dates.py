"""Relative dates of English text, resolved against the day a sentence was said.

"yesterday", said on 8 May 2023, is 7 May 2023 for ever; a memory that keeps only the word is
wrong a day later. What cannot be resolved with confidence ("recently", "a few days ago") stays
as it is. Weeks start on Monday; seasons are the meteorological ones of the northern half.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final


class Precision(StrEnum):
    """How exact a resolved date is; the coarser ones cover a span of days."""

    DAY = "day"
    WEEKEND = "weekend"
    WEEK = "week"
    MONTH = "month"
    SEASON = "season"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedDate:
    """One expression of a text and the days it means."""

    # half-open character range of the expression
    start: int
    end: int
    text: str
    # inclusive; equal for precision day
    first: date
    last: date
    precision: Precision

    def label(self) -> str:
        """The days in words, such as `7 May 2023`, `6-7 May 2023` or `week of 1 May 2023`."""
        return _LABELS[self.precision](self.first, self.last)


def resolve(text: str, said_at: datetime) -> list[ResolvedDate]:
    """The relative dates in `text` that are certain enough to write down, in reading order.

    Spans never overlap. An expression already followed by a bracket is left out, so annotating
    twice changes nothing; so is one whose date no calendar holds.
    Raises: ValueError when `said_at` is naive, because its day would be a guess.
    """
    if said_at.tzinfo is None:
        raise ValueError("said_at must carry a time zone")
    found: list[ResolvedDate] = []
    for match in _EXPRESSION.finditer(text):
        if _is_closed(text, match):
            continue
        span = _span_of(match, said_at.date(), text)
        if span is not None:
            found.append(
                ResolvedDate(
                    start=match.start(),
                    end=match.end(),
                    text=match.group(),
                    first=span[0],
                    last=span[1],
                    precision=span[2],
                )
            )
    return found


def annotate(text: str, said_at: datetime) -> str:
    """`text` with each relative date followed by what it means: `yesterday (7 May 2023)`.

    Nothing is taken away, and annotating the result again changes nothing.
    Raises: ValueError when `said_at` is naive.
    """
    parts: list[str] = []
    at = 0
    for one in resolve(text, said_at):
        parts += [text[at : one.end], f" ({one.label()})"]
        at = one.end
    return "".join([*parts, text[at:]])


_Span = tuple[date, date, Precision]
_Builder = Callable[[re.Match[str], date, str], _Span]

_MONTHS: Final = (
    "January February March April May June July August September October November December"
).split()
_WEEKDAYS: Final = "monday tuesday wednesday thursday friday saturday sunday".split()
_SEASONS: Final = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_NUMBERS: Final = {
    word: value
    for value, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), start=1
    )
} | {"a": 1, "an": 1}

_WEEKDAY: Final = f"{'|'.join(_WEEKDAYS)}|(?-i:Mon|Tues?|Wed|Thur?s?|Fri|Sat|Sun)"
_COUNT: Final = rf"\d{{1,3}}|{'|'.join(_NUMBERS)}"
# Months only with their capital: "this may take long" names none.
_NAMED: Final = f"(?-i:{'|'.join(_MONTHS)})|{'|'.join(_SEASONS)}"
_EXPRESSION: Final = re.compile(
    rf"""\b(?:
      (?P<before>the\s+day\s+before\s+yesterday) | (?P<after>the\s+day\s+after\s+tomorrow)
    | (?P<yesterday>yesterday|last\s+night) | (?P<tomorrow>tomorrow)
    | (?P<today>today|tonight|this\s+(?:morning|afternoon|evening))
    | (?P<ago_count>{_COUNT})\s+(?P<ago_unit>day|week|month|year|weekend)s?\s+ago
    | in\s+(?P<in_count>{_COUNT})\s+(?P<in_unit>day|week|month|year)(?:s?['\u2019]?s?\s+time|s?)
    | (?<!\bthe\s)(?P<which>last|this|next)\s+(?P<what>week(?:end)?|month|year|{_WEEKDAY}|{_NAMED})
    | (?P<near>this\s+past|this\s+coming|past)\s+(?P<near_what>weekend|{_WEEKDAY})
    | (?P<on>on)\s+(?P<weekday>{_WEEKDAY})
    )\b(?:['\u2019]s\b)?""",
    re.IGNORECASE | re.VERBOSE,
)
# Signs that a sentence tells what was; without one, a bare weekday is the coming one.
_PAST: Final = re.compile(
    r"\b(?:was|were|had|did|went|got|came|saw|met|took|made|gave|found|left|felt|ran|won|lost"
    r"|bought|told|said|began|started|\w{3,}ed)\b",
    re.IGNORECASE,
)

_STOP: Final = re.compile(r"[.,;!?\n]")


def _is_closed(text: str, match: re.Match[str]) -> bool:
    """Whether the expression is annotated already, or is a name such as the song `Yesterday`."""
    if text[match.end() :].lstrip(" ").startswith("("):
        return True
    before = text[: match.start()].rstrip(" \"'")
    starts_sentence = not before or before[-1] in ".!?:;\n([,-\u2013\u2014"
    return match.group()[0].isupper() and not starts_sentence


def _span_of(match: re.Match[str], said: date, text: str) -> _Span | None:
    try:
        for kind, build in _BUILDERS:
            if match[kind] is not None:
                return build(match, said, text)
    except (OverflowError, ValueError):
        return None
    return None


def _shifted(days: int) -> _Builder:
    def build(_match: re.Match[str], said: date, _text: str) -> _Span:
        return _day(said + timedelta(days=days))

    return build


def _ago(match: re.Match[str], said: date, _text: str) -> _Span:
    return _moved(said, -_count(match["ago_count"]), match["ago_unit"].lower())


def _ahead(match: re.Match[str], said: date, _text: str) -> _Span:
    return _moved(said, _count(match["in_count"]), match["in_unit"].lower())


def _named(match: re.Match[str], said: date, _text: str) -> _Span:
    way = {"last": -1, "this": 0, "next": 1}[match["which"].lower()]
    return _days_named(match["what"].lower(), said, way)


def _near(match: re.Match[str], said: date, _text: str) -> _Span:
    way = 1 if match["near"].lower().endswith("coming") else -1
    what = match["near_what"].lower()
    # On Monday, "this coming weekend" is the one of this week.
    return _days_named(what, said, 0 if what == "weekend" and way > 0 else way)


def _days_named(what: str, said: date, way: int) -> _Span:
    if what in _SEASONS:
        return _season(said, _SEASONS[what], way)
    if what.capitalize() in _MONTHS:
        return _month_named(said, _MONTHS.index(what.capitalize()) + 1, way)
    if what in {"week", "weekend", "month", "year"}:
        return _moved(said, way, what)
    return _day(_weekday(said, what, way))


def _bare_weekday(match: re.Match[str], said: date, text: str) -> _Span:
    start = max(text.rfind(mark, 0, match.start()) for mark in ".,;!?\n") + 1
    stop = _STOP.search(text, match.end())
    way = -1 if _PAST.search(text, start, stop.start() if stop else len(text)) else 1
    return _day(_weekday(said, match["weekday"], way))


_BUILDERS: Final[tuple[tuple[str, _Builder], ...]] = (
    ("before", _shifted(-2)),
    ("after", _shifted(2)),
    ("yesterday", _shifted(-1)),
    ("tomorrow", _shifted(1)),
    ("today", _shifted(0)),
    ("ago_count", _ago),
    ("in_count", _ahead),
    ("which", _named),
    ("near", _near),
    ("on", _bare_weekday),
)


def _count(words: str) -> int:
    return int(words) if words.isdecimal() else _NUMBERS[words.lower()]


def _day(at: date) -> _Span:
    return at, at, Precision.DAY


def _moved(said: date, steps: int, unit: str) -> _Span:
    if unit == "day":
        return _day(said + timedelta(days=steps))
    if unit == "year":
        return date(said.year + steps, 1, 1), date(said.year + steps, 12, 31), Precision.YEAR
    if unit == "month":
        months = said.year * 12 + said.month - 1 + steps
        return _month(months // 12, months % 12 + 1)
    monday = said - timedelta(days=said.weekday()) + timedelta(weeks=steps)
    if unit == "week":
        return monday, monday + timedelta(days=6), Precision.WEEK
    return monday + timedelta(days=5), monday + timedelta(days=6), Precision.WEEKEND


def _month(year: int, month: int) -> _Span:
    after = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), after - timedelta(days=1), Precision.MONTH


def _month_named(said: date, month: int, way: int) -> _Span:
    """The nearest such month strictly before (-1), strictly after (1) or of this year (0)."""
    year = said.year
    if way < 0 and month >= said.month:
        year -= 1
    if way > 0 and month <= said.month:
        year += 1
    return _month(year, month)


def _weekday(said: date, name: str, way: int) -> date:
    """The nearest such day before (-1) or after (1) the day it was said; 0 is of this week."""
    weekday = next(at for at, day in enumerate(_WEEKDAYS) if day[:3] == name[:3].lower())
    ahead = (weekday - said.weekday()) % 7
    if way < 0:
        return said - timedelta(days=7 - ahead)
    if way > 0:
        return said + timedelta(days=ahead or 7)
    return said + timedelta(days=weekday - said.weekday())


def _season(said: date, first_month: int, way: int) -> _Span:
    """Three months named by the year they start in; `last` is the latest that is over."""
    year = said.year
    if way <= 0 and first_month == 12 and said.month < 3:
        year -= 1
    span = _season_of(year, first_month)
    if way < 0 and span[1] >= said:
        span = _season_of(year - 1, first_month)
    if way > 0 and span[0] <= said:
        span = _season_of(year + 1, first_month)
    return span


def _season_of(year: int, first_month: int) -> _Span:
    last = _month(year + (first_month + 1) // 12, (first_month + 1) % 12 + 1)[1]
    return date(year, first_month, 1), last, Precision.SEASON


def _written(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _weekend_label(first: date, last: date) -> str:
    if first.month == last.month:
        return f"{first.day}-{_written(last)}"
    return f"{_written(first)} to {_written(last)}"


def _season_label(first: date, last: date) -> str:
    name = {3: "spring", 6: "summer", 9: "autumn", 12: "winter"}[first.month]
    years = f"{first.year}" if first.year == last.year else f"{first.year}/{last.year}"
    return f"{name} {years}"


_LABELS: Final[dict[Precision, Callable[[date, date], str]]] = {
    Precision.DAY: lambda first, _last: _written(first),
    Precision.WEEKEND: _weekend_label,
    Precision.WEEK: lambda first, _last: f"week of {_written(first)}",
    Precision.MONTH: lambda first, _last: f"{_MONTHS[first.month - 1]} {first.year}",
    Precision.SEASON: _season_label,
    Precision.YEAR: lambda first, _last: f"{first.year}",
}
