"""The three ways in which people are erased: over HTTP, by `nrem purge`, and memory by memory."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from nrem.clock import monotonic, sleep
from nrem.command.server import Server
from nrem.embedded.children import CHECKOUT
from tests.faults import probe
from tests.proof.person import Person
from tests.proof.reading import Known
from tests.proof.system import System

_PATIENCE_SECONDS: Final = 300.0
_PAUSE_SECONDS: Final = 0.3
_OVER: Final = frozenset(("certified", "failed", "cancelled"))
_ERASURES: Final = "/v1/admin/erasures"


@dataclass(slots=True, kw_only=True)
class Erased:
    """What came of the erasures."""

    # states of those that did not end well, with the reason
    faults: list[str] = field(default_factory=list)
    receipts: list[dict[str, Any]] = field(default_factory=list)


def forget_each(system: System, whom: Known) -> None:
    """Forget every memory of a person for good, one by one."""
    for one in sorted(whom.memories):
        body = {**whom.person.whose(), "memory_id": one, "hard": True}
        system.api.ask("POST", "/v1/memories/forget", json=body)


def over_http(system: System, wanted: Iterable[tuple[str, str]], erased: Erased) -> None:
    """Ask for erasures (kind and id), confirm each with the second key, and see them through."""
    with Server(system.stack.endpoints.admin, system.keys.purge) as second:
        asked = [_request(system.admin, second, kind, ref) for kind, ref in wanted]
    ends = monotonic() + _PATIENCE_SECONDS
    for one in asked:
        found = system.admin.ask("GET", f"{_ERASURES}/{one}")
        while found["state"] not in _OVER and monotonic() < ends:
            sleep(_PAUSE_SECONDS)
            found = system.admin.ask("GET", f"{_ERASURES}/{one}")
        if found["state"] != "certified":
            erased.faults.append(f"{found['state']}: {found.get('error')}")
            continue
        erased.receipts.append(system.admin.ask("GET", f"{_ERASURES}/{one}/receipt"))


def _request(first: Server, second: Server, kind: str, ref: str) -> str:
    number = first.ask("POST", _ERASURES, json={"kind": kind, "ref": ref})["erasure_id"]
    path = f"{_ERASURES}/{number}"
    probe.until(
        lambda: first.ask("GET", path)["state"] != "requested",
        "the preview is made",
        seconds=_PATIENCE_SECONDS,
    )
    shown = first.ask("GET", f"{path}/preview")
    second.ask("POST", f"{path}:confirm", json={"preview_hash": shown["preview_hash"]})
    return str(number)


def by_command(system: System, person: Person, say: Callable[[str], None], erased: Erased) -> None:
    """Erase a person, then the agent, by `nrem purge`: asked, and confirmed with what it said."""
    for option, ref in (("--user", person.user), ("--agent", person.agent)):
        asked = _nrem(system, "purge", option, ref, "--json")
        if asked.returncode:
            say(f"nrem purge ended with {asked.returncode}")
            erased.faults.append(f"purge ended with {asked.returncode}")
            continue
        shown = json.loads(asked.stdout)
        number, words = shown["erasure_id"], ("--hash", shown["preview_hash"], "--wait", "--json")
        done = _nrem(system, "purge", "--confirm", number, *words)
        if done.returncode:
            erased.faults.append(f"purge --confirm ended with {done.returncode}")
            continue
        erased.receipts.append(system.admin.ask("GET", f"{_ERASURES}/{number}/receipt"))


def verified(system: System, receipts: Iterable[dict[str, Any]]) -> int:
    """How many receipts `nrem receipt verify` finds valid."""
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        for number, receipt in enumerate(receipts):
            path = Path(folder) / f"{number}.json"
            path.write_text(json.dumps(receipt), encoding="utf-8")
            done = _nrem(system, "receipt", "verify", str(path), "--json")
            count += done.returncode == 0 and json.loads(done.stdout)["valid"] is True
    return count


def _nrem(system: System, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-P", "-m", "nrem.cli", "--data", str(system.data_dir), *words],
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
        cwd=CHECKOUT,
        check=False,
        capture_output=True,
        text=True,
    )
