"""What one sentence of a conversation is worth: a fact, a question, or talk that can go.

English cue words decide; a sentence of another language counts by its length and its numbers, so
that it is rather kept than lost. Deterministic; looks at nothing but the sentence.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from nrem.policy.text import FUNCTION_WORDS, lexemes


class Kind(StrEnum):
    """What a sentence does in a conversation."""

    FACT = "fact"
    QUESTION = "question"
    # greetings, thanks, praise, good wishes
    TALK = "talk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence, its kind and its substance."""

    text: str
    kind: Kind
    # how many informative words it has
    weight: int
    # leans on the sentence before: a pronoun that points back, or an aside in brackets
    is_dependent: bool


def sentences(text: str, names: frozenset[str] = frozenset()) -> list[Sentence]:
    """The sentences of one message, in order; `names` are the speakers, who are only addressed."""
    return [_judged(part, names) for part in _split(text)]


def words_of_weight(text: str) -> frozenset[str]:
    """The lexemes that carry meaning: neither function words nor small talk."""
    return frozenset(lexemes(text)) - FUNCTION_WORDS - _SMALL_TALK


def is_reaction(text: str) -> bool:
    """Whether a sentence opens as an answer to what the other speaker said: praise, thanks."""
    return _REACTION.match(text) is not None


# Below this a sentence carries nothing that anybody would ask for later.
_ENOUGH: Final = 3

_SMALL_TALK: Final = frozenset(
    lexemes("""
    ah aha absolutely agree amazing appreciate aww awesome awww bet bit bye care cheer cheers
    congrats congratulation cool cute damn dear definitely enjoy even exactly excellent excited
    exciting fantastic feel fine forward fun glad gonna good goodbye goodness gotta great guess guy
    ha haha happy hear heard hello help hey hi hope hopefully hmm idea incredible indeed inspire
    inspiring interesting keep know let let's lol look looking lot love lovely luck man maybe mean
    morning neat nice night no nope oh ok okay omg perfect pleasure please pretty proud really
    right see seem seriously share sharing soon sorry sound stuff super support sure take talk tell
    thank thanks thanx that
    thing think totally truly true understand want way welcome well what's whoa wish woah
    wonderful word wow yay yeah yep yes yo you're
    """)
)
_REACTION: Final = re.compile(
    r"^(?:(?:oh|wow|whoa|aw+|yeah|yes|haha|hey|ah|ok|okay|well|so)[\s,!]+)*"
    r"(?:thank|thanks|that'?s|that\s(?:is|was|must|sounds?|looks?)|those\sare|sounds?\b|looks?\b"
    r"|you\b|you'(?:re|ve|ll)|your\b|it\ssounds|it'?s\s(?:so|great|good|awesome|amazing|really)\b"
    r"|congrat|good\b|great\b|nice\b|cool\b|glad\b|so\b|hope\b|i\shope"
    r"|i'?m\s(?:so\s|really\s)?(?:glad|happy|sorry|proud|sure)\b|sorry\b|can'?t\swait|let'?s\b"
    r"|keep\b|take\scare|have\sa|see\syou|way\sto\sgo|no\sproblem|sure\b|welcome\b|love\sit)",
    re.IGNORECASE,
)
_OF_SELF: Final = re.compile(r"\b(?:i|i'[a-z]+|we|we'[a-z]+|my|our|me|us|mine)\b", re.IGNORECASE)
_OF_OTHERS: Final = re.compile(r"\b(?:he|she|they)(?:'[a-z]+)?\b", re.IGNORECASE)
_PREFERENCE: Final = re.compile(
    r"\b(?:favou?rite|fave?|prefer\w*|allergic|hates?|can'?t\sstand|dislikes?|passionate|into\b|fan\sof"
    r"|vegetarian|vegan|loves?|likes?|enjoys?)\b",
    re.IGNORECASE,
)
_PLAN: Final = re.compile(
    r"\b(?:will|'ll|going\sto|gonna|plan(?:s|ning|ned)?|decid\w+|want\sto|wanna|thinking\s(?:of|about)"
    r"|booked|signed\sup|hoping\sto|start(?:ed|ing)|chose|moving|scheduled|deadline|appointment)\b",
    re.IGNORECASE,
)
_WHEN: Final = re.compile(
    r"\d|\b(?:yesterday|tomorrow|today|tonight|ago|last|next|since|weekend|week|month|year|"
    r"january|february|april|june|july|august|september|october|november|december|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|once|twice|first|"
    r"two|three|four|five|six|seven|eight|nine|ten)\b",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"(?<=[\w,;:)'\"] )[\"']?([A-Z][\w'-]+)")
_DEPENDENT: Final = re.compile(
    r"^[\[(]|^(?:(?:and|but|also|so|then|because|plus)[\s,]+)?(?:it|it'?s|they|they'?re|he|he'?s|she|she'?s"
    r"|that|that'?s|this|these|those|both|his|her|their|its)\b"
    r"|\b(?:i|we)\s\w+\s(?:it|them|him)\b|\b(?:it|them|him|there)[.!,]?$",
    re.IGNORECASE,
)
# What a full stop belongs to without ending a sentence: titles, initials, and days as in `3. Mai`.
_ABBREVIATION: Final = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|St|vs|etc|e\.g|i\.e|a\.m|p\.m|U\.S|[A-HJ-Z]|\d{1,2})\.$"
)
_BREAK: Final = re.compile(
    r"(?<=[.!?\u2026\u0964\u061f])\s+|(?<=[.!?\u2026][\"')\]\u201d])\s+|\n+|(?<=[\u3002\uff01\uff1f])"
)
_QUESTION_END: Final = re.compile(r"[?\uff1f\u061f][\"')\]\u201d!\s]*[^\w\s]*$")


def _split(text: str) -> list[str]:
    parts: list[str] = []
    for piece in _BREAK.split(text):
        stripped = piece.strip()
        if not stripped:
            continue
        if parts and _ABBREVIATION.search(parts[-1]):
            parts[-1] = f"{parts[-1]} {stripped}"
        else:
            parts.append(stripped)
    return parts


def _judged(text: str, names: frozenset[str]) -> Sentence:
    weighty = words_of_weight(text) - names
    substance = len(weighty) + _cues(text, names)
    if _QUESTION_END.search(text):
        kind = Kind.QUESTION
    elif substance < _enough_for(text):
        kind = Kind.TALK
    else:
        kind = Kind.FACT
    dependent = _DEPENDENT.search(text) is not None
    return Sentence(text=text, kind=kind, weight=len(weighty), is_dependent=dependent)


def _cues(text: str, names: frozenset[str]) -> int:
    proper = [name for name in _NAME.findall(text) if not names.issuperset(lexemes(name))]
    found = [bool(proper), bool(_WHEN.search(text)), bool(_OF_OTHERS.search(text))]
    if _OF_SELF.search(text):
        found += [True, bool(_PREFERENCE.search(text)), bool(_PLAN.search(text))]
    return sum(found)


def _enough_for(text: str) -> int:
    """A reaction to the other speaker must carry more before it counts as a fact."""
    return _ENOUGH + 2 if is_reaction(text) else _ENOUGH
