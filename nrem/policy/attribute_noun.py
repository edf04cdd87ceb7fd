"""`X's Y is Z`: what is said of a thing that is named by a noun with one value, such as a deadline.

Things of a team (`the staging port`) are held by whoever speaks of them; what is a person's own
(`Ada's phone number`) by that person. A former, next or other one is another thing. English.
"""

import re
from collections.abc import Iterator
from typing import Final

from nrem.policy.attribute_clause import ASSISTANT, USER, Clause
from nrem.policy.attribute_reader import FAVORITE, MERE_PLACES, PERSONAL, PROPER, values
from nrem.policy.attribute_subject import KIN, holder_of, kin
from nrem.policy.attribute_value import other_than, words

# holder, name, value
Triple = tuple[str, str, str]

_JUST: Final = r"(?:(?:just|recently|now|finally|already|have|has)\s)*"
_CHANGED: Final = (
    r"(?:moved|changed|rescheduled|postponed|pushed(?:\sback)?|delayed|shifted|brought\sforward|set"
    r"|updated|reset|raised|increased|lowered|reduced|cut|bumped|extended|switched|renamed|upgraded"
    r"|rotated)"
)
_ROSE: Final = (
    r"(?:changed|moved|(?:went|gone)\s(?:up|down)|rose|fell|dropped|increased|switched|slipped)"
)
_FROM: Final = r"(?:from\s.{1,40}?\s)?"
_IS: Final = re.compile(
    r"\s(?:is|are)\s(?:(?:now|currently|still|actually|officially|just|really|always|already)\s)*"
    r"(?P<not>(?:not|no\slonger)\s)?(?:(?:now|set|scheduled|due|called|named|equal)\s)*"
    r"(?:(?:to|for|by)\s)?"
    rf"|\s(?:was|were|has\sbeen|have\sbeen|got)\s{_JUST}{_CHANGED}\s{_FROM}(?:to|until|till)\s"
    rf"|\s{_JUST}{_ROSE}\s{_FROM}to\s|\s?[=:]\s"
)
_CHANGES: Final = re.compile(
    rf"(?P<who>I|[Ww]e|(?:[Tt]he\s)?[Uu]ser|[A-Z][\w-]+)\s{_JUST}{_CHANGED}\s"
    r"(?P<what>(?:the|my|our|his|her|their|the\suser's|[A-Z][\w-]+'s)\s.{1,60}?)\s"
    rf"{_FROM}(?:to|until|for)\s(?P<value>.+)$"
)
_PORT: Final = re.compile(
    r"(?P<what>[\w -]{2,40}?)\s(?:(?:now|currently|still|is)\s)*"
    r"(?:runs?|running|listens?|listening)\son\sport\s(?P<port>\d+)"
)
_CALL: Final = re.compile(r"(?:[Pp]lease\s)?[Cc]all\sme\s(?P<name>[A-Z][\w'-]*)")
_OWNER: Final = re.compile(
    r"(?P<owner>[Mm]y|[Oo]ur|(?:[Tt]he\s)?[Uu]ser's"
    r"|[A-Z\u00c0-\u00de][\w-]*(?:\s[A-Z][\w-]*)?'s|[Tt]he)\s"
)
# Whose it is, is not said; or what stands there is no thing.
_NOBODYS: Final = re.compile(
    r"(?:his|her|its|their|your|this|that|these|those|there|it|she|he|they|you|i|we|some|an?|what"
    r"|one|every\w*|another|no)\b",
    re.IGNORECASE,
)
_OTHER: Final = re.compile(
    r"\b(?:former|old|previous|ex|original|last|past|ideal|dream|future|other|another|next|only|one"
    r"|usual|whole|real|best|worst|problem|reason|thing)\b"
)
_MERE: Final = re.compile(r"\b(?:new|current|exact|actual|latest|own|present|very|full|entire)\s")
_SYNONYMS: Final = tuple(
    (re.compile(rf"\b(?:{pattern})\b"), one)
    for pattern, one in (
        (r"favou?rite|fave", FAVORITE),
        (r"e-?mail(?:\saddress)?", "email"),
        (r"(?:tele)?phone(?:\snumber)?", "phone"),
        (r"ip\saddress", "ip"),
        (r"time\s?zone", "timezone"),
        (r"wi-?fi", "wifi"),
        (r"due\sdate", "deadline"),
        (r"date\sof\sbirth|birth\s?date|birth\sday", "birthday"),
        (r"boss|supervisor|line\smanager", "manager"),
        (r"surname|family\sname", "last name"),
        (r"profession|job\stitle|job", "occupation"),
        (r"colour", "color"),
        (r"web\s?site|link", "url"),
        (r"home\s?town", "hometown"),
        (r"home\saddress", "address"),
    )
)
_OF: Final = re.compile(
    r"(?:(?:the|my|our)\s)?(?P<noun>[\w /-]{2,40}?)\s(?:of|for)\s(?P<whose>[^,]{1,40})",
    re.IGNORECASE,
)
_MAX_NOUN: Final = 6


