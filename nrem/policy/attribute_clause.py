"""The plain statements of a memory's content: who speaks, and one clause for each thing said.

Left out is whatever is not said to hold: questions, conditions, wishes, quotes, what others said,
fiction. A bare answer to a question about oneself is made a statement of its own. English.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

# Who is meant by `I` where nobody is named; the user himself speaks as `User: `.
USER: Final = "user"
# Who means the user by `you`.
ASSISTANT: Final = "assistant"
# Longer content is a document, not a statement; its beginning stands for it.
_MAX_CONTENT: Final = 2000
_MAX_CLAUSE: Final = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A part of a sentence with a subject and a predicate of its own."""

    # who says it, casefolded
    speaker: str
    text: str
    # begins with a predicate: its subject is that of the clause before
    is_continued: bool = False


_NAME: Final = r"[A-Z\u00c0-\u00de][\w.'\u2019-]*"
_SPEAKER: Final = re.compile(rf"(?P<name>{_NAME}(?:\s{_NAME}){{0,2}}):\s+")
_ANSWERED: Final = re.compile(
    rf"{_NAME}(?:\s{_NAME}){{0,2}}:\s(?P<asked>[^\n]{{1,400}}?\?)[\"')\]]*\s+"
    rf"(?P<name>{_NAME}(?:\s{_NAME}){{0,2}}):\s+"
)
# What stands before a colon and speaks for nobody.
_LABELS: Final = frozenset(
    "note notes reminder update fact facts correction fyi ps important info memo summary todo "
    "warning decision profile preference preferences remember".split()
)
_YOU: Final = re.compile(r"\b[Yy]ou(?P<own>r)?\b(?!')")
_KEYS: Final = frozenset(
    "name nickname age email phone birthday timezone deadline address location employer occupation "
    "job language theme password port url version budget manager diet".split()
)
# A note without its subject: `Lives in Berlin`.
_ELIDED: Final = re.compile(
    r"(?:Lives|Works|Likes|Loves|Hates|Dislikes|Enjoys|Prefers|Uses|Eats|Drinks|Smokes|Studies|Is|Has|Does\snot"
    r"|Doesn't|No\slonger|Moved\sto|Quit|Stopped|Joined|Got|Switched|Started|Never|Allergic|Married|Vegan|Vegetarian)"
    r"\s(?=\w)"
)
_SENTENCE: Final = re.compile(
    r"(?<!\bSt\.)(?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bMrs\.)(?<=[.!?;\u2026])[\"')\]\u201d]*\s+|\n+"
)
_QUESTION: Final = re.compile(r"\?[\"')\]\u201d!\s]*[^\w\s]*$")
_UNREAL: Final = re.compile(
    r"\b(?:if|unless|would|wish(?:es|ed)?|(?-i:imagin\w+|^Imagine)|suppos\w+|pretend\w*|hypothetical\w*"
    r"|dreamed|dreamt|as\s+though|what\s+if|whether|could|should|might|said|says|told|tells|claim(?:s|ed)?"
    r"|asked|asks|heard|thinks|thought|believes?|believed|hopes?|hoped|joke[ds]?|joking|kidding"
    r"|in\s+(?:the|a|my|this|that|his|her)\s+(?:book|novel|film|movie|game|dream|story|play|song|show|series))\b",
    re.IGNORECASE,
)
# What holds only at times: the rest of such a sentence tells what is done then.
_AT_TIMES: Final = re.compile(
    r"(?:and\s|but\s|so\s)?(?:when|whenever|while|until|till|once|in\s(?:summer|winter)|on\sweekends)\b",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(r"[\"\u201c]([^\"\u201c\u201d]{0,300})[\"\u201d]")
_MARKS: Final = str.maketrans({"\u2019": "'", "\u2018": "'", "*": None, "`": None})
_SHORT: Final = (
    (re.compile(r"\bcan(?:'t|not)\b", re.IGNORECASE), "can not"),
    (re.compile(r"\bwon't\b", re.IGNORECASE), "will not"),
    (re.compile(r"\bain't\b", re.IGNORECASE), "am not"),
    (re.compile(r"(?<=[a-z])n't\b", re.IGNORECASE), " not"),
    (re.compile(r"\bi'?m\b", re.IGNORECASE), "I am"),
    (re.compile(r"(?<=[a-z])'re\b", re.IGNORECASE), " are"),
    (re.compile(r"(?<=[a-z])'ve\b", re.IGNORECASE), " have"),
    (re.compile(r"(?<=[a-z])'ll\b", re.IGNORECASE), " will"),
    (re.compile(r"(?<=[a-z])'d\b", re.IGNORECASE), " would"),
    (re.compile(r"\b(name|birthday|colou?r|age)'s\b", re.IGNORECASE), r"\1 is"),
)
_SELF: Final = "I|i|we|We|my|My|our|Our|the|The"
_PREDICATE: Final = (
    "am|is|are|live|lives|work|works|have|has|love|loves|likes|hate|hates|enjoy|enjoys|prefer"
    "|prefers|moved|quit|stopped|do not|does not|no longer|never|was|were|will|can not|eat|eats"
    "|plays|drinks|smokes|joined|started|switched|left|got"
)
# "Bob and I" are one subject.
_PERSON: Final = re.compile(rf"\s*(?:{_NAME}|[Mm]y\s[a-z-]+)")
_OTHERS: Final = "he|she|it|they|you|his|her|their|this|that|there|who|which"
_CUT: Final = re.compile(
    r"\s*[,\u2014\u2013]?\s+(?:and|but|so|because|since|although|though|while|whereas|yet)\s+"
    rf"(?:now\s+|currently\s+|also\s+|then\s+)*(?=(?:{_SELF}|{_OTHERS}|{_NAME}\s(?:and\s\w+\s)?(?:{_PREDICATE}))\b)"
    r"|\s*,\s+(?:and|but)\s+(?=(?:[a-z-]+\s){1,4}(?:is|are)\s)"
    rf"|\s*[,\u2014\u2013]\s+(?=(?:{_SELF}|{_OTHERS}|please|call)\b)"
    rf"|\s+[\u2014\u2013-]+\s+"
    rf"|(?P<same>\s*,?\s+(?:and|but)\s+(?:now\s+|currently\s+|also\s+|then\s+)*|\s*,\s+(?:now\s+)?)"
    rf"(?=(?:{_PREDICATE})\s)"
)
_DATE_WORDS: Final = (
    r"(?:last|this)\s\w+(?:\s\([^()]{0,60}\))?|(?:in|since)\s(?-i:[A-Z])\w+(?:\s\d{4})?|since\s\d{4}"
    r"|on\s(?:\w+day|\d{1,2}\s(?-i:[A-Z])\w+(?:\s\d{4})?)|\w+\s(?:days?|weeks?|months?)\sago(?:\s\([^()]{0,60}\))?"
)
_INTRO: Final = re.compile(
    r"^(?:(?:well|so|and|but|yes|yeah|yep|no|nope|oh|ok|okay|hey|hi|hello|wow|actually|honestly|also|now"
    r"|currently|btw|by\sthe\sway|fyi|please|just\sso\syou\sknow|as\syou\sknow|you\sknow|remember"
    r"|for\sthe\srecord|to\sbe\shonest|as\sof\s(?:now|today)|these\sdays|nowadays|today|recently"
    r"|finally|in\sfact|from\snow\son|good\snews|sorry|correction|(?:(?:a\s)?(?:quick|small)\s)?update|note|right\snow|at\sthe\smoment"
    rf"|{_DATE_WORDS})(?:[,:!.]+\s*|\s+)(?:that\s+)?)+(?=\S)",
    re.IGNORECASE,
)
_NOW: Final = r"(?:(?:now|currently|still|really)\s+)?"
# What an answer stands for, by its question.
_ASKED: Final = (
    (
        re.compile(rf"\bwhere\s+(?:do|are)\s+you\s+{_NOW}liv(?:e|ing)\b", re.IGNORECASE),
        "I live ",
    ),
    (
        re.compile(rf"\bwhere\s+(?:do|are)\s+you\s+{_NOW}work(?:ing)?\b", re.IGNORECASE),
        "I work ",
    ),
    (re.compile(r"\bhow\s+old\s+are\s+you\b", re.IGNORECASE), "I am "),
    (re.compile(r"\bwhat\s+is\s+your\s+([\w ]{1,40})\?", re.IGNORECASE), "My {0} is "),
)
_BARE: Final = re.compile(
    r"(?:(?:in|at|for)\s+)?[\w.'-]+(?:,?\s[A-Z\d][\w.'-]*){0,3}[.!]?$", re.IGNORECASE
)
_YES_NO: Final = re.compile(
    rf"\b(?P<verb>do|are)\s+you\s+{_NOW}(?P<rest>[^?]{{2,80}})\?", re.IGNORECASE
)
_PLAIN: Final = re.compile(
    r"(?P<no>no|nope|not\s+any\s?more)?(?:yes|yeah|yep|i\s+do|i\s+am)?\b[,.!]?\s*", re.IGNORECASE
)


def clauses(content: str) -> tuple[Clause, ...]:
    """Every clause that is said to hold, in the order said."""
    speaker, text = _utterance(content[:_MAX_CONTENT])
    if speaker == ASSISTANT:
        text = _YOU.sub(lambda it: "the user's" if it["own"] else "the user", text)
    return tuple(
        Clause(speaker=speaker, text=clause, is_continued=is_continued)
        for sentence in _SENTENCE.split(_plain(_whole(text)))
        if sentence and _is_said(sentence)
        for clause, is_continued in _cut(sentence)
    )


def _utterance(content: str) -> tuple[str, str]:
    """Who speaks, and what; of a question and its answer it is the answer."""
    text = content.strip()
    answered = _ANSWERED.match(text)
    if answered is not None:
        said = text[answered.end() :]
        return answered["name"].casefold(), _answer(_plain(answered["asked"]), said)
    spoken = _SPEAKER.match(text)
    if spoken is None:
        return USER, text
    name = spoken["name"].casefold()
    if name in _LABELS:
        return USER, text[spoken.end() :]
    if name in _KEYS:
        return USER, f"My {name} is {text[spoken.end() :]}"
    return name, text[spoken.end() :]


def _whole(text: str) -> str:
    found = _ELIDED.match(text)
    if found is None:
        return text
    is_verb = found.group().strip() not in {"Allergic", "Married", "Vegan", "Vegetarian"}
    return f"I {'' if is_verb else 'am '}{text[:1].lower()}{text[1:]}"


def _answer(asked: str, said: str) -> str:
    """The answer as a statement, where it is none by itself."""
    bare, dot, rest = said.partition(". ")
    for question, start in _ASKED:
        found = question.search(asked)
        if found is not None and _BARE.match(bare):
            in_place = start in {"I live ", "I work "} and not re.match(
                "(?:in|at|for) ", bare, re.IGNORECASE
            )
            bare = re.sub("^(?:In|At|For) ", lambda word: word[0].lower(), bare)
            return f"{start.format(*found.groups())}{'in ' if in_place else ''}{bare}{dot}{rest}"
    return _settled(asked, said)


def _settled(asked: str, said: str) -> str:
    """A yes or no as a statement, followed by what else was said."""
    question = _YES_NO.search(asked)
    plain = _PLAIN.match(said)
    if question is None or plain is None or not plain.group():
        return said
    verb = "I am " if question["verb"].lower() == "are" else "I do "
    stated = verb + ("not " if plain["no"] else "") + question["rest"]
    return (
        f"{stated.replace('I do ', 'I ', 1) if not plain['no'] else stated}. {said[plain.end() :]}"
    )


def _plain(text: str) -> str:
    """One form of apostrophes and no contractions; long quotes are gone."""
    plain = _QUOTED.sub(_unquoted, text.translate(_MARKS))
    for pattern, full in _SHORT:
        plain = pattern.sub(full, plain)
    return re.sub(r"[^\S\n]+", " ", plain)


def _unquoted(match: re.Match[str]) -> str:
    return match[1] if len(match[1].split()) <= 3 else "\u2026"


def _is_said(sentence: str) -> bool:
    is_open = _QUESTION.search(sentence) or _UNREAL.search(sentence) or _AT_TIMES.match(sentence)
    return not is_open


def _cut(sentence: str) -> Iterator[tuple[str, bool]]:
    at, is_continued = 0, False
    for match in [*_CUT.finditer(sentence), None]:
        end = match.start() if match else len(sentence)
        if match and _PERSON.fullmatch(sentence, at, end):
            continue
        clause = _INTRO.sub("", sentence[at:end].strip()).strip(" .!,;:\u2026")
        if clause:
            yield clause[:_MAX_CLAUSE], is_continued
        if match:
            at, is_continued = match.end(), match["same"] is not None
