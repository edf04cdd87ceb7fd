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

# Words that may come or go without changing what is said.
HARMLESS: Final = frozenset(
    lexemes("""
    a again also am an and anyway are as be been being by course fact forget honestly
    is it it's its just know let mention mentioned note of oh ok okay please really remember
    remembered remind reminder right said say so still sure tell that that's the thing think this
    to told too very was way well were which yeah yes actually absolutely definitely
    """)
)
# Words that deny or qualify what is said.
_NEGATING: Final = frozenset(
    lexemes("""
    not no nor never none nobody nothing neither don't doesn't didn't isn't aren't wasn't weren't
    won't can't cannot couldn't shouldn't wouldn't haven't hasn't hadn't without except unless
    instead hardly rarely almost only if maybe perhaps would could might should used until
    stopped stop quit former wish want
    """)
)
# Function words (and a few verbs) that turn a statement into another one.
_PRONOUNS: Final = frozenset(lexemes("he she his her him they their them my mine your yours our"))
_TURNING: Final = (
    _NEGATING
    | _PRONOUNS
    | frozenset(lexemes("before after over under up down on off in out more most less few than"))
)
NUMBER_WORDS: Final = frozenset(
    lexemes(
        "one two three four five six seven eight nine ten eleven twelve dozen half hundred thousand"
    )
)
_SPEAKER: Final = re.compile(r"([^:\n]{1,60}):\s")
# `Speaker: question? Speaker: answer`, as the extraction writes it.
_ANSWER: Final = re.compile(
    r"[^:\n]{1,60}:\s[^\n]*?\?[\"')\]]*\s(?P<said>[^:\n?]{1,60}:\s.*)$", re.DOTALL
)
# Lexemes of "I'm" and "I've"; those of "I'd" and "I'll" are words of their own.
_SELF: Final = {"im": "i", "ive": "i"}
_NAME: Final = re.compile(r"\b[A-Z\u00c0-\u00de][\w'-]+")
_POINTING: Final = frozenset(lexemes("it they them he him she her that this those these one there"))
# An answer with fewer words that matter is nothing without its question.
_ALONE: Final = 2


@dataclass(frozen=True, slots=True)
class Meaning:
    """What of a statement must agree before two are one."""

    speaker: str | None
    words: frozenset[str]
    numbers: frozenset[str]
    names: tuple[str, ...]
    # the statement answers a question that is part of the content, and stands without it
    is_answer: bool

    @classmethod
    def of(cls, content: str) -> "Meaning":
        """The meaning of a memory's content, which may open with `Speaker: `."""
        answer = _ANSWER.match(content)
        if answer is not None and _stands_alone(answer["said"]):
            return cls._of_statement(answer["said"], is_answer=True)
        return cls._of_statement(content, is_answer=False)

    @classmethod
    def _of_statement(cls, content: str, *, is_answer: bool) -> "Meaning":
        spoken = _SPEAKER.match(content)
        said = content[spoken.end() :] if spoken else content
        words = frozenset(_SELF.get(one, one) for one in lexemes(said))
        named = [word for name in _NAME.findall(said) for word in lexemes(name)]
        return cls(
            speaker=spoken[1].casefold() if spoken else None,
            # An aside alone, such as a picture's caption: two like ones were shown, not one twice.
            words=frozenset() if said.startswith("[") else words - HARMLESS,
            numbers=frozenset(one for one in words if one[0].isdigit() or one in NUMBER_WORDS),
            names=tuple(one for one in named if one not in HARMLESS | FUNCTION_WORDS),
            is_answer=is_answer,
        )


def is_repeat(new: Meaning, old: Meaning) -> bool:
    """Whether `new` says nothing beyond `old`, and turns nothing of it round.

    `Remember, I'm allergic to nuts` repeats `I'm allergic to nuts`; it does not repeat `I'm no
    longer allergic to nuts`, nor what somebody else says of himself, nor another day's event.
    """
    if old.speaker and new.speaker and old.speaker != new.speaker:
        return False
    if not new.words or not new.words <= old.words or (old.words - new.words) & _TURNING:
        return False
    return old.numbers == new.numbers and _names_agree(new, old)


def holds(keeper: Meaning, said: Meaning, *, is_reworded: bool = False) -> float:
    """The share, 0 to 1, of the words of `said` that `keeper` has; 0 where it says another thing.

    Unlike a repeat, `keeper` may say more, in part in other words; but it names every number and
    name of `said`, is of the same speaker, and turns nothing of it round. Who rewords what was said
    may say "her" for "my" and leave small words out, but no denial.
    """
    if keeper.speaker and said.speaker and keeper.speaker != said.speaker:
        return 0.0
    more, less = keeper.words - said.words, said.words - keeper.words
    if not said.words or less & (_NEGATING if is_reworded else _TURNING) or more & _NEGATING:
        return 0.0
    if not said.numbers <= keeper.numbers or not keeper.words.issuperset(said.names):
        return 0.0
    return len(said.words & keeper.words) / len(said.words)


def statement_of(content: str) -> str:
    """What a content states: an answer that stands without its question, else all of it."""
    answer = _ANSWER.match(content)
    return answer["said"] if answer is not None and _stands_alone(answer["said"]) else content


def cosine(one: Vector, other: Vector) -> float:
    """Cosine of two unit vectors; -1 where they cannot be compared."""
    if len(one) != len(other):
        return -1.0
    product = sum(map(mul, one, other))
    return product if isfinite(product) else -1.0


def is_duplicate(
    new: tuple[Meaning, Vector], old: tuple[Meaning, Vector], policy: ConsolidatePolicy
) -> bool:
    """Whether `new` repeats `old`, with the policy's share of common words and nearness of vectors.

    Where one is an answer its vector describes the question too; then the words decide alone.
    """
    if not is_repeat(new[0], old[0]):
        return False
    overlap = len(new[0].words) / len(old[0].words)
    if overlap < policy.duplicate_overlap:
        return False
    return (
        new[0].is_answer
        or old[0].is_answer
        or cosine(new[1], old[1]) >= policy.duplicate_similarity
    )


def _stands_alone(answer: str) -> bool:
    words = frozenset(lexemes(_SPEAKER.sub("", answer, count=1)))
    return len(words - FUNCTION_WORDS - HARMLESS) >= _ALONE and not words & _POINTING


def _names_agree(new: Meaning, old: Meaning) -> bool:
    """A name that only one has differs; so do the same names in another order."""
    if any(name not in new.words for name in old.names):
        return False
    common = set(old.names) & set(new.names)
    ordered_old, ordered_new = (
        [name for name in one.names if name in common] for one in (old, new)
    )
    return ordered_old == ordered_new
