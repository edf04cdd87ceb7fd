"""A person's canaries, written into every field that keeps text, as callers would write them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final

from nrem.proof.canary import Form
from tests.proof.recorder import Fate, Recorder

# What the statements are about: so unlike each other that none is taken for another.
TOPICS: Final = (
    "bicycle lock code",
    "piano teacher",
    "favourite restaurant in Lisbon",
    "doctor at the clinic",
    "password hint of the garden shed",
    "oldest friend from school",
    "boat in the harbour",
    "nickname of the neighbour's dog",
    "street of the summer house",
    "brand of running shoes",
    "project at work",
    "allergy that nobody believes",
)
# Sessions that say the same once more, so that it becomes knowledge.
SESSIONS: Final = 3
_STEP: Final = timedelta(minutes=1)


@dataclass(slots=True, kw_only=True)
class Person:
    """One person, with an agent of their own, and what was stored of them."""

    number: int
    recorder: Recorder
    begins: datetime
    agent: str = ""
    user: str = ""
    sessions: tuple[str, ...] = ()
    # that can be forgotten one by one
    memory_ids: list[str] = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        self.memory_ids = []
        self.user = f"{self.word('user')}@example.org"
        # renamed once, so that an earlier name is one more thing to forget
        self.agent = f"agent-{self.word('agent before', Fate.AGENT)}"
        self.sessions = tuple(
            f"session-{self.word(f'session {number}')}" for number in range(SESSIONS + 1)
        )

    def word(self, name: str, fate: Fate = Fate.PERSON, form: Form = Form.PLAIN) -> str:
        """A canary of this person."""
        return self.recorder.word(self.number, name, fate, form)

    def whose(self) -> dict[str, str]:
        """The person and the agent, as requests name them."""
        return {"agent_id": self.agent, "user_id": self.user}

    def metadata(self, name: str, fate: Fate = Fate.PERSON) -> dict[str, Any]:
        """Metadata with a canary as a value, as a name, and further down."""
        return {
            "place": f"said at {self.word(f'{name} value', fate)}",
            f"named_{self.word(f'{name} name', fate)}": 1,
            "more": {"list": [self.word(f"{name} below", fate)]},
        }


def plant(person: Person) -> None:
    """Write a person's canaries into all fields that keep text."""
    for number in range(SESSIONS):
        _talk(person, number)
    _alone(person)
    _rename(person)
    _memories(person)
    _changes(person)
    _conversation(person)
    _card(person)
    _document(person)
    _never(person)


