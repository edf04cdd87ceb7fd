"""The audit trail of a system that serves: sealed by workers, checked by an operator's command."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nrem.command.server import Server
from nrem.config import Settings
from nrem.embedded.children import CHECKOUT
from nrem.heads import FILE, Heads
from tests.extent import full_only
from tests.faults import probe
from tests.faults.system import System, started
from tests.interpreter import for_python

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    """A system with a trail that is sealed, and whose end is kept."""
    with tempfile.TemporaryDirectory(prefix="nrem-", dir="/tmp") as folder:
        settings = Settings(
            data_dir=Path(folder) / "data", embedder="hash", api_port=0, admin_port=0
        )
        with started(settings) as running:
            with running.server() as server:
                _fill(server)
            probe.until(lambda: _is_kept(running), "the end of the trail is kept")
            yield running


def _fill(server: Server) -> None:
    for number in range(5):
        stored = {"agent_id": "agent", "user_id": "ana", "content": f"Fact number {number}."}
        server.ask("POST", "/v1/memories", json=stored)


def _is_kept(system: System) -> bool:
    with system.reader() as reader:
        written = reader.execute("SELECT count(*) FROM audit").fetchall()[0][0]
        waiting = reader.execute("SELECT count(*) FROM seal_queue").fetchall()[0][0]
    kept = Heads(system.stack.data_dir / FILE).read()
    return not waiting and sum(one.place for one in kept.values()) == written >= 5


def _nrem(system: System, *arguments: str) -> tuple[int, str]:
    """Exit status and standard output of a command in the running system's directory."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "nrem.cli", *arguments, "--data", system.stack.data_dir],
        cwd=CHECKOUT,
        env={"PYTHONPATH": str(CHECKOUT), **for_python()},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def _verify(system: System) -> tuple[int, dict[str, Any]]:
    status, said = _nrem(system, "audit", "verify", "--json")
    return status, json.loads(said)


@full_only
def test_export_holds_what_was_stored(system: System) -> None:
    status, said = _nrem(system, "export", "--user", "ana")
    lines = [json.loads(line) for line in said.splitlines()]

    texts = {line["row"]["content"] for line in lines if line.get("table") == "memories"}

    assert status == 0
    assert texts == {f"Fact number {number}." for number in range(5)}


@full_only
def test_trail_is_valid_until_its_tail_is_cut_though_the_chain_goes_on(system: System) -> None:
    whole = _verify(system)
    with system.reader() as reader:
        last = reader.execute("SELECT max(place) FROM seals").fetchall()[0][0]
        reader.execute("DELETE FROM seals WHERE place > %s", [last - 2])
        reader.execute(
            "DELETE FROM audit WHERE id NOT IN (SELECT audit_id FROM seals) "
            "AND id NOT IN (SELECT audit_id FROM seal_queue)"
        )
        cut = _verify(system)
        with system.server() as server:
            _fill(server)
        probe.until(
            lambda: reader.execute("SELECT max(place) FROM seals").fetchall()[0][0] > last,
            "the chain goes on",
        )

    replaced = _verify(system)

    assert (whole[0], whole[1]["valid"], whole[1]["first_bad"]) == (0, True, None)
    assert whole[1]["rows"] >= 5
    assert (cut[0], cut[1]["faults"][0]["code"]) == (1, "cut")
    assert (replaced[0], replaced[1]["faults"][0]["code"]) == (1, "replaced")
