"""Whom a clause is about, and what it says of him: holder, polarity, verb and object.

`my sister`, `the user's sister` and `Ada's sister` are holders of their own. A pronoun other than
that of the speaker points to nobody for sure, so its clause is about nobody. English.
"""

import re
from dataclasses import dataclass
from typing import Final

from nrem.policy.attribute_clause import USER, Clause

_NAME: Final = r"[A-Z\u00c0-\u00de][\w-]*"
# People (and animals) of whom somebody mostly has one whom he means.
_KIN: Final = {
    **{
        one: one
        for one in (
            "mother father sister brother son daughter wife husband spouse partner girlfriend "
            "boyfriend fianc\u00e9 grandmother grandfather boss manager landlord roommate dog cat "
            "puppy kitten hamster parrot rabbit horse parents grandparents family twin baby "
            "mother-in-law father-in-law sister-in-law brother-in-law ex".split()
        )
    },
    "mom": "mother",
    "mum": "mother",
    "dad": "father",
    "grandma": "grandmother",
    "grandpa": "grandfather",
    "fianc\u00e9e": "fianc\u00e9",
    "fiance": "fianc\u00e9",
    "fiancee": "fianc\u00e9",
    "boss": "manager",
    "flatmate": "roommate",
}
KIN: Final = "|".join(sorted(_KIN, key=len, reverse=True))
_DEGREE: Final = (
    "older|younger|eldest|oldest|youngest|elder|little|big|twin|step|late|first|second|new"
)
_SUBJECT: Final = re.compile(
    r"(?P<self>(?:I|i|[Ww]e)\b(?:\sboth|\sall)?)"
    r"|(?P<user>(?:[Tt]he\s)?[Uu]ser\b(?!'))"
    rf"|(?P<owner>[Mm]y|[Oo]ur|(?:[Tt]he\s)?[Uu]ser's|{_NAME}(?:\s{_NAME})?'s)"
    rf"\s(?P<kin>(?:(?:{_DEGREE})\s)?(?:{KIN})(?:'s\s(?:{KIN}))?)\b(?!')(?:\s(?P<called>{_NAME}))?"
    rf"|(?P<name>{_NAME}(?:\s{_NAME}){{0,2}})(?!'|\w)"
)
# What opens a sentence with a capital and is no name.
_NO_NAME: Final = frozenset(
    "it this that these those there here he she they you who what which where when why how someone "
    "somebody everyone everybody nobody anyone people kids children some many most all both each "
    "no not yes and but so then if while the a an my our your his her its their one two three "
    "never always sometimes usually once maybe perhaps today yesterday tomorrow tonight "
    "let just please thanks thank also even only still now as at by for from in of on to with "
    "life everything nothing something having being going getting can will do does did".split()
)
_ADVERBS: Final = (
    r"(?:(?:now|currently|presently|still|actually|really|truly|absolutely|just|recently|finally"
    r"|already|always|personally|generally|usually|mostly|definitely|simply|officially|happily|only"
    r"|totally|completely|genuinely|strictly|also|both|even|too|currently|once|again|often|each)\s)*"
)
_PARTICIPLE: Final = (
    "been|moved|relocated|settled|quit|stopped|given|gotten|got|become|started|joined|left|switched"
    "|upgraded|migrated|turned|gone|changed|married|cancelled|canceled|separated|divorced|lost|begun"
)
_DENIAL: Final = r"(?P<deny>(?:not|no\slonger|never)\s)?"
_PREDICATE: Final = re.compile(
    rf"\s*{_ADVERBS}(?:(?P<have>have|has|had)\s"
    rf"(?={_ADVERBS}(?:(?:not|no\slonger|never)\s)?{_ADVERBS}(?:{_PARTICIPLE})\b)|(?P<do>do|does|did)\s)?"
    rf"{_ADVERBS}{_DENIAL}{_ADVERBS}(?P<verb>[a-z]+)\b\s?(?P<rest>.*)$"
)
# A verb as it follows the name of one person: `Ada likes`, never `Sounds like`.
_SINGULAR: Final = re.compile(
    rf"\s{_ADVERBS}(?:(?:no\slonger|never)\s)?{_ADVERBS}(?:[a-z]+(?:s|ed)|quit|left|got|gave|broke|began|became"
    r"|went|cut|can)\b"
)
_BE: Final = re.compile(rf"{_ADVERBS}{_DENIAL}{_ADVERBS}(?P<rest>.*)$")
_ADDED: Final = re.compile(r"\b(?:also|too|both|often)\b")
_NO_MORE: Final = re.compile(r"\s(?:any\s?more|any\slonger|at\sall)$")
_BEING: Final = frozenset({"am", "is", "are", "be", "been"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A clause taken apart."""

    # whom it is about
    holder: str
    # the verb as it stands; `is` for all forms of to be in the present
    verb: str
    # what follows the verb
    rest: str
    # whether it is said not to be so, or to be so no longer
    is_denied: bool
    # `has moved`, `have been living`
    is_perfect: bool
    # `also lives`: beside what was said before, so it contradicts nothing
    is_added: bool


def holder_of(owner: str, speaker: str) -> str:
    """Whom `my`, `the user's` or `Ada's` means."""
    folded = owner.casefold()
    if folded in {"i", "we", "my", "our"}:
        return speaker
    return folded.removesuffix("'s").removeprefix("the ")


def subject(clause: Clause) -> tuple[str, str] | None:
    """The holder and the words after him; None where nobody for sure is meant.

    A word with a capital is a name only where its verb is that of one person.
    """
    found = _SUBJECT.match(clause.text)
    if found is None:
        return None
    rest = clause.text[found.end() :]
    if found["self"]:
        return clause.speaker, rest
    if found["user"]:
        return USER, rest
    if found["owner"]:
        parts = [holder_of(found["owner"], clause.speaker), kin(found["kin"])]
        return " ".join([*parts, *filter(None, [(found["called"] or "").casefold()])]), rest
    is_name = found["name"].split()[0].casefold() not in _NO_NAME and _SINGULAR.match(rest)
    return (found["name"].casefold(), rest) if is_name else None


def kin(text: str) -> str:
    """A relative in one spelling: `mom` is `mother`."""
    return " ".join(_KIN.get(one, one) for one in text.casefold().replace("'s", "").split())


def statement(holder: str, words: str) -> Statement | None:
    """What the words after the subject say; None where they are about the past or a plan."""
    found = _PREDICATE.match(words)
    if found is None or found["do"] == "did" or found["have"] == "had":
        return None
    is_denied, verb, rest = found["deny"] is not None, found["verb"], found["rest"]
    if verb in _BEING:
        verb, rest, is_not = "is", *_being(rest)
        is_denied = is_denied or is_not
    is_perfect = found["have"] is not None
    # "Been running" and "have not moved" say nothing of what holds.
    if verb.endswith("ing") or (is_denied and is_perfect):
        return None
    return Statement(
        holder=holder,
        verb=verb,
        rest=_NO_MORE.sub("", rest),
        is_denied=is_denied,
        is_perfect=is_perfect,
        is_added=_ADDED.search(words[: len(words) - len(rest)]) is not None,
    )


def _being(words: str) -> tuple[str, bool]:
    found = _BE.match(words)
    return (found["rest"], found["deny"] is not None) if found else (words, False)
