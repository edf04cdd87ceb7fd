"""A person's canaries in sessions: turns, stored statements, and all that names and dates them."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any, Final

from nrem.proof.canary import Form
from tests.proof.person import SESSIONS, TOPICS, Person
from tests.proof.recorder import Fate

_STEP: Final = timedelta(minutes=1)


def said(person: Person, name: str) -> str:
    """A canary that goes with its session."""
    return person.word(name, Fate.SESSION)


def talk(person: Person, number: int) -> None:
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
            session_type=f"type-{said(person, 'session type')}",
            metadata=person.metadata(f"session {number} start", Fate.SESSION),
        ),
        *_turns(person, number, event),
        event(
            "memory",
            content=f"My {TOPICS[number]} changed: it is {said(person, f'event memory {number}')}.",
            memory_type="working",
            metadata=person.metadata(f"event memory {number}", Fate.SESSION),
        ),
        event("session.end"),
    ]
    person.recorder.ask("POST", "/v1/events", json={"events": events})


def _turns(person: Person, number: int, event: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    for place, form in enumerate(Form):
        topic = TOPICS[(number * len(Form) + place) % len(TOPICS)]
        word = person.word(f"turn {number}", Fate.SESSION, form)
        yield event(
            "turn",
            role="user",
            content=f"Please remember that my {topic} is {word}.",
            speaker=f"Speaker {said(person, 'speaker')}",
            turn_id=f"turn-{said(person, f'turn id {number} {place}')}",
            metadata=person.metadata(f"turn {number}", Fate.SESSION),
        )
    # The same again is one episode with several sources; what differs in a number is one of several
    # episodes, of which knowledge is made: it belongs to no session, and outlives all but the last.
    for content in (
        f"I always drink {said(person, 'repeated')} tea in the morning.",
        f"My breakfast is {number + 2} slices of {said(person, 'counted')} bread with honey.",
    ):
        yield event("turn", role="user", content=content)


def alone(person: Person) -> None:
    """Events one by one, in a session that is opened and ended by its own routes."""
    ask, session = person.recorder.ask, person.sessions[SESSIONS]
    ask(
        "POST",
        "/v1/sessions",
        json={
            **person.whose(),
            "session_id": session,
            "session_type": f"type-{said(person, 'opened session type')}",
            "metadata": person.metadata("opened session", Fate.SESSION),
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
            "content": f"My sister Anna lives in {said(person, 'single turn')} now.",
            "speaker": f"Speaker {said(person, 'single speaker')}",
            "turn_id": f"turn-{said(person, 'single turn id')}",
            "metadata": person.metadata("single turn", Fate.SESSION),
            "idempotency_key": person.word("single key", Fate.NEVER),
        },
    )
    unknown = {
        **person.whose(),
        "type": "access",
        "memory_id": person.word("unknown memory", Fate.NEVER),
    }
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


def rename(person: Person) -> None:
    after = f"agent-{person.word('agent', Fate.AGENT)}"
    person.recorder.ask("POST", "/v1/admin/agents:rename", json={"old": person.agent, "new": after})
    person.agent = after