def things_said(clause: Clause) -> Iterator[Triple]:
    """What a clause says of things that are named by a noun: holder, name and value."""
    call = _CALL.match(clause.text)
    if call is not None:
        yield clause.speaker, "nickname", words(call["name"])
    change = _CHANGES.match(clause.text)
    if change is not None:
        what = re.sub(r"^(?:his|her|their)\b", _owner(change["who"]), change["what"])
        yield from _said(clause.speaker, what, change["value"], is_denied=False)
    elif not _NOBODYS.match(clause.text):
        yield from _stated(clause)


def _owner(who: str) -> str:
    return "my" if who in {"I", "We", "we"} else f"{who}'s"


def _stated(clause: Clause) -> Iterator[Triple]:
    port = _PORT.match(clause.text)
    if port is not None:
        yield from _said(clause.speaker, f"{port['what']} port", port["port"], is_denied=False)
    found = _IS.search(clause.text)
    if found is not None:
        what, value = clause.text[: found.start()], clause.text[found.end() :]
        if "moved" in found.group() and what.rpartition(" ")[2] in PROPER:
            return  # "my company moved to Paris"
        yield from _said(clause.speaker, what, value, is_denied=found["not"] is not None)


def _said(speaker: str, what: str, value: str, *, is_denied: bool) -> Iterator[Triple]:
    named = _noun(speaker, _turned(what.strip()))
    if named is None:
        return
    holder, noun = named
    for facet, found in values(noun, value):
        name = "" if noun in MERE_PLACES else " ".join(sorted(set(noun.split())))
        name = f"{name}{facet}".strip()
        yield holder, name, other_than(found) if is_denied else found


def _noun(speaker: str, what: str) -> tuple[str, str] | None:
    """The holder and the noun with its qualifiers; None where it is another one, or too long."""
    holder, is_owned = speaker, False
    while (owner := _OWNER.match(what)) is not None:
        if owner["owner"].lower() != "the":
            holder, is_owned = holder_of(owner["owner"], speaker), True
        what = what[owner.end() :]
    *chain, noun = re.split("'s ", _named(what.lower()))
    if not noun or len(what.split()) > _MAX_NOUN or _OTHER.search(noun):
        return None
    if chain and all(re.fullmatch(KIN, one) for one in chain):
        return _held(speaker, " ".join([holder, *(kin(one) for one in chain)]), noun, is_owned=True)
    return _held(speaker, holder, " ".join([*chain, noun]), is_owned=is_owned)


def _held(speaker: str, holder: str, noun: str, *, is_owned: bool) -> tuple[str, str]:
    """A person's own things are held by that person, a project's by whoever speaks of it."""
    team = USER if speaker == ASSISTANT else speaker
    if noun.rsplit(maxsplit=1)[-1] in PERSONAL or FAVORITE in noun:
        return (holder if is_owned else team), noun
    return team, noun if holder == speaker else f"{holder} {noun}"


def _turned(what: str) -> str:
    """`the port of staging` as `staging port`, `the name of Ada's dog` as `Ada's dog's name`."""
    found = _OF.fullmatch(what)
    if found is None:
        return what
    if re.match(r"(?:my|our|the\suser|[A-Z])", found["whose"]):
        return f"{found['whose']}'s {found['noun']}"
    return f"{found['whose'].removeprefix('the ')} {found['noun']}"


def _named(noun: str) -> str:
    named = _MERE.sub("", noun.strip())
    for pattern, same in _SYNONYMS:
        named = pattern.sub(same, named)
    return named
