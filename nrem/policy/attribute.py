"""What a statement says to hold from now on, as attributes that have one value at a time.

`Ada lives in Paris` gives the home of Ada, `I hate hiking` whether the speaker likes hiking. Words
alone decide, by English patterns, so the same words always give the same; a statement of which
nothing is understood gives nothing. Nothing is taken from questions, wishes, plans, conditions,
quotes, the past, nor from what may have several values at once (languages spoken, cars driven).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from nrem.policy.attribute_clause import Clause, clauses
from nrem.policy.attribute_couple import of_couple
from nrem.policy.attribute_fact import facts
from nrem.policy.attribute_habit import habits
from nrem.policy.attribute_noun import things_said
from nrem.policy.attribute_subject import statement, subject
from nrem.policy.attribute_taste import tastes
from nrem.policy.attribute_value import agree

_SEPARATOR: Final = "\x1f"
# in words
_PLAIN_CLAUSE: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One thing that has one value at a time."""

    # whose it is: a name, `user`, or a relative of either, such as `ada sister`
    holder: str
    # what it is, such as `town` or `likes hiking`
    name: str
    # in words that `agree` can compare
    value: str

    @property
    def key(self) -> str:
        """Holder and name in one stable string; equal for whatever could contradict each other."""
        return f"{self.holder}{_SEPARATOR}{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A clause of a statement and the attributes that it states."""

    text: str
    attributes: tuple[Attribute, ...]


def attributes(content: str) -> tuple[Attribute, ...]:
    """The attributes that a memory's content states, each once, in the order said.

    One of which the content itself states two values is left out.
    """
    stated: dict[str, Attribute] = {}
    torn = set()
    for one in (one for part in parts(content) for one in part.attributes):
        if one.key in stated and not agree(stated[one.key].value, one.value):
            torn.add(one.key)
        stated.setdefault(one.key, one)
    return tuple(one for key, one in stated.items() if key not in torn)


def attribute_names(content: str) -> tuple[str, ...]:
    """The keys of the attributes that a content states, sorted: those that it could contradict.

    They hold words that people said, so they are not for logs.
    """
    return tuple(sorted({one.key for one in attributes(content)}))


def parts(content: str) -> tuple[Part, ...]:
    """The clauses of a content that are said to hold, in the order said, with their attributes."""
    return tuple(_parts(content))


def _parts(content: str) -> Iterator[Part]:
    holder: str | None = None
    for clause in clauses(content):
        about = subject(clause)
        said = clause.text
        if about is not None:
            holder, said = about
        elif not clause.is_continued:
            holder = None
        stated = tuple(_stated(clause, holder, said))
        yield Part(text=clause.text, attributes=stated)
        # The subject of a longer clause that is not understood may be another one by its end.
        if not stated and len(clause.text.split()) > _PLAIN_CLAUSE:
            holder = None


def _stated(clause: Clause, holder: str | None, said: str) -> Iterator[Attribute]:
    found = statement(holder, said) if holder is not None else None
    if found is not None:
        for name, value in (*facts(found), *tastes(found), *habits(found)):
            yield Attribute(holder=found.holder, name=name, value=value)
    for whose, name, value in (*things_said(clause), *of_couple(clause)):
        yield Attribute(holder=whose, name=name, value=value)
