"""Sessions and conversations with the unmodified client."""

from typing import Any

import pytest
import z3rno

from tests.contract.driving import Driver
from tests.faults import probe
from tests.faults.system import System


def _state(system: System, session_id: str) -> dict[str, Any]:
    with system.server() as server:
        return dict(server.session(session_id))


def test_a_session_has_every_field(client: Driver, agent: str) -> None:
    made = client.start_session(agent_id=agent, session_type="support")

    assert made.session_id
    assert (made.agent_id, made.session_type) == (agent, "support")
    assert made.started_at.tzinfo
    assert made.metadata == {}


def test_the_end_of_a_session_hands_its_working_memories_to_consolidation(
    client: Driver, system: System, agent: str
) -> None:
    session = client.start_session(agent_id=agent)
    held = {"session_id": session.session_id}
    for content in ("Ann booked a flight to Oslo.", "The flight leaves on Friday."):
        client.store(agent_id=agent, content=content, memory_type="working", metadata=held)

    ended = client.end_session(session.session_id)
    probe.until(
        lambda: _state(system, session.session_id)["state"] == "consolidated", "it is consolidated"
    )

    assert ended["session_id"] == session.session_id
    assert ended["transitioned_count"] == 2
    types = {one.memory_type for one in client.recall(agent_id=agent, query="flight Oslo").results}
    assert "episodic" in types
    assert "working" not in types


def test_ending_twice_answers_the_same(client: Driver, agent: str) -> None:
    session = client.start_session(agent_id=agent)
    first = client.end_session(session.session_id)

    again = client.end_session(session.session_id)

    same = ("session_id", "ended_at", "transitioned_count")
    assert {name: again[name] for name in same} == {name: first[name] for name in same}


def test_the_end_of_an_unknown_session_is_not_found(client: Driver) -> None:
    with pytest.raises(z3rno.NotFoundError):
        client.end_session("ses_none")


def test_the_context_manager_ends_the_session_also_after_an_error(
    client: Driver, system: System, agent: str
) -> None:
    with (
        pytest.raises(RuntimeError, match="on purpose"),
        client.session(agent_id=agent) as session,
    ):
        raise RuntimeError("on purpose")

    assert _state(system, session.session_id)["state"] != "open"


def test_a_conversation_has_every_field(client: Driver, agent: str) -> None:
    made = client.create_conversation(
        agent_id=agent, user_id="ann", title="Flights", summary_cadence=3, metadata={"k": [1]}
    )

    assert (made.agent_id, made.user_id, made.title) == (agent, "ann", "Flights")
    assert (made.summary_cadence, made.turn_count, made.last_summary_turn) == (3, 0, 0)
    assert made.metadata == {"k": [1]}
    assert client.get_conversation(made.id) == made


def test_turns_are_numbered_from_one(client: Driver, agent: str) -> None:
    talk = client.create_conversation(agent_id=agent, summary_cadence=2)
    said = [client.store(agent_id=agent, content=f"Turn {n}.") for n in range(3)]

    first = client.add_turn(talk.id, memory_id=said[0].id, turn_role="user")
    second = client.add_turn(talk.id, memory_id=said[1].id, turn_role="assistant")
    again = client.add_turn(talk.id, memory_id=said[0].id, turn_role="user")
    summary = client.add_turn(talk.id, memory_id=said[2].id, turn_role="summary")

    assert (first.turn_index, first.needs_summary) == (1, False)
    assert (second.turn_index, second.needs_summary) == (2, True)
    assert again.turn_index == 1
    assert (summary.turn_index, summary.needs_summary) == (3, False)
    assert client.get_conversation(talk.id).last_summary_turn == 3


def test_turns_are_listed_in_order_and_in_pages(client: Driver, agent: str) -> None:
    talk = client.create_conversation(agent_id=agent)
    for n in range(4):
        said = client.store(agent_id=agent, content=f"Turn {n}.")
        client.add_turn(talk.id, memory_id=said.id, turn_role="user")

    page = client.list_turns(talk.id, after_turn=1, limit=2)

    assert [(one.turn_index, one.content) for one in page.turns] == [(2, "Turn 1."), (3, "Turn 2.")]
    assert {one.turn_role for one in page.turns} == {"user"}
    assert (page.total, page.conversation_id) == (4, talk.id)


def test_an_unknown_memory_uses_no_number(client: Driver, agent: str) -> None:
    talk = client.create_conversation(agent_id=agent)

    with pytest.raises(z3rno.NotFoundError):
        client.add_turn(talk.id, memory_id="mem_none", turn_role="user")

    said = client.store(agent_id=agent, content="The first turn.")
    assert client.add_turn(talk.id, memory_id=said.id, turn_role="user").turn_index == 1


def test_a_memory_of_another_conversation_is_refused(client: Driver, agent: str) -> None:
    one, two = (client.create_conversation(agent_id=agent) for _ in range(2))
    said = client.store(agent_id=agent, content="A turn.")
    client.add_turn(one.id, memory_id=said.id, turn_role="user")

    with pytest.raises(z3rno.Z3rnoError) as refused:
        client.add_turn(two.id, memory_id=said.id, turn_role="user")

    assert refused.value.status_code == 409


def test_a_deleted_conversation_is_gone_and_its_memories_stay(client: Driver, agent: str) -> None:
    talk = client.create_conversation(agent_id=agent)
    said = client.store(agent_id=agent, content="A turn about foxes.")
    client.add_turn(talk.id, memory_id=said.id, turn_role="user")

    for _ in range(2):
        assert client.delete_conversation(talk.id) is None

    with pytest.raises(z3rno.NotFoundError):
        client.get_conversation(talk.id)
    with pytest.raises(z3rno.NotFoundError):
        client.list_turns(talk.id)
    with pytest.raises(z3rno.NotFoundError):
        client.add_turn(talk.id, memory_id=said.id, turn_role="user")
    assert client.recall(agent_id=agent, query="foxes").total == 1
