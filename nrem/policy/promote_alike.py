"""Whether two episodes are instances of one thing: a habit, a preference, a lasting fact.

Nearness of vectors is asked for and never enough, since tea lies next to coffee and "loves" next to
"hates": who it is about, what it is about, names and polarity must agree. Numbers and dates may
differ, because each instance has its own. The word lists are English; in other languages the words
in common decide.
"""

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from math import fsum, isfinite
from operator import mul
from typing import Final

from nrem.policy.consolidate_model import Vector
from nrem.policy.consolidate_sentence import Kind, Sentence, is_reaction, sentences, words_of_weight
from nrem.policy.promote_date import undated, unmeasured
from nrem.policy.text import FUNCTION_WORDS, lexemes

# Share of common topics (Dice) from which two statements may be about one thing: where they have
# more than one in common, where they have but one, and the same of talk in passing, where whatever
# names the dog would be one thing. At 0.55 for one, taking the train and commuting by train part.
_COMMON: Final = 0.45
_COMMON_ONE: Final = 0.5
_COMMON_SPOKEN: Final = 0.6
_MORE_THAN_ONE: Final = 1.5
# Characters of a content that are read; a longer one is a document, which its beginning stands for.
_MAX_TEXT: Final = 2000
# What a common act or occasion counts beside a topic, so that drinking tea in the morning is not
# drinking coffee in the morning.
_ACT_WEIGHT: Final = 0.2

_SPEAKER: Final = re.compile(r"(?:\w[\w.'\u2019-]*|[^\W\d_a-z]\S*(?:\s[^\W\d_a-z]\S*){1,3}):\s")
# The question before an answer, as the extraction writes them.
_QUESTION: Final = re.compile(r"^[^:\n]{1,60}:\s[^\n]*?\?[\"')\]]*\s(?=[^:\n?]{1,60}:\s)")
_CONTRAST: Final = re.compile(
    r"\b(?:instead\sof|rather\sthan|more\sthan|better\sthan|unlike|but\snot|not\sjust)\b[^.,;!?]*"
    r"|(?<=\s)(?:over|to)\s[^.,;!?]*(?<=\w)",
    re.IGNORECASE,
)
_PREFERS: Final = re.compile(r"\bprefer\w*\s[^.,;!?]+?(?=\s(?:over|to)\s)", re.IGNORECASE)
_NAME: Final = re.compile(r"(?<=[\w,;:)'\"\u2019] )[\"']?([^\W\d_a-z][\w'\u2019-]+|[B-HJ-Z]\b)")
_FIRST: Final = re.compile(r"^[\"']?([^\W\d_a-z][\w'\u2019-]*)\s+(\w+)")
_RELATIVE: Final = re.compile(
    r"^(?:my|our|his|her|their|(?:the\s)?\w+['\u2019]s)\s+(\w+)\s+(\w+)", re.IGNORECASE
)
_SELF: Final = frozenset({"user", "human", "me", "myself", "i"})
# What stands before a colon without being who says it.
_LABELS: Final = frozenset({"fact", "memory", "note", "reminder", "summary", "update"})
_AUXILIARY: Final = frozenset(
    "am are can could did do does had has have is may might must should was were will would".split()
)
_NEGATION: Final = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|hardly|rarely|cannot|stopped|quit"
    r"|gave\sup|\w+n['\u2019]t)\b",
    re.IGNORECASE,
)
_DISLIKE: Final = re.compile(
    r"\b(?:hate[sd]?|dislike[sd]?|allergic|intolerant|can(?:no|['\u2019])t\sstand|avoid\w*|detest\w*|loathe[sd]?)\b",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"^\d")
# To whom it is said, which is not what it is about.
_ADDRESS: Final = re.compile(
    r",\s+(?-i:[A-Z])\w+(?=[.!?\u2026]|$)"
    r"|(?<=^hey\s)(?-i:[A-Z])\w+|(?<=^wow\s)(?-i:[A-Z])\w+|(?<=^yeah\s)(?-i:[A-Z])\w+",
    re.IGNORECASE,
)
_TO_OTHER: Final = re.compile(r"\b(?:you|your|yours|yourself)\b|^let['\u2019]?s\b", re.IGNORECASE)
_OF_SPEAKER: Final = re.compile(r"\b(?:I|me|my|mine|we|us|our)\b", re.IGNORECASE)
# Promises and wishes to the other person.
_OFFER: Final = re.compile(
    r"\b(?:I|we)(?:['\u2019](?:ll|d)|\swill|\swould|['\u2019]m\shere|\shope|\sbet|\sknow|\sagree)\b",
    re.IGNORECASE,
)
_OF_SELF: Final = re.compile(r"\b(?:I|user|we)\b")


