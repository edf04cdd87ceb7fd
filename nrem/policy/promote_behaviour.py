"""What an episode tells of a behaviour: in which situation, what was done, and how it turned out.

A caller's metadata says it best; else English cues in the text do. What is not said is not guessed:
without situation or action there is no behaviour, without a sign the outcome is unknown.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from nrem.policy.consolidate_model import Vector
from nrem.policy.promote_alike import cosine, is_negative, split_speaker, subject_name, topics
from nrem.policy.promote_date import tidied, undated, without_numbers
from nrem.policy.text import lexemes, normalize

_SITUATION: Final = ("situation", "trigger", "when")
_ACTION: Final = ("action", "then", "response")
_OUTCOME: Final = ("outcome", "result")
_GOOD: Final = frozenset(
    "success successful succeeded good ok okay true yes 1 pass passed positive worked works fixed"
    " solved resolved done helped helpful win won".split()
)
_BAD: Final = frozenset(
    "failure failed fail bad error false no 0 negative broken unsuccessful unsolved unresolved"
    " worse lost loss rejected".split()
)
_FAILED: Final = re.compile(
    r"\b(?:(?:did|does|do|had|has|have|was|were|is)\s?(?:not|n['\u2019]t)\s+(?:\w+\s+)?"
    r"(?:work|help|fix|solve|resolve|pass|succeed|change|any\seffect|happy|satisfied)\w*"
    r"|no\s(?:luck|effect|use)|(?:still|it|that|this|but|and)\s+(?:\w+\s+)?(?:fail|broke|crash)\w*"
    r"|made\s(?:it|things)\sworse|in\svain|without\s(?:success|effect|luck)|never\sworked"
    r"|to\sno\savail|unhappy|^(?:still\s\w|fail)\w*|outcome:?\s(?:was\s|is\s)?(?:failure|failed|bad|negative))\b",
    re.IGNORECASE,
)
_WORKED: Final = re.compile(
    r"\b(?:work(?:ed|s)|fix(?:ed|es)|help(?:ed|s)|solve[sd]|resolve[sd]|pass(?:ed|es)|succeed(?:ed|s)"
    r"|did\sthe\strick|success(?:fully|ful)?|went\s(?:well|through|fine)|recover(?:ed|s)|cleared"
    r"|happy|satisfied|pleased|thanked)\b",
    re.IGNORECASE,
)
# How the action ends: with the text, with words about the outcome, or with what it solved.
_END: Final = (
    r"(?:[.!]?\s*$|(?:[,;:.!]\s*|\s[-\u2013\u2014]\s*|\s(?=(?:and|but|which|so)\s))"
    r"(?:(?:and|but|then|so)\s+)*(?:(?:it|this|that|which|they|the\s\w+|\w+)\s+)?(?:\w+\s+)?"
    r"(?P<end>(?:outcome:|result:|work(?:ed|s)|fix(?:ed|es)|help(?:ed|s)|solve[sd]|resolve[sd]"
    r"|pass(?:ed|es)|succeed(?:ed|s)|success|did\sthe|(?:did|does|is|was)\s?n|fail|no\sluck|went\s"
    r"|recover|cleared|in\svain|without\s(?:success|effect|luck)|made\s|still\s|never\s|to\sno\s"
    r"|happy|unhappy|satisfied|pleased|thanked).*$)"
    r"|\s(?P<solved>(?:fixed|helped|resolved|solved|worked)"
    r"(?:\s(?:it|this|that|the\s(?:error|issue|problem)))?[.!]?\s*$))"
)
_ACTOR: Final = r"(?=(?:I|we|(?:the\s)?(?:agent|assistant))\s)"
# Somebody who acts, or, where he goes without saying, what was done.
_ACTED: Final = r"(?=(?:I|we|(?:the\s)?(?:agent|assistant)|\w{2,}ed)\s)"
_WHEN: Final = re.compile(
    rf"\b(?:when(?:ever)?|after|because|since|if|once|every\stime|each\stime|as)\s+"
    rf"(?P<situation>[^,;.!?]{{3,200}}?)(?:,\s*(?:then\s+)?|\s+{_ACTOR})"
    rf"(?P<action>[^;!?]{{3,300}}?){_END}",
    re.IGNORECASE,
)
_SO: Final = re.compile(
    rf"^(?P<situation>[^,;.!?]{{3,200}}?)"
    rf"(?:(?:,?\s+so|,(?:\sthen)?)\s+{_ACTOR}|[.;]\s+(?:(?:so|then)\s+)?{_ACTED})"
    rf"(?P<action>[^;!?]{{3,300}}?){_END}",
    re.IGNORECASE,
)
_LABELLED: Final = re.compile(
    r"^(?P<situation>[^:.!?]{3,200})[:.]\s+(?P<action>[^:!?]{3,300}?)[.;,!]?\s+"
    r"(?P<end>(?:outcome|result):.*)$",
    re.IGNORECASE,
)
_FIXED: Final = re.compile(
    r"^(?P<action>[^,;.!?]{3,200}?)\s+"
    r"(?P<end>(?:fixe[ds]|solve[ds]|resolve[ds]|(?:did|does)(?:\snot|n['\u2019]t)\s(?:fix|solve|resolve)))"
    r"\s+(?P<situation>[^;.!?]{3,200})[.!]?$",
    re.IGNORECASE,
)
_RESULT: Final = re.compile(r"\b(?:outcome|result):\s*([\w-]+)", re.IGNORECASE)
_PLURAL: Final = re.compile(r"[^su]s$", re.IGNORECASE)
_FIRST: Final = re.compile(r"[\s,'\u2019]")
_VOICES: Final = frozenset({"", "agent", "assistant", "human", "system", "user"})
_PROBLEM: Final = frozenset(
    lexemes("break broke broken crash crashed error errors fail failed failure issue problem wrong")
)
# A longer text is a document, whose cues belong to many things.
_MAX_TEXT: Final = 600
_SAME: Final = 0.5
_LONG_STEM: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What was done in which situation, and whether it turned out well; None: not known."""

    situation: str
    action: str
    is_good: bool | None
    # who tells it, where another name than the user's or assistant's is given
    speaker: str = ""
    # the situation is a clause, such as "the deploy failed"; else it may be a mere heading
    is_clause: bool = True


