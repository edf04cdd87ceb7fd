"""Whether two statements say the same: near-duplicates merge, things that only sound alike do not.

Nearness of vectors is asked for and never enough, since "loves" lies next to "hates" and one date
next to another: the words must be the same but for harmless ones, and speaker, numbers, names,
their order, negations and possessives must agree. A paraphrase in other words stays apart.
"""

import re
from dataclasses import dataclass
from math import isfinite
from operator import mul
from typing import Final

from nrem.policy.consolidate_model import Vector
from nrem.policy.params import ConsolidatePolicy
from nrem.policy.text import FUNCTION_WORDS, lexemes


def is_repeat(new: str, old: str) -> bool:
    """Whether `new` says nothing beyond `old`: same speaker, names, numbers and turn of meaning.

    `I'm allergic to nuts` repeats `Remember, I'm allergic to nuts`; it does not repeat `I'm no
    longer allergic to nuts`, nor what somebody else says of himself, nor another day's event.
    """
    return _covers(Meaning.of(old), Meaning.of(new))


# Words that may come or go without changing what is said.
_HARMLESS: Final = frozenset(
    lexemes("""
    a again also an already am and anyway are as be been being by course fact forget honestly is it
    it's its just know let like mention mentioned note of oh ok okay please really remember remembered
    remind reminder right said say so still sure tell that that's the thing think this to told too
    very was well were which yeah yes you know actually absolutely definitely i'm i've i'd
    """)
) - {"like"}
# Function words (and a few verbs) that turn a statement into another one.
_TURNING: Final = frozenset(
    lexemes("""
    not no nor never none nobody nothing neither don't doesn't didn't isn't aren't wasn't weren't won't
    can't cannot couldn't shouldn't wouldn't haven't hasn't hadn't without except unless instead hardly
    rarely almost only if maybe perhaps would could might should used until before after over under up
    down on off in out more most less few than stopped stop quit former wish want he she his her him
    they their them my mine your yours our
    """)
)
_SPEAKER: Final = re.compile(r"^([^:\n]{1,60}):\s")
_NAME: Final = re.compile(r"\b[A-Z\u00c0-\u00de][\w'-]+")
_NUMBER_WORDS: Final = frozenset(
    lexemes("one two three four five six seven eight nine ten eleven twelve dozen hundred thousand half")
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What of a statement must agree before two are one."""

    speaker: str | None
    words: frozenset[str]
    numbers: frozenset[str]
    names: tuple[str, ...]

    @classmethod
    def of(cls, content: str) -> "Meaning":
        """The meaning of a memory's content, which may open with `Speaker: `."""
        spoken = _SPEAKER.match(content)
        said = content[spoken.end() :] if spoken else content
        words = frozenset(lexemes(said))
        named = [word for name in _NAME.findall(said) for word in lexemes(name)]
        return cls(
            speaker=spoken[1].casefold() if spoken else None,
            words=words - _HARMLESS,
            numbers=frozenset(word for word in words if word[0].isdigit() or word in _NUMBER_WORDS),
            names=tuple(word for word in named if word not in _HARMLESS | FUNCTION_WORDS),
        )


def _covers(old: Meaning, new: Meaning) -> bool:
    if old.speaker and new.speaker and old.speaker != new.speaker:
        return False
    if not new.words or not new.words <= old.words or (old.words - new.words) & _TURNING:
        return False
    return old.numbers == new.numbers and _names_agree(old, new)


def _names_agree(old: Meaning, new: Meaning) -> bool:
    """Names the other lacks differ; so do the same names in another order."""
    if any(name not in new.words for name in old.names):
        return False
    common = set(old.names) & set(new.names)
    return [n for n in old.names if n in common] == [n for n in new.names if n in common]


def is_duplicate(
    new: tuple[Meaning, Vector], old: tuple[Meaning, Vector], policy: ConsolidatePolicy
) -> bool:
    """Whether `new` repeats `old` and both the policy's nearness and its share of words are met."""
    if not _covers(old[0], new[0]):
        return False
    either = old[0].words | new[0].words
    overlap = len(old[0].words & new[0].words) / len(either)
    return overlap >= policy.duplicate_overlap and _cosine(new[1], old[1]) >= policy.duplicate_similarity


def _cosine(one: Vector, other: Vector) -> float:
    """Cosine of two unit vectors; -1 where they cannot be compared."""
    if len(one) != len(other):
        return -1.0
    product = sum(map(mul, one, other))
    return product if isfinite(product) else -1.0
