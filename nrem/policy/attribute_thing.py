"""The things of a list, in words that can be compared: `tea, coffee and warm milk`. English."""

import re
from collections.abc import Iterator
from typing import Final

from nrem.policy.attribute_value import NO, NUMBER, YES, words

_MAX_WORDS: Final = 4
# What may follow a thing and leaves it whole, and what makes it a narrower thing.
_ALONG: Final = re.compile(
    r"[.;:!(\u2026]|\s(?:because|since|so|but|though|although|which|especially|even|now|as\swell|too|again"
    r"|thanks|for\s(?:\w+\s)?(?:years|ages|months)|these\sdays|lately|recently|like|including"
    rf"|about\s{NUMBER})\b"
)
_NARROWER: Final = re.compile(
    r"\s(?:when|whenever|if|that|who|as|than|after|before|while|once|until|till"
    r"|for|every|with|without|except|unless|only|during|through|by|from|more|less|lots|all\sday)\b"
)
_WARMTH: Final = re.compile(
    r"\s+(?:so\smuch|very\smuch|a\slot|lots|a\sbit|dearly|deeply|either|though)$"
)
_ITEMS: Final = re.compile(r",\s(?:and\s|or\s)?|\s(?:and|or|nor)\s")
_POINTING: Final = re.compile(
    r"\b(?:it|its|that|this|these|those|them|him|her|his|their|me|you|your|us|one|how|what"
    r"|when|where|who|why|being|seeing|having|getting|knowing|something|anything|everything"
    r"|nothing|there|here|much|enough|such|same|idea|way|day|time|fact|part|thing|things|stuff|many|lot|bit|else|another|other|others)\b"
)
# What may stand before a thing without changing it.
EMPTY: Final = re.compile(
    r"^(?:(?:to|a|an|the|any|some|my|our|doing|going|eating|drinking)\s)+|^(?:really|all|both)\s"
)


def things(text: str) -> Iterator[str]:
    """Each thing of a list in words that can be compared.

    Left out is what only points, and what a condition or an exception makes narrower.
    """
    bare = _WARMTH.sub("", _ALONG.split(text, maxsplit=1)[0]).strip(" ,")
    for item in () if _NARROWER.search(bare) else _ITEMS.split(bare):
        thing = EMPTY.sub("", item.strip(" ,"))
        if thing and len(thing.split()) <= _MAX_WORDS and not _POINTING.search(thing.lower()):
            yield words(thing)


def polar(*, is_so: bool) -> str:
    """Yes or no, as the value of an attribute."""
    return YES if is_so else NO