def behaviour(content: str, metadata: Mapping[str, Any]) -> Behaviour | None:
    """The behaviour that an episode tells of; None when situation or action is not said."""
    speaker, said = split_speaker(content[: 2 * _MAX_TEXT])
    told = _told(said) if len(said) <= _MAX_TEXT else None
    if told is None and speaker.casefold() not in _VOICES:
        # "Timeout: raised the limit. Outcome: success" has a heading, and nobody who says it.
        told = _told(content[:_MAX_TEXT])
        speaker = ""
    situation, action = (_value(metadata, keys) for keys in (_SITUATION, _ACTION))
    named = _value(metadata, _OUTCOME)
    is_good = _judged(named)
    if named is None and len(said) <= _MAX_TEXT:
        is_good = told.is_good if told else _turned_out(said)
    if (not situation and told is None) or (not action and told is None):
        return None
    return _clean(
        Behaviour(
            situation=_lowered(situation) if situation else told.situation if told else "",
            action=_lowered(action) if action else told.action if told else "",
            is_good=is_good,
            speaker="" if speaker.casefold() in _VOICES or (situation and action) else speaker,
            is_clause=bool(situation) or (told is not None and told.is_clause),
        )
    )


def same_behaviour(
    one: tuple[Behaviour, Vector], other: tuple[Behaviour, Vector], similarity: float
) -> bool:
    """Whether both did the same thing in the same situation, however it turned out.

    The words of both parts decide; nearness of the whole allows that they share fewer.
    """
    first, second = one[0], other[0]
    if first.speaker.casefold() != second.speaker.casefold():
        return False
    if is_negative(first.action) != is_negative(second.action):
        return False
    near = cosine(one[1], other[1]) >= similarity
    least = _SAME if near else 1.0
    return (
        _common(first.situation, second.situation) >= least
        and _common(first.action, second.action) >= least
    )


