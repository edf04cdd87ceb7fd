"""Every call form of the public documentation, as it is written there, against the application."""

import asyncio
import inspect
import re
import tomllib
from collections.abc import Sequence
from datetime import UTC

import pytest

from nrem import sdk
from tests.api.serving import Caller, Service
from tests.house.project import ROOT

TURN = "I prefer green tea to coffee every morning."


def test_client_takes_base_url_api_key_timeout_and_max_retries(
    service: Service, caller: Caller
) -> None:
    client = sdk.Z3rnoClient(base_url=service.url, api_key=caller.key, timeout=30, max_retries=3)

    with client:
        assert len(client.recall(agent_id="agent-1", query="tea")) == 0


def test_agent_id_is_any_string(real: sdk.Client) -> None:
    for agent_id in ("agent-1", "alice@example.org", "агент 7"):
        assert real.store(agent_id=agent_id, content="likes tea").agent_id == agent_id


def test_memory_has_an_id_and_an_aware_utc_created_at(real: sdk.Client) -> None:
    memory = real.store(agent_id="agent-1", content="likes tea")

    assert memory.id.startswith("mem_")
    assert memory.created_at.tzinfo is UTC
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z", str(memory.created_at))


def test_store_takes_importance_and_metadata(real: sdk.Client) -> None:
    stored = real.store(
        agent_id="agent-1", content="likes tea", importance=0.85, metadata={"source": "chat"}
    )

    found = real.get_memory(stored.id)
    assert found.importance_score == pytest.approx(0.85, abs=0.001)
    assert found.metadata == {"source": "chat"}


def test_store_takes_the_id_of_a_session(real: sdk.Client) -> None:
    session = real.start_session(agent_id="agent-1")

    memory = real.store(agent_id="agent-1", content="likes tea", session_id=session.id)

    assert memory.session_id == session.id


def test_recall_is_iterated_counted_and_indexed(real: sdk.Client) -> None:
    real.store(agent_id="agent-1", content="likes green tea")

    results = real.recall(agent_id="agent-1", query="green tea")

    for r in results:
        assert r.content == "likes green tea"
        assert 0 < r.relevance_score <= 1
    assert isinstance(results, Sequence)
    assert (len(results), results.total) == (1, 1)
    assert results[0] == results.results[0]


def test_recall_takes_top_k_and_memory_type(real: sdk.Client) -> None:
    for number in range(3):
        real.store(agent_id="agent-1", content=f"tea number {number}", memory_type="semantic")
    real.store(agent_id="agent-1", content="tea of today")

    found = real.recall(
        agent_id="agent-1", query="tea", top_k=2, memory_type=sdk.MemoryType.SEMANTIC
    )

    assert [one.memory_type for one in found] == ["semantic", "semantic"]


def test_recall_takes_an_as_of(real: sdk.Client) -> None:
    real.store(agent_id="agent-1", content="likes tea")

    assert not real.recall(agent_id="agent-1", query="tea", as_of="2026-03-15T12:00:00Z")


def test_recall_takes_a_graph_depth(real: sdk.Client) -> None:
    tea = real.store(agent_id="agent-1", content="likes green tea")
    real.store(
        agent_id="agent-1",
        content="wakes at six",
        relationships=[{"target_memory_id": tea.id, "relationship_type": "CAUSED_BY"}],
    )

    alone = real.recall(agent_id="agent-1", query="green tea", graph_depth=0, top_k=1)
    found = real.recall(agent_id="agent-1", query="green tea", graph_depth=2)

    assert [one.graph_depth for one in alone] == [0]
    assert {one.content for one in found} == {"likes green tea", "wakes at six"}


def test_forget_takes_a_memory_id(real: sdk.Client) -> None:
    memory = real.store(agent_id="agent-1", content="likes tea")

    result = real.forget(agent_id="agent-1", memory_id=memory.id)

    assert (result.deleted_count, result.hard_deleted) == (1, False)
    assert result.memory_ids == [memory.id]
    assert real.history(memory.id).total == 1


def test_forget_hard_and_hard_delete_are_the_same(real: sdk.Client) -> None:
    first = real.store(agent_id="agent-1", content="likes tea")
    second = real.store(agent_id="agent-1", content="likes coffee")

    results = [
        real.forget(agent_id="agent-1", memory_id=first.id, hard=True),
        real.forget(agent_id="agent-1", memory_id=second.id, hard_delete=True),
    ]

    assert [(one.deleted_count, one.hard_deleted) for one in results] == [(1, True), (1, True)]
    for memory in (first, second):
        with pytest.raises(sdk.NotFoundError):
            real.history(memory.id)


@pytest.mark.parametrize("hard", [False, True], ids=["soft", "hard"])
def test_forget_all_forgets_all_of_the_agent(hard: bool, real: sdk.Client) -> None:  # noqa: FBT001
    kept = real.store(agent_id="agent-2", content="likes coffee")
    stored = {real.store(agent_id="agent-1", content=f"tea {n}").id for n in range(3)}

    result = real.forget_all(agent_id="agent-1", hard=hard)

    assert (result.deleted_count, set(result.memory_ids)) == (3, stored)
    assert result.hard_deleted == hard
    assert real.get_memory(kept.id).content == "likes coffee"


def test_audit_takes_an_event_type_and_a_limit_and_is_iterated(real: sdk.Client) -> None:
    memory = real.store(agent_id="agent-1", content="likes tea")
    real.forget(agent_id="agent-1", memory_id=memory.id)

    events = real.audit(agent_id="agent-1", event_type="forget", limit=50)

    for event in events:
        assert event.timestamp == event.created_at >= memory.created_at
        assert event.event_type == event.operation == "forget"
        assert event.memory_id == memory.id
    assert (len(events), events.total, events.page_size) == (1, 1, 50)


