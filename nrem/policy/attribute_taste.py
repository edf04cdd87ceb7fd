"""What somebody likes, does, uses, has or cannot bear: each thing is a yes-or-no attribute.

Liking tea says nothing about coffee, so the thing is part of the attribute's name. It is the same
thing only in the same words: to hate `hiking in the rain` is compatible with loving it. English.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from nrem.policy.attribute_subject import Statement
from nrem.policy.attribute_value import NO, NUMBER, YES, Pair, other_than, words

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
_EMPTY: Final = re.compile(
    r"^(?:(?:to|a|an|the|any|some|my|our|doing|going|eating|drinking)\s)+|^(?:really|all|both)\s"
)
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
_VERBS: Final = """
eat eats eating;drink drinks drinking;smoke smokes smoking;vape vapes vaping;use uses using
play plays playing;wear wears wearing;take takes taking;learn learns learning
run runs running;swim swims swimming;jog jogs jogging;drive drives driving;cook cooks cooking
bake bakes baking;ride rides riding;read reads reading;watch watches watching;own owns owning
teach teaches teaching;practice practices practicing practise practises practising
meditate meditates meditating;volunteer volunteers volunteering;attend attends attending
gamble gambles gambling;paint paints painting;dance dances dancing;sing sings singing
ski skis skiing;surf surfs surfing;climb climbs climbing;commute commutes commuting
bite bites biting;snore snores snoring;knit knits knitting;subscribe subscribes subscribing
"""
_HABITS: Final = {
    form: forms.split()[0]
    for forms in _VERBS.strip().replace("\n", ";").split(";")
    for form in forms.split()
}
# Habits that need no thing.
_ALONE: Final = frozenset(
    """
    smoke vape run swim jog drive cook bake meditate gamble dance sing ski surf climb knit drink
    snore
    """.split()
)
# How often and when: still the same habit, while a denial with such words denies only that.
_OFTEN: Final = re.compile(
    r"\s(?:(?:every|each)\s\w+|daily|weekly|regularly|sometimes|again|now|a\slot|all\sthe\stime"
    r"|in\sthe\s(?:morning|evening|afternoon)s?|at\s(?:night|work|home)|on\s\w+days?|these\sdays"
    r"|from\stime\sto\stime|(?:once|twice)\sa\s\w+|\w+\stimes\sa\s\w+|(?:with|for|since|because)\s.+)$"
)
_LASTING: Final = re.compile(
    r"\s(?:now|these\sdays|at\sall|any\s?more|any\slonger|for\sgood|completely|entirely|again|today"
    r"|yesterday|(?:since|because|so|last)\s.+|in\s(?:\d{4}|[A-Z]\w+)|on\s[A-Z].+"
    r"|(?:\w+\s){1,2}ago.*|for\s(?:health|ethical|medical)\s.+)$"
)
_WHERE: Final = re.compile(r"(?:on|at|to|in|with|from|for|around|by|about|into|up|out|off)\b")
_STOPPED: Final = re.compile(r"(?P<verb>[a-z]+ing)\b\s?(?P<what>.*)$")
_TAKEN: Final = frozenset("coffee alcohol soda tea wine beer caffeine cola milk".split())
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
    if said.verb in _HABITS:
        yield from _habit(said)


def things(text: str) -> Iterator[str]:
    """Each thing of a list in words that can be compared.

    Left out is what only points, and what a condition or an exception makes narrower.
    """
    bare = _WARMTH.sub("", _ALONG.split(text, maxsplit=1)[0]).strip(" ,")
    for item in () if _NARROWER.search(bare) else _ITEMS.split(bare):
        thing = _EMPTY.sub("", item.strip(" ,"))
        if thing and len(thing.split()) <= _MAX_WORDS and not _POINTING.search(thing.lower()):
            yield words(thing)


def _polar(is_so: bool) -> str:  # noqa: FBT001
    return YES if is_so else NO


def _likes(said: Statement) -> Iterator[Pair]:
    is_liked = said.verb in _LIKES
    if said.is_denied and not is_liked:
        return
    yield from (
        (f"likes {one}", _polar(is_liked and not said.is_denied)) for one in things(said.rest)
    )


def _fond(said: Statement) -> Iterator[Pair]:
    found = _FOND.match(said.rest)
    if found is not None:
        yield from ((f"likes {one}", _polar(not said.is_denied)) for one in things(found["what"]))


def _bears(said: Statement) -> Iterator[Pair]:
    found = _BEAR.match(said.rest)
    if found is not None:
        yield from ((f"likes {one}", NO) for one in things(found["what"]))


def _conditions(said: Statement) -> Iterator[Pair]:
    allergic = _ALLERGIC.match(said.rest)
    value = _polar(not said.is_denied)
    if allergic is not None:
        yield from ((f"allergic to {one}", value) for one in things(allergic["what"]))
    intolerant = _INTOLERANT.match(said.rest)
    if intolerant is not None:
        yield f"intolerant of {words(intolerant['what'])}", value


def _has(said: Statement) -> Iterator[Pair]:
    is_so = not said.is_denied and not said.rest.startswith("no ")
    allergy = _HAS_ALLERGY.match(said.rest)
    if allergy is not None:
        yield from ((f"allergic to {one}", _polar(is_so)) for one in things(allergy["what"]))
        return
    subscribed = _SUBSCRIPTION.match(said.rest)
    if subscribed is not None:
        yield f"subscribes to {words(subscribed['what'])}", _polar(is_so)
    had = _HAD.match(said.rest)
    if had is not None:
        yield f"has {words(had['what'])}", _polar(is_so)


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


def _habit(said: Statement) -> Iterator[Pair]:
    verb, rest = _HABITS[said.verb], f" {said.rest}"
    # "I am not drinking coffee" tells of this evening, "I drink coffee" of every day.
    bare = _LASTING.sub("", rest)
    if said.is_denied and _OFTEN.search(bare):
        return
    while not said.is_denied and (shorter := _OFTEN.sub("", bare)) != bare:
        bare = shorter
    bare = re.sub(r"(?<=\w)\sto\s[a-z].*$", "", bare)
    yield from _done(verb, bare, is_so=not said.is_denied)


def _done(verb: str, what: str, *, is_so: bool) -> Iterator[Pair]:
    if not what.strip():
        yield from ([(verb, _polar(is_so))] if verb in _ALONE else [])
        return
    if not _WHERE.match(what.strip()):
        yield from ((f"{verb} {one}", _polar(is_so)) for one in things(what))


def _is_learning(said: Statement) -> Iterator[Pair]:
    found = re.match(r"(?P<verb>learning|studying)\s(?P<what>.+)$", said.rest)
    if found is not None and " at " not in found["what"]:
        bare = _OFTEN.sub("", _LASTING.sub("", f" {found['what']}"))
        yield from _done("learn", bare, is_so=not said.is_denied)


def _stopped(said: Statement) -> Iterator[Pair]:
    rest = re.sub(r"^up\s|^out\s", "", said.rest)
    doing = _STOPPED.match(rest)
    if said.is_denied or (said.verb in {"gave", "given", "cut"} and rest == said.rest):
        return
    if doing is not None and doing["verb"] in _HABITS:
        bare = _LASTING.sub("", f" {doing['what']}")
        yield from (
            _done(_HABITS[doing["verb"]], bare, is_so=False) if not _OFTEN.search(bare) else ()
        )
    elif said.verb != "stopped":
        for one in things(_LASTING.sub("", f" {rest}")):
            yield f"{'drink' if one in _DRINKS else 'eat'} {one}", NO


def _started(said: Statement) -> Iterator[Pair]:
    doing = _STOPPED.match(re.sub(r"^(?:to\s)", "", said.rest))
    if doing is not None and doing["verb"] in _HABITS and not said.is_denied:
        bare = _OFTEN.sub("", _LASTING.sub("", f" {doing['what']}"))
        yield from _done(_HABITS[doing["verb"]], bare, is_so=True)


def _switched(said: Statement) -> Iterator[Pair]:
    found = re.match(r"(?:from\s(?P<old>.{1,40}?)\s)?to\s(?P<new>.+)$", said.rest)
    if found is None or said.is_denied:
        return
    yield from _option(found["new"])
    if not re.search(r"\d", said.rest) and found["old"]:
        yield from ((f"use {one}", NO) for one in things(found["old"]))
        yield from ((f"use {one}", YES) for one in things(_LASTING.sub("", f" {found['new']}")))


def _prefers(said: Statement) -> Iterator[Pair]:
    if said.is_denied:
        return
    found = _PREFERS.match(said.rest)
    if found is not None:
        one, other = words(_EMPTY.sub("", found["one"])), words(_EMPTY.sub("", found["other"]))
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


_DRINKS: Final = frozenset(words(one) for one in _TAKEN)
_Family = Callable[[Statement], Iterator[Pair]]
_FAMILIES: Final[dict[str, tuple[_Family, ...]]] = {
    "is": (_fond, _conditions, _eats, _is_learning),
    "can": (_bears,),
    **dict.fromkeys(sorted(_LIKES | _HATES), (_likes,)),
    **dict.fromkeys(("have", "has"), (_has,)),
    **dict.fromkeys(("cancelled", "canceled"), (_cancelled,)),
    **dict.fromkeys(("became", "become", "went", "gone", "turned"), (_eats,)),
    **dict.fromkeys(("follow", "follows"), (_eats,)),
    **dict.fromkeys(("stopped", "quit", "gave", "given", "cut"), (_stopped,)),
    **dict.fromkeys(("started", "begun", "began"), (_started,)),
    "switched": (_switched,),
    **dict.fromkeys(("prefer", "prefers"), (_prefers,)),
    **dict.fromkeys(("use", "uses"), (_uses_option,)),
}
