"""The example agent, run as a user runs it: a program of its own, against a running system."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nrem.sdk import Client
from tests.faults import probe
from tests.faults.system import System, quick, started
from tests.house.project import ROOT
from tests.llm.messages_api import Blocks, MessagesApi, Request, serving

# A system with all of its processes, and four programs.
pytestmark = pytest.mark.timeout(240)

ANA: dict[str, Any] = {"agent_id": "example-agent", "user_id": "ana@example.org"}
FIRST = "Please call me Ana. I am allergic to walnuts."
SECOND = "Which cake may I eat?"
FACT = "Ana is allergic to walnuts."


def _wish(use_id: str, tool: str, /, **given: str) -> dict[str, Any]:
    return {"type": "tool_use", "id": use_id, "name": tool, "input": given}


def _model(request: Request) -> str | Blocks:
    """A model that remembers what it is told, and looks up what it is asked."""
    last = request["messages"][-1]["content"]
    if last == FIRST:
        return [
            {"type": "text", "text": "One moment."},
            _wish("toolu_1", "remember", text=FACT, tier="permanent"),
            _wish("toolu_2", "update_working_memory", name="Ana", shoe="42"),
        ]
    if last == SECOND:
        return [_wish("toolu_1", "recall", query="allergic walnuts cake")]
    if any(one.get("is_error") for one in last):
        return [_wish("toolu_3", "update_working_memory", name="Ana")]
    return "I found: " + " | ".join(one["content"] for one in last)


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    with (
        tempfile.TemporaryDirectory(prefix="nrem-", dir="/tmp") as made,  # a short socket path
        started(quick(Path(made) / "data")) as running,
    ):
        yield running


@pytest.fixture(scope="module")
def client(system: System) -> Iterator[Client]:
    with Client(system.stack.endpoints.api, system.key) as made:
        yield made


@pytest.fixture(scope="module")
def api() -> Iterator[MessagesApi]:
    with serving(_model) as made:
        yield made


def _talk(system: System, api: MessagesApi, said: str, user_id: str = ANA["user_id"]) -> str:
    """What the agent says to one line; the requests before it are forgotten."""
    api.calls.clear()
    done = subprocess.run(
        [sys.executable, "-P", "examples/agent.py", user_id],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "ANTHROPIC_API_KEY": "sk-test",
            "ANTHROPIC_BASE_URL": api.url,
            "NREM_BASE_URL": system.stack.endpoints.api,
            "NREM_API_KEY": system.key,
        },
        input=f"{said}\n\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _shown(api: MessagesApi) -> str:
    """What the model was first given of the person."""
    (block,) = api.calls[0].request["system"]
    return str(block["text"])


@pytest.fixture(scope="module")
def first(system: System, api: MessagesApi, client: Client) -> list[Request]:
    """The requests of a first talk, of which everything has been noted since."""
    assert _talk(system, api, FIRST) == "I found: updated: name"
    probe.until(lambda: len(client.list_observations(**ANA)) > 0, "the talk is noted")
    return [one.request for one in api.calls]


def test_fault_of_the_model_is_told_to_it_and_the_talk_goes_on(first: list[Request]) -> None:
    wishes = first[1]["messages"][-1]["content"]

    assert wishes[0]["content"] == "remembered: permanent"
    assert wishes[1]["is_error"]
    assert wishes[1]["content"].startswith("invalid: shoe: ")
    assert [len(one["messages"]) for one in first] == [1, 3, 5]


def test_turns_are_noted_and_the_card_is_written(first: list[Request], client: Client) -> None:
    noted = client.list_observations(**ANA)

    assert any("allergic to walnuts" in one.text for one in noted)
    assert all(one.sources for one in noted)
    assert client.get_card(**ANA).values == {"name": "Ana"}


def test_what_was_remembered_in_one_talk_is_known_in_the_next(
    first: list[Request], system: System, api: MessagesApi
) -> None:
    said = _talk(system, api, SECOND)

    assert FACT in said
    shown = _shown(api)
    assert shown.startswith("## Working memory\n- name: Ana (updated ")
    assert "\n\n## Observations\n### " in shown
    assert "I am allergic to walnuts." in shown
    assert shown.index("## Observations") < shown.index("You are a friendly assistant")


def test_nothing_of_it_is_known_of_another_person(
    first: list[Request], system: System, api: MessagesApi
) -> None:
    said = _talk(system, api, SECOND, user_id="bob@example.org")

    assert said == "I found: nothing is remembered of that"
    assert "walnuts" not in _shown(api)
    assert "- name: (unknown)" in _shown(api)
