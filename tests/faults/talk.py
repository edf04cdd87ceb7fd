"""A made-up conversation, the same each time: small talk, facts with numbers and dates, repeats.

Any number of users may have it at once: their ids differ, and what is said does not, so the
memories of two of them can be compared.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from nrem.command.conversation import Conversation, Session, Turn

AGENT: Final = "companion"
_FIRST: Final = datetime(2025, 1, 6, 18, tzinfo=UTC)
_SPEAKERS: Final = (("user", "Nadia"), ("assistant", "Tomas"))
_FACTS: Final = (
    "I bought a {thing} for {number} euros in {city} yesterday.",
    "My cousin {name} moved to {city} with {number} boxes last week.",
    "I decided to learn the {thing} and practise {number} minutes a day.",
    "{name} and I will meet at the station of {city} on {day} March at {hour} pm.",
    "I prefer the {thing} of {name} because it weighs only {number} kilos.",
    "The doctor in {city} told {name} to walk {number} minutes every morning.",
)
_THINGS: Final = ("cello", "kayak", "loom", "telescope", "tandem", "accordion", "greenhouse")
_CITIES: Final = ("Porto", "Tallinn", "Graz", "Bergen", "Kraków", "Trieste", "Ghent", "Malmö")
_NAMES: Final = ("Ines", "Bogdan", "Yuki", "Farid", "Saoirse", "Lucía", "Otso", "Mbali", "Pia")
# Places whose facts have no relative date, as that would be another date each day.
_REPEATED: Final = (4, 9)


def conversation(user: str, *, sessions: int = 8, turns: int = 20) -> Conversation:
    """The talk of one user, a session each day."""
    return Conversation(
        agent_id=AGENT,
        user_id=user,
        sessions=tuple(_session(user, number, turns) for number in range(sessions)),
        questions=(),
    )


def _session(user: str, number: int, turns: int) -> Session:
    started = _FIRST + timedelta(days=number)
    said = tuple(
        Turn(
            turn_id=f"D{number + 1}:{place + 1}",
            role=_SPEAKERS[place % 2][0],
            speaker=_SPEAKERS[place % 2][1],
            content=text,
            occurred_at=started + timedelta(seconds=30 * place),
        )
        for place, text in enumerate(_lines(number, turns))
    )
    return Session(
        session_id=f"{user}-{number + 1}",
        started_at=started,
        ended_at=started + timedelta(seconds=30 * turns),
        turns=said,
    )


def _lines(session: int, turns: int) -> Iterator[str]:
    yield "Hello there!"
    yield "Hi, how are you?"
    for place in range(2, turns):
        # Two things are said every day: they are merged, and so a second merge would show.
        yield _fact(place) if place in _REPEATED else _fact(session * turns + place)


def _fact(number: int) -> str:
    return _FACTS[number % len(_FACTS)].format(
        thing=_THINGS[number % len(_THINGS)],
        city=_CITIES[number * 3 % len(_CITIES)],
        name=_NAMES[number * 5 % len(_NAMES)],
        number=11 + number,
        day=1 + number % 28,
        hour=1 + number % 11,
    )
