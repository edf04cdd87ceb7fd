"""The broker may be all there is, away, or gone for good: work is done in each case."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from nrem.command.conversation import Conversation, read
from nrem.command.main_job import SAMPLE
from nrem.embedded.process import Process
from nrem.embedded.valkey import EmbeddedValkey
from tests.extent import full_only
from tests.faults import ledger, probe
from tests.faults.ledger import Faults, Reader
from tests.faults.system import Feeding, System, batches, quick, started
from tests.faults.talk import conversation
from tests.postgres import Database

_CAUSES = "SELECT DISTINCT split_part(cause, ':', 1), task_id IS NOT NULL FROM runs"
_BLOCKED = """
SELECT count(*) FROM pg_stat_activity
WHERE application_name = 'nrem_worker' AND wait_event_type = 'Lock'
"""


class _Broker:
    """A broker of the test's own, which nobody restarts."""

    def __init__(self, data_dir: Path) -> None:
        data_dir.mkdir(mode=0o700)
        self._server = EmbeddedValkey(data_dir)
        self.url = self._server.url()
        self._process: Process | None = None

    def start(self) -> None:
        self._server.prepare()
        self._process = Process.start(self._server.command())
        probe.until(self._server.is_ready, "the broker answers")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill_group()
            self._process.stop()
            self._process = None

    def end(self) -> None:
        self.kill()
        self._server.release()


@pytest.fixture
def broker(data_dir: Path) -> Iterator[_Broker]:
    broker = _Broker(data_dir.with_name("broker"))
    broker.start()
    yield broker
    broker.end()


@contextmanager
def _system(data_dir: Path, database: Database, **changes: object) -> Iterator[System]:
    with started(quick(data_dir, database_url=database.admin_url, **changes)) as system:
        yield system


def _causes(reader: Reader) -> set[tuple[str, bool]]:
    """Why runs happened, and whether a Celery task did them."""
    return {(str(cause), bool(task)) for cause, task in reader.execute(_CAUSES)}


def _states(system: System, talk: Conversation) -> set[str]:
    with system.server() as server:
        return {server.session(session.session_id)["state"] for session in talk.sessions}


@full_only
def test_sample_completes_through_celery_alone(
    data_dir: Path, database: Database, broker: _Broker
) -> None:
    sample = read(SAMPLE)

    with _system(data_dir, database, broker_url=broker.url, poll_enabled=False) as system:
        system.load(sample)

        assert set(system.stack.pids) == {"worker", "scheduler", "api"}
        assert _states(system, sample) == {"consolidated"}
        with system.reader() as reader:
            causes = _causes(reader)
            assert ledger.faults(reader, sample) == Faults()
    assert {cause for cause, _ in causes} <= {"nudge", "tick"}
    assert all(is_task for _, is_task in causes)


def test_without_any_broker_the_poll_process_does_everything(
    data_dir: Path, database: Database
) -> None:
    talk = conversation("alone")

    with _system(data_dir, database, broker_url="none") as system:
        system.load(talk)

        assert set(system.stack.pids) == {"poll", "scheduler", "api"}
        with system.reader() as reader:
            causes = _causes(reader)
            assert ("poll", False) in causes
            # a tick that came in between is poll's work, too
            assert causes <= {("poll", False), ("tick", False)}
            assert ledger.faults(reader, talk) == Faults()


def test_broker_that_dies_during_the_load_is_not_missed(
    data_dir: Path, database: Database, broker: _Broker
) -> None:
    talk = conversation("orphan")

    with _system(data_dir, database, broker_url=broker.url) as system:
        feeding = Feeding(system, talk)
        feeding.await_batches(8)

        broker.kill()

        before = feeding.answered
        feeding.finish()
        assert batches(talk) > before, "the broker died after the load"
        system.await_consolidated(talk)
        with system.reader() as reader:
            assert ledger.faults(reader, talk) == Faults()


@full_only
def test_busy_worker_outlives_a_restart_of_the_broker(
    data_dir: Path, database: Database, broker: _Broker
) -> None:
    before, after = conversation("before", sessions=1), conversation("after", sessions=1)

    with _system(data_dir, database, broker_url=broker.url, poll_enabled=False) as system:
        worker = system.stack.pids["worker"]
        with psycopg.connect(database.admin_url) as blocker:
            # The task that indexes the turns waits for this lock, and is busy so long.
            blocker.execute("LOCK TABLE lexemes")
            Feeding(system, before).finish()
            with system.reader() as reader:
                probe.until(lambda: reader.execute(_BLOCKED).fetchall()[0][0], "a task is busy")

            broker.kill()

            probe.until(lambda: "celery.worker.consumer" in system.log("worker"), "it is noticed")
        broker.start()
        system.await_consolidated(before)
        system.load(after)

        assert system.stack.pids["worker"] == worker
        with system.reader() as reader:
            assert ledger.faults(reader, before) == Faults()
            assert ledger.faults(reader, after) == Faults()
            assert all(is_task for _, is_task in _causes(reader))
