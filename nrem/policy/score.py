"""Importance of a statement from named features of its text, and of how new it is.

    importance = clamp(base + sum(weight * feature) - sum(penalty * feature), 0, 1)

Each feature is 0 to 1. Structure (length, numbers, dates, names) counts in every language; the
marker words are mostly English. Novelty comes from `nrem.policy.novelty`; all else is in the text
alone. Weights and the reason for each: docs/importance.md.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from itertools import islice
from math import fsum
from typing import Any, Final

from nrem.policy.model import MemoryType, Role
from nrem.policy.params import ScorePolicy
from nrem.policy.text import FUNCTION_WORDS, lexemes, normalize

# Only the beginning is read: what a long text is about is said there, and the time stays bounded.
MAX_CHARACTERS: Final = 20_000
# Telling words by which a statement is compared with others; a longer one is known by its first.
MAX_TELLING: Final = 256
_DEFAULT: Final = ScorePolicy()
_PENALTIES: Final = frozenset({"filler", "question"})
FEATURES: Final = tuple(
    item.name.removesuffix("_penalty") for item in fields(ScorePolicy) if item.name != "base"
)
_NOVELTY: Final = "novelty"


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature (0 to 1) adds to an importance; the weight of a penalty is below 0."""

    name: str
    value: float
    weight: float

    @property
    def contribution(self) -> float:
        """`weight * value`."""
        return self.weight * self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """An importance, 0 to 1, as the sum of a base and of what each feature adds, cut to 0 to 1."""

    base: float
    parts: tuple[Contribution, ...]

    @property
    def importance(self) -> float:
        """The sum, the same in whatever order the parts stand."""
        return min(max(fsum((self.base, *(one.contribution for one in self.parts))), 0.0), 1.0)

    @property
    def features(self) -> dict[str, float]:
        """Each feature and its value, 0 to 1."""
        return {one.name: one.value for one in self.parts}

    def record(self, *, is_given: bool) -> dict[str, object]:
        """As JSON, to be kept beside the memory; features of 0 are left out, as they add nothing.

        `is_given`: the writer named another importance, which won. The weights are kept too, so
        that it can be explained after the policy has changed.
        """
        parts = [one for one in self.parts if one.value]
        return {
            "base": self.base,
            "features": {one.name: one.value for one in parts},
            "weights": {one.name: one.weight for one in parts},
            "importance": self.importance,
            "given": is_given,
        }

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> "Score":
        """The score that `record` wrote, without features of 0."""
        weights = record["weights"]
        return cls(
            base=float(record["base"]),
            parts=tuple(
                Contribution(name, float(value), float(weights[name]))
                for name, value in record["features"].items()
            ),
        )


def _marker(phrases: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{phrases})(?!\w)")


