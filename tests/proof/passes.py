"""Having every pass meet what was planted."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from nrem.command import schedule
from nrem.command.server import AnswerError
from tests.proof.person import TOPICS, Person
from tests.proof.system import System

# Small enough for the few turns of a person, and at once.
_POLICY: Final[dict[str, Any]] = {
    "promote": {"delay_minutes": 0},
    "observe": {"tokens": 256},
    "reflect": {"tokens": 256},
}
_SHOWN: Final = ("consolidate", "promote", "reflect")


def prepare(system: System) -> None:
    """Settings with which passes look at little, and soon."""
    system.admin.ask("PATCH", "/v1/admin/policy", json={"changes": _POLICY})


def run_all(system: System, persons: Sequence[Person], say: Callable[[str], None]) -> None:
    """Let all passes run over what was planted, and return when nothing is left to do."""
    system.settle(say)
    for person in persons:
        _use(system, person)
    for name in _SHOWN:
        for person in persons:
            path = f"/v1/admin/passes/{name}:preview"
            system.admin.ask("POST", path, json=person.whose())
    system.api.ask("POST", "/v1/refine", json={})
    for one in schedule.read(system.admin)["schedules"]:
        _run(system, one["pass"])
    system.settle(say)


def _use(system: System, person: Person) -> None:
    """Recall, name a memory that was of use, and have some taken apart."""
    for topic in TOPICS[:2]:
        asked = {"query": f"What about the {topic}?", "top_k": 5, **person.whose()}
        system.api.ask("POST", "/v1/memories/recall", json=asked)
    used = {**person.whose(), "type": "access", "memory_id": person.memory_ids[1]}
    system.api.ask("POST", "/v1/events", json=used)
    named = {"agent_id": person.agent, "memory_ids": person.memory_ids[:3]}
    system.api.ask("POST", "/v1/distill", json=named)


def _run(system: System, name: str) -> None:
    try:
        schedule.run_now(system.admin, name)
    except AnswerError:
        # One that is woken by work alone.
        return
