"""Logging uses behind the answer: nothing waits for it, and what can be written is."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from api import recorder
from api.recorder import Recorder
from nrem.queue import Nudger
from nrem.store import engine
from nrem.store.access import Access
from tests.api.serving import Caller, Service, serve
from tests.api.test_ingest import away
from tests.faults.probe import until
from tests.postgres import Database
from tests.world import connected

TEXT = "Maria adopted a grey cat named Pixel."
QUESTION = "What is the name of Maria's cat?"
NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:9/nothing"
USE = Access(memory_id=1, agent_id=1, at=datetime(2026, 3, 2, tzinfo=UTC))


@pytest.fixture
def own(database: Database) -> Iterator[Service]:
    """A service of this test's own, whose database may come to harm."""
    with serve(database) as running:
        yield running


def test_use_is_written_when_the_process_is_told_to_stop(database: Database) -> None:
    with serve(database) as running, running.caller() as caller:
        caller.store(TEXT)
        caller.recall(QUESTION)

    with connected(database) as world:
        assert [tuple(row) for row in world.ask("SELECT count(*) FROM accesses")] == [(1,)]


def test_use_is_written_once_the_database_is_back(own: Service) -> None:
    with own.caller() as caller:
        caller.store(TEXT)
        uses = _uses(caller)
        own.state.recorder.record(caller.org, uses)
        until(lambda: caller.count("accesses") == 1, "the first use is logged")

        with away(own):
            own.state.recorder.record(caller.org, uses)

        until(lambda: caller.count("accesses") == 2, "the use is logged after all")
        assert own.state.recorder.given_up == 0


def _uses(caller: Caller) -> list[Access]:
    ((memory_id, agent_id),) = caller.world.ask("SELECT id, agent_id FROM memories")
    return [Access(memory_id=memory_id, agent_id=agent_id, at=USE.at)]


def test_what_cannot_be_written_at_the_end_is_counted() -> None:
    async def live() -> int:
        database = engine.async_engine(NOWHERE, engine.API)
        async with Recorder(database, Nudger(None)) as its:
            its.record(1, [USE, USE])
        return its.given_up

    assert asyncio.run(live()) == 2


def test_the_oldest_are_given_up_beyond_the_most_that_may_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recorder, "_MOST_WAITING", 3)
    its = Recorder(engine.async_engine(NOWHERE, engine.API), Nudger(None))

    its.record(1, [USE] * 5)

    assert its.given_up == 2