_PERSON: Final = "(?:i|we|he|she|they)"
_RELATION: Final = (
    "wife|husband|partner|son|daughter|kids?|children|mother|mom|mum|father|dad|parents|sister"
    "|brother|family|friends?|boss|team|dog|cat|pets?|job|company|birthday|address|doctor|hometown"
)
_MONTH: Final = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_PREFERENCE: Final = _marker(
    rf"love[sd]?|hate[sd]?|adores?|prefers?|enjoys?|{_PERSON} (?:really |also |do not |don't )?"
    r"(?:dis)?likes?|favou?rites?|allergic|can't stand|cannot stand|fan of|into \w+ing"
    r"|rather than|passion(?:ate)?|obsessed|vegan|vegetarian|interested in"
)
_COMMITMENT: Final = _marker(
    rf"decid(?:ed|ing)|plan(?:s|ned|ning)?|promised?|agreed|signed up|committed|booked|scheduled"
    rf"|{_PERSON} (?:will|shall|must)|{_PERSON}'ll|going to|gonna|(?:needs?|have|has) to|deadline"
    r"|due (?:on|by)|goals?|hop(?:e|ing) to|want(?:s|ed)? to|applied|looking forward|let's"
    r"|started|joined|quit"
)
_IDENTITY: Final = _marker(
    r"my name is|call me|i(?:'m| am) (?:a|an|the|from)|as an? \w+"
    r"|i (?:live|work|study|moved|grew up|was born)|i (?:have|own|got) (?:a|an|two|three|\d+)"
    rf"|(?:my|our|his|her|their) (?:{_RELATION})"
)
_EMOTION: Final = _marker(
    "excited|thrilled|proud|happy|glad|grateful|thankful|blessed|amazing|awesome|sad|upset|angry"
    "|afraid|scared|worried|anxious|nervous|stressed|lonely|heartbroken|devastated|frustrated"
    "|overwhelmed|embarrassed|tough|hurt|miss(?:ed)?|cried|crying|scary|terrified|inspir(?:ed|ing)"
    "|emotional|powerful|relieved|hard time"
)
_REMEMBER: Final = re.compile(
    r"(?<!\w)(?:(?:please |always |must )remember|remember (?:that|this|to|my|:)"
    r"|(?:do not|don't|never) forget|note (?:that|down)|keep in mind|for the record|make a note"
    r"|merk dir|nicht vergessen|n'oublie|souviens-toi|recuerda|no olvides|ricorda|запомни"
    r"|не забудь)(?!\w)|^remember:?(?!\w)|记住|記住|别忘|覚えて|忘れないで|기억해"
)
_FILLER: Final = frozenset(
    lexemes(
        "hi hey hello hiya yo bye goodbye cya thanks thank thx ty please ok okay okey kk sure yes "
        "yeah yep yup nope no wow lol haha hahaha lmao hmm hm oh ah aww cool nice great good "
        "awesome amazing welcome cheers congrats congratulations absolutely definitely totally "
        "exactly right true agreed alright got well fine later soon morning evening night day see "
        "ya talk chat luck sounds so glad hear hola gracias bonjour salut merci hallo danke ciao "
        "grazie ola obrigado привет здравствуйте спасибо пока да нет "
        "你好 您好 谢谢 謝謝 再见 好的 はい 안녕 감사"
    )
)
_DATE: Final = re.compile(
    r"(?<!\w)(?:(?:19|20)\d\d|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}:\d\d"
    rf"|(?:{_MONTH})\.? \d{{1,2}}|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?(?:{_MONTH})"
    r"|yesterday|today|tonight|tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
    r"|(?:last|next|this|past) (?:week|weekend|month|year|night|summer|spring|winter|fall|autumn"
    r"|few days)|(?:days?|weeks?|months?|years?) ago|birthday|anniversary)(?!\w)"
    "|\\d[年月日]|昨天|明天|今天|昨日|明日|今日"
)
_NUMBER: Final = re.compile(
    r"\d+(?:[.,:]\d+)*|(?<!\w)(?:two|three|four|five|six|seven|eight|nine|ten|dozen|hundred"
    r"|thousand|million)(?!\w)"
)
# A word inside a sentence; with a capital it is a name in most languages (in German any noun).
_INNER_WORD: Final = re.compile(r"(?<=[\w,;:)] )[^\W\d_][\w'’-]+")
_SENTENCE_END: Final = re.compile("[.!?。！？؟]+")
_ASKING: Final = frozenset("?？؟")
_TRUST: Final[Mapping[Role | None, float]] = {
    None: 1.0,
    Role.USER: 1.0,
    Role.SYSTEM: 0.6,
    Role.ASSISTANT: 0.4,
    Role.TOOL: 0.4,
}
_DURABLE: Final[Mapping[MemoryType, float]] = {
    MemoryType.WORKING: 0.0,
    MemoryType.EPISODIC: 0.5,
    MemoryType.SEMANTIC: 1.0,
    MemoryType.PROCEDURAL: 1.0,
}


