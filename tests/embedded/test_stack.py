import http.client
import json
import os
import signal
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nrem.config import Settings
from nrem.embedded import files, stack
from nrem.embedded.valkey import EmbeddedValkey
from nrem.errors import ConfigError
from tests.embedded.watching import has_ended, python
from tests.extent import full_only
from tests.postgres import Database

_SERVE = """
import sys
from pathlib import Path
from nrem.config import Settings
from nrem.embedded import stack
settings = Settings(data_dir=Path(sys.argv[1]), api_port=0, admin_port=0, embedder="hash")
with stack.start(settings, durable=False) as running:
    print("serving", flush=True)
    running.wait()
"""


@contextmanager
def _serving(data_dir: Path) -> Iterator["subprocess.Popen[str]"]:
    """The system in a process of its own, so that it can be sent signals."""
    with python(_SERVE, str(data_dir)) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "serving\n"
            yield process
        finally:
            process.kill()


def _descendants(pid: int) -> list[int]:
    """The processes below `pid`, of every generation."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found = list(parents.get(pid, []))
    for child in found:
        found += parents.get(child, [])
    return found


def _status(base: str, path: str) -> int:
    connection = http.client.HTTPConnection(base.removeprefix("http://"), timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


@full_only
def test_killed_system_leaves_nothing_and_the_next_one_ends_when_asked(data_dir: Path) -> None:
    with _serving(data_dir) as killed:
        below = _descendants(killed.pid)
        killed.kill()
        # Postgres has children of its own, and so has Celery.
        assert len(below) > 7
        assert all(has_ended(pid) for pid in below)
        assert stack.running(data_dir) is None

    with _serving(data_dir) as process:
        endpoints = stack.running(data_dir)
        pids = json.loads((data_dir / "stack.json").read_text())
        assert endpoints is not None
        assert [_status(base, "/livez") for base in (endpoints.api, endpoints.admin)] == [200, 200]
        assert set(pids) == {"postgres", "valkey", "worker", "poll", "scheduler", "api"}
        for name in ("endpoints.json", "stack.json", "pepper"):
            assert stat.S_IMODE((data_dir / name).stat().st_mode) == 0o600
        settings = Settings(data_dir=data_dir, api_port=0, admin_port=0)
        with pytest.raises(ConfigError, match="another nrem runs"), stack.start(settings):
            pass

        process.send_signal(signal.SIGTERM)

        assert process.wait(30) == 0
        assert all(has_ended(pid) for pid in pids.values())
        assert stack.running(data_dir) is None
        assert not (data_dir / "endpoints.json").exists()


@full_only
def test_servers_of_the_operator_are_used_in_place_of_embedded_ones(
    data_dir: Path, tmp_path: Path, database: Database
) -> None:
    with EmbeddedValkey(data_dir.with_name("theirs")) as broker:
        settings = Settings(
            data_dir=data_dir,
            database_url=database.admin_url,
            broker_url=broker.url(),
            api_port=0,
            admin_port=0,
            embedder="hash",
            poll_enabled=False,
        )

        with stack.start(settings) as running:
            assert set(running.pids) == {"worker", "scheduler", "api"}
            assert _status(running.endpoints.admin, "/readyz") == 200

    assert not (data_dir / "postgres").exists()
    assert not (data_dir / "valkey").exists()


@full_only
def test_without_a_broker_the_poll_process_is_the_only_worker(
    data_dir: Path, database: Database
) -> None:
    settings = Settings(
        data_dir=data_dir,
        database_url=database.admin_url,
        broker_url="none",
        api_port=0,
        admin_port=0,
        embedder="hash",
    )

    with stack.start(settings) as running:
        assert set(running.pids) == {"poll", "scheduler", "api"}


def test_database_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path / "data",
        database_url=f"postgresql://user:hush@/nrem?host={tmp_path}",
        api_port=0,
        admin_port=0,
    )

    with pytest.raises(ConfigError, match="NREM_DATABASE_URL") as caught, stack.start(settings):
        pass

    assert "hush" not in str(caught.value)


def test_leftover_of_a_killed_system_is_not_taken_for_a_running_one(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "nrem.lock").touch()
    files.write_json(data_dir / "endpoints.json", {"api": "http://x", "admin": "http://y"})

    assert stack.running(data_dir) is None


def test_holder_of_the_lock_without_endpoints_is_not_ready(data_dir: Path) -> None:
    data_dir.mkdir()
    lock = files.acquire(data_dir / "nrem.lock", wait_seconds=0)

    assert stack.running(data_dir) is None

    assert lock is not None
    os.close(lock)
