"""The unmodified `z3rno` client stores, changes, reads and recalls memories here."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from z3rno import AsyncZ3rnoClient, Z3rnoClient
from z3rno.exceptions import NotFoundError, ValidationError, Z3rnoError
from z3rno.models import MemoryType, Relationship, RelationshipType

from tests.api.serving import Caller, Service

TEXT = "Ann moved to Kyiv and works as a nurse."
AGENT = "agent-1"


class Both:
    """One client in both colours: each call is made by the sync and by the async one in turn."""

    def __init__(self, url: str, key: str) -> None:
        self._place = {"base_url": url, "api_key": key}
        self._turn = itertools.cycle((self._now, self._later))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = next(self._turn)
        return lambda *given, **named: call(name, *given, **named)

    def _now(self, name: str, *given: Any, **named: Any) -> Any:  # noqa: ANN401
        with Z3rnoClient(**self._place) as client:
            return getattr(client, name)(*given, **named)

    def _later(self, name: str, *given: Any, **named: Any) -> Any:  # noqa: ANN401
        async def call() -> Any:  # noqa: ANN401
            async with AsyncZ3rnoClient(**self._place) as client:
                made: Awaitable[Any] = getattr(client, name)(*given, **named)
                return await made

        return asyncio.run(call())


@pytest.fixture(params=["sync", "async"])
def client(request: pytest.FixtureRequest, service: Service, caller: Caller) -> Iterator[Any]:
    """A client of a new org; in the second round each call has the other colour."""
    both = Both(service.url, caller.key)
    if request.param == "async":
        next(both._turn)  # noqa: SLF001 - begin with the other one
    return both


def test_entry_1_get_memory(client: Any) -> None:  # noqa: ANN401
    stored = client.store(agent_id=AGENT, content=TEXT)

    found = client.get_memory(stored.id)

    assert (found.id, found.content, found.agent_id) == (stored.id, TEXT, AGENT)
    assert (found.recall_count, found.created_at.tzinfo) == (0, stored.created_at.tzinfo)
    with pytest.raises(NotFoundError):
        client.get_memory("some-id")


def test_entry_2_store(client: Any) -> None:  # noqa: ANN401
    cause = client.store(agent_id=AGENT, content="Ann finished her studies.")
    edge = Relationship(
        target_memory_id=cause.id, relationship_type=RelationshipType.CAUSED_BY, weight=0.5
    )

    stored = client.store(
        agent_id=AGENT,
        content=TEXT,
        memory_type=MemoryType.SEMANTIC,
        user_id="alice@example.org",
        metadata={"session_id": "s", "k": [1]},
        relationships=[edge],
        ttl_seconds=3_600,
        importance=0.75,
    )

    assert (stored.memory_type, stored.importance_score) == ("semantic", 0.75)
    assert stored.metadata == {"session_id": "s", "k": [1]}
    with pytest.raises(ValidationError):
        client.store(agent_id=AGENT, content=" ")


def test_entry_3_store_batch(client: Any) -> None:  # noqa: ANN401
    made = client.store_batch(
        agent_id=AGENT, memories=[{"content": "one"}, {"content": "two", "importance": 0.5}]
    )

    assert (made.stored_count, [one.content for one in made.results]) == (2, ["one", "two"])


def test_entry_4_recall(client: Any) -> None:  # noqa: ANN401
    stored = client.store(agent_id=AGENT, content=TEXT, user_id="u", metadata={"k": 1})
    client.store(agent_id=AGENT, content="Bob plays the cello.")
    found = client.recall(
        agent_id=AGENT,
        query="Who is a nurse?",
        memory_type="episodic",
        metadata_filter={"k": 1},
        user_id="u",
        top_k=5,
        similarity_threshold=0.01,
        time_range=(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)),
        strategy="AUTO",
        rerank=True,
    )

    (best,) = found.results
    assert (best.memory_id, best.content, found.total) == (stored.id, TEXT, 1)
    assert 0 < best.similarity_score <= 1
    assert (found.strategy_used, found.reranked) == ("AUTO", False)
    assert client.recall(agent_id="nobody", query="x").total == 0
    newest = client.recall(agent_id=AGENT)
    assert [one.content for one in newest.results] == ["Bob plays the cello.", TEXT]
    with pytest.raises(Z3rnoError):
        client.recall(agent_id=AGENT, query="x", strategy="CYPHER")
    with pytest.raises(NotFoundError):
        client.recall(agent_id=AGENT, query="x", conversation_id="cnv_unknown")


def test_entry_4_recall_as_of(client: Any) -> None:  # noqa: ANN401
    stored = client.store(agent_id=AGENT, content=TEXT)
    version = client.get_memory_history(stored.id).versions[0]
    client.update_memory(stored.id, content="Bob plays the cello.")

    found = client.recall(agent_id=AGENT, query="nurse", as_of=version.valid_from)

    assert [one.content for one in found.results] == [TEXT]


def test_entry_5_recall_stream(service: Service, caller: Caller) -> None:
    caller.store(TEXT, agent_id=AGENT)
    place = {"base_url": service.url, "api_key": caller.key}

    async def later() -> list[str]:
        async with AsyncZ3rnoClient(**place) as client:
            return [one.content async for one in client.recall_stream(agent_id=AGENT)]

    with Z3rnoClient(**place) as client:
        assert [one.content for one in client.recall_stream(agent_id=AGENT)] == [TEXT]
    assert asyncio.run(later()) == [TEXT]


@pytest.mark.parametrize("strategy", ["AUTO", "TRACE"])
def test_entry_5b_recall_stream_sse(service: Service, caller: Caller, strategy: str) -> None:
    content = "Ann\u2028has\x85a\x0ccat."
    caller.store(content, agent_id=AGENT)

    async def read() -> list[dict[str, Any]]:
        async with AsyncZ3rnoClient(base_url=service.url, api_key=caller.key) as client:
            stream = client.recall_stream_sse(agent_id=AGENT, query="cat", strategy=strategy)
            return [one async for one in stream]

    *steps, results, done = asyncio.run(read())

    assert len(steps) == (strategy == "TRACE")
    assert [results["event"], done["event"]] == ["results", "done"]
    assert results["data"]["results"][0]["content"] == content


def test_entry_8_history_and_9_update(client: Any) -> None:  # noqa: ANN401
    stored = client.store(agent_id=AGENT, content=TEXT, metadata={"a": 1})

    changes: list[dict[str, Any]] = [{"content": "x"}, {"metadata": {}}, {"importance": 0.5}, {}]
    for fields in changes:
        client.update_memory(stored.id, **fields)

    found = client.get_memory_history(stored.id)
    assert found.total == 4
    assert [one.content for one in found.versions] == [TEXT, "x", "x", "x"]
    assert [one.metadata for one in found.versions] == [{"a": 1}, {"a": 1}, {}, {}]
    assert [one.valid_to is None for one in found.versions] == [False, False, False, True]
    assert client.get_memory(stored.id).importance_score == pytest.approx(0.5, abs=1e-3)
    with pytest.raises(NotFoundError):
        client.get_memory_history("some-id")
