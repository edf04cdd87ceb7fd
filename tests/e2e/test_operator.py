"""An operator's way: servers of their own, each part by its ordinary command, from the checkout."""

import contextlib
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
from tests.faults import ledger, probe
from tests.faults.ledger import Faults
from tests.faults.part import Part, part
from tests.faults.talk import conversation
from tests.postgres import Database

pytestmark = pytest.mark.xdist_group("e2e-operator")

_WORKER = ("celery", "-A", "worker.app", "worker", "--concurrency", "1")
_POLL = ("python", "-m", "worker.poll")
_SCHEDULER = ("python", "-m", "scheduler")
_API = ("uvicorn", "api.app:app", "--port")
_UPGRADE = "alembic upgrade head"


class _TcpValkey(EmbeddedValkey):
    """A broker that listens on a port, as one on another machine does."""

    def __init__(self, data_dir: Path, port: int) -> None:
        super().__init__(data_dir)
        self.port = port

    def command(self) -> Command:
        found = super().command()
        return replace(found, argv=(*found.argv, "--port", str(self.port), "--bind", "127.0.0.1"))


@pytest.fixture(params=["unix", "redis"])
def broker_url(request: pytest.FixtureRequest, data_dir: Path) -> Iterator[str]:
    theirs = data_dir.with_name("theirs")
    theirs.mkdir(mode=0o700)
    port = choose_port("127.0.0.1", 0, option="--port")
    with _TcpValkey(theirs, port) as broker:
        yield broker.url() if request.param == "unix" else f"redis://127.0.0.1:{port}/0"


def _environment(data_dir: Path, database: Database, broker_url: str) -> dict[str, str]:
    return {
        "NREM_DATABASE_URL": database.admin_url,
        "NREM_BROKER_URL": broker_url,
        "NREM_DATA_DIR": str(data_dir),
        "NREM_EMBEDDER": "hash",
    }


def test_main_job_runs_on_servers_of_the_operator(
    data_dir: Path, database: Database, broker_url: str
) -> None:
    environment = _environment(data_dir, database, broker_url)

    with part("python", "-m", "nrem.cli", *_FREE_PORTS, environment=environment) as job:
        status = job.status()

    assert status == 0, job.said()
    assert "memories:" in job.said()
    assert "starting Postgres" not in job.said()
    assert "starting Valkey" not in job.said()
    assert not (data_dir / "postgres").exists()
    assert not (data_dir / "valkey").exists()
    with psycopg.connect(database.admin_url) as connection:
        tasks = connection.execute("SELECT count(task_id) FROM runs").fetchall()[0][0]
    assert tasks > 0


_FREE_PORTS = ("--port", "0", "--admin-port", "0", "--exit")


def test_each_part_runs_by_its_ordinary_command(
    data_dir: Path, empty_database: Database, broker_url: str
) -> None:
    database, talk = empty_database, conversation("operator", sessions=2)
    environment = _environment(data_dir, database, broker_url)
    port = choose_port("127.0.0.1", 0, option="--port")
    data_dir.mkdir(mode=0o700)
    with part(*_UPGRADE.split(), environment=environment) as upgrade:
        assert upgrade.status() == 0, upgrade.said()
    key = keys.ensure(Settings(data_dir=data_dir, database_url=database.admin_url))[0].api

    with contextlib.ExitStack() as parts:
        started = [
            parts.enter_context(part(*command, environment=environment))
            for command in (_WORKER, _POLL, _SCHEDULER, (*_API, str(port)))
        ]
        probe.until(lambda: _listens(port) or _any_ended(started), "the API listens")
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
    assert statuses == [0, 0, 0]


def _listens(port: int) -> bool:
    with contextlib.closing(socket.socket()) as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def _any_ended(parts: list[Part]) -> bool:
    for one in parts:
        assert not one.has_ended(), one.said()
    return False


def test_every_process_refuses_a_database_at_another_version(
    data_dir: Path, database: Database, broker_url: str
) -> None:
    environment = _environment(data_dir, database, broker_url)
    with psycopg.connect(database.admin_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")

    with contextlib.ExitStack() as parts:
        started = {
            command[-1]: parts.enter_context(part(*command, environment=environment))
            for command in (_WORKER, _POLL, _SCHEDULER, ("python", "-m", "api"), (*_API, "0"))
        }
        statuses = {name: one.status() for name, one in started.items()}
        silent = [name for name, one in started.items() if _UPGRADE not in one.said()]

    assert not silent
    assert statuses["worker.poll"] == statuses["scheduler"] == statuses["api"] == 2
    assert all(statuses.values())
