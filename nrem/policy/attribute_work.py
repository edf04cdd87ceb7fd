"""Where somebody works or studies, as what, and under whom.

Only a name counts as an employer or a school (`Acme`, not `a startup`), since a kind of place and
its name do not contradict each other. Leaving one tells only which one it is not. English.
"""

import re
from collections.abc import Iterator
from typing import Final

from nrem.policy.attribute_subject import Statement
from nrem.policy.attribute_value import Pair, facets, is_passing, other_than, valued, words

_NO_NAME: Final = (
    "a|an|the|my|our|his|her|their|its|this|that|it|them|him|me|us|you|home|nights?|noon|weekends"
    "|school|university|college|sea|free|fun|myself|charity|heights?|various|several|two|both"
    "|different|local|least|first|all|work|money|food|good|peace|people|hours|being|becoming"
)
_PROPER: Final = r"[A-Z0-9][\w&.'-]*"
_ORGANISATION: Final = re.compile(
    rf"(?:(?:at|for|with|by|from)\s)?(?P<name>{_PROPER}(?:\s(?:of|and|&|{_PROPER}))*"
    rf"|(?!(?:{_NO_NAME})\b)[a-z][\w-]+(?=$|\s(?:as|now|since|in|these)\b))"
)
_OCCUPATION: Final = re.compile(
    r"(?:as\s|to\s)?(?:an?\s|the\s)?(?P<what>[\w/ -]+?)(?=$|[,.(]"
    r"|\s(?:at|for|in|with|and|since|who|where|now|on|from|while|these|again|of|by)\b)"
)
# One word for each occupation that has several.
_SAME_JOBS: Final = (
    (re.compile(r"\b(?:software\s)?(?:developer|programmer|coder)\b"), "software engineer"),
    (re.compile(r"\b(?:physician|gp)\b"), "doctor"),
    (re.compile(r"\battorney\b"), "lawyer"),
    (re.compile(r"\b(?:educator|school\s?teacher)\b"), "teacher"),
    (re.compile(r"\b(?:waitress|server)\b"), "waiter"),
)
# What one is for a living, and mostly one of them; others may be a second thing one does.
_LIVING: Final = (
    "nurse|teacher|engineer|developer|programmer|lawyer|attorney|doctor|physician|surgeon|accountant"
    "|architect|dentist|pharmacist|plumber|electrician|carpenter|mechanic|librarian|paramedic|pilot"
    "|chef|baker|barista|waiter|waitress|journalist|scientist|professor|police officer|firefighter"
    "|veterinarian|vet|bartender|cashier|receptionist|secretary|banker|broker|realtor|translator"
    "|designer|analyst|psychologist|therapist|social worker|postman|farmer|butcher|hairdresser"
)
_IS_BY_TRADE: Final = re.compile(
    rf"(?:now\s)?an?\s(?P<what>(?:[a-z-]+\s){{0,2}}(?:{_LIVING}))"
    r"(?=$|[,.(]|\s(?:now|at|in|for|by|and|since|these|again|with|who)\b)"
)
_FORMER: Final = re.compile(r"\b(?:former|retired|aspiring|future|wannabe|amateur|trained|born)\b")
_ALSO: Final = re.compile(
    r"\b(?:also|as\swell|too|part[- ]time|side|second|another|volunteer|freelance\w*)\b"
)
_JOB: Final = r"(?:job|position|role)"
_NEW_JOB: Final = re.compile(
    rf"(?:working|(?:(?:a|my|the)\s)?(?:new\s)?{_JOB}(?:\sas\san?\s[\w ]+?)?)"
    r"\s(?P<where>(?:at|for|with)\s.+)$"
)
_OLD_JOB: Final = re.compile(rf"^working\s|^(?:my|his|her|the|a)\s(?:old\s|current\s)?{_JOB}\s")
_DISMISSED: Final = re.compile(r"(?:laid\soff|fired|dismissed|let\sgo)\s(?:from|by)\s(?P<who>.+)$")
_HIRED: Final = re.compile(r"hired\s(?P<who>by\s.+)$")
_PROMOTED: Final = re.compile(r"promoted\s(?P<what>to\s.+)$")
_MANAGER: Final = re.compile(r"to\s(?P<who>[A-Z]\w+(?:\s[A-Z]\w+)?)")
_SCHOOL: Final = re.compile(
    r"(?:(?:studying|enrolled)\s)?(?:[a-z ]{1,30}\s)?at\s(?:the\s)?(?P<where>[A-Z].*)$"
)
_SCHOOL_TAIL: Final = re.compile(r"\s(?:now|since|in|and|this|as|for|with)\b|[,.(]")


