"""Dates, numbers and marks of one occasion taken out of English: what is left holds on any day.

"I ran 5 km on Monday (15 May 2023) again" is about running. What is left has only words of the
text, in their order.
"""

import re
from typing import Final

from nrem.policy.text import lexemes

_MONTH: Final = (
    "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    "|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_DAY: Final = "(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_UNIT: Final = "(?:seconds?|minutes?|hours?|days?|weekends?|weeks?|months?|years?)"
_COUNT: Final = (
    r"(?:\d{1,4}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|a\sfew|few|several)"
)
# As `nrem.policy.dates` writes what a relative date means.
_RESOLVED: Final = re.compile(
    rf"\s?\((?:week\sof\s|(?:spring|summer|autumn|winter)\s)?(?:\d{{1,2}}(?:-\d{{1,2}})?\s)?"
    rf"(?:{_MONTH}\s)?(?:19|20)\d\d(?:/\d{{4}})?(?:\sto\s\d{{1,2}}\s{_MONTH}\s\d{{4}})?\)"
)
_EXPRESSION: Final = re.compile(
    rf"""(?P<lead>\b(?:on|in|at|from|since|until|by|around|about|during|for|of)\s+)?
    (?P<date>(?<!\w)(?:
      (?:19|20)\d\d-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?Z?)?
    | (?-i:{_MONTH})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+(?:19|20)\d\d)?
    | \d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?-i:{_MONTH})(?:,?\s+(?:19|20)\d\d)?
    | (?-i:{_MONTH}),?\s+(?:19|20)\d\d
    | the\s+day\s+(?:before\s+yesterday|after\s+tomorrow)
    | yesterday(?:\s+(?:morning|afternoon|evening|night))? | tomorrow | today | last\s+night
    | (?P<part>this\s+(?:morning|afternoon|evening|weekend)|tonight)
    | {_COUNT}\s+{_UNIT}\s+ago
    | (?:last|this|next|this\s+past|this\s+coming|the\s+other)\s+
      (?:week(?:end)?|month|year|day|spring|summer|autumn|fall|winter|{_DAY}|(?-i:{_MONTH}))
    | (?P<weekday>(?<=on\s)(?:{_DAY}))
    )(?!\w))""",
    re.IGNORECASE | re.VERBOSE,
)
_ONCE: Final = re.compile(
    r",?\s*(?<!\w)(?:yet\sagain|once\sagain|once\smore|again|this\stime|right\snow|just\snow|earlier"
    r"|recently|lately|also|as\susual)(?!\w)(?!\sand\sagain)",
    re.IGNORECASE,
)
_MEASURE: Final = (
    "(?:km|kilomet(?:er|re)s?|miles?|met(?:er|re)s?|m|cm|kg|g|lbs?|pounds?|l|lit(?:er|re)s?|ml"
    "|percent|seconds?|secs?|minutes?|mins?|hours?|hrs?|h|days?|weeks?|months?|years?|times|pages?"
    r"|steps|degrees|euros?|dollars?|a\.?m\.?|p\.?m\.?|o['\u2019]clock)"
)
_NUMBER: Final = re.compile(
    r"(?P<lead>(?<!\w)(?:(?:about|around|at|after|for|in|over|under|nearly|almost|only|within)\s+)*)"
    rf"[$€£#v]?(?P<number>\d+(?:[.,:]\d+)*)(?:st|nd|rd|th|x|%|k)?(?:\s?{_MEASURE}(?!\w))?",
    re.IGNORECASE,
)
_NEEDS_OBJECT: Final = re.compile(
    r"\b(?:is|was|are|were|am|be|been|took|takes?|costs?|paid|pays?|weighs?|weighed|scored?|lasts?"
    r"|lasted|spent|equals|than)[\s.!,]*$",
    re.IGNORECASE,
)
_LEADING: Final = re.compile(
    r"^(?:[\s,;:.!\u2026-]+|(?:and|but|so|also|then|well|oh|yeah|yes|ok|okay|plus|btw|anyway)\b[,\s]+)+",
    re.IGNORECASE,
)
_SPACES: Final = re.compile(r"\s+")
_BEFORE_MARK: Final = re.compile(r"\s+(?=[,.;:!?])|[,;]+(?=\s*[.!?])|,(?=\s*,)")


def undated(text: str, keep: frozenset[str] = frozenset()) -> str:
    """The text without dates and one-off marks.

    "this morning" and "on Monday" stay where the lexeme of that part or day is in `keep`; what the
    date of it was goes all the same.
    """
    plain = _RESOLVED.sub("", text)

    def replaced(match: re.Match[str]) -> str:
        kept = match["part"] or match["weekday"]
        return match.group() if kept and keep & frozenset(lexemes(kept)) else " "

    return tidied(_ONCE.sub(" ", _EXPRESSION.sub(replaced, plain)))


def unmeasured(text: str) -> str:
    """The text without numbers and what they measure."""
    return _NUMBER.sub(" ", text)


def without_numbers(text: str, keep: frozenset[str]) -> str | None:
    """The text without numbers that are not in `keep`; None when it cannot be without one."""
    parts: list[str] = []
    at = 0
    for match in _NUMBER.finditer(text):
        if keep.issuperset(lexemes(match["number"])):
            continue
        before = text[at : match.start()]
        if not match["lead"] and _NEEDS_OBJECT.search(before):
            return None
        parts += [before, " "]
        at = match.end()
    return tidied("".join([*parts, text[at:]])) or None


def tidied(text: str) -> str:
    """The text with single spaces, and without marks and conjunctions that lead nowhere."""
    plain = _BEFORE_MARK.sub("", _SPACES.sub(" ", text))
    return _LEADING.sub("", plain).strip(" ,;")
