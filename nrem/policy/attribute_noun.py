"""`X's Y is Z`: what is said of a thing that is named by a noun with one value, such as a deadline.

The noun decides what may be its value: a time, a number, a name, an address. Anything else is a
remark about it (`the deadline is tight`). Things of a team (`the staging port`) are held by the
speaker; what is a person's own (`Ada's phone number`) by that person. English.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from nrem.policy.attribute_clause import USER, Clause
from nrem.policy.attribute_fact import occupation
from nrem.policy.attribute_place import place
from nrem.policy.attribute_subject import KIN, holder_of, kin
from nrem.policy.attribute_value import NO, YES, date_words, facets, other_than, words

# holder, name, value
Triple = tuple[str, str, str]

_CHANGED: Final = (
    r"(?:moved|changed|rescheduled|postponed|pushed(?:\sback)?|delayed|shifted|brought\sforward|updated|set|reset"
    r"|raised|increased|lowered|reduced|cut|bumped|extended|switched|renamed|upgraded|rotated)"
)
_IS: Final = re.compile(
    r"\s(?:(?:is|are)\s(?:(?:now|currently|still|actually|officially|just|really|always|already)\s)*(?P<not>(?:not|no\slonger)\s)?"
    r"(?:(?:now|set|scheduled|due|called|named|equal)\s)*(?:(?:to|for|by)\s)?"
    rf"|(?:was|were|has\sbeen|have\sbeen|got)\s(?:(?:just|recently|now)\s)*{_CHANGED}\s(?:from\s.{{1,40}}?\s)?(?:to|until|till)\s"
    r"|(?:has\s|have\s)?(?:(?:just|recently|now)\s)*(?:changed|moved|went\sup|went\sdown|gone\sup|gone\sdown|rose|fell|dropped|increased|switched)"
    r"\s(?:from\s.{1,40}?\s)?to\s|=\s|:\s)"
)
_CHANGES: Final = re.compile(
    rf"(?P<who>I|[Ww]e|(?:[Tt]he\s)?[Uu]ser|[A-Z][\w-]+)\s(?:(?:have|has|just|recently|now|finally|already)\s)*{_CHANGED}\s"
    r"(?P<what>(?:the|my|our|his|her|their|[A-Z][\w-]+'s)\s.{1,60}?)\s(?:from\s.{1,40}?\s)?(?:to|until|for)\s(?P<value>.+)$"
)
_CALL: Final = re.compile(r"(?:[Pp]lease\s)?[Cc]all\sme\s(?P<name>[A-Z][\w'-]*)")
_OWNER: Final = re.compile(
    r"(?P<owner>[Mm]y|[Oo]ur|(?:[Tt]he\s)?[Uu]ser's|[A-Z\u00c0-\u00de][\w-]*(?:\s[A-Z][\w-]*)?'s|[Tt]he)\s"
)
_NOT_OWN: Final = re.compile(
    r"^(?:[Hh]is|[Hh]er|[Ii]ts|[Tt]heir|[Yy]our|[Tt]his|[Tt]hat|[Tt]hese|[Tt]hose|[Tt]here|[Ii]t|[Ss]he|[Hh]e|[Tt]hey|[Yy]ou|[Ii]|[Ww]e|[Ss]ome|[Aa]n?|[Ww]hat|[Oo]ne|[Ee]very\w*|[Aa]nother|[Nn]o)\b"
)
_OTHER: Final = re.compile(
    r"\b(?:former|old|previous|ex|original|last|past|ideal|dream|future|other|another|next|only|one|usual|whole|real"
    r"|best|worst|main\sproblem|problem|reason|thing)\b|(?<!\w)ex-"
)
_MERE: Final = re.compile(r"\b(?:new|current|exact|actual|latest|own|present|very|full|entire)\s")
_SYNONYMS: Final = (
    (re.compile(r"\bfavou?rite\b|\bfave\b"), "favorite"),
    (re.compile(r"\be-?mail(?:\saddress)?\b"), "email"),
    (re.compile(r"\b(?:tele)?phone(?:\snumber)?\b"), "phone"),
    (re.compile(r"\btime\s?zone\b"), "timezone"),
    (re.compile(r"\bwi-?fi\b"), "wifi"),
    (re.compile(r"\b(?:due\sdate)\b"), "deadline"),
    (re.compile(r"\b(?:date\sof\sbirth|birth\s?date|birth\sday)\b"), "birthday"),
    (re.compile(r"\b(?:boss|supervisor|line\smanager)\b"), "manager"),
    (re.compile(r"\b(?:surname|family\sname)\b"), "last name"),
    (re.compile(r"\b(?:profession|job\stitle|job)\b"), "occupation"),
    (re.compile(r"\bcolour\b"), "color"),
    (re.compile(r"\b(?:website|web\ssite|link)\b"), "url"),
    (re.compile(r"\bhometown\b|\bhome\stown\b"), "hometown"),
    (re.compile(r"\bhome\saddress\b"), "address"),
)
_TAIL: Final = re.compile(
    r"[.;!]?$|\s*[;!(]|,\s(?!\d|[A-Z][\w]*$)|\s(?:since|because|but|and|so|as\sof|now|which|who|where|instead|again|these\sdays|right\snow"
    r"|at\sthe\smoment|from\snow|until|for\snow|if|when|starting|effective|rather|not|after|before|with)\b"
)
_STATE: Final = re.compile(
    r"^(?:a|an|the|very|so|too|really|quite|pretty|super|great|good|bad|nice|fine|ok|okay|amazing|awesome|important|tight"
    r"|over|under|about|approaching|near|close|coming|done|open|closed|up|down|out|off|on\s(?:holiday|vacation|leave)|away|sick|ill"
    r"|happy|angry|mine|ours|yours|unknown|wrong|right|correct|secret|private|missing|lost|broken|slow|fast|ready|over|safe|weak"
    r"|strong|long|short|high|low|big|small|huge|new|old|similar|different|same|to|all|my|our|his|her|their|your|that|what|how|it|this"
    r"|still|also|just|only|always|never|usually|[a-z]+ing|more|less|better|worse|best|worst|kind|friendly|like|there|here|being|been)\b"
)
_EVENT: Final = frozenset(
    "meeting appointment deadline flight interview call standup stand-up exam class lesson wedding launch release review "
    "demo trip date event concert game match session checkup surgery delivery kickoff workshop retro retrospective sync course "
    "conference training rehearsal webinar dinner lunch party reservation booking ceremony graduation "
    "presentation hearing shift day time hours".split()
)
_NUMBER: Final = frozenset(
    "port budget price cost rent salary weight height age limit timeout quota size length pin rate fee threshold version "
    "target capacity deposit allowance".split()
)
_ADDRESS: Final = frozenset(
    "email url endpoint host hostname ip domain repo repository username handle password passcode code branch".split()
)
_PROPER: Final = frozenset(
    "manager doctor dentist gym school university bank therapist coach landlord mentor assistant employer owner lead "
    "editor framework database airline nationality religion team company college teacher trainer insurer".split()
)
_PLAIN: Final = frozenset(
    "color language theme timezone region pronouns currency major locale type number sign".split()
)
_TEXT: Final = frozenset("name nickname surname".split())
_PLACED: Final = frozenset(
    "office hometown location venue headquarters address house home apartment".split()
)
# Owned by a person, not by a project.
_PERSONAL: Final = frozenset(
    "name nickname email phone birthday address hometown age weight height salary rent manager doctor dentist gym school "
    "university therapist timezone language pronouns nationality religion major occupation username size type color "
    "theme landlord mentor coach employer bank allowance appointment wedding number sign college teacher trainer".split()
)
_RAW: Final = re.compile(r"[^\s,;]+")


def things_said(clause: Clause) -> Iterator[Triple]:
    """What a clause says of things that are named by a noun."""
    call = _CALL.match(clause.text)
    if call is not None:
        yield clause.speaker, "nickname", words(call["name"])
        return
    change = _CHANGES.match(clause.text)
    if change is not None:
        what = re.sub(r"^(?:his|her|their)\b", _owned_by(change["who"]), change["what"])
        yield from _said(clause.speaker, what, change["value"], is_denied=False)
        return
    found = _IS.search(clause.text[:200])
    if found is not None and not _NOT_OWN.match(clause.text):
        what, value = clause.text[: found.start()], clause.text[found.end() :]
        yield from _said(clause.speaker, what, value, is_denied=found["not"] is not None)


def _owned_by(who: str) -> str:
    return "my" if who in {"I", "We", "we"} else f"{who}'s"


def _said(speaker: str, what: str, value: str, *, is_denied: bool) -> Iterator[Triple]:
    named = _noun(speaker, what)
    if named is None:
        return
    holder, noun = named
    head = noun.split()[-1]
    for facet, found in _values(noun, head, value):
        name = " ".join(sorted(set(words(noun).split()))) + facet
        yield holder, name, other_than(found) if is_denied else found


def _noun(speaker: str, what: str) -> tuple[str, str] | None:
    """The holder and the noun with its qualifiers; None where it is another one, or a former one."""
    what = _turned(what.strip())
    holder, owned = speaker, False
    while (owner := _OWNER.match(what)) is not None:
        if owner["owner"].lower() != "the":
            holder, owned = holder_of(owner["owner"], speaker), True
        what = what[owner.end() :]
    noun = _named(what.lower())
    if not noun or len(noun.split()) > 6 or _OTHER.search(noun):
        return None
    *chain, noun = noun.split("'s ")
    if any(re.fullmatch(KIN, one) for one in chain):
        holder, owned = " ".join([holder, *(kin(one) for one in chain)]), True
        chain = []
    return _held(speaker, holder, " ".join([*chain, noun]), owned=owned)


def _held(speaker: str, holder: str, noun: str, *, owned: bool) -> tuple[str, str]:
    """A person's own things are held by that person; a project's by whoever speaks of it."""
    team = USER if speaker == "assistant" else speaker
    if noun.rsplit(maxsplit=1)[-1] in _PERSONAL or "favorite" in noun:
        return (holder if owned else team), noun
    return team, noun if holder == speaker else f"{holder} {noun}"


def _turned(what: str) -> str:
    """`the port of staging` as `staging's port`."""
    found = re.fullmatch(
        r"(?:[Tt]he|[Mm]y|[Oo]ur)?\s?(?P<noun>[\w /-]{2,40}?)\s(?:of|for)\s(?P<whose>[^,]{1,40})",
        what,
    )
    if found is None or found["noun"].endswith((" kind", " type")):
        return what
    whose = found["whose"]
    if re.match(r"(?:my|our|the\suser|[A-Z])", whose):
        return f"{whose}'s {found['noun']}"
    return f"{whose.removeprefix('the ')} {found['noun']}"


def _named(noun: str) -> str:
    named = _MERE.sub("", noun.strip())
    for pattern, same in _SYNONYMS:
        named = pattern.sub(same, named)
    return named


def _values(noun: str, head: str, value: str) -> Iterator[tuple[str, str]]:
    """Pairs of a facet (a suffix of the attribute's name) and a value."""
    if value.startswith(
        ("enabled", "disabled", "turned on", "turned off", "switched on", "switched off")
    ):
        yield (
            " enabled",
            NO if value.startswith(("disabled", "turned off", "switched off")) else YES,
        )
        return
    reader = _READERS.get("favorite" if "favorite" in noun else head)
    if reader is not None:
        yield from reader(value)


def _cut(value: str) -> str:
    found = _TAIL.search(value)
    return (value[: found.start()] if found else value).strip(" \"'")


def _when(value: str) -> Iterator[tuple[str, str]]:
    if re.match(r"in\s(?:room|the)\b", value):
        return
    yield from ((f" {facet}", found) for facet, found in facets(value[:80]).items())


def _how_much(value: str) -> Iterator[tuple[str, str]]:
    cut = words(_cut(re.sub(r"^(?:at|about|around|only)\s", "", value)))
    if re.match(r"\d|[a-z]{1,12}\s\d", cut) and not re.match(
        r"\d+\s(?:minut|hour|day|week|year old)", cut
    ):
        yield "", cut


def _raw(value: str) -> Iterator[tuple[str, str]]:
    found = _RAW.match(_unlinked(value))
    one = found.group().strip(".\"'!").casefold() if found else ""
    rest = _cut(value).split()
    if one and len(rest) <= 2 and not _STATE.match(one):
        yield "", one.removeprefix("https://").removeprefix("http://").rstrip("/")


def _unlinked(value: str) -> str:
    return value.strip(" <[(")


def _phone(value: str) -> Iterator[tuple[str, str]]:
    digits = re.sub(r"\D", "", re.split(r"[;!]|\s(?:and|but|or)\s", value)[0])
    if len(digits) >= 4:
        yield "", digits[-7:]


def _who(value: str) -> Iterator[tuple[str, str]]:
    """A name: words with capitals."""
    found = re.match(r"(?:at\s|with\s)?(?:the\s)?((?:[A-Z0-9][\w.&'-]*\s?)+)", value)
    if found is not None:
        yield "", words(found[1])


def _word(value: str) -> Iterator[tuple[str, str]]:
    cut = _cut(value).removeprefix("in ")
    if cut and len(cut.split()) <= 4 and not _STATE.match(cut):
        yield "", words(cut.replace("/", " ").replace("_", " "))


def _birthday(value: str) -> Iterator[tuple[str, str]]:
    date = date_words(value)
    if date:
        yield "", date


def _where(value: str) -> Iterator[tuple[str, str]]:
    where = (
        value
        if re.match(r"(?:in|at|on)\s", value)
        else f"at {value}"
        if value[:1].isdigit()
        else f"in {value}"
    )
    yield from ((f" {name}", found) for name, found in place(where))


def _trade(value: str) -> Iterator[tuple[str, str]]:
    cut = _cut(value)
    is_trade = re.match(r"(?:an?\s)?[\w/ -]+$", cut) and len(cut.split()) <= 4
    bare = re.sub(r"^an?\s", "", cut)
    if (
        is_trade
        and not _STATE.match(bare)
        and (
            bare != cut or re.search(r"(?:er|or|ist|ian|ant|yst|nurse|chef|cto|ceo)$", bare.lower())
        )
    ):
        yield "", occupation(bare)


_Reader = Callable[[str], Iterator[tuple[str, str]]]
_READERS: Final[dict[str, _Reader]] = {
    **dict.fromkeys(_EVENT, _when),
    **dict.fromkeys(_NUMBER, _how_much),
    **dict.fromkeys(_ADDRESS, _raw),
    **dict.fromkeys(_PROPER, _who),
    **dict.fromkeys(_TEXT, _who),
    **dict.fromkeys(_PLAIN, _word),
    **dict.fromkeys(_PLACED, _where),
    "phone": _phone,
    "birthday": _birthday,
    "occupation": _trade,
    "favorite": _word,
}