def score(
    content: str,
    *,
    memory_type: MemoryType,
    role: Role | None = None,
    overlap: float = 0.0,
    weights: ScorePolicy = _DEFAULT,
) -> Score:
    """Importance of `content` with its features; the same for the same arguments, always.

    `role` is who said it; None counts as the user, who stored it on purpose. `overlap`, 0 to 1, is
    the largest share of its telling words that one memory of the subject holds already.
    """
    features = _features(content[:MAX_CHARACTERS], memory_type, role, overlap)
    return Score(base=weights.base, parts=tuple(contributions(features, weights)))


def contributions(features: Mapping[str, float], weights: ScorePolicy) -> list[Contribution]:
    """What each feature adds; their sum and `weights.base`, cut to 0 to 1, is the importance."""
    return [Contribution(name, value, weight(name, weights)) for name, value in features.items()]


def weight(name: str, weights: ScorePolicy) -> float:
    """The weight of a feature, below 0 for a penalty."""
    if name in _PENALTIES:
        return -float(getattr(weights, f"{name}_penalty"))
    return float(getattr(weights, name))


def explained(scored: Score, weights: ScorePolicy) -> list[Contribution]:
    """Every feature in the policy's order; one that a record left out has today's weight."""
    known = {one.name: one for one in scored.parts}
    missing = {name: Contribution(name, 0.0, weight(name, weights)) for name in FEATURES}
    return list({**missing, **known}.values())


def compared(scored: Score, overlap: float) -> Score:
    """The score of the same text where one known memory holds this share of its telling words."""
    return replace(
        scored,
        parts=tuple(
            replace(one, value=min(one.value, 1.0 - overlap)) if one.name == _NOVELTY else one
            for one in scored.parts
        ),
    )


def telling(content: str) -> frozenset[str]:
    """The lexemes that say what a statement is about: neither function words nor filler."""
    return frozenset(islice(_telling(lexemes(content[:MAX_CHARACTERS])), MAX_TELLING))


def _telling(words: Iterable[str]) -> Iterator[str]:
    return (word for word in words if word not in FUNCTION_WORDS and word not in _FILLER)


def _features(
    text: str, memory_type: MemoryType, role: Role | None, overlap: float
) -> dict[str, float]:
    plain = normalize(text)
    counts = lexemes(text)
    words = list(_telling(counts))
    filler = sum(counts[word] for word in counts if word in _FILLER)
    return {
        "novelty": 1.0 - overlap if words else 0.0,
        "length": _saturating(len(words), 10),
        "numbers": _saturating(len(_NUMBER.findall(plain)), 1),
        "dates": _saturating(len(_DATE.findall(plain)), 1),
        "names": _saturating(len(_names(text)), 2),
        "identity": _saturating(len(_IDENTITY.findall(plain)), 1),
        "preference": _saturating(len(_PREFERENCE.findall(plain)), 1),
        "commitment": _saturating(len(_COMMITMENT.findall(plain)), 1),
        "emotion": _saturating(len(_EMOTION.findall(plain)), 1),
        "remember": 1.0 if _REMEMBER.search(plain) else 0.0,
        "trust": _TRUST[role],
        "durable": _DURABLE[memory_type],
        "filler": _filler_share(len(words), filler),
        "question": _question_share(text),
    }


def _names(text: str) -> set[str]:
    words = _INNER_WORD.findall(text)
    return {word for word in words if word[0].isupper() and not word.startswith(("I'", "I’"))}


def _saturating(count: int, half: float) -> float:
    """0 for none, 0.5 at `half`, towards 1: the second number tells less than the first."""
    return count / (count + half)


def _filler_share(telling: int, filler: int) -> float:
    if telling + filler == 0:
        return 1.0
    return filler / (telling + filler)


def _question_share(text: str) -> float:
    """Share of sentences that only ask."""
    *sentences, rest = _SENTENCE_END.split(text)
    ends = _SENTENCE_END.findall(text)
    asked = sum(1 for end in ends if not _ASKING.isdisjoint(end))
    return asked / max(len(sentences) + (1 if rest.strip() else 0), 1)
