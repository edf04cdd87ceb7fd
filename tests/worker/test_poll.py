"""The poll loop: complete by itself, and patient with a database that is away."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import structlog
from sqlalchemy import Engine

from nrem.queue import Nudger
from nrem.store import engine
from tests.world import TOOLS, Org, end, turn
from worker.poll import poll
from worker.process import Process


def _process(database: Engine) -> Process:
    return Process(
        kind="poll", name="poll:here:1", database=database, tools=TOOLS, nudger=Nudger(None)
    )


@contextmanager
def _polling(database: Engine) -> Iterator[Thread]:
    stop = Event()
    thread = Thread(target=poll, args=(_process(database), stop))
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join()


def test_session_is_consolidated_with_no_broker_and_no_scheduler(org: Org) -> None:
    org.append(turn("I moved to Lisbon.", session="s"), end("s"))

    with _polling(org.world.worker):
        while org.column("SELECT state FROM sessions") != ["consolidated"]:
            pass

    assert len(org.memories()) == 1
    causes = org.column("SELECT DISTINCT cause FROM runs WHERE org_id = %(org)s")
    assert causes == ["poll"]


def test_process_beats_while_it_polls(org: Org) -> None:
    beats = "SELECT kind, process, progress_at IS NOT NULL FROM heartbeats"
    org.append(turn("I moved to Lisbon.", session="s"), end("s"))

    with _polling(org.world.worker):
        while not (rows := org.ask(beats)):
            pass

    assert [tuple(row) for row in rows] == [("poll", "poll:here:1", True)]


def test_database_that_is_away_is_waited_for() -> None:
    away = engine.sync_engine("postgresql://nrem_worker@127.0.0.1:1/nrem", engine.WORKER)

    with structlog.testing.capture_logs() as logs, _polling(away) as thread:
        while not logs:
            pass
        is_alive = thread.is_alive()

    assert is_alive
    assert {line["event"] for line in logs} == {"poll.database_away"}
