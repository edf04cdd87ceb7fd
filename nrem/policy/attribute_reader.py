"""Which words may be the value of a noun: a time of a meeting, a number of a budget, and so on.

What is no value of that kind is a remark (`the deadline is tight`, `my manager is on holiday`), so
it gives nothing. A reader yields pairs of a facet, which is a suffix of the attribute's name, and a
value: a meeting has a day, a date and a time, each for itself. English.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from nrem.policy.attribute_place import place
from nrem.policy.attribute_value import NO, YES, Pair, date_words, facets, words
from nrem.policy.attribute_work import occupation

_EVENT: Final = """
meeting appointment deadline flight interview call standup stand-up exam class lesson wedding launch
release review demo trip date event concert game match session checkup surgery delivery kickoff
workshop retro retrospective sync course conference training rehearsal webinar dinner lunch party
reservation booking ceremony graduation presentation hearing shift day time hours
"""
_AMOUNT: Final = """
port budget price cost rent salary weight height age limit timeout quota size length pin rate fee
threshold version target capacity deposit allowance
"""
_SINGLE: Final = """
email url endpoint host hostname ip domain repo repository username handle password passcode code
branch
"""
# Nouns whose value is a name.
PROPER: Final = frozenset(
    """
name nickname manager doctor dentist gym school university bank therapist coach landlord mentor
assistant employer owner lead editor framework database airline nationality religion team company
college teacher trainer insurer
""".split()
)
_PLAIN: Final = """
color language theme timezone region pronouns currency major locale type sign
"""
_PLACED: Final = (
    "city town residence office hometown location venue headquarters address house home apartment"
)
# Owned by a person rather than by a project.
PERSONAL: Final = frozenset(
    """
    name nickname email phone birthday address hometown city town residence location age weight
    height salary rent manager doctor dentist gym school university therapist timezone language
    pronouns nationality religion major occupation username size type color theme landlord mentor
    coach employer bank allowance appointment wedding sign college teacher trainer
    """.split()
)
# Nouns that say no more than the kind of place: `my city is Berlin` is `I live in Berlin`.
MERE_PLACES: Final = frozenset(("city", "town", "location", "residence", "home city", "address"))
# The form of an attribute's noun that stands for any favourite.
FAVORITE: Final = "favorite"

_TAIL: Final = re.compile(
    r"[.;!]?$|\s*[;!(]|,\s(?!\d|[A-Z]\w*$)"
    r"|\s(?:since|because|but|and|so|as\sof|now|which|who|where|instead|again|these\sdays"
    r"|right\snow|at\sthe\smoment|from\snow|until|for\snow|if|when|starting|effective|rather|not"
    r"|after|before|with)\b"
)
_STATES: Final = """
a an the very so too really quite pretty super great good bad nice fine ok okay amazing awesome
important tight over under about approaching near close coming done open closed up down out off away
sick ill happy angry mine ours yours unknown wrong right correct secret private missing lost broken
slow fast ready safe weak strong long short high low big small huge new old similar different same
to all my our his her their your that what how it this still also just only always never usually
more less better worse best worst kind friendly like there here being been
"""
_STATE: Final = re.compile(
    rf"(?:{'|'.join(_STATES.split())}|on\s(?:holiday|vacation|leave)|(?!spring\b)[a-z]+ing)\b"
)
_TRADE: Final = re.compile(r"(?:er|or|ist|ian|ant|yst|nurse|chef|cto|ceo)$")
_OFF: Final = ("disabled", "turned off", "switched off")
_ON: Final = ("enabled", "turned on", "switched on")
_NAMES: Final = re.compile(
    r"(?:at\s|with\s)?(?:the\s)?(?P<name>[A-Z][\w.&'-]*(?:\s[A-Z0-9][\w.&'-]*)*)"
)
_WORD: Final = re.compile(r"[^\s,;]+")


def values(noun: str, value: str) -> Iterator[Pair]:
    """What a noun in the singular, in one spelling, is said to be."""
    if value.startswith((*_ON, *_OFF)):
        yield " enabled", NO if value.startswith(_OFF) else YES
        return
    reader = _READERS.get(FAVORITE if FAVORITE in noun else noun.rsplit(maxsplit=1)[-1])
    if reader is not None:
        yield from reader(value)


def _cut(value: str) -> str:
    found = _TAIL.search(value)
    return (value[: found.start()] if found else value).strip(" \"'")


def _when(value: str) -> Iterator[Pair]:
    if not re.match(r"in\s(?:room|the)\b", value):
        yield from ((f" {facet}", found) for facet, found in facets(value[:80]).items())


def _amount(value: str) -> Iterator[Pair]:
    cut = words(_cut(re.sub(r"^(?:at|about|around|only)\s", "", value)))
    is_duration = re.match(r"\d+\s(?:minut|hour|day|week|year old)", cut)
    if re.match(r"\d|[a-z]{1,12}\s\d", cut) and not is_duration:
        yield "", cut


def _single(value: str) -> Iterator[Pair]:
    """A word as it stands, such as an address of the web."""
    found = _WORD.match(value.strip(" <[("))
    one = found.group().strip(".\"'!").casefold() if found else ""
    if one and len(_cut(value).split()) <= 2 and not _STATE.match(one):
        yield "", one.removeprefix("https://").removeprefix("http://").rstrip("/")


def _phone(value: str) -> Iterator[Pair]:
    """The last digits: what stands before them may be left out, as the code of the country."""
    digits = re.sub(r"\D", "", re.split(r"[;!]|\s(?:and|but|or)\s", value, maxsplit=1)[0])
    if len(digits) >= 4:
        yield "", digits[-7:]


def _proper(value: str) -> Iterator[Pair]:
    found = _NAMES.match(value)
    if found is not None:
        yield "", words(found["name"])


def _plain(value: str) -> Iterator[Pair]:
    cut = _cut(value).removeprefix("in ")
    if cut and len(cut.split()) <= 4 and not _STATE.match(cut):
        yield "", words(cut.replace("/", " ").replace("_", " "))


def _birthday(value: str) -> Iterator[Pair]:
    date = date_words(value)
    if date:
        yield "", date


def _where(value: str) -> Iterator[Pair]:
    if re.match(r"(?:in|at|on)\s", value):
        where = value
    else:
        where = f"at {value}" if value[:1].isdigit() else f"in {value}"
    yield from ((f" {name}", found) for name, found in place(where))


def _trade(value: str) -> Iterator[Pair]:
    cut = _cut(value)
    bare = re.sub(r"^an?\s", "", cut)
    is_trade = bare != cut or _TRADE.search(bare.lower())
    if is_trade and re.match(r"[\w/ -]+$", bare) and len(bare.split()) <= 4:
        yield from ([] if _STATE.match(bare) else [("", occupation(bare))])


_Reader = Callable[[str], Iterator[Pair]]
_READERS: Final[dict[str, _Reader]] = {
    **dict.fromkeys(_EVENT.split(), _when),
    **dict.fromkeys(_AMOUNT.split(), _amount),
    **dict.fromkeys(_SINGLE.split(), _single),
    **dict.fromkeys(PROPER, _proper),
    **dict.fromkeys(_PLAIN.split(), _plain),
    **dict.fromkeys(_PLACED.split(), _where),
    FAVORITE: _plain,
    "birthday": _birthday,
    "occupation": _trade,
    "phone": _phone,
}