def _words(text: str) -> frozenset[str]:
    return frozenset(lexemes(text))


# They say how somebody stands to a thing, never which thing; the last lines are not English.
_GENERIC: Final = _words("""
    able again agent agree already also always another around ask assistant away become became bet
    big bit bring brought chat check choose chose come came couple course decide definitely dislike
    else enjoy even ever every everybody everyone favorite favourite feel feeling felt find found
    fond fun get getting give given gave go goes going gone gonna got gotten great guys happen hard
    hate having here's help hope human instead just keep kept kind know knew known later least like
    little long lot lots love made make making many maybe mention mostly much need never new next
    often old order own people per person pick place plus posted prefer put rather reach ready
    really regular regularly remember remind said same say set should since some somebody someone
    something sometimes somewhere soon spend spent sort start state still stay such surely take
    taken took talk tell thing think thought told tough try trying turn update updated use used user
    usual usually wanna want way well went while wish worry worries wow yet
    one two three four five six seven eight nine ten once twice first second last
    day week month year hour minute time today tonight yesterday tomorrow ago session conversation
    ich du er sie es wir ihr mein meine der die das den dem ein eine einen und oder ist bin war sind
    mag habe hat gern immer nicht am im auf mit von zu je tu il elle nous le la les un une et est
    suis mon ma mes aime toujours de du des dans avec yo el los las una y es soy mi mis gusta me
    siempre con en io lo gli piace sempre non che si
""")
# They tell an occasion, a common act, or how something felt.
_COMMON_ACT: Final = _words("""
    afternoon amazing ate attend awesome bad breakfast buy bought calm cook dinner dream drink drank
    drive drove eat effort evening excited experience forward goal happy hear heard idea joy
    learn life listen live lunch meet met moment morning night photo pic picture plan play push read
    reminder rough see saw share special spend spent step study sweet teach together
    visit walk watch weekend win won wonderful work write wrote
""")
# Past forms that no ending betrays.
_IRREGULAR: Final = {
    "ran": "run", "swam": "swim", "rode": "ride", "drew": "draw", "sang": "sing", "flew": "fly",
    "wore": "wear", "wrote": "write", "spoke": "speak", "drank": "drink", "ate": "eat",
    "slept": "sleep", "taught": "teach", "broke": "break", "woke": "wake", "bought": "buy",
    "drove": "drive", "built": "build", "sent": "send", "caught": "catch", "fell": "fall",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspect:
    """What of a statement must agree before two are instances of one thing."""

    # whom it is about: "" the user, else a name, with the relative meant
    holder: str
    # what it is about
    topics: frozenset[str]
    # proper names that it mentions, and all of its words, to look names up in
    names: frozenset[str]
    words: frozenset[str]
    numbers: frozenset[str]
    is_negative: bool
    # states something: neither a question nor small talk
    is_statement: bool
    # in the words of somebody named, not noted about him
    is_spoken: bool

    @classmethod
    def of(cls, content: str) -> "Aspect":
        """The aspect of a memory's content, which may open with `Speaker: `."""
        speaker, said = split_speaker(content[:_MAX_TEXT])
        lasting = undated(_ADDRESS.sub(" ", said))
        about = _without_contrast(lasting)
        names = frozenset(_folded(" ".join(_NAME.findall(lasting)))) | subject_name(lasting)
        own = _words(speaker)
        return cls(
            holder=_holder(speaker, lasting),
            topics=topics(about) - own,
            names=names - FUNCTION_WORDS - _GENERIC - own,
            words=_folded(lasting),
            numbers=frozenset(one for one in lexemes(lasting) if _NUMBER.match(one)),
            is_negative=is_negative(about),
            is_statement=_is_statement(speaker, said),
            is_spoken=speaker.casefold() not in {"", *_LABELS},
        )


def split_speaker(content: str) -> tuple[str, str]:
    """Who says it ("" unknown) and what is said; of a question and its answer, the answer."""
    rest = _QUESTION.sub("", content, count=1)
    spoken = _SPEAKER.match(rest)
    if spoken is None:
        return "", rest.strip()
    return spoken.group().rstrip(": \n"), rest[spoken.end() :].strip()


def topics(text: str) -> frozenset[str]:
    """The lexemes that say what a text is about, acts and occasions among them; no numbers."""
    plain = unmeasured(text)
    telling = frozenset(_IRREGULAR.get(one, one) for one in words_of_weight(plain)) - _GENERIC
    acts = _folded(plain) & _COMMON_ACT
    return frozenset(one for one in telling | acts if not one[0].isdigit())


def weight(several: Iterable[str]) -> float:
    """How much topics tell, together."""
    return fsum(_ACT_WEIGHT if one in _COMMON_ACT else 1.0 for one in several)


def common_share(one: AbstractSet[str], other: AbstractSet[str]) -> float:
    """Share of common topics of two statements by their weight (Dice), 0 to 1."""
    common = weight(one & other)
    return 2 * common / (weight(one) + weight(other)) if common else 0.0


def is_negative(text: str) -> bool:
    """Whether it is denied or disliked; denied twice is not denied."""
    liked = _DISLIKE.sub(" ", text)
    return (len(_NEGATION.findall(liked)) + len(_DISLIKE.findall(text))) % 2 == 1


def conflicts(one: Aspect, other: Aspect) -> bool:
    """Whether they are about two people, deny one another, or each names what the other lacks."""
    if one.is_negative != other.is_negative or not _is_same_holder(one, other):
        return True
    return bool(one.names - other.words and other.names - one.words)


def _is_same_holder(one: Aspect, other: Aspect) -> bool:
    """Whether both are about the same; one that is not seen to be a name may still be one."""
    if one.holder == other.holder:
        return True
    named = next((it for it in ((one, other), (other, one)) if not it[0].holder), None)
    return named is not None and set(named[1].holder.split()) <= named[0].words


def agree(one: Aspect, other: Aspect) -> bool:
    """Whether the words allow that both are instances of one thing."""
    if one.topics.isdisjoint(other.topics):  # most pairs, so it comes first
        return False
    if not one.is_statement or not other.is_statement or conflicts(one, other):
        return False
    common = weight(one.topics & other.topics)
    least = _COMMON_SPOKEN if one.is_spoken else _COMMON_ONE
    if common >= _MORE_THAN_ONE:
        least = _COMMON
    # In passing, acts and feelings alone are about nothing that lasts.
    is_enough = common >= 1.0 or not one.is_spoken
    return is_enough and common_share(one.topics, other.topics) >= least


def cosine(one: Vector, other: Vector) -> float:
    """Cosine of two unit vectors; -1 where they cannot be compared."""
    if len(one) != len(other):
        return -1.0
    product = sum(map(mul, one, other))
    return min(max(product, -1.0), 1.0) if isfinite(product) else -1.0


def _folded(text: str) -> frozenset[str]:
    return frozenset(_IRREGULAR.get(one, one) for one in lexemes(text))


def _without_contrast(text: str) -> str:
    """Without what is preferred to, or what comes instead: "tea instead of coffee" is about tea."""
    preferred = _PREFERS.search(text)
    if preferred is not None:
        at = preferred.end()
        return text[:at] + _CONTRAST.sub(" ", text[at:], count=1)
    return re.sub(_CONTRAST.pattern.partition("|(?<=")[0], " ", text, flags=re.IGNORECASE)


def subject_name(said: str) -> frozenset[str]:
    """The name of a third person or thing that opens the statement, as its subject."""
    first = _FIRST.match(said)
    if first is None:
        return frozenset()
    name = frozenset(lexemes(first[1])) - FUNCTION_WORDS - _SELF - _GENERIC
    return name if is_common_verb(first[2]) else frozenset()


def is_common_verb(word: str) -> bool:
    """Whether it is one of the common ones."""
    return word.lower() in _AUXILIARY or bool(_folded(word) & (_GENERIC | _COMMON_ACT))


def _holder(speaker: str, said: str) -> str:
    voice = "" if speaker.casefold() in _SELF | _LABELS else speaker.casefold()
    relative = _RELATIVE.match(said)
    if relative is not None and is_common_verb(relative[2]):
        return f"{voice}'s {relative[1].casefold()}"
    subject = subject_name(said)
    is_other = subject and not voice and not _OF_SPEAKER.search(said)
    return " ".join(sorted(subject)) if is_other else voice


def _is_statement(speaker: str, said: str) -> bool:
    told = (one for one in sentences(said) if one.kind is not Kind.QUESTION)
    return any(states(speaker, one.text) and _tells(one) for one in told)


def states(speaker: str, sentence: str) -> bool:
    """Whether a sentence, taken alone, states something; in a conversation many do not."""
    if is_reaction(sentence):
        return False
    if not speaker:
        return True
    if _TO_OTHER.search(sentence) and (_OFFER.search(sentence) or not _OF_SPEAKER.search(sentence)):
        return False
    alone = sentences(undated(sentence))
    return bool(alone) and not alone[0].is_dependent


def _tells(one: Sentence) -> bool:
    if one.kind is Kind.FACT or _OF_SELF.search(one.text):
        return True
    return weight(topics(one.text)) >= 1.0
