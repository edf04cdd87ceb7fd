"""Every way to read what is kept of a person, and which of the person's words each still gives."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from nrem.command.server import AnswerError, Server
from nrem.errors import NremError
from nrem.proof.scan import Seeker
from tests.proof.person import TOPICS, Person
from tests.proof.plant_zeno import told, with_stores
from tests.proof.system import System

_MANY: Final = 200
_STATES: Final = ("live", "archived", "forgotten")
_OF_MEMORY: Final = ("", "/history", "/explain", "/promote-explain", "/relationships", "/diff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was known of a person before: ids by which to ask for it afterwards."""

    person: Person
    memories: frozenset[str]
    events: frozenset[str]
    conversations: frozenset[str]


def known(system: System, person: Person) -> Known:
    """The ids that the system has for what it keeps of a person."""
    listed = {one["id"] for one in system.api.memories(user_id=person.user)}
    listed |= {one["id"] for one in system.api.memories(agent_id=person.agent)}
    exported = export(system, person)
    return Known(
        person=person,
        memories=frozenset(listed | _ids(exported, "mem_")),
        events=frozenset(_ids(exported, "evt_")),
        conversations=frozenset(_ids(exported, "cnv_")),
    )


def export(system: System, person: Person) -> list[dict[str, Any]]:
    """The lines of a person's export; none of somebody unknown."""
    lines = system.admin.lines("/v1/admin/export", {"user_id": person.user})
    try:
        return [json.loads(one) for one in lines]
    except AnswerError:
        return []


def given(system: System, seeker: Seeker, whom: Known) -> frozenset[str]:
    """The words of anybody that the ways to read about this person give."""
    words: set[str] = set()
    for answer in _answers(system, whom):
        words |= seeker.words_in(answer.encode())
    for answer in with_stores(system, lambda stores: told(stores, whom.person)):
        words |= seeker.words_in(answer.encode())
    return frozenset(words)


def _answers(system: System, whom: Known) -> Iterator[str]:
    api, admin = system.api, system.admin
    for path, params in _lists(whom.person):
        yield _get(api, path, params)
    for path in _things(whom):
        yield _get(api, path, {})
    for body in _questions(whom.person):
        yield _ask(api, "POST", "/v1/memories/recall", body)
    yield json.dumps(export(system, whom.person), ensure_ascii=False)
    yield _get(admin, "/v1/admin/runs", {"limit": str(_MANY)})


def _lists(person: Person) -> Iterator[tuple[str, dict[str, str]]]:
    agent, user = {"agent_id": person.agent}, {"user_id": person.user}
    many = {"limit": str(_MANY)}
    for whose in (agent, user, agent | user):
        yield "/v1/memories", whose | many
        yield from (("/v1/memories", {**whose, **many, "state": state}) for state in _STATES)
        yield "/v1/audit", whose
    yield "/v1/observations", agent | user | many
    yield "/v1/context", {**agent, **user, "budget_tokens": "8000"}
    yield from (("/v1/context", {**agent, **user, "query": topic}) for topic in TOPICS)
    yield "/v1/agents", {}
    yield "/v1/usage", {}


def _things(whom: Known) -> Iterator[str]:
    person = whom.person
    for one in sorted(whom.memories):
        yield from (f"/v1/memories/{one}{part}" for part in _OF_MEMORY)
    yield from (f"/v1/events/{one}" for one in sorted(whom.events))
    for one in sorted(whom.conversations):
        yield f"/v1/conversations/{one}"
        yield f"/v1/conversations/{one}/turns"
    yield from (f"/v1/sessions/{one}" for one in person.sessions)
    yield f"/v1/agents/{person.agent}/card-schema"
    yield f"/v1/cards/{person.agent}/{person.user}"
    yield f"/v1/cards/{person.agent}/{person.user}/history"


def _questions(person: Person) -> Iterator[dict[str, Any]]:
    agent, whose = {"agent_id": person.agent}, person.whose()
    wide = {"top_k": 100, "include_turns": True, "graph_depth": 2}
    for topic in TOPICS:
        asked = {"query": f"What about the {topic}?", **wide}
        yield {**asked, **whose}
        yield {**asked, **agent}
    yield {"query": "tea in the morning", **wide, **whose, "include_deleted": True}
    yield {"query": "my sister", **wide, **whose, "as_of": "2100-01-01T00:00:00Z"}


def _get(server: Server, path: str, params: Mapping[str, str]) -> str:
    return _ask(server, "GET", path, None, params)


def _ask(
    server: Server,
    method: str,
    path: str,
    body: object,
    params: Mapping[str, str] | None = None,
) -> str:
    """The answer as text; a refusal is an answer, too."""
    try:
        answer = server.ask(method, path, json=body, params=params)
    except AnswerError as error:
        answer = error.body
    except NremError:
        return ""
    return json.dumps(answer, ensure_ascii=False)


def _ids(lines: list[dict[str, Any]], prefix: str) -> set[str]:
    said = json.dumps(lines).replace('"', " ").split()
    return {one.strip(",]}[{:") for one in said if one.startswith(prefix)}
