"""`nrem preview`: what is shown is for people to read, and what is approved is that."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from nrem.cli import app
from nrem.config import Settings
from tests.api.previewing import at_work
from tests.api.serving import Caller

LISBON = "I moved to Lisbon on 3 May 2025."


@pytest.fixture(autouse=True)
def worker(settings: Settings, caller: Caller) -> Iterator[None]:
    """A worker that answers, and a session that ended."""
    place = {"agent_id": "agent", "user_id": "user", "session_id": "s"}
    said = {"type": "turn", "role": "user", "content": LISBON, **place}
    caller.send(said, {"type": "session.end", **place})
    caller.run("score", "embed")
    with at_work(caller):
        yield


def nrem(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def answered(*words: str) -> dict[str, Any]:
    """The one JSON object that a command prints."""
    done = nrem(*words, "--json")
    assert done.exit_code == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_preview_is_shown_with_words_evidence_and_what_to_do_next(caller: Caller) -> None:
    lines = nrem("preview", "ask", "consolidate").stdout.splitlines()

    number = lines[0].split()[0]
    assert lines[0] == f"{number}  consolidate: ready, 1 read"
    assert lines[1].startswith("  + new 1 (said in the session; episodic, importance 0.")
    assert lines[2] == f"      User: {LISBON}"
    assert lines[3].startswith("      from evt_")
    assert lines[4].endswith(f"nrem preview approve {number}")
    assert caller.count("memories") == 0


def test_preview_is_shown_again() -> None:
    asked = answered("preview", "ask", "consolidate", "--agent", "agent", "--user", "user")

    assert answered("preview", "show", asked["preview_id"]) == asked


def test_preview_is_approved(caller: Caller) -> None:
    asked = answered("preview", "ask", "consolidate")

    done = nrem("preview", "approve", asked["preview_id"])

    assert done.exit_code == 0, done.stderr
    assert "applied" in done.stdout
    assert "runs: run_" in done.stdout
    assert caller.count("memories") == 1


def test_stale_preview_is_refused_with_1_and_says_why(caller: Caller) -> None:
    asked = answered("preview", "ask", "consolidate")
    caller.run("consolidate")

    done = nrem("preview", "approve", asked["preview_id"])

    assert (done.exit_code, done.stdout) == (1, "")
    assert "preview_stale" in done.stderr
    assert caller.count("memories") == 1


@pytest.mark.parametrize(
    "words",
    [
        ["ask", "dream"],
        ["ask", "consolidate", "--user", "user"],
        ["ask", "consolidate", "--agent", "nobody"],
        ["show", "x"],
        ["approve", "prv_0000000000000"],
    ],
)
def test_wrong_usage_is_2_and_says_what(words: list[str]) -> None:
    found = nrem("preview", *words)

    assert (found.exit_code, found.stdout) == (2, "")
    assert found.stderr.startswith("nrem: ")
