"""What the verb of a clause says of somebody's circumstances: home, partner, age, and so on.

Each is an attribute with one value at a time. What holds only for a while, or held long ago, is no
value of it. Work and school are in `attribute_work`. English.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from nrem.policy import attribute_work as work
from nrem.policy.attribute_place import place
from nrem.policy.attribute_subject import Statement
from nrem.policy.attribute_value import (
    NO,
    NUMBER,
    YES,
    Pair,
    date_words,
    facets,
    is_passing,
    other_than,
    valued,
    words,
)

_LIVING: Final = re.compile(r"(?:living|residing|based|settled)\s(?P<where>(?:in|at|on)\s.+)$")
_MOVED: Final = re.compile(
    r"(?:(?:back|away|in|over|house|out|permanently|here)\s)?(?:from\s.{1,60}?\s)?(?:back\s)?"
    r"(?:to|into)\s(?P<where>.+)$"
)
_NOT_HOME: Final = re.compile(r"^(?:an?|my|our|his|her|their)\b|\bas\s(?:an?|the|their)\b")
_TOGETHER: Final = re.compile(
    r"^(?:(?:together|alone|happily|on\smy\sown|with\s.{1,30}?)\s)+(?=(?:in|at|on)\s)"
)
_ALSO: Final = re.compile(r"\b(?:also|as\swell|too|part\sof\sthe|second)\b")
_STATUS: Final = re.compile(
    r"(?:(?:happily|newly|legally|officially|now)\s)?(?P<status>married|engaged|dating|seeing"
    r"|single|divorced|widowed|a\swidow(?:er)?"
    r"|in\sa\s(?:serious\s|new\s|happy\s|committed\s)?relationship)"
    r"(?:\s(?:to|with))?(?P<who>(?:\s[A-Z][\w-]+){0,3})(?P<tail>\s.*)?$"
)
_END: Final = re.compile(
    r"(?:\s*(?:,|\(|now\b|again\b|at\sthe\smoment|currently|these\sdays|for\s|since\s|and\b|but\b"
    r"|last\s|in\s|on\s|this\s|today|yesterday|as\sof|by\sthe\sway|right\snow|still|happily).*)?$"
)
_AGE: Final = re.compile(
    rf"(?P<age>{NUMBER})(?P<years>[\s-]years?(?:[\s-]old|\sof\sage))?(?P<tail>$|[\s,(].*)"
)
# "I am one" is seldom an age.
_NO_AGE: Final = frozenset({"zero", "one", "two"})
_NAMED: Final = re.compile(r"(?:called|named)\s(?P<name>[A-Z][\w'-]*(?:\s[A-Z][\w'-]*){0,3})")
_TALL: Final = re.compile(r"(?P<height>\d[\d.,' ]*\s?(?:cm|m|feet|foot|ft)?(?:\s?\d+)?)\stall")
_ZONE: Final = re.compile(r"(?:in|on)\s(?:the\s)?(?P<zone>[\w/+:-]+)\stime\s?zone")
_WEIGHT: Final = re.compile(rf"(?:about\s)?(?P<weight>{NUMBER}[\d.,]*\s?\w*)")
_VERSION: Final = re.compile(
    r"(?:from\s.{1,40}?\s)?(?:(?:on|to|with|from)\s)?(?:version\s)?"
    r"(?P<what>(?!to\b|from\b|on\b|version\b)[A-Za-z][\w.+#-]*(?:\s[A-Z][\w.+#-]*)?)\s"
    r"(?:from\s[\w.]+\sto\s|to\s)?(?:version\s|v)?(?P<version>\d+(?:\.\d+)*)"
    r"(?:\sto\s(?P=what)?\s?(?:version\s|v)?(?P<to>\d+(?:\.\d+)*))?(?=$|[\s,)])"
)
_COUNTABLE: Final = (
    "son daughter brother sister sibling dog cat pet car bike employee grandchild horse house cow "
    "chicken bedroom tattoo member subscriber follower student job"
)
_COUNTED: Final = {
    **dict.fromkeys(("children", "kids", "child", "kid"), "children"),
    **{form: one for one in _COUNTABLE.split() for form in (one, f"{one}s")},
}
_COUNT: Final = re.compile(
    rf"(?P<count>no|{NUMBER})\s(?:(?P<kind>\w+)\s)?(?P<what>[a-z]+)(?=$|[\s,.(])"
)
_WAKES: Final = re.compile(r"(?P<how>up|to\sbed)\s(?:at|around|by)\s(?P<when>.+)$")
_GOES_BY: Final = re.compile(r"by\s(?P<name>[A-Z]\w+)")
_BROKE_UP: Final = re.compile(r"up\b(?:\swith(?:\smy\s\w+)?(?:\s(?P<who>[A-Z]\w+))?)?")


def facts(said: Statement) -> Iterator[Pair]:
    """The circumstances that a clause states, by its verb."""
    for family in () if said.is_added else _FAMILIES.get(said.verb, ()):
        yield from family(said)


def _home(where: str, said: Statement) -> Iterator[Pair]:
    if (is_passing(where) and not said.is_perfect) or _ALSO.search(where):
        return
    for name, value in place(where):
        yield from valued(name, value, is_denied=said.is_denied)


def _lives(said: Statement) -> Iterator[Pair]:
    yield from _home(_TOGETHER.sub("", said.rest), said)


def _moved(said: Statement) -> Iterator[Pair]:
    found = _MOVED.match(said.rest)
    if found is None or said.is_denied or is_passing(said.rest):
        return
    # "moved to Tuesday", "moved to my own flat", "moved to Acme as a lead"
    if facets(" ".join(found["where"].split()[:2])) or _NOT_HOME.search(found["where"]):
        return
    yield from _home(f"to {found['where']}", said)


def _is_living(said: Statement) -> Iterator[Pair]:
    found = _LIVING.match(said.rest)
    if found is not None:
        yield from _home(found["where"], said)
    if said.rest.startswith("from ") and not said.is_denied:
        yield from ((f"origin {name}", value) for name, value in place(f"in {said.rest[5:]}"))


def _born(said: Statement) -> Iterator[Pair]:
    if not said.rest.startswith("born ") or said.is_denied:
        return
    date = date_words(said.rest)
    year = re.search(r"\bin\s(?P<year>(?:19|20)\d\d)\b", said.rest)
    where = re.search(r"\b(?P<where>in\s[A-Z].*)$", said.rest)
    if date or year:
        yield "birthday", date or (year["year"] if year else "")
    elif where:
        yield from ((f"birth {name}", value) for name, value in place(where["where"]))


def _status(said: Statement) -> Iterator[Pair]:
    found = _STATUS.match(said.rest)
    if found is None or not _END.match(found["tail"] or ""):
        return
    who, status = words(found["who"]), found["status"]
    if status in {"dating", "seeing"} and not who:
        return
    # "engaged in politics"
    if status == "engaged" and (found["tail"] or "").startswith((" in ", " on ", " for ")):
        return
    yield from valued("partner", who, is_denied=said.is_denied)
    yield from _not_so(status) if said.is_denied else _so(status)


def _so(status: str) -> Iterator[Pair]:
    # A widow or a divorced person may have found somebody since.
    if not status.startswith(("widow", "a widow", "divorced")):
        yield "partnered", NO if status == "single" else YES
    if status == "married":
        yield "married", YES
    elif status not in {"dating", "seeing"} and not status.startswith("in "):
        yield "married", NO


def _not_so(status: str) -> Iterator[Pair]:
    if status == "married":
        yield "married", NO
    if status == "single":
        yield "partnered", YES


def _got(said: Statement) -> Iterator[Pair]:
    if not said.is_denied:
        yield from _status(said)
        yield from work.started(said)
        yield from work.judged(said)


def _married(said: Statement) -> Iterator[Pair]:
    """`married Bob`, the deed."""
    if not said.is_denied and re.match(r"[A-Z]\w+(?:$|\s(?:last|in|on|this|yesterday))", said.rest):
        yield "partnered", YES
        yield "married", YES
        yield "partner", words(said.rest.split()[0])


def _broke_up(said: Statement) -> Iterator[Pair]:
    found = _BROKE_UP.match(said.rest)
    if found is not None and not said.is_denied:
        yield "partnered", NO
        yield from ([("partner", other_than(words(found["who"])))] if found["who"] else [])


def _age(said: Statement) -> Iterator[Pair]:
    found = _AGE.match(said.rest.lower())
    if found is None or said.is_denied or re.search(r"\b(?:in|of)\s", found["tail"]):
        return
    if _END.match(found["tail"]) and (found["years"] or found["age"] not in _NO_AGE):
        yield "age", words(found["age"])


def _named(said: Statement) -> Iterator[Pair]:
    found = _NAMED.match(said.rest)
    # Two sisters have two names; whose name differs is another sister.
    if found is not None and not said.holder.endswith(_SEVERAL):
        yield from valued("name", words(found["name"]), is_denied=said.is_denied)


_SEVERAL: Final = (" sister", " brother", " son", " daughter", " twin", " baby")


def _measured(said: Statement) -> Iterator[Pair]:
    tall = _TALL.match(said.rest)
    if tall is not None:
        yield from valued("height", words(tall["height"]), is_denied=said.is_denied)
    zone = _ZONE.match(said.rest)
    if zone is not None:
        value = words(zone["zone"].replace("/", " "))
        yield from valued("timezone", value, is_denied=said.is_denied)


def _weighs(said: Statement) -> Iterator[Pair]:
    found = _WEIGHT.match(said.rest)
    if found is not None:
        yield from valued("weight", words(found["weight"]), is_denied=said.is_denied)


def _uses_version(said: Statement) -> Iterator[Pair]:
    found = _VERSION.match(said.rest)
    if found is None or said.is_denied or facets(found.group()):
        return
    if re.search(r"[A-Z]", found["what"]):
        name = " ".join(sorted({*found["what"].lower().split(), "version"}))
        yield name, found["to"] or found["version"]


def _counted(said: Statement) -> Iterator[Pair]:
    found = _COUNT.match(said.rest.lower())
    if found is not None and found["what"] in _COUNTED and not said.is_denied:
        count = "0" if found["count"] == "no" else words(found["count"])
        kind = f"{words(found['kind'])} " if found["kind"] else ""
        yield f"number of {kind}{_COUNTED[found['what']]}", count


def _wakes(said: Statement) -> Iterator[Pair]:
    found = _WAKES.match(said.rest)
    if found is None or is_passing(said.rest) or re.search(r"\bon\s", said.rest):
        return
    hour = re.match(rf"{NUMBER}(?=$|[,.]|\s(?:now|every|each)\b)", found["when"])
    when = f"{words(hour.group())}:00" if hour else found["when"]
    name = "wake time" if found["how"] == "up" else "bed time"
    yield from valued(name, facets(when).get("time", ""), is_denied=said.is_denied)


def _goes_by(said: Statement) -> Iterator[Pair]:
    found = _GOES_BY.match(said.rest)
    if found is not None:
        yield from valued("nickname", words(found["name"]), is_denied=said.is_denied)


_Family = Callable[[Statement], Iterator[Pair]]
_BEING: Final = (
    _is_living, _born, _status, _age, _named, _measured, _uses_version,
    work.works, work.is_by_trade, work.judged, work.studies,
)  # fmt: skip
_FAMILIES: Final[dict[str, tuple[_Family, ...]]] = {
    "is": _BEING,
    "was": (work.judged, _born),
    "broke": (_broke_up,),
    "joined": (work.joined,),
    "married": (_married,),
    "turned": (_age,),
    **dict.fromkeys(("live", "lives", "reside", "resides", "settled"), (_lives,)),
    **dict.fromkeys(("moved", "relocated"), (_moved, _uses_version)),
    **dict.fromkeys(("work", "works"), (work.works,)),
    **dict.fromkeys(("started", "begun", "began"), (work.started,)),
    **dict.fromkeys(("left", "quit", "resigned"), (work.left,)),
    **dict.fromkeys(("got", "gotten"), (_got,)),
    **dict.fromkeys(("weigh", "weighs"), (_weighs,)),
    **dict.fromkeys(("use", "uses", "run", "runs"), (_uses_version,)),
    **dict.fromkeys(("upgraded", "migrated", "switched"), (_uses_version,)),
    **dict.fromkeys(("have", "has"), (_counted,)),
    **dict.fromkeys(("wake", "wakes", "get", "gets"), (_wakes,)),
    **dict.fromkeys(("report", "reports"), (work.reports,)),
    **dict.fromkeys(("study", "studies"), (work.studies,)),
    **dict.fromkeys(("go", "goes"), (_goes_by, _wakes)),
}
