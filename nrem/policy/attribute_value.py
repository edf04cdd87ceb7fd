"""The value of an attribute in a form that can be compared, and whether two of them agree.

A value is a line of lexemes. Two agree when the words of one hold those of the other: `Berlin` and
`Berlin, Germany`. Numbers, days and times are brought to one spelling first: `3pm` and `15:00`.
"""

import re
from collections.abc import Iterator
from typing import Final

from nrem.policy.text import lexemes

# The name of an attribute and its value.
Pair = tuple[str, str]

YES: Final = "yes"
NO: Final = "no"
# "Ada no longer works at Acme" says nothing but this about where she works.
_EXCEPT: Final = "not "

_UNITS: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety".split()
NUMBERS: Final = {
    **{word: value for value, word in enumerate(_UNITS)},
    **{word: 10 * value for value, word in enumerate(_TENS, start=2)},
}
# As a pattern, the longer ones first.
NUMBER: Final = rf"(?:\d+|(?:{'|'.join(_TENS)})[ -](?:{'|'.join(_UNITS[1:10])})|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})"  # noqa: E501
_COMPOUND: Final = re.compile(rf"\b({'|'.join(_TENS)})[ -]({'|'.join(_UNITS[1:10])})\b")
_SINGLE: Final = re.compile(rf"\b(?:{'|'.join(NUMBERS)})\b")
_MONTHS: Final = (
    "january february march april may june july august september october november december"
).split()
MONTH: Final = rf"(?:{'|'.join(rf'{one[:3]}(?:{one[3:]})?' for one in _MONTHS)}|sept)\b\.?"
_WEEKDAYS: Final = "monday tuesday wednesday thursday friday saturday sunday".split()
_WEEKDAY: Final = re.compile(rf"\b({'|'.join(_WEEKDAYS)})s?\b", re.IGNORECASE)
_DAY: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_DATES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?P<year>\d{4})-(?P<number>0[1-9]|1[0-2])-(?P<day>\d{2})\b",
        rf"\b{_DAY}(?:\s+of)?\s+(?P<month>{MONTH})(?:,?\s+(?P<year>\d{{4}})\b)?",
        rf"\b(?P<month>{MONTH})\s+(?:the\s+)?{_DAY}\b(?!:)(?:,?\s+(?P<year>\d{{4}})\b)?",
        rf"\b(?P<month>{MONTH})(?:\s+(?P<year>\d{{4}})\b)?",
    )
)
_CLOCK: Final = re.compile(
    r"\b(?P<hour>1?\d)(?:[:.](?P<minute>[0-5]\d))?\s*(?P<half>[ap])\.?m\b\.?"
    r"|\b(?P<hour24>2[0-3]|[01]?\d):(?P<minute24>[0-5]\d)\b|\b(?P<word>noon|midnight)\b",
    re.IGNORECASE,
)
_ORDINAL: Final = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")
_THOUSAND: Final = re.compile(r"\b(\d+(?:\.\d+)?)\s?k\b")
_SPAN: Final = r"(?:days?|weeks?|months?|semester|summer|winter|term|while|bit|weekend|nights?)"
# For a time only, or long ago.
_PASSING: Final = re.compile(
    r"\b(?:if|when|whenever|until|till|during|while|temporarily|every|half|part\sof|tomorrow|soon"
    rf"|for\s(?:the|an?|one|two|three|four|five|six|\d+)\s(?:few\s|couple\sof\s)?{_SPAN}"
    rf"|for\s(?:several|some|now)\b|in\s(?:the\s)?(?:spring|summer|autumn|winter)s?|next\s\w+"
    r"|(?:on\s)?weekends|(?:on\s)?weekdays|as\sa\s(?:child|kid|teen\w*|student|baby|boy|girl)"
    r"|(?:years?|decades?|ages)\sago|back\sin|in\s(?:19|20)\d\d|later|once|briefly|sometimes)\b"
)
_SPELLED: Final = {"colour": "color", "favourit": "favorit", "grey": "gray", "centre": "center"}
_EMPTY: Final = frozenset("a an the".split())


def words(text: str) -> str:
    """The words of a value in one spelling, without articles."""
    folded = _COMPOUND.sub(lambda m: str(NUMBERS[m[1]] + NUMBERS[m[2]]), text.lower())
    folded = _SINGLE.sub(lambda m: str(NUMBERS[m[0]]), folded)
    folded = _THOUSAND.sub(lambda m: f"{float(m[1]) * 1000:.0f}", _ORDINAL.sub(r"\1", folded))
    found = [_spelled(one) for one in lexemes(folded) if one not in _EMPTY]
    # a blood group and a grade may be the letter of an article
    return " ".join(found) or " ".join(lexemes(folded))


def other_than(value: str) -> str:
    """A value that says only which one it is not."""
    return _EXCEPT + value


def valued(name: str, value: str, *, is_denied: bool) -> Iterator[Pair]:
    """The attribute with that value, or with any other one; nothing without a value."""
    if value:
        yield name, other_than(value) if is_denied else value


def is_passing(text: str) -> bool:
    """Whether it is said of a time that ends, or that ended long ago."""
    return _PASSING.search(text) is not None


def agree(one: str, other: str) -> bool:
    """Whether two values of an attribute can both hold."""
    if one.startswith(_EXCEPT) or other.startswith(_EXCEPT):
        if one.startswith(_EXCEPT) and other.startswith(_EXCEPT):
            return True
        return not agree(one.removeprefix(_EXCEPT), other.removeprefix(_EXCEPT))
    first, second = set(one.split()), set(other.split())
    return first <= second or second <= first


def facets(text: str) -> dict[str, str]:
    """What a time says, each part for itself: `day` (a day of the week), `date`, `time`.

    A weekday and a date are not compared with each other, since only a calendar could.
    """
    found: dict[str, str] = {}
    weekdays = {match[1].lower() for match in _WEEKDAY.finditer(text)}
    if len(weekdays) == 1:
        found["day"] = weekdays.pop()
    date = date_words(text)
    if date:
        found["date"] = date
    clock = _CLOCK.search(text)
    if clock is not None:
        found["time"] = _time(clock)
    return found


def date_words(text: str) -> str:
    """The first date of a text as `3 may 1990`, with what of it is said; empty without one."""
    found = (pattern.search(text) for pattern in _DATES)
    return next((_date(match) for match in found if match is not None), "")


def _date(match: re.Match[str]) -> str:
    parts = match.groupdict()
    month = _MONTHS[int(parts["number"]) - 1] if "number" in parts else ""
    if parts.get("month"):
        month = next(one for one in _MONTHS if one.startswith(parts["month"][:3].lower()))
    day = str(int(parts["day"])) if parts.get("day") else ""
    return " ".join(one for one in (day, month, parts.get("year") or "") if one)


def _time(match: re.Match[str]) -> str:
    if match["word"]:
        return "12:00" if match["word"].lower() == "noon" else "00:00"
    hour = int(match["hour"] or match["hour24"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    return f"{hour:02}:{match['minute'] or match['minute24'] or '00'}"


def _spelled(word: str) -> str:
    return _SPELLED.get(word, word)
