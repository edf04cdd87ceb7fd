"""What somebody does as a habit, or does no more: eats, drinks, plays, uses, learns.

`I drink coffee every morning` and `I quit drinking coffee` are the yes and the no of one attribute.
A denial with a condition (`not after lunch`) denies only that, so it gives nothing. English.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from nrem.policy.attribute_subject import Statement
from nrem.policy.attribute_thing import polar, things
from nrem.policy.attribute_value import NO, YES, Pair, words

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
_DRINKS: Final = frozenset(
    words(one) for one in "coffee alcohol soda tea wine beer caffeine cola milk".split()
)


def habits(said: Statement) -> Iterator[Pair]:
    """The habits that a clause states, by its verb."""
    for family in _FAMILIES.get(said.verb, ()):
        yield from family(said)
    if said.verb in _HABITS:
        yield from _habit(said)


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
        yield from ([(verb, polar(is_so=is_so))] if verb in _ALONE else [])
        return
    if not _WHERE.match(what.strip()):
        yield from ((f"{verb} {one}", polar(is_so=is_so)) for one in things(what))


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
    # "quit coffee"; whoever quits a name quits a job or a service
    elif said.verb != "stopped" and not rest[:1].isupper():
        for one in things(_LASTING.sub("", f" {rest}")):
            yield f"{'drink' if one in _DRINKS else 'eat'} {one}", NO


def _started(said: Statement) -> Iterator[Pair]:
    doing = _STOPPED.match(re.sub(r"^(?:to\s)", "", said.rest))
    if doing is not None and doing["verb"] in _HABITS and not said.is_denied:
        bare = _OFTEN.sub("", _LASTING.sub("", f" {doing['what']}"))
        yield from _done(_HABITS[doing["verb"]], bare, is_so=True)


def _switched(said: Statement) -> Iterator[Pair]:
    found = re.match(r"from\s(?P<old>.{1,40}?)\sto\s(?P<new>.+)$", said.rest)
    if found is None or said.is_denied or re.search(r"\d", said.rest):
        return
    yield from ((f"use {one}", NO) for one in things(found["old"]))
    yield from ((f"use {one}", YES) for one in things(_LASTING.sub("", f" {found['new']}")))


_Family = Callable[[Statement], Iterator[Pair]]
_FAMILIES: Final[dict[str, tuple[_Family, ...]]] = {
    "is": (_is_learning,),
    "switched": (_switched,),
    **dict.fromkeys(("stopped", "quit", "gave", "given", "cut"), (_stopped,)),
    **dict.fromkeys(("started", "begun", "began"), (_started,)),
}