def occupation(text: str) -> str:
    """An occupation in one of the words for it."""
    folded = text.lower()
    for pattern, same in _SAME_JOBS:
        folded = pattern.sub(same, folded)
    return words(folded)


def works(said: Statement) -> Iterator[Pair]:
    """`works at Acme as an engineer`."""
    rest = said.rest.removeprefix("working ").removeprefix("employed ")
    if (said.verb == "is" and rest == said.rest) or _ALSO.search(rest) or is_passing(rest):
        return
    where = re.match(r"(?:as\san?\s[\w /-]+?\s)?(?P<where>(?:at|for|with|by)\s.+)$", rest)
    if where is not None:
        yield from _employer(where["where"], said)
    yield from _job_of(rest, said)


def is_by_trade(said: Statement) -> Iterator[Pair]:
    """`is a nurse`."""
    found = _IS_BY_TRADE.match(said.rest)
    if found is None or is_passing(said.rest) or _ALSO.search(said.rest):
        return
    if not _FORMER.search(found["what"]):
        yield from valued("occupation", occupation(found["what"]), is_denied=said.is_denied)


def joined(said: Statement) -> Iterator[Pair]:
    """`joined Acme as a designer`."""
    if not said.is_denied and said.rest[:1].isupper():
        yield from _employer(said.rest, said)
        yield from _job_of(said.rest, said)


def started(said: Statement) -> Iterator[Pair]:
    """`started working at Acme`, `got a new job at Acme`."""
    found = _NEW_JOB.match(said.rest)
    if found is not None and not said.is_denied:
        yield from _employer(found["where"], said)


def left(said: Statement) -> Iterator[Pair]:
    """`left Acme`, `quit her job at Acme`."""
    rest = _OLD_JOB.sub("", said.rest)
    if not said.is_denied and (rest != said.rest or rest[:1].isupper()):
        yield from _no_longer(rest)


def judged(said: Statement) -> Iterator[Pair]:
    """`was hired by Acme`, `was promoted to director`, `was laid off by Acme`."""
    dismissed = _DISMISSED.match(said.rest)
    if dismissed is not None:
        yield from _no_longer(dismissed["who"])
    hired = _HIRED.match(said.rest)
    if hired is not None:
        yield from _employer(hired["who"], said)
    promoted = _PROMOTED.match(said.rest)
    if promoted is not None:
        yield from _job(promoted["what"], said)


def reports(said: Statement) -> Iterator[Pair]:
    """`reports to Priya`."""
    found = _MANAGER.match(said.rest)
    if found is not None:
        yield from valued("manager", words(found["who"]), is_denied=said.is_denied)


def studies(said: Statement) -> Iterator[Pair]:
    """`studies physics at MIT`."""
    found = _SCHOOL.match(said.rest)
    is_study = said.verb != "is" or said.rest.startswith(("studying ", "enrolled "))
    if found is not None and is_study:
        school = _SCHOOL_TAIL.split(found["where"], maxsplit=1)[0]
        yield from valued("school", words(school), is_denied=said.is_denied)


def _employer(rest: str, said: Statement) -> Iterator[Pair]:
    found = _ORGANISATION.match(rest)
    if found is not None and not facets(found["name"]):
        yield from valued("employer", words(found["name"]), is_denied=said.is_denied)


def _no_longer(rest: str) -> Iterator[Pair]:
    found = _ORGANISATION.match(rest)
    if found is not None:
        yield "employer", other_than(words(found["name"]))


def _job_of(rest: str, said: Statement) -> Iterator[Pair]:
    found = re.search(r"\bas\s(?P<what>(?:an?|the)\s.+)$", rest)
    if found is not None:
        yield from _job(found["what"], said)


def _job(text: str, said: Statement) -> Iterator[Pair]:
    found = _OCCUPATION.match(text)
    if found is not None:
        yield from valued("occupation", occupation(found["what"]), is_denied=said.is_denied)
