"""An operator's way: servers of their own, each part by its ordinary command, from the checkout."""

import contextlib
import signal
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from nrem.command import keys
from nrem.command.load import Loaded, feed
from nrem.command.server import Server
from nrem.config import Settings
from nrem.embedded.children import choose_port
from nrem.embedded.process import Command
from nrem.embedded.valkey import EmbeddedValkey
from tests.extent import full_only
from tests.faults import ledger, probe
from tests.faults.ledger import Faults
from tests.faults.part import any_ended, part, ran
from tests.faults.talk import conversation
from tests.postgres import Database

_WORKER = ("celery", "-A", "worker.app", "worker", "--concurrency", "1")
_MAIN_JOB = ("python", "-m", "nrem.cli", "--port", "0", "--admin-port", "0", "--exit")
_POLL = ("python", "-m", "worker.poll")
_SCHEDULER = ("python", "-m", "scheduler")
_API = ("uvicorn", "api.app:app", "--port")
_UPGRADE = "alembic upgrade head"


class _TcpValkey(EmbeddedValkey):
    """A broker that listens on a port, as one on another machine does."""

    def __init__(self, data_dir: Path, port: int) -> None:
        super().__init__(data_dir)
        self.port = port

    @property
    def tcp_url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> Command:
        found = super().command()
        return replace(found, argv=(*found.argv, "--port", str(self.port), "--bind", "127.0.0.1"))


@pytest.fixture
def broker(data_dir: Path) -> Iterator[_TcpValkey]:
    theirs = data_dir.with_name("theirs")
    theirs.mkdir(mode=0o700)
    with _TcpValkey(theirs, choose_port("127.0.0.1", 0, option="--port")) as running:
        yield running


def _environment(data_dir: Path, database: Database, broker_url: str) -> dict[str, str]:
    return {
        "NREM_DATABASE_URL": database.admin_url,
        "NREM_BROKER_URL": broker_url,
        "NREM_DATA_DIR": str(data_dir),
        "NREM_EMBEDDER": "hash",
    }


def test_main_job_runs_on_servers_of_the_operator(
    data_dir: Path, database: Database, broker: _TcpValkey
) -> None:
    # Without the poll process, so that all work comes through the operator's broker.
    environment = _environment(data_dir, database, broker.url()) | {"NREM_POLL_ENABLED": "0"}

    status, said = ran(*_MAIN_JOB, environment=environment)

    assert status == 0, said
    assert "memories:" in said
    assert "starting Postgres" not in said
    assert "starting Valkey" not in said
    assert not (data_dir / "postgres").exists()
    assert not (data_dir / "valkey").exists()
    with psycopg.connect(database.admin_url) as connection:
        runs, tasks = connection.execute("SELECT count(*), count(task_id) FROM runs").fetchall()[0]
    assert runs == tasks > 0


@full_only
def test_each_part_runs_by_its_ordinary_command(
    data_dir: Path, empty_database: Database, broker: _TcpValkey
) -> None:
    database, talk = empty_database, conversation("operator", sessions=2)
    environment = _environment(data_dir, database, broker.tcp_url)
    port = choose_port("127.0.0.1", 0, option="--port")
    data_dir.mkdir(mode=0o700)
    status, said = ran(*_UPGRADE.split(), environment=environment)
    assert status == 0, said
    key = keys.ensure(Settings(data_dir=data_dir, database_url=database.admin_url))[0].api

    with contextlib.ExitStack() as parts:
        started = [
            parts.enter_context(part(*command, environment=environment))
            for command in (_WORKER, _POLL, _SCHEDULER, (*_API, str(port)))
        ]
        probe.until(lambda: _listens(port) or any_ended(started), "the API listens")
        server = parts.enter_context(Server(f"http://127.0.0.1:{port}", key))
        done = Loaded()
        feed(server, talk, done)
        probe.until(
            lambda: server.session(talk.sessions[-1].session_id)["state"] == "consolidated",
            "the last session is consolidated",
        )
        with psycopg.connect(database.admin_url, autocommit=True) as reader:
            assert ledger.faults(reader, talk) == Faults()
            kinds = "SELECT kind FROM heartbeats"
            probe.until(
                lambda: {row[0] for row in reader.execute(kinds)} == {"celery", "poll"},
                "both workers have done something",
            )
        statuses = [one.stop() for one in started[1:]]

    assert not done.errors
    # uvicorn ends by the signal it was sent, once it has closed everything.
    assert statuses == [0, 0, -signal.SIGTERM]


def _listens(port: int) -> bool:
    with contextlib.closing(socket.socket()) as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


@full_only
def test_every_process_refuses_a_database_at_another_version(
    data_dir: Path, database: Database, broker: _TcpValkey
) -> None:
    environment = _environment(data_dir, database, broker.tcp_url)
    with psycopg.connect(database.admin_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")

    with contextlib.ExitStack() as parts:
        started = {
            command[-1]: parts.enter_context(part(*command, environment=environment))
            for command in (_WORKER, _POLL, _SCHEDULER, ("python", "-m", "api"), (*_API, "0"))
        }
        statuses = {name: one.status() for name, one in started.items()}
        silent = [one.said() for one in started.values() if _UPGRADE not in one.said()]

    assert not silent
    assert statuses["worker.poll"] == statuses["scheduler"] == statuses["api"] == 2
    assert all(statuses.values())