def test_hard_forget_is_a_forget_with_a_detail(real: sdk.Client) -> None:
    memory = real.store(agent_id="agent-1", content="likes tea")
    real.forget(agent_id="agent-1", memory_id=memory.id, hard=True)

    (event,) = real.audit(agent_id="agent-1", event_type=sdk.EventType.FORGET)

    assert event.details["hard"] is True


def test_history_is_iterated_oldest_first(real: sdk.Client) -> None:
    memory = real.store(agent_id="agent-1", content="likes tea")
    real.update_memory(memory.id, content="likes coffee")

    versions = real.history(memory_id=memory.id)

    assert [(v.version, v.content) for v in versions] == [(1, "likes tea"), (2, "likes coffee")]
    assert versions[0].valid_to == versions[1].valid_from
    assert versions[1].valid_to is None
    assert real.get_memory_history(memory.id) == versions


def test_started_session_has_an_id(real: sdk.Client) -> None:
    session = real.start_session(agent_id="agent-1")

    assert session.id == session.session_id
    assert real.get_session(session.id).state == "open"


def test_ended_session_hands_its_working_memories_over(service: Service, caller: Caller) -> None:
    def work(_seconds: float) -> None:
        caller.run()

    with sdk.Client(service.url, caller.key, pause=work) as client:
        session = client.start_session(agent_id="agent-1")
        client.store(agent_id="agent-1", content=TURN, memory_type="working", session_id=session.id)

        ended = client.end_session(session_id=session.id, wait=True)

        assert (ended.session_id, ended["transitioned_count"]) == (session.id, 1)
        assert ended.run_id
        assert client.recall(agent_id="agent-1", query="tea", memory_type="episodic")
        assert client.end_session(session.id).transitioned_count == 1


def test_waiting_for_a_session_ends_in_time(service: Service, caller: Caller) -> None:
    with sdk.Client(service.url, caller.key, pause=lambda _: None) as client:
        session = client.start_session(agent_id="agent-1")

        with pytest.raises(sdk.Z3rnoError) as caught:
            client.end_session(session.id, wait=True, timeout=0.2)

    assert caught.value.code == "wait_timeout"


def test_session_is_a_block(real: sdk.Client) -> None:
    with real.session(agent_id="agent-1") as session:
        real.store(agent_id="agent-1", content="likes tea", session_id=session.id)

    assert real.get_session(session.id).ended_at


def test_session_ends_after_an_error_too(real: sdk.Client) -> None:
    with pytest.raises(KeyError), real.session(agent_id="agent-1") as session:
        raise KeyError

    assert real.get_session(session.id).ended_at


def test_async_client_does_the_same(service: Service, caller: Caller) -> None:
    async def use() -> tuple[str, str]:
        client = sdk.AsyncZ3rnoClient(base_url=service.url, api_key=caller.key)
        async with client.session(agent_id="agent-1") as session:
            await client.store(agent_id="agent-1", content="likes tea", session_id=session.id)
        results = await client.recall(agent_id="agent-1", query="tea")
        streamed = [one async for one in client.recall_stream(agent_id="agent-1", query="tea")]
        await client.close()
        async with sdk.AsyncZ3rnoClient(service.url, caller.key) as other:
            again = await other.get_memory(results[0].memory_id)
        return streamed[0].content, again.content

    assert asyncio.run(use()) == ("likes tea", "likes tea")


def test_rollback_writes_a_new_version_equal_to_an_earlier_one(real: sdk.Client) -> None:
    memory = real.store(agent_id="agent-1", content="likes tea")
    real.update_memory(memory.id, content="likes coffee")

    back = real.rollback(memory.id, version=1)

    assert (back.content, back.version) == ("likes tea", 3)
    assert len(real.history(memory.id)) == 3


@pytest.mark.parametrize("kind", sdk.RelationshipType)
def test_relationship_types_are_taken_in_any_case(
    kind: sdk.RelationshipType, real: sdk.Client
) -> None:
    tea = real.store(agent_id="agent-1", content="likes tea")
    other = real.store(agent_id="agent-1", content="wakes at six")

    edge = real.add_relationship(other.id, target_memory_id=tea.id, relationship_type=kind.name)

    assert sdk.RelationshipType(edge.relationship_type)
    assert [one.id for one in real.list_relationships(tea.id)] == [edge.id]


def test_documented_names_come_from_one_module() -> None:
    names = {
        *("Z3rnoClient", "AsyncZ3rnoClient", "Z3rnoError", "AuthenticationError"),
        *("AuthorisationError", "AuthorizationError", "NotFoundError", "ValidationError"),
        *("RateLimitError", "ConflictError", "ServerError", "ConnectionError"),
        *("Z3rnoConnectionError", "MemoryType", "RelationshipType", "RetrievalStrategy"),
    }

    assert names <= set(sdk.__all__)
    assert sdk.Z3rnoClient is sdk.Client
    assert sdk.AsyncZ3rnoClient is sdk.AsyncClient


def test_constructor_takes_what_the_old_one_took_in_the_same_places() -> None:
    taken = list(inspect.signature(sdk.Client).parameters)

    assert taken[:6] == [
        *("base_url", "api_key", "timeout", "max_retries", "proxy", "enable_logging")
    ]


def test_python_floor_is_the_real_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert project["requires-python"] == ">=3.11"
