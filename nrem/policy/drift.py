"""Whether what could be answered before a run can be answered after it. No model is asked.

A probe is a question with gaps, made of one statement: its numbers, dates and names are what is
asked for, its other telling words are the question. It is answered when the few rows that its words
recall hold what is asked for, and enough of the words. Pure and deterministic; the order of the
rows does not matter. A statement answers its own probe, so all are answerable before.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from heapq import nsmallest
from typing import Final

from nrem.policy.consolidate_repeat import HARMLESS, NUMBER_WORDS, statement_of
from nrem.policy.params_drift import DriftPolicy
from nrem.policy.score import telling
from nrem.policy.text import FUNCTION_WORDS, lexemes

REASON: Final = "drift"
# Of a run in which rules proposed, since what was proposed before was rejected.
DRIFTED: Final = "rules_after_drift"
# Probes of one run, of its weightiest statements: who loses some loses some of these.
MAX_PROBES: Final = 100
# The rows that are read for an answer: a statement may be told in three, and a page holds more.
_ROWS: Final = 3
# Share of the words that a row must have to be of the matter at all.
_LEAST_SHARE: Final = 0.25
# A single word that names nothing is no question.
_LEAST_WORDS: Final = 2

_MONTHS: Final = (
    "January February March April May June July August September October November December"
).split()
_ISO_DATE: Final = re.compile(r"\b(\d{4})-(0[1-9]|1[0-2])-(\d{2})\b")
# The first days of a span that a relative date was resolved to: who rewords it may name others.
_SPAN: Final = re.compile(r"\((?:week of \d{1,2}|\d{1,2}(?: \w+)?-\d{1,2}) ")
_ASIDE: Final = re.compile(r"\([^()]*\d{4}\)")
_SPEAKER: Final = re.compile(r"(?:^|(?<=[.?!\"')\]] ))[^:\n.?!]{1,60}:\s")
# A word inside a sentence with a capital; the first word of one has its capital anyway.
_NAME: Final = re.compile(r"(?<=[\w,;)'\"] )[\"'(]?([A-Z\u00c0-\u00de][\w'\u2019-]+)")
_SELF: Final = re.compile(r"I['\u2019]")
# Said of a date from where one stands: the date itself is asked for.
_RELATIVE: Final = frozenset(
    lexemes(
        "yesterday tomorrow today tonight ago last next this past coming week weekend month year"
        " day night morning afternoon evening recently just now"
        " monday tuesday wednesday thursday friday saturday sunday"
    )
)
_UNTOLD: Final = FUNCTION_WORDS | HARMLESS | _RELATIVE | frozenset(lexemes("one"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A question made of one statement."""

    # its place among the run's statements, from 1: what a run row says of it
    number: int
    statement: str
    # what it is recalled by: all of its telling words
    words: frozenset[str]
    # what is asked for; without any, the words themselves
    answer: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How many probes there were, and those that nothing answers any more."""

    asked: int
    lost: tuple[Probe, ...]
    is_rejected: bool

    def record(self) -> Mapping[str, object]:
        """For the run row: numbers, never words."""
        return {"asked": self.asked, "lost": [one.number for one in self.lost]}


def probe(number: int, statement: str, speakers: AbstractSet[str] = frozenset()) -> Probe | None:
    """The probe of a statement; None where it tells too little to be asked for.

    `speakers` are lexemes of the names of those who talk: every row has them.
    """
    said = _SPEAKER.sub("", _SPAN.sub("(", statement_of(_plain_dates(statement))))
    asked = _numbers(said) | _names(said)
    answer = asked - _UNTOLD - speakers
    words = ((telling(_ASIDE.sub(" ", said)) - _UNTOLD) | answer) - speakers
    if not answer and len(words) < _LEAST_WORDS:
        return None
    return Probe(number=number, statement=statement, words=words, answer=answer)


def probes(
    statements: Iterable[str], speakers: AbstractSet[str] = frozenset()
) -> tuple[Probe, ...]:
    """The probes of statements, in their order, `MAX_PROBES` at most."""
    made: list[Probe] = []
    for one in statements:
        found = probe(len(made) + 1, one, speakers)
        if found is not None and len(made) < MAX_PROBES:
            made.append(found)
    return tuple(made)


def drift(asked: Sequence[Probe], rows: Iterable[frozenset[str]], policy: DriftPolicy) -> Drift:
    """Which probes are not answered by the rows: the words of what is recallable after the run."""
    held = sorted(set(rows), key=sorted)
    lost = tuple(one for one in asked if not is_answered(one, held, policy))
    return Drift(
        asked=len(asked),
        lost=lost,
        is_rejected=len(lost) > policy.max_lost_share * len(asked),
    )


def joined(several: Iterable[Drift]) -> Drift:
    """Of a run in parts: it is rejected with any of them; numbers go on from part to part."""
    asked, lost, is_rejected = 0, [], False
    for one in several:
        lost += [replace(its, number=asked + its.number) for its in one.lost]
        asked += one.asked
        is_rejected = is_rejected or one.is_rejected
    return Drift(asked=asked, lost=tuple(lost), is_rejected=is_rejected)


def words_of(row: str) -> frozenset[str]:
    """The lexemes by which a row answers; dates in figures count as if they were in words."""
    return frozenset(lexemes(_plain_dates(row)))


def is_answered(one: Probe, rows: Sequence[frozenset[str]], policy: DriftPolicy) -> bool:
    """Whether the rows nearest to the probe, by words in common, hold its answer together."""
    shares = ((len(row & one.words), at) for at, row in enumerate(rows))
    near = nsmallest(
        _ROWS, ((-share, at) for share, at in shares if share >= _LEAST_SHARE * len(one.words))
    )
    found = frozenset[str]().union(*(rows[at] for _, at in near))
    return one.answer <= found and len(one.words & found) >= policy.keep_words * len(one.words)


def _numbers(said: str) -> frozenset[str]:
    return frozenset(one for one in lexemes(said) if one[0].isdigit() or one in NUMBER_WORDS)


def _names(said: str) -> frozenset[str]:
    found = (one for one in _NAME.findall(said) if not _SELF.match(one))
    return frozenset(word for name in found for word in lexemes(name))


def _plain_dates(text: str) -> str:
    return _ISO_DATE.sub(lambda it: f"{int(it[3])} {_MONTHS[int(it[2]) - 1]} {it[1]}", text)
