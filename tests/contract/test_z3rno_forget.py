"""Forgetting with the unmodified client."""

from datetime import timedelta

import pytest
import z3rno
from z3rno import Relationship, RelationshipType

from tests.contract.driving import Driver


def test_a_soft_forget_takes_a_memory_out_of_recall_and_keeps_its_history(
    client: Driver, agent: str
) -> None:
    made = client.store(agent_id=agent, content="A secret recipe.")

    done = client.forget(agent_id=agent, memory_id=made.id)

    assert (done.deleted_count, done.hard_deleted, done.cascade_count) == (1, False, 0)
    assert done.memory_ids == [made.id]
    assert client.recall(agent_id=agent, query="recipe").total == 0
    assert client.get_memory_history(made.id).versions[0].content == "A secret recipe."
    then = made.created_at + timedelta(microseconds=1)
    assert client.recall(agent_id=agent, query="recipe", as_of=then).total == 1


def test_a_hard_forget_leaves_nothing(client: Driver, agent: str) -> None:
    made = client.store(agent_id=agent, content="A secret recipe.")
    client.update_memory(made.id, content="A very secret recipe.")

    done = client.forget(agent_id=agent, memory_id=made.id, hard_delete=True)

    assert (done.deleted_count, done.hard_deleted) == (1, True)
    with pytest.raises(z3rno.NotFoundError):
        client.get_memory_history(made.id)
    then = made.created_at + timedelta(microseconds=1)
    assert client.recall(agent_id=agent, query="recipe", as_of=then).total == 0


def test_many_are_forgotten_at_once(client: Driver, agent: str) -> None:
    made = client.store_batch(
        agent_id=agent, memories=[{"content": f"Fact number {n}."} for n in range(50)]
    )
    ids = [one.id for one in made.results]

    done = client.forget(agent_id=agent, memory_ids=ids)

    assert done.deleted_count == 50
    assert set(done.memory_ids) == set(ids)


def test_what_is_unknown_is_not_counted(client: Driver, agent: str) -> None:
    done = client.forget(agent_id=agent, memory_ids=["mem_none", "anything at all"])

    assert (done.deleted_count, done.memory_ids) == (0, [])


def test_another_agent_forgets_nothing(client: Driver, agent: str) -> None:
    made = client.store(agent_id=agent, content="A fact.")

    assert client.forget(agent_id=f"{agent}-2", memory_id=made.id).deleted_count == 0
    assert client.get_memory(made.id).content == "A fact."


def test_what_is_forgotten_already_is_not_counted_again(client: Driver, agent: str) -> None:
    made = client.store(agent_id=agent, content="A fact.")
    client.forget(agent_id=agent, memory_id=made.id)

    assert client.forget(agent_id=agent, memory_id=made.id).deleted_count == 0


def test_without_ids_it_is_refused(client: Driver, agent: str) -> None:
    with pytest.raises(z3rno.ValidationError, match="memory"):
        client.forget(agent_id=agent)


@pytest.mark.parametrize("client", ["sync"], indirect=True)
def test_a_cascade_takes_the_neighbours_along(client: Driver, agent: str) -> None:
    end = client.store(agent_id=agent, content="The end of an edge.")
    edge = Relationship(target_memory_id=end.id, relationship_type=RelationshipType.SUPPORTS)
    made = client.store(agent_id=agent, content="Its beginning.", relationships=[edge])

    done = client.forget(agent_id=agent, memory_id=made.id, cascade=True, reason="asked to")

    assert done.cascade_count == 1
    assert set(done.memory_ids) == {made.id, end.id}
    assert client.recall(agent_id=agent).total == 0