def _talk(person: Person, number: int) -> None:
    """A session of turns and memories, ended, in one request."""
    ticks = count()
    place = {
        **person.whose(),
        "session_id": person.sessions[number],
        "thread_id": f"thread-{person.word('thread')}",
    }

    def event(kind: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        tick = next(ticks)
        return {
            **place,
            "type": kind,
            "occurred_at": (person.begins + timedelta(days=number) + tick * _STEP).isoformat(),
            "idempotency_key": person.word(f"key {number} {tick}", Fate.NEVER),
            **more,
        }

    events = [
        event(
            "session.start",
            session_type=f"type-{person.word('session type')}",
            metadata=person.metadata(f"session {number} start"),
        ),
        *_turns(person, number, event),
        event(
            "memory",
            content=f"My {TOPICS[number]} changed: it is {person.word(f'event memory {number}')}.",
            memory_type="working",
            metadata=person.metadata(f"event memory {number}"),
        ),
        event("session.end"),
    ]
    person.recorder.ask("POST", "/v1/events", json={"events": events})


def _turns(person: Person, number: int, event: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    for place, form in enumerate(Form):
        topic = TOPICS[(number * len(Form) + place) % len(TOPICS)]
        said = person.word(f"turn {number}", form=form)
        yield event(
            "turn",
            role="user",
            content=f"Please remember that my {topic} is {said}.",
            speaker=f"Speaker {person.word('speaker')}",
            turn_id=f"turn-{person.word(f'turn id {number} {place}')}",
            metadata=person.metadata(f"turn {number}"),
        )
    yield event(
        "turn",
        role="user",
        content=f"I always drink {person.word('repeated')} tea in the morning.",
    )


def _alone(person: Person) -> None:
    """Events one by one, in a session that is opened and ended by its own routes."""
    ask, session = person.recorder.ask, person.sessions[SESSIONS]
    ask(
        "POST",
        "/v1/sessions",
        json={
            **person.whose(),
            "session_id": session,
            "session_type": f"type-{person.word('opened session type')}",
            "metadata": person.metadata("opened session"),
        },
    )
    place = {
        **person.whose(),
        "session_id": session,
        "thread_id": f"thread-{person.word('single thread')}",
    }
    ask(
        "POST",
        "/v1/events",
        json={
            **place,
            "type": "turn",
            "role": "user",
            "content": f"My sister Anna lives in {person.word('single turn')} now.",
            "speaker": f"Speaker {person.word('single speaker')}",
            "turn_id": f"turn-{person.word('single turn id')}",
            "metadata": person.metadata("single turn"),
            "idempotency_key": person.word("single key", Fate.NEVER),
        },
    )
    unknown = {**person.whose(), "type": "access", "memory_id": _never_word(person, "access")}
    person.recorder.try_ask("POST", "/v1/events", json=unknown)
    person.recorder.try_ask("POST", "/v1/events", json={"events": [unknown]})
    other = f"session-{person.word('started alone')}"
    ask(
        "POST",
        "/v1/events",
        json={
            **person.whose(),
            "session_id": other,
            "type": "session.start",
            "session_type": f"type-{person.word('started type')}",
        },
    )
    ask("POST", "/v1/sessions/{session_id}/end", json={}, session_id=other)
    ask("POST", "/v1/sessions/{session_id}/end", json={}, session_id=session)


def _rename(person: Person) -> None:
    after = f"agent-{person.word('agent', Fate.AGENT)}"
    person.recorder.ask(
        "POST", "/v1/admin/agents:rename", json={"old": person.agent, "new": after}
    )
    person.agent = after


def _memories(person: Person) -> None:
    """Direct stores: alone and in a batch, with edges; they can be forgotten one by one."""
    ask = person.recorder.ask
    session = f"session-{person.word('stored session')}"
    ask("POST", "/v1/sessions", json={**person.whose(), "session_id": session})
    for number in range(2):
        known = [
            {
                "target_memory_id": one,
                "relationship_type": "supports",
                "metadata": person.metadata("stored edge", Fate.MEMORY),
            }
            for one in person.memory_ids
        ]
        stored = {
            **person.whose(),
            "session_id": session,
            "content": f"The {TOPICS[number]} of mine: {_of_memory(person, f'stored {number}')}.",
            "metadata": person.metadata(f"stored {number}", Fate.MEMORY),
            "relationships": known,
        }
        made = ask("POST", "/v1/memories", json=stored)
        person.memory_ids.append(made["id"])
    batch = [
        {
            **person.whose(),
            "session_id": session,
            "content": f"For {TOPICS[number]} ask {_of_memory(person, f'batch {number}')} first.",
            "memory_type": kind,
            "metadata": person.metadata(f"batch {number}", Fate.MEMORY),
            "relationships": [
                {
                    "target_memory_id": person.memory_ids[0],
                    "relationship_type": "relates_to",
                    "metadata": person.metadata(f"batch edge {number}", Fate.MEMORY),
                }
            ],
        }
        for number, kind in ((2, "semantic"), (3, "procedural"), (4, "episodic"))
    ]
    made = ask("POST", "/v1/memories/batch", json={"memories": batch})
    person.memory_ids.extend(made["memory_ids"] if "memory_ids" in made else _ids(made))
    ask(
        "POST",
        "/v1/memories/{memory_id}/relationships",
        json={
            "target_memory_id": person.memory_ids[1],
            "relationship_type": "follows",
            "metadata": person.metadata("drawn edge", Fate.MEMORY),
        },
        memory_id=person.memory_ids[3],
    )


def _changes(person: Person) -> None:
    """Earlier versions of memories, and one that is forgotten softly, with a reason."""
    ask, first = person.recorder.ask, person.memory_ids[0]
    ask(
        "PATCH",
        "/v1/memories/{memory_id}",
        json={
            "content": f"No, the {TOPICS[5]} of mine: {_of_memory(person, 'changed')}.",
            "metadata": person.metadata("changed", Fate.MEMORY),
        },
        memory_id=first,
    )
    reason = {"reason": f"since {person.word('reason', Fate.NEVER)}"}
    ask(
        "POST",
        "/v1/memories/forget",
        json={**person.whose(), **reason, "memory_ids": [person.memory_ids[-1]]},
    )
    person.recorder.try_ask(
        "POST",
        "/v1/memories/forget_all",
        json={"agent_id": _never_word(person, "agent to forget"), **reason},
    )


def _conversation(person: Person) -> None:
    ask = person.recorder.ask
    made = ask(
        "POST",
        "/v1/conversations",
        json={
            **person.whose(),
            "title": f"About {person.word('title')}",
            "metadata": person.metadata("conversation"),
        },
    )
    for one in person.memory_ids[:2]:
        ask(
            "POST",
            "/v1/conversations/{conversation_id}/turns",
            json={"memory_id": one, "turn_role": "user"},
            conversation_id=made["id"],
        )


def _card(person: Person) -> None:
    ask = person.recorder.ask
    name = f"f_{person.word('card field', Fate.AGENT)}"
    schema = {
        "type": "object",
        "properties": {
            "nickname": {
                "type": "string",
                "description": f"as in {person.word('card description', Fate.AGENT)}",
            },
            name: {"type": "string"},
        },
    }
    ask("PUT", "/v1/agents/{agent}/card-schema", json={"schema": schema}, agent=person.agent)
    for number in range(2):
        ask(
            "PATCH",
            "/v1/cards/{agent}/{user}",
            json={"fields": {"nickname": person.word(f"nickname {number}"), name: "as before"}},
            agent=person.agent,
            user=person.user,
        )


def _document(person: Person) -> None:
    """A text of the agent's, in a dataset of the org."""
    paragraphs = (
        f"Chapter {number}. The {topic} is described by "
        f"{person.word(f'document {number}', Fate.AGENT)} in detail."
        for number, topic in enumerate(TOPICS[:4])
    )
    dataset = f"dataset-{person.word('dataset', Fate.ORG)}"
    person.recorder.ask(
        "POST",
        "/v1/ingest",
        json={
            "kind": "text",
            "agent_id": person.agent,
            "text": "\n\n".join(paragraphs),
            "dataset_id": dataset,
        },
    )
    person.recorder.try_ask(
        "POST",
        "/v1/ingest",
        json={
            "kind": "url",
            "agent_id": person.agent,
            "url": f"https://{_never_word(person, 'host')}.example.org/page",
        },
    )


def _never(person: Person) -> None:
    """Texts that only ask for something: nothing keeps them."""
    asked = {
        **person.whose(),
        "query": f"What do I know of {_never_word(person, 'query')}?",
        "metadata_filter": {"place": _never_word(person, "filter")},
    }
    for route in ("/v1/memories/recall", "/v1/memories/recall/stream"):
        if route.endswith("recall"):
            person.recorder.ask("POST", route, json=asked)


def _of_memory(person: Person, name: str) -> str:
    return person.word(name, Fate.MEMORY)


def _never_word(person: Person, name: str) -> str:
    return person.word(name, Fate.NEVER)


def _ids(made: Any) -> list[str]:  # noqa: ANN401 - JSON
    return [one["id"] for one in made["memories"]]