def procedure(several: Sequence[Behaviour]) -> str | None:
    """`When <situation>, <action>.` in the words of one of several, which come central ones first.

    The first that tells its situation in a clause is taken, since headings do not fit the frame.
    Numbers in which they differ go; None when none of them can be without.
    """
    keep = frozenset[str].intersection(*(_numbers(one) for one in several))
    for one in sorted(several, key=lambda one: not one.is_clause):
        situation, action = (without_numbers(part, keep) for part in (one.situation, one.action))
        if situation and action:
            content = f"When {situation}, {action}."
            return f"{one.speaker}: {content}" if one.speaker else content
    return None


def _numbers(one: Behaviour) -> frozenset[str]:
    return frozenset(word for word in lexemes(f"{one.situation} {one.action}") if word[0].isdigit())


def _clean(found: Behaviour) -> Behaviour | None:
    """Without dates and marks of one occasion; None when a part then tells nothing."""
    situation, action = (undated(one).strip(" .!,;:\"'") for one in (found.situation, found.action))
    if not lexemes(situation) or not lexemes(action):
        return None
    return replace(found, situation=situation, action=action)


def _value(metadata: Mapping[str, Any], keys: Sequence[str]) -> str | None:
    """The first of the keys that holds a text, a truth or a number; as text."""
    for key in keys:
        value = metadata.get(key)
        if isinstance(value, str) and value.strip():
            return tidied(value)[:_MAX_TEXT]
        if isinstance(value, bool | int | float) and keys is _OUTCOME:
            return str(value).lower()
    return None


def _judged(outcome: str | None) -> bool | None:
    """Whether a named outcome is a good one; None when it is neither."""
    if outcome is None:
        return None
    plain = normalize(outcome).strip(" .!")
    if plain in _BAD or _FAILED.search(outcome):
        return False
    if plain in _GOOD or _WORKED.search(outcome):
        return True
    first = plain.split(" ", 1)[0].strip(".,:;!")
    return False if first in _BAD else True if first in _GOOD else None


def _told(said: str) -> Behaviour | None:
    """The behaviour in the words of a text."""
    for pattern in (_LABELLED, _WHEN, _SO, _FIXED):
        match = pattern.search(said)
        if match is not None and topics(match["situation"]) and topics(match["action"]):
            named = _RESULT.search(said)
            is_good = _judged(named[1]) if named else _turned_out(_after(said, match))
            return _read(match, pattern, is_good=is_good)
    return None


def _read(match: re.Match[str], pattern: re.Pattern[str], *, is_good: bool | None) -> Behaviour:
    """The parts of a match, such that they can stand inside a sentence."""
    situation, action = match["situation"], match["action"]
    if pattern is not _WHEN:
        situation = _lowered(situation)
        action = _lowered(action)
    if pattern is _FIXED:
        situation = f"there {'are' if _PLURAL.search(situation) else 'is'} {situation}"
    is_clause = pattern in {_WHEN, _SO}
    return Behaviour(situation=situation, action=action, is_good=is_good, is_clause=is_clause)


def _after(said: str, match: re.Match[str]) -> str:
    """What is said of the outcome: from its cue to the end, or all that follows the match."""
    groups = match.groupdict()
    cue = next((name for name in ("end", "solved") if groups.get(name)), None)
    return said[match.start(cue) if cue else match.end() :]


def _turned_out(said: str) -> bool | None:
    if _FAILED.search(said):
        return False
    return True if _WORKED.search(said) else None


def _common(one: str, other: str) -> float:
    """Share of the topics of the shorter that the other holds, 0 to 1; a stem meets its noun."""
    parts = (_parts(text) for text in (one, other))
    first, second = sorted(parts, key=lambda it: (len(it), sorted(it)))
    return sum(any(_meet(word, held) for held in second) for word in first) / len(first)


def _parts(text: str) -> frozenset[str]:
    """What tells one situation or action from another: that something failed does not."""
    telling = topics(text)
    return telling - _PROBLEM or telling or frozenset(lexemes(text))


def _meet(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= _LONG_STEM and long.startswith(short))


def _lowered(text: str) -> str:
    """The text to stand inside a sentence: its first letter small, unless it opens a name or I."""
    word = _FIRST.split(text, maxsplit=1)[0]
    is_name = word == "I" or word[1:].lower() != word[1:] or subject_name(text)
    return text if is_name else text[0].lower() + text[1:]
