"""Storing, reading, changing and looking back with the unmodified client."""

from datetime import timedelta
from importlib.metadata import version

import pytest
import z3rno
from z3rno import MemoryType, Relationship, RelationshipType

from nrem.clock import utc_now
from tests.contract.driving import Driver
from tests.faults import probe

ACCENTS = "Zoë drinks café au lait — every day. 🙂"


def test_the_client_under_test_is_the_released_one() -> None:
    assert version("z3rno") == "0.9.1"


def test_store_answers_every_field_of_a_memory(client: Driver, agent: str) -> None:
    before = utc_now()

    made = client.store(
        agent_id=agent,
        content=ACCENTS,
        memory_type=MemoryType.SEMANTIC,
        user_id="alice@example.org",
        metadata={"topic": "coffee", "deep": {"list": [1, None, True]}},
        ttl_seconds=3600,
        importance=0.85,
    )

    assert made.content == ACCENTS
    assert (made.agent_id, made.memory_type) == (agent, "semantic")
    assert made.metadata == {"topic": "coffee", "deep": {"list": [1, None, True]}}
    assert made.importance_score == pytest.approx(0.85)
    assert made.recall_count == 0
    assert before - timedelta(minutes=5) < made.created_at < utc_now() + timedelta(minutes=5)


def test_store_takes_what_is_left_out_as_the_defaults(client: Driver, agent: str) -> None:
    made = client.store(agent_id=agent, content="Mira has a dog.")

    assert made.memory_type == "episodic"
    assert made.metadata == {}
    assert 0 <= made.importance_score <= 1


def test_what_is_stored_is_read_back_at_once(client: Driver, agent: str) -> None:
    made = client.store(agent_id=agent, content="Mira has a dog.", importance=0.4)

    # What is left of an importance fades from one look to the next.
    faded = made.model_dump() | {"importance_score": pytest.approx(made.importance_score)}
    assert client.get_memory(made.id).model_dump() == faded


def test_store_gives_a_vector_without_any_other_service(client: Driver, agent: str) -> None:
    assert client.store(agent_id=agent, content="Mira has a dog.").embedding_model


def test_store_draws_relationships_of_every_kind(client: Driver, agent: str) -> None:
    kinds = list(RelationshipType)
    ends = [client.store(agent_id=agent, content=f"End {kind}.") for kind in kinds]
    drawn = [
        Relationship(target_memory_id=end.id, relationship_type=kind, weight=0.5)
        for kind, end in zip(kinds, ends, strict=True)
    ]

    made = client.store(agent_id=agent, content="Hub of the wheel.", relationships=drawn)

    # Only the hub answers the question; the others hang on its edges.
    found = client.recall(agent_id=agent, query="hub wheel", top_k=20).results
    assert {one.memory_id for one in found} >= {made.id, *(end.id for end in ends)}


def test_a_relationship_to_an_unknown_memory_is_not_found(client: Driver, agent: str) -> None:
    missing = Relationship(target_memory_id="mem_none", relationship_type=RelationshipType.SUPPORTS)

    with pytest.raises(z3rno.NotFoundError):
        client.store(agent_id=agent, content="A fact.", relationships=[missing])

    assert not client.recall(agent_id=agent).results


def test_a_memory_is_gone_when_its_time_is_over(client: Driver, agent: str) -> None:
    made = client.store(agent_id=agent, content="The door code is blue.", ttl_seconds=1)

    def is_gone() -> bool:
        return not client.recall(agent_id=agent).results

    probe.until(is_gone, "the time to live is over")
    with pytest.raises(z3rno.NotFoundError):
        client.get_memory(made.id)


def test_store_batch_stores_all_in_order(client: Driver, agent: str) -> None:
    given = [
        {"content": "One thing.", "importance": 0.2},
        {"content": "Another thing.", "memory_type": "procedural", "metadata": {"n": 2}},
    ]

    made = client.store_batch(agent_id=agent, memories=given)

    assert made.stored_count == 2
    assert [one.content for one in made.results] == ["One thing.", "Another thing."]
    assert made.results[1].memory_type == "procedural"
    assert made.results[1].metadata == {"n": 2}
    assert client.recall(agent_id=agent).total == 2


def test_a_batch_with_one_fault_stores_nothing(client: Driver, agent: str) -> None:
    with pytest.raises(z3rno.ValidationError):
        client.store_batch(agent_id=agent, memories=[{"content": "Good."}, {"content": " "}])

    assert client.recall(agent_id=agent).total == 0


@pytest.mark.parametrize(
    "change", [{"content": "Mira has two dogs."}, {"metadata": {"n": 1}}, {"importance": 0.125}]
)
def test_update_makes_one_version(client: Driver, agent: str, change: dict[str, object]) -> None:
    made = client.store(agent_id=agent, content="Mira has a dog.", metadata={"old": 1})

    changed = client.update_memory(made.id, **change)

    shown = changed.model_dump() | {"importance": round(changed.importance_score, 3)}
    assert {name: shown[name] for name in change} == change
    assert client.get_memory_history(made.id).total == 2


def test_update_with_nothing_makes_no_version(client: Driver, agent: str) -> None:
    made = client.store(agent_id=agent, content="Mira has a dog.")

    assert client.update_memory(made.id).id == made.id
    assert client.get_memory_history(made.id).total == 1


def test_history_tells_what_was_believed_when(client: Driver, agent: str) -> None:
    made = client.store(agent_id=agent, content="Mira has a dog.", importance=0.5)
    client.update_memory(made.id, content="Mira has two dogs.")

    told = client.get_memory_history(made.id)

    assert told.memory_id == made.id
    assert [one.content for one in told.versions] == ["Mira has a dog.", "Mira has two dogs."]
    assert told.versions[0].valid_to == told.versions[1].valid_from
    assert told.versions[1].valid_to is None
    assert {one.memory_type for one in told.versions} == {"episodic"}


@pytest.mark.parametrize("method", ["get_memory", "get_memory_history", "update_memory"])
def test_an_unknown_memory_is_not_found(client: Driver, method: str) -> None:
    with pytest.raises(z3rno.NotFoundError):
        getattr(client, method)("mem_a1b2c3d4")
