"""Sessions made up by chance: things said, said again and noted, by several people of one org."""

from datetime import timedelta
from random import Random
from typing import Any, Final

from tests.world import IDLE_SECONDS, NOW, Org, end, memory, turn

_WHO: Final = ("I", "We", "My sister", "My neighbour Ada")
_DID: Final = (
    "moved to {}",
    "sold the car in {}",
    "booked a flight to {} for the 3rd of May",
    "work at the hospital in {}",
    "am allergic to the water of {}",
    "adopted a cat from {}",
)
_WHERE: Final = ("Lisbon", "Oslo", "Porto", "Bergen")
_EMPTY: Final = ("Hi there!", "ok", "Thanks!", "What about you?")
_IDLE: Final = timedelta(seconds=IDLE_SECONDS)


def sentence(chance: Random) -> str:
    """Something worth keeping, and now and then not."""
    if chance.random() < 0.2:
        return chance.choice(_EMPTY)
    return f"{chance.choice(_WHO)} {chance.choice(_DID).format(chance.choice(_WHERE))}."


def tell(org: Org, chance: Random) -> None:
    """One to five sessions of one to three people, ended or idle, scored and embedded."""
    users = [f"user{number}" for number in range(chance.randint(1, 3))]
    for number in range(chance.randint(1, 5)):
        place: dict[str, Any] = {"session": f"{chance.random()}-{number}"}
        place["user"] = chance.choice(users)
        said = [turn(sentence(chance), **place) for _ in range(chance.randint(1, 6))]
        if chance.random() < 0.3:
            said.append(memory(sentence(chance), memory_type="working", **place))
        if chance.random() < 0.7:
            said.append(end(**place))
        org.append(*said, now=NOW - _IDLE)
    for name in ("score", "embed"):
        org.world.drain(name)
