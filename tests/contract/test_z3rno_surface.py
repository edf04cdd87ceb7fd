"""The unmodified z3rno client, both colours: sessions, conversations, the trail and budgets."""

import asyncio
from collections.abc import Iterator
from datetime import UTC

import pytest
from z3rno import AsyncZ3rnoClient, NotFoundError, Z3rnoClient, Z3rnoError

from nrem import ids
from tests.api.conftest import caller, service
from tests.api.serving import Caller, Service

__all__ = ["caller", "service"]


@pytest.fixture
def client(service: Service, caller: Caller) -> Iterator[Z3rnoClient]:
    with Z3rnoClient(base_url=service.url, api_key=caller.key) as made:
        yield made


@pytest.fixture
def operator(service: Service, caller: Caller) -> Iterator[Z3rnoClient]:
    with (
        service.caller(caller.org, ["admin:read", "admin:write"]) as made,
        Z3rnoClient(base_url=service.url, api_key=made.key) as its,
    ):
        yield its


def asynchronous(service: Service, caller: Caller) -> AsyncZ3rnoClient:
    return AsyncZ3rnoClient(base_url=service.url, api_key=caller.key)


def test_session_is_started_and_ended(client: Z3rnoClient, caller: Caller) -> None:
    session = client.start_session(agent_id="agent", session_type="task")
    place = {"agent_id": "agent", "session_id": session.session_id}
    caller.store("The ticket lies in the drawer.", memory_type="working", **place)

    first, again = (client.end_session(session.session_id) for _ in range(2))

    assert (session.session_type, session.started_at.tzinfo is not None) == ("task", True)
    assert first == again
    assert (first["session_id"], first["transitioned_count"]) == (session.session_id, 1)
    assert {"agent_id", "ended_at", "run_id"} <= set(first)


def test_session_as_a_context_ends_with_its_block(client: Z3rnoClient, caller: Caller) -> None:
    with client.session(agent_id="agent") as session:
        during = caller.get(f"/v1/sessions/{session.session_id}").json()["state"]

    assert during == "open"
    assert caller.get(f"/v1/sessions/{session.session_id}").json()["state"] == "ended"


def test_unknown_session_is_a_not_found_error(client: Z3rnoClient) -> None:
    with pytest.raises(NotFoundError):
        client.end_session("ses_nothing")


def test_conversation_lives_from_its_creation_to_its_deletion(
    client: Z3rnoClient, caller: Caller
) -> None:
    made = client.create_conversation(
        agent_id="agent", user_id="u", title="Plans", summary_cadence=1, metadata={"a": {"b": 1}}
    )
    memory_id = caller.store("statement")["id"]
    added = client.add_turn(made.id, memory_id=memory_id, turn_role="user")
    page = client.list_turns(made.id, after_turn=0, limit=5)

    found = client.get_conversation(made.id)
    client.delete_conversation(made.id)
    client.delete_conversation(made.id)

    assert (added.turn_index, added.needs_summary) == (1, True)
    assert (page.total, page.conversation_id, page.turns[0].content) == (1, made.id, "statement")
    assert (found.turn_count, found.title, found.metadata) == (1, "Plans", {"a": {"b": 1}})
    with pytest.raises(NotFoundError):
        client.get_conversation(made.id)


def test_trail_is_read_by_each_parameter(client: Z3rnoClient, caller: Caller) -> None:
    for agent in ("a", "a", "b"):
        client.start_session(agent_id=agent)
    memory_id = caller.store("statement")["id"]
    talk = client.create_conversation(agent_id="b")
    client.add_turn(talk.id, memory_id=memory_id, turn_role="user")

    page = client.audit(agent_id="a", operation="session_start", page=2, page_size=1)
    about = client.audit(memory_id=memory_id, operation="turn_add")

    assert (page.total_count, page.page, page.page_size, page.has_next) == (2, 2, 1, False)
    assert [(one.agent_id, one.operation) for one in page.entries] == [("a", "session_start")]
    assert page.entries[0].timestamp.astimezone(UTC) == page.entries[0].created_at
    assert [one.memory_id for one in about.entries] == [memory_id]


def test_budgets_are_read_and_set(client: Z3rnoClient) -> None:
    before = client.get_my_budgets()

    after = client.set_my_budgets({"daily_tokens": 5, "monthly_embeddings": 7})

    assert (before.overrides.daily_tokens, before.effective.daily_tokens) == (0, 0)
    assert after == client.get_my_budgets()
    assert (after.overrides.monthly_embeddings, after.effective.daily_tokens) == (7, 5)


def test_budgets_of_an_org_are_an_administrators(
    client: Z3rnoClient, operator: Z3rnoClient, caller: Caller
) -> None:
    org = ids.encode(ids.ORG, caller.org)

    set_by_it = operator.admin.set_budgets(org, {"daily_llm_calls": 3})

    assert set_by_it == operator.admin.get_budgets(org) == client.get_my_budgets()
    with pytest.raises(NotFoundError):
        operator.admin.get_budgets("nobody")
    with pytest.raises(Z3rnoError) as refused:
        client.admin.get_budgets(org)
    assert refused.value.status_code == 403


def test_asynchronous_client_does_the_same(service: Service, caller: Caller) -> None:
    memory_id = caller.store("statement")["id"]

    async def work() -> None:
        async with asynchronous(service, caller) as client:
            async with client.session(agent_id="agent") as session:
                pass
            ended = await client.end_session(session.session_id)
            talk = await client.create_conversation(agent_id="agent", title="Plans")
            added = await client.add_turn(talk.id, memory_id=memory_id, turn_role="summary")
            page = await client.list_turns(talk.id, after_turn=0, limit=5)
            found = await client.get_conversation(talk.id)
            await client.delete_conversation(talk.id)
            trail = await client.audit(agent_id="agent", page=1, page_size=1)
            budgets = await client.set_my_budgets({"daily_tokens": 5})

            assert ended["transitioned_count"] == 0
            assert (added.turn_index, added.needs_summary) == (1, False)
            assert (page.total, found.last_summary_turn) == (1, 1)
            assert trail.entries[0].operation == "conversation_delete"
            assert budgets == await client.get_my_budgets()
            with pytest.raises(NotFoundError):
                await client.get_conversation(talk.id)

    asyncio.run(work())
