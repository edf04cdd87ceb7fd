"""The main job as its user meets it: one command, on one data directory, several times."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2
import psycopg
import pytest

from nrem.command.server import Server
from nrem.config import Settings
from nrem.embedded import stack
from nrem.embedded.children import CHECKOUT
from tests.embedded.watching import has_ended
from tests.faults import probe

pytestmark = [pytest.mark.xdist_group("main-job"), pytest.mark.timeout(180)]

CANARY: Final = "zirconium-platypus"
KEY_LINE: Final = re.compile(r"Development key .*: (nrem_dev_\w+)")


def _nrem(data: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "nrem.cli", "--data", str(data), *arguments],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), "NREM_EMBEDDER": "hash"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A main job that was run to its end."""

    status: int
    out: str
    progress: str
    data: Path


@pytest.fixture(scope="module")
def first() -> Iterator[Ended]:
    """The first main job on a directory, ended by itself."""
    with tempfile.TemporaryDirectory(prefix="nrem-", dir="/tmp") as folder:
        yield _run(Path(folder) / "data")


def _run(data: Path) -> Ended:
    with _nrem(data, "--port", "0", "--admin-port", "0", "--exit") as process:
        out, progress = process.communicate(timeout=120)
    return Ended(status=process.returncode, out=out, progress=progress, data=data)


@dataclass(frozen=True, kw_only=True)
class Serving:
    """A main job that serves, killed at the end."""

    process: subprocess.Popen[str]
    pids: dict[str, int]
    endpoints: stack.Endpoints
    data: Path


@contextmanager
def _serving(data: Path) -> Iterator[Serving]:
    with _nrem(data, "--port", "0", "--admin-port", "0") as process:
        try:
            assert process.stdout is not None
            # The last line it prints before it waits for Ctrl-C.
            assert any(line.startswith("Admin:") for line in process.stdout)
            endpoints = stack.running(data)
            assert endpoints is not None
            pids = json.loads((data / "stack.json").read_text(encoding="utf-8"))
            yield Serving(process=process, pids=pids, endpoints=endpoints, data=data)
        finally:
            process.kill()


def test_ends_well(first: Ended) -> None:
    assert first.status == 0, first.progress


def test_shows_each_memory_with_its_reasons(first: Ended) -> None:
    facts = re.findall(
        r"episodic \| importance 0\.\d\d \| tier short \| "
        r"archived on \d{4}-\d\d-\d\d if not used \(idle\) \| from S\d:\d+",
        first.out,
    )

    assert len(facts) > 20


def test_answers_questions_about_the_sample(first: Ended) -> None:
    _, _, asked = first.out.partition("Asked:")

    assert re.search(r"said 2025-\d\d-\d\d in S\d:\d+", asked)


def test_shows_the_development_key_once(first: Ended) -> None:
    again = _run(first.data)

    assert KEY_LINE.search(first.out)
    assert not KEY_LINE.search(again.out)
    assert again.status == 0


@pytest.mark.parametrize(
    ("name", "mode"), [(".", 0o700), ("keys.json", 0o600), ("pepper", 0o600), ("logs", 0o700)]
)
def test_data_is_for_its_owner_only(first: Ended, name: str, mode: int) -> None:
    assert stat.S_IMODE((first.data / name).stat().st_mode) == mode


def test_killed_job_leaves_no_process_and_starts_again(first: Ended) -> None:
    with _serving(first.data) as serving:
        os.kill(serving.process.pid, signal.SIGKILL)

        left = [name for name, pid in serving.pids.items() if not has_ended(pid)]

    assert not left
    assert _run(first.data).status == 0


def test_content_stays_in_the_database(first: Ended) -> None:
    with _serving(first.data) as serving:
        keys = json.loads((first.data / "keys.json").read_text(encoding="utf-8"))
        with Server(serving.endpoints.api, keys["api"]) as server:
            _say_canary(server)
            probe.until(
                lambda: server.session("canary")["state"] == "consolidated",
                "the session is consolidated",
            )
            metrics = httpx2.get(f"{serving.endpoints.admin}/metrics", trust_env=False).text

        stored = _rows_with_canary(first.data)

    assert stored > 0
    assert CANARY not in metrics
    assert _files_with_canary(first.data / "logs", first.data / "valkey") == []


def _say_canary(server: Server) -> None:
    whose = {"agent_id": f"agent {CANARY}", "user_id": f"user {CANARY}", "session_id": "canary"}
    said = f"Remember that my boat is called {CANARY} and that I sail it on 3 May."
    server.send_events(
        [
            {
                **whose,
                "type": "turn",
                "role": "user",
                "speaker": f"S {CANARY}",
                "turn_id": f"t {CANARY}",
                "content": said,
                "metadata": {"note": CANARY},
                "idempotency_key": f"key {CANARY}",
            },
            {**whose, "type": "memory", "memory_type": "working", "content": f"note {CANARY}"},
            {**whose, "type": "session.end"},
        ]
    )
    server.recall(agent_id=whose["agent_id"], query=CANARY)


def _rows_with_canary(data: Path) -> int:
    """The control: what is looked for elsewhere does stand in the tables."""
    url = stack.urls(Settings(data_dir=data)).migrate.replace("+psycopg", "", 1)
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT count(*) FROM memories WHERE content LIKE %s", (f"%{CANARY}%",)
        ).fetchone()
    return int(found[0]) if found else 0


def _files_with_canary(*folders: Path) -> list[str]:
    return [
        str(path)
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and CANARY.encode() in path.read_bytes()
    ]
