"""Where somebody lives, told apart by how exact it is: country, state, town, or street.

A town does not contradict its country, nor a street its town, so each is an attribute of its own. A
district is left out: only a gazetteer could tell whether it lies in the town named before. English.
"""

import re
from collections.abc import Iterator
from typing import Final

from nrem.policy.attribute_value import words

_WORD: Final = r"[A-Z\u00c0-\u00de][\w.'-]*"
_NAME: Final = (
    rf"{_WORD}(?:(?:\s(?:de|la|le|of|upon|am|an\sder|del|da|do|on\sthe))?\s{_WORD}){{0,3}}"
)
_PLACE: Final = re.compile(
    rf"(?:in|to|into|at|on)\s(?:(?:sunny|beautiful|downtown|central|rural|northern|southern"
    rf"|eastern|western)\s)*(?P<the>[Tt]he\s)?(?P<name>{_NAME})(?:,\s(?P<part>{_NAME}))?"
)
# Typed without capitals: one word, or two, that name nothing else.
_PLAIN: Final = re.compile(
    r"(?:in|to)\s(?P<name>[a-z][\w-]{2,}(?:\s[a-z][\w-]{2,})?)(?=$|,|\snow$)"
)
_COMMON: Final = frozenset(
    """
    town city village country countryside suburb suburbs house flat apartment dorm tent van hotel
    hostel residence public private quarters peace fear harmony hope poverty luxury style sin denial
    exile squalor comfort isolation tears shambles trouble love pain debt prison jail monday tuesday
    wednesday thursday friday saturday sunday today tomorrow team mode online remote tea decaf
    coffee europe asia africa america person together nearby abroad upstate downtown here there
    different new old big small nice same bed work the this that another my our
    """.split()
)
_STREET: Final = re.compile(
    r"(?:in|to|at|on)\s(?P<street>(?:\d+\w?\s(?:[A-Z][\w.'-]*\s?)+|(?:[A-Z][\w.'-]*\s)+"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Square|Place|Boulevard|Way)\b(?:\s\d+)?))"
)
_AREAS: Final = frozenset(
    """
    afghanistan albania algeria argentina armenia australia austria belgium bolivia brazil bulgaria
    cambodia cameroon canada chile china colombia croatia cuba cyprus czechia denmark ecuador egypt
    england estonia ethiopia finland france germany ghana greece hungary iceland india
    indonesia iran iraq ireland israel italy jamaica japan jordan kenya kosovo latvia lebanon libya
    lithuania malaysia malta mexico moldova mongolia montenegro morocco myanmar nepal netherlands
    nicaragua nigeria norway pakistan panama paraguay peru philippines poland portugal qatar romania
    russia rwanda scotland senegal serbia slovakia slovenia somalia spain sudan sweden switzerland
    syria taiwan tanzania thailand tunisia turkey uganda ukraine uruguay usa uzbekistan venezuela
    vietnam wales yemen zambia zimbabwe uk us britain holland
    """.split()
)


def _lines(text: str) -> frozenset[str]:
    """Names of several words, parted by semicolons and line ends."""
    return frozenset(one.strip() for one in text.replace("\n", ";").split(";")) - {""}


_COUNTRIES: Final = _AREAS | _lines("""
    united states;united kingdom;great britain;new zealand;south africa;south korea;north korea
    costa rica;sri lanka;saudi arabia;czech republic;northern ireland;dominican republic;el salvador
    puerto rico;united arab emirates;the gambia;ivory coast;bosnia and herzegovina
""")
_SAME_COUNTRY: Final = {
    **dict.fromkeys(("us", "usa", "america"), "united states"),
    **dict.fromkeys(("uk", "britain", "great britain"), "united kingdom"),
    "holland": "netherlands",
    "czechia": "czech republic",
}
# States and regions, which hold towns.
_REGIONS: Final = _lines("""
    alabama;alaska;arizona;arkansas;california;colorado;connecticut;delaware;florida;hawaii;idaho
    illinois;indiana;iowa;kansas;kentucky;louisiana;maine;maryland;massachusetts;michigan;minnesota
    mississippi;missouri;montana;nebraska;nevada;new hampshire;new jersey;new mexico;north carolina
    north dakota;ohio;oklahoma;oregon;pennsylvania;rhode island;south carolina;south dakota
    tennessee;texas;utah;vermont;virginia;west virginia;wisconsin;wyoming;ontario;quebec;alberta
    bavaria;saxony;hesse;catalonia;andalusia;tuscany;sicily;provence;brittany;normandy;cornwall
    devon;kent;yorkshire;essex;sussex;surrey;queensland;new south wales;british columbia;bay area
    midwest;east coast;west coast;silicon valley;black forest;alps;europe;asia;africa
""")
# Districts, and names of both a country and a state.
_UNSURE: Final = _lines("""
    brooklyn;manhattan;queens;bronx;harlem;williamsburg;soho;tribeca;kreuzberg;neuk\u00f6lln;mitte
    wedding;prenzlauer berg;friedrichshain;charlottenburg;sch\u00f6neberg;altona;schwabing;camden
    hackney;brixton;islington;shoreditch;notting hill;chelsea;greenwich;montmartre;le marais
    shibuya;shinjuku;hollywood;beverly hills;old town;downtown;city;georgia
""")
_NOT_PLACES: Final = re.compile(
    r"\b(?:team|marketing|sales|engineering|department|division|inc|ltd|corp|gmbh|google|apple|amazon|microsoft"
    r"|meta|netflix|slack|facebook|twitter|github|jira|linear|notion|postgres\w*|mysql|kubernetes|aws|azure"
    r"|linux|windows|mac|python|rust|java|january|february|march|april|may|june|july|august|september"
    r"|october|november|december|\w+day|i|god|jesus|room|floor)\b"
)


def place(text: str) -> Iterator[tuple[str, str]]:
    """What `in Berlin, Germany` or `at 12 Elm Street` states; nothing for what is no place."""
    street = _STREET.match(text)
    if street is not None:
        yield "street", words(street["street"])
        return
    found = _PLACE.match(text)
    if found is None:
        yield from _plain(text)
        return
    if text.startswith(("at ", "on ")) or _NOT_PLACES.search(found["name"].lower()):
        return
    yield from _ranked(found["name"])
    if found["part"]:
        yield from (one for one in _ranked(found["part"]) if one[0] != "town")


def _plain(text: str) -> Iterator[tuple[str, str]]:
    found = _PLAIN.match(text)
    if found is None or _COMMON & set(found["name"].split()):
        return
    if not _NOT_PLACES.search(found["name"]):
        yield from _ranked(found["name"])


def _ranked(name: str) -> Iterator[tuple[str, str]]:
    folded = name.casefold().replace(".", "")
    if folded in _COUNTRIES:
        yield "country", words(_SAME_COUNTRY.get(folded, folded))
    elif folded in _REGIONS:
        yield "state", words(folded)
    elif folded not in _UNSURE:
        yield "town", words(folded)
