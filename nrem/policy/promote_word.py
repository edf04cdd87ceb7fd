"""The wording of a semantic memory: a sentence of its evidence, without what is of one day.

Nothing is invented: every word stands in the evidence, in the same order. Numbers in which the
evidence differs, dates and marks such as "again" go; what most of the evidence shares stays.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from nrem.policy.consolidate_sentence import Kind, sentences
from nrem.policy.promote_alike import (
    Aspect,
    is_common_verb,
    is_negative,
    split_speaker,
    states,
    topics,
    weight,
)
from nrem.policy.promote_date import undated, without_numbers
from nrem.policy.promote_model import Episode

_DANGLING: Final = re.compile(
    r"\b(?:a|an|the|to|of|in|on|at|for|with|and|or|but|by|from|about|as|that|than|my|your|our|his"
    r"|her|their|its|if|when|because|instead|rather)[\s.!,]*$",
    re.IGNORECASE,
)
# They count an occasion among others.
_COUNTING: Final = re.compile(r"\b(?:first|second|third|another|next|last|only)\b", re.IGNORECASE)
_PART: Final = re.compile(r"([\w'\u2019-]+)")
_BEFORE_THING: Final = frozenset(
    "a an the my our your his her their some of in on at for with by and".split()
)
# What a topic costs that most of the evidence lacks: less than one that it has.
_BESIDES: Final = 0.25
# Sentences of one episode that are weighed; a longer one is a document.
_MAX_SENTENCES: Final = 20


def word(episodes: Sequence[Episode], aspects: Sequence[Aspect]) -> str | None:
    """The content of what the episodes have in common; None when no sentence of theirs carries it.

    `episodes` come the most central first, each with its aspect. The sentence that says most of
    what is common and least besides wins, the more central among equals.
    """
    common = _common([one.topics for one in aspects])
    shared = _common([one.words for one in aspects])
    numbers = frozenset[str].intersection(*(one.numbers for one in aspects))
    sides = sum(one.is_negative for one in aspects) * 2 > len(aspects)
    best: tuple[float, str] | None = None
    for at, episode in enumerate(episodes):
        for content, value in _candidates(episode.content, common, shared, numbers):
            if is_negative(content) != sides:
                continue
            ranked = value - 0.1 * at / len(episodes)
            if best is None or ranked > best[0]:
                best = (ranked, content)
    return best[1] if best else None


def _common(several: Sequence[frozenset[str]]) -> frozenset[str]:
    """What more than half of them hold."""
    every = frozenset[str]().union(*several)
    return frozenset(
        one for one in every if 2 * sum(one in held for held in several) > len(several)
    )


def _candidates(
    content: str, common: frozenset[str], shared: frozenset[str], numbers: frozenset[str]
) -> Iterator[tuple[str, float]]:
    """Contents that the sentences of one episode make, and how well each says what is common."""
    speaker, said = split_speaker(content)
    for one in sentences(said)[:_MAX_SENTENCES]:
        if one.kind is Kind.QUESTION or not states(speaker, one.text):
            continue
        text = without_numbers(undated(one.text, shared), numbers)
        if text is None or _DANGLING.search(text):
            continue
        text = _general(text, common, shared)
        about = topics(text)
        if not about & common or _is_of_another_thing(text, common, shared):
            continue
        text = text[0].upper() + text[1:]
        value = weight(about & common) / weight(common) - _BESIDES * weight(about - shared)
        value -= _BESIDES * bool(_COUNTING.search(text))
        yield (f"{speaker}: {text}" if speaker else text), value


def _general(text: str, common: frozenset[str], shared: frozenset[str]) -> str:
    """The text without what tells its thing from those of the others: of red wine, wine."""
    parts = _PART.split(text)
    words = parts[1::2]
    gone = {
        at
        for at in range(1, len(words) - 1)
        if _is_besides(words[at], shared)
        and _names(words[at + 1], common)
        and (words[at - 1].lower() in _BEFORE_THING or is_common_verb(words[at - 1]))
        and parts[2 * at + 2] == " "
    }
    if not gone:
        return text
    kept = (f"{word}{parts[2 * at + 2]}" for at, word in enumerate(words) if at not in gone)
    return parts[0] + "".join(kept)


def _is_of_another_thing(text: str, common: frozenset[str], shared: frozenset[str]) -> bool:
    """Whether what is common only tells the kind of something else: red, of a red car."""
    parts = _PART.split(text)
    words = parts[1::2]
    return any(
        _names(words[at], common)
        and _is_besides(words[at + 1], shared)
        and parts[2 * at + 2] == " "
        for at in range(len(words) - 1)
    )


def _names(word: str, several: frozenset[str]) -> bool:
    found = topics(word)
    return weight(found) >= 1.0 and found <= several


def _is_besides(word: str, shared: frozenset[str]) -> bool:
    found = topics(word)
    return weight(found) >= 1.0 and not found & shared
