"""What somebody likes, has, prefers or cannot bear: each thing is a yes-or-no attribute.

Liking tea says nothing about coffee, so the thing is part of the attribute's name. It is the same
thing only in the same words: to hate `hiking in the rain` is compatible with loving it. English.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from nrem.policy.attribute_subject import Statement
from nrem.policy.attribute_thing import EMPTY, polar, things
from nrem.policy.attribute_value import NO, Pair, other_than, words

_LIKES: Final = frozenset("love loves like likes enjoy enjoys adore adores".split())
_HATES: Final = frozenset(
    "hate hates dislike dislikes loathe loathes despise despises detest detests".split()
)
_FOND: Final = re.compile(
    r"(?:(?:a|very|such|really|quite|so|big|huge|great|massive)\s)*"
    r"(?:(?:fan|lover)\sof|(?:fond\sof|passionate\sabout|crazy\sabout|keen\son)|into)\s(?P<what>.+)$"
)
_BEAR: Final = re.compile(r"not\s(?:really\s)?(?:stand|bear)\s(?P<what>.+)$")
_ALLERGIC: Final = re.compile(
    r"(?:(?:very|severely|deathly|highly|extremely|mildly|badly|slightly)\s)?allergic\sto\s"
    r"(?P<what>.+)$"
)
_HAS_ALLERGY: Final = re.compile(
    r"(?:an?\s|any\s|no\s)?(?:(?:severe|bad|mild|serious|strong)\s)?"
    r"(?P<what>[\w -]{2,30}?)\sallerg(?:y|ies)\b"
)
_INTOLERANT: Final = re.compile(r"(?P<what>[a-z]+)[\s-]intolerant\b")
_DIET: Final = re.compile(
    r"(?:(?:a|an|on\sa|on\san|strict|strictly|fully|now|mostly)\s)*"
    r"(?P<diet>vegetarian|vegan|pescatarian|pescetarian|keto|omnivore|carnivore|flexitarian)"
    r"(?:\sdiet)?(?=$|[,.(]|\s(?:now|since|and|for|but|again|these|at|so|because|as|too|who))"
)
_MEATLESS: Final = frozenset("vegetarian vegan pescatarian pescetarian".split())
_HAD: Final = re.compile(
    r"(?:an?|any)\s(?P<what>(?:\w+\s)?(?:dog|cat|car|bike|bicycle|motorbike|motorcycle|tv|television"
    r"|pet|house|job|girlfriend|boyfriend|passport|(?:driver's|driving)\slicen[cs]e|licen[cs]e"
    r"|tattoo|garden|roommate|piano|guitar|smartphone))"
    r"(?=$|[,.(]|\s(?:now|and|but|called|named|who|that|which|again|because|since|of\smy)\b)"
)
_SUBSCRIPTION: Final = re.compile(
    r"(?:(?:an?|my|our|the|his|her|active)\s)*(?P<what>[\w+ -]{2,30}?)\s"
    r"(?:subscription|membership)\b"
)
_PREFERS: Final = re.compile(
    r"(?P<one>[^,.;]{2,40}?)\s(?:over|to|rather\sthan|instead\sof|more\sthan)\s"
    r"(?P<other>[^,.;]{2,40}?)"
    r"(?=$|[,.;(]|\s(?:when|if|because|since|for|in\sthe|now|these|as)\b)"
)
_OPTION: Final = re.compile(
    r"(?:(?:an?|the)\s)?(?P<value>\w+(?:-\w+)?)\s(?P<what>mode|theme|seats?|units|layout|tone|format"
    r"|flights?|rooms?|chocolate|roast|meetings)"
    r"(?=$|[,.;(]|\s(?:now|on|for|in|because|since|again|when)\b)"
)


def tastes(said: Statement) -> Iterator[Pair]:
    """The likings, habits and conditions that a clause states, by its verb."""
    for family in _FAMILIES.get(said.verb, ()):
        yield from family(said)


def _likes(said: Statement) -> Iterator[Pair]:
    is_liked = said.verb in _LIKES
    if said.is_denied and not is_liked:
        return
    yield from (
        (f"likes {one}", polar(is_so=is_liked and not said.is_denied)) for one in things(said.rest)
    )


def _fond(said: Statement) -> Iterator[Pair]:
    found = _FOND.match(said.rest)
    if found is not None:
        yield from (
            (f"likes {one}", polar(is_so=not said.is_denied)) for one in things(found["what"])
        )


def _bears(said: Statement) -> Iterator[Pair]:
    found = _BEAR.match(said.rest)
    if found is not None:
        yield from ((f"likes {one}", NO) for one in things(found["what"]))


def _conditions(said: Statement) -> Iterator[Pair]:
    allergic = _ALLERGIC.match(said.rest)
    value = polar(is_so=not said.is_denied)
    if allergic is not None:
        yield from ((f"allergic to {one}", value) for one in things(allergic["what"]))
    intolerant = _INTOLERANT.match(said.rest)
    if intolerant is not None:
        yield f"intolerant of {words(intolerant['what'])}", value


def _has(said: Statement) -> Iterator[Pair]:
    is_so = not said.is_denied and not said.rest.startswith("no ")
    allergy = _HAS_ALLERGY.match(said.rest)
    if allergy is not None:
        yield from ((f"allergic to {one}", polar(is_so=is_so)) for one in things(allergy["what"]))
        return
    subscribed = _SUBSCRIPTION.match(said.rest)
    if subscribed is not None:
        yield f"subscribes to {words(subscribed['what'])}", polar(is_so=is_so)
    had = _HAD.match(said.rest)
    if had is not None:
        yield f"has {words(had['what'])}", polar(is_so=is_so)


def _cancelled(said: Statement) -> Iterator[Pair]:
    subscribed = _SUBSCRIPTION.match(said.rest)
    if subscribed is not None and not said.is_denied:
        yield f"subscribes to {words(subscribed['what'])}", NO


def _eats(said: Statement) -> Iterator[Pair]:
    found = _DIET.match(said.rest)
    if found is None:
        return
    diet = found["diet"].replace("pescet", "pescat")
    if said.is_denied:
        yield "diet", other_than(diet)
        return
    yield "diet", diet
    if diet in _MEATLESS:
        yield "eat meat", NO


def _switched(said: Statement) -> Iterator[Pair]:
    found = re.match(r"(?:from\s.{1,40}?\s)?to\s(?P<new>.+)$", said.rest)
    if found is not None and not said.is_denied:
        yield from _option(found["new"])


def _prefers(said: Statement) -> Iterator[Pair]:
    if said.is_denied:
        return
    found = _PREFERS.match(said.rest)
    if found is not None:
        one, other = words(EMPTY.sub("", found["one"])), words(EMPTY.sub("", found["other"]))
        yield f"prefers of {' and '.join(sorted((one, other)))}", one
        return
    yield from _option(said.rest)


def _option(text: str) -> Iterator[Pair]:
    found = _OPTION.match(text)
    if found is not None and found["value"].lower() not in {"the", "this", "that", "my", "new"}:
        what = words(found["what"]).replace("mode", "theme")
        yield f"preferred {what}", words(found["value"])


def _uses_option(said: Statement) -> Iterator[Pair]:
    if not said.is_denied:
        yield from (pair for pair in _option(said.rest) if pair[0] == "preferred theme")


_Family = Callable[[Statement], Iterator[Pair]]
_FAMILIES: Final[dict[str, tuple[_Family, ...]]] = {
    "is": (_fond, _conditions, _eats),
    "can": (_bears,),
    **dict.fromkeys(sorted(_LIKES | _HATES), (_likes,)),
    **dict.fromkeys(("have", "has"), (_has,)),
    **dict.fromkeys(("cancelled", "canceled"), (_cancelled,)),
    **dict.fromkeys(("became", "become", "went", "gone", "turned"), (_eats,)),
    **dict.fromkeys(("follow", "follows"), (_eats,)),
    "switched": (_switched,),
    **dict.fromkeys(("prefer", "prefers"), (_prefers,)),
    **dict.fromkeys(("use", "uses"), (_uses_option,)),
}
