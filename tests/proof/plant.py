"""A person's canaries, written into every field that keeps text, as callers would write them."""

from tests.proof.person import SESSIONS, TOPICS, Person
from tests.proof.plant_talk import alone, rename, talk
from tests.proof.recorder import Fate


def plant(person: Person) -> None:
    """Write a person's canaries into all fields that keep text."""
    for number in range(SESSIONS):
        talk(person, number)
    alone(person)
    rename(person)
    _memories(person)
    _changes(person)
    _conversation(person)
    _card(person)
    _document(person)
    _never(person)


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
    person.memory_ids.extend(one["id"] for one in made["results"])
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
