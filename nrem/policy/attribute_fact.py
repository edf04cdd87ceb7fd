"""What the verb of a clause says of somebody's circumstances: home, work, partner, age, and so on.

Each attribute has one value at a time. Only words that name a thing count as its value (`Acme`, not
`a startup`), since a kind of thing and its name do not contradict each other. English.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from nrem.policy.attribute_place import place
from nrem.policy.attribute_subject import Statement
from nrem.policy.attribute_value import (
    NO,
    NUMBER,
    YES,
    date_words,
    facets,
    other_than,
    words,
)

# A name of an attribute and its value.
Pair = tuple[str, str]

# The state of things only for a time, or in the past.
_PASSING: Final = re.compile(
    r"\b(?:if|when|whenever|until|till|during|while|temporarily|every|half|part\sof|tomorrow|soon"
    r"|for\s(?:the|a|one|two|three|four|five|six|\d+|a\sfew|several)\s(?:days?|weeks?|months?|semester|summer|winter"
    r"|term|while|bit|weekend|nights?)|in\s(?:the\s)?(?:spring|summer|autumn|winter)s?|next\s\w+"
    r"|(?:on\s)?weekends|(?:on\s)?weekdays|as\sa\s(?:child|kid|teen\w*|student|baby|boy|girl)"
    r"|(?:years?|decades?|ages)\sago|back\sin|in\s(?:19|20)\d\d|later|once|briefly|sometimes)\b"
)
_ALSO: Final = re.compile(r"\b(?:also|as\swell|too|part[- ]time|side|second|another|one\sof)\b")

_LIVING: Final = re.compile(r"(?:living|residing|based|settled)\s(?P<where>(?:in|at|on|near)\s.+)$")
_MOVED: Final = re.compile(
    r"(?:(?:back|away|in|over|house|out|permanently|here)\s)?(?:from\s.{1,60}?\s)?(?:back\s)?(?:to|into)\s(?P<where>.+)$"
)
_NOT_HOME: Final = re.compile(r"^(?:an?|my|our|his|her|their)\b|\bas\s(?:an?|the|their)\b")
_ORGANISATION: Final = re.compile(
    r"(?:(?:at|for|with|by|from)\s)?(?P<name>[A-Z0-9][\w&.'-]*(?:\s(?:of|and|&|[A-Z0-9][\w&.'-]*))*"
    r"|(?!(?:a|an|the|my|our|his|her|their|its|this|that|it|them|home|night|nights|noon|weekends|school"
    r"|university|college|sea|free|fun|myself|charity|heights?|various|several|two|both|different"
    r"|local|least|first|all|the|work|me|us|you|him|money|food|good|peace|people|hours)\b)[a-z][\w-]+"
    r"(?=$|\s(?:as|now|since|in|these)\b))"
)
_OCCUPATION: Final = re.compile(
    r"(?:as\s|to\s)?(?:an?\s|the\s)?(?P<what>[\w/ -]+?)"
    r"(?=$|[,.(]|\s(?:at|for|in|with|and|since|who|where|now|on|from|while|these|again|of|by)\b)"
)
_JOBS: Final = {
    one: same
    for same, several in {
        "develop": "developer programmer coder",
        "doctor": "doctor physician",
        "lawyer": "lawyer attorney",
        "teacher": "teacher educator schoolteacher",
        "waiter": "waiter waitress server",
    }.items()
    for one in several.split()
}
_STATUS: Final = re.compile(
    r"(?:(?:happily|newly|legally|officially|now)\s)?(?P<status>married|engaged|dating|seeing|single|divorced"
    r"|widowed|a\swidow(?:er)?|in\sa\s(?:serious\s|new\s|happy\s|committed\s)?relationship)"
    r"(?:\s(?:to|with))?(?P<who>(?:\s[A-Z][\w-]+){0,3})(?P<tail>\s.*)?$"
)
_END: Final = re.compile(
    r"(?:\s*(?:,|\(|now\b|again\b|at\sthe\smoment|currently|these\sdays|for\s|since\s|and\b|but\b"
    r"|last\s|in\s|on\s|this\s|today|yesterday|as\sof|by\sthe\sway|right\snow|once\s|ago|still|with\stwo|happily).*)?$"
)
_AGE: Final = re.compile(
    rf"(?P<age>{NUMBER})(?:[\s-]years?(?:[\s-]old|\sof\sage)?)?(?P<tail>$|[\s,(].*)"
)
_NAMED: Final = re.compile(r"(?:called|named)\s(?P<name>[A-Z][\w'-]*(?:\s[A-Z][\w'-]*){0,3})")
_TALL: Final = re.compile(r"(?P<height>\d[\d.,' ]*\s?(?:cm|m|feet|foot|ft)?(?:\s?\d+)?)\stall")
_ZONE: Final = re.compile(r"(?:in|on)\s(?:the\s)?(?P<zone>[\w/+:-]+)\stime\s?zone")
_VERSIONED: Final = re.compile(
    r"(?:from\s.{1,40}?\s)?(?:(?:on|to|with)\s)?(?:version\s)?(?P<what>[A-Za-z][\w.+#-]*(?:\s[A-Z][\w.+#-]*)?)\s(?:version\s|v)?"
    r"(?P<version>\d+(?:\.\d+)*)(?:\sto\s(?P=what)?\s?(?:version\s|v)?(?P<to>\d+(?:\.\d+)*))?(?=$|[\s,)])"
)
_COUNTED: Final = {
    one: same
    for same, several in {
        "children": "children kids child kid",
        **{
            one: f"{one}s {one}"
            for one in (
                "son daughter brother sister sibling dog cat pet car bike employee grandchild "
                "horse house cow chicken bedroom tattoo member subscriber follower student job"
            ).split()
        },
    }.items()
    for one in several.split()
}
_COUNT: Final = re.compile(rf"(?P<count>no|{NUMBER})\s(?:\w+\s)?(?P<what>[a-z]+)(?=$|[\s,.(])")


def facts(said: Statement) -> Iterator[Pair]:
    """The circumstances that a clause states, by its verb."""
    for family in _FAMILIES.get(said.verb, ()):
        yield from family(said)


def _valued(name: str, value: str, said: Statement) -> Iterator[Pair]:
    if value:
        yield name, other_than(value) if said.is_denied else value


def _home(where: str, said: Statement) -> Iterator[Pair]:
    if _PASSING.search(where) and not said.is_perfect:
        return
    if not _ALSO.search(where):
        for name, value in place(where):
            yield from _valued(name, value, said)


def _lives(said: Statement) -> Iterator[Pair]:
    yield from _home(said.rest, said)


def _moved(said: Statement) -> Iterator[Pair]:
    found = _MOVED.match(said.rest)
    if found is None or said.is_denied or _PASSING.search(said.rest):
        return
    if facets(found["where"][:12]) or _NOT_HOME.search(found["where"]):
        return
    yield from _home(f"to {found['where']}", said)
    if "version" in said.rest or re.search(r"\d", found["where"].split(" on ")[0]):
        yield from _uses_version(said)


def _is_living(said: Statement) -> Iterator[Pair]:
    found = _LIVING.match(said.rest)
    if found is not None:
        yield from _home(found["where"], said)
    if said.rest.startswith("from ") and not said.is_denied:
        yield from ((f"origin {name}", value) for name, value in place(f"in {said.rest[5:]}"))


def _born(said: Statement) -> Iterator[Pair]:
    if not said.rest.startswith("born "):
        return
    where = re.search(r"\b(in\s[A-Z].*)$", said.rest)
    date = date_words(said.rest)
    year = re.search(r"\bin\s((?:19|20)\d\d)\b", said.rest)
    if date or year:
        yield "birthday", date or (year[1] if year else "")
    elif where:
        yield from ((f"birth {name}", value) for name, value in place(where[1]))


def _works(said: Statement) -> Iterator[Pair]:
    rest = said.rest.removeprefix("working ").removeprefix("employed ")
    if said.verb == "is" and rest == said.rest:
        return
    if _ALSO.search(rest) or _PASSING.search(rest):
        return
    if re.match(r"(?:at|for|with|by)\s", rest):
        yield from _employer(rest, said)
    job = re.search(r"\bas\s((?:an?|the)\s.+)$", rest)
    if job is not None:
        yield from _job(job[1], said)


def _employer(rest: str, said: Statement) -> Iterator[Pair]:
    found = _ORGANISATION.match(rest)
    if found is not None and not facets(found["name"]):
        yield from _valued("employer", words(found["name"]), said)


def _job(text: str, said: Statement) -> Iterator[Pair]:
    found = _OCCUPATION.match(text)
    if found is not None:
        yield from _valued("occupation", occupation(found["what"]), said)


def occupation(text: str) -> str:
    """An occupation by one of the words for it."""
    kept = " ".join(_JOBS.get(one, one) for one in text.lower().split())
    return (
        words(kept)
        .replace("softwar engine", "softwar")
        .replace("softwar develop", "softwar develop")
    )


def _joined(said: Statement) -> Iterator[Pair]:
    if not said.is_denied and re.match(r"[A-Z]", said.rest):
        yield from _employer(said.rest, said)
        yield from (
            pair for job in re.findall(r"\bas\s(an?\s.+)$", said.rest) for pair in _job(job, said)
        )


def _started(said: Statement) -> Iterator[Pair]:
    found = re.match(
        r"(?:working|(?:(?:a|my|the)\s)?(?:new\s)?(?:job|position|role)(?:\sas\san?\s[\w ]+?)?)\s((?:at|for|with)\s.+)$",
        said.rest,
    )
    if found is not None and not said.is_denied:
        yield from _employer(found[1], said)


def _left(said: Statement) -> Iterator[Pair]:
    rest = re.sub(
        r"^working\s|^(?:my|his|her|the|a)\s(?:old\s)?(?:job|position|role)\s", "", said.rest
    )
    found = _ORGANISATION.match(rest)
    is_name = found is not None and (rest != said.rest or rest[:1].isupper())
    if found is not None and is_name and not said.is_denied:
        yield "employer", other_than(words(found["name"]))


def _was_dismissed(said: Statement) -> Iterator[Pair]:
    found = re.match(r"(?:laid\soff|fired|dismissed|let\sgo)\s((?:from|by)\s.+)$", said.rest)
    if found is not None:
        yield from _left(
            Statement(
                holder=said.holder,
                verb="left",
                rest=f"working {found[1]}",
                is_denied=False,
                is_perfect=False,
            )
        )
    found = re.match(r"(?:hired)\s(by\s.+)$", said.rest)
    if found is not None:
        yield from _employer(found[1], said)
    found = re.match(r"promoted\s(to\s.+)$", said.rest)
    if found is not None:
        yield from _job(found[1], said)


def _status(said: Statement) -> Iterator[Pair]:
    found = _STATUS.match(said.rest)
    if found is None or not _END.match(found["tail"] or ""):
        return
    who, status = words(found["who"]), found["status"]
    if status in {"dating", "seeing"} and not who:
        return
    if said.is_denied:
        yield from _valued("partner", who, said)
        yield from ([("married", NO)] if status == "married" else [])
        yield from ([("partnered", YES)] if status == "single" else [])
        return
    yield "partnered", NO if status == "single" else YES
    yield from _married(status)
    yield from _valued("partner", who, said)


def _married(status: str) -> Iterator[Pair]:
    if status == "married":
        yield "married", YES
    elif status in {"single", "engaged", "divorced"} or status.startswith(("widow", "a widow")):
        yield "married", NO


def _got(said: Statement) -> Iterator[Pair]:
    if said.is_denied:
        return
    yield from _status(said)
    yield from _started(said)
    yield from _was_dismissed(said)


def _age(said: Statement) -> Iterator[Pair]:
    found = _AGE.match(said.rest.lower())
    is_years = found is not None and "year" in said.rest.lower()[: found.start("tail")]
    if found is None or said.is_denied or re.search(r"\b(?:in|of)\s", found["tail"]):
        return
    if _END.match(found["tail"]) and (is_years or found["age"] not in NUMBER_PRONOUNS):
        yield "age", words(found["age"])


NUMBER_PRONOUNS: Final = frozenset({"one", "two", "zero"})


def _named(said: Statement) -> Iterator[Pair]:
    found = _NAMED.match(said.rest)
    if found is not None and _has_lasting_name(said.holder):
        yield from _valued("name", words(found["name"]), said)


def _has_lasting_name(holder: str) -> bool:
    """Two sisters have two names; a sister of whom one knows the name has no other one later."""
    return not holder.endswith((" sister", " brother", " son", " daughter", " twin", " baby"))


def _measured(said: Statement) -> Iterator[Pair]:
    tall = _TALL.match(said.rest)
    if tall is not None:
        yield from _valued("height", words(tall["height"]), said)
    zone = _ZONE.match(said.rest)
    if zone is not None:
        yield from _valued("timezone", words(zone["zone"].replace("/", " ")), said)


def _weighs(said: Statement) -> Iterator[Pair]:
    found = re.match(rf"(?:about\s)?({NUMBER}[\d.,]*\s?\w*)", said.rest)
    if found is not None:
        yield from _valued("weight", words(found[1]), said)


def _uses_version(said: Statement) -> Iterator[Pair]:
    found = _VERSIONED.match(said.rest)
    if found is not None and re.search(r"[A-Z]", found["what"]) and not said.is_denied:
        if not facets(found.group()):
            yield f"version {words(found['what'])}", found["to"] or found["version"]


def _port(said: Statement) -> Iterator[Pair]:
    found = re.match(r"(?:on\s)?port\s(\d+)\b", said.rest)
    if found is not None:
        yield from _valued(f"port {words(said.holder)}", found[1], said)


def _counted(said: Statement) -> Iterator[Pair]:
    found = _COUNT.match(said.rest.lower())
    if found is not None and found["what"] in _COUNTED and not said.is_denied:
        count = "0" if found["count"] == "no" else words(found["count"])
        middle = said.rest.lower().split()[1]
        kind = "" if middle == found["what"] else f" {words(middle)}"
        yield f"number of{kind} {_COUNTED[found['what']]}", count


def _wakes(said: Statement) -> Iterator[Pair]:
    found = re.match(r"up\s(?:at|around|by)\s(.+)$", said.rest)
    time = (
        facets(found[1]).get("time")
        if found is not None and not _PASSING.search(said.rest)
        else None
    )
    if time and not re.search(r"\bon\s", said.rest):
        yield from _valued("wake time", time, said)


def _reports(said: Statement) -> Iterator[Pair]:
    found = re.match(r"to\s([A-Z]\w+(?:\s[A-Z]\w+)?)", said.rest)
    if found is not None:
        yield from _valued("manager", words(found[1]), said)


def _studies(said: Statement) -> Iterator[Pair]:
    rest = said.rest.removeprefix("studying ").removeprefix("enrolled ")
    found = re.match(r"(?:[a-z ]{1,30}\s)?at\s(?:the\s)?([A-Z].*)$", rest)
    if found is not None and (said.verb != "is" or rest != said.rest):
        yield from _valued(
            "school", words(re.split(r"\s(?:now|since|in|and|this)\b", found[1])[0]), said
        )


def _goes_by(said: Statement) -> Iterator[Pair]:
    found = re.match(r"by\s([A-Z]\w+)", said.rest)
    if found is not None:
        yield from _valued("nickname", words(found[1]), said)


def _broke_up(said: Statement) -> Iterator[Pair]:
    found = re.match(r"up(?:\swith(?:\smy\s\w+)?(?:\s([A-Z]\w+))?)?", said.rest)
    if found is not None and not said.is_denied:
        yield "partnered", NO
        yield from ([("partner", other_than(words(found[1])))] if found[1] else [])


_Family = Callable[[Statement], Iterator[Pair]]
_FAMILIES: Final[dict[str, tuple[_Family, ...]]] = {
    "is": (
        _is_living,
        _works,
        _status,
        _age,
        _named,
        _measured,
        _uses_version,
        _studies,
        _was_dismissed,
        _born,
    ),
    "was": (_was_dismissed, _born),
    **dict.fromkeys(("live", "lives", "reside", "resides", "living", "settled"), (_lives,)),
    **dict.fromkeys(("moved", "relocated"), (_moved,)),
    **dict.fromkeys(("work", "works", "working"), (_works,)),
    "joined": (_joined,),
    **dict.fromkeys(("started", "begun", "began"), (_started,)),
    **dict.fromkeys(("left", "quit", "resigned"), (_left,)),
    **dict.fromkeys(("got", "gotten"), (_got,)),
    "turned": (_age,),
    "broke": (_broke_up,),
    **dict.fromkeys(("weigh", "weighs"), (_weighs,)),
    **dict.fromkeys(("use", "uses", "upgraded", "migrated", "switched"), (_uses_version,)),
    **dict.fromkeys(("run", "runs"), (_uses_version, _port)),
    **dict.fromkeys(("listen", "listens"), (_port,)),
    **dict.fromkeys(("have", "has"), (_counted,)),
    **dict.fromkeys(("wake", "wakes", "get", "gets"), (_wakes,)),
    **dict.fromkeys(("report", "reports"), (_reports,)),
    **dict.fromkeys(("study", "studies"), (_studies,)),
    **dict.fromkeys(("go", "goes"), (_goes_by,)),
}
