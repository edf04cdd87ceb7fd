"""The program `nrem`: one JSON object on stdout, everything else on stderr, and its exit codes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from nrem import __version__
from nrem.cli import app
from nrem.config import Settings
from tests.api.serving import Caller
from tests.command.conftest import caller, service, settings

__all__ = ["caller", "service", "settings"]


def nrem(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def only_object(result: Result) -> object:
    """The value of an output that is one JSON object and nothing else."""
    value = json.loads(result.stdout)
    assert isinstance(value, dict)
    assert result.stdout == f"{json.dumps(value, ensure_ascii=False)}\n"
    return value


def test_version_is_printed() -> None:
    found = nrem("--version")

    assert (found.exit_code, found.stdout) == (0, f"{__version__}\n")


def test_recall_answers_one_object(settings: Settings, caller: Caller) -> None:
    stored = caller.store("Анна переехала в Киев.")
    caller.store("Bob has a dog.", agent_id="other")

    found = nrem("recall", "Киев", "--top-k", "1", "--json")

    value = only_object(found)
    assert found.exit_code == 0
    assert isinstance(value, dict)
    (result,) = value["results"]
    assert result["memory_id"] == stored["id"]
    assert {"content", "memory_type", "relevance_score", "occurred_at", "sources"} <= set(result)


def test_recall_asks_every_agent_unless_one_is_named(settings: Settings, caller: Caller) -> None:
    caller.store("Ann has a cat.")
    caller.store("Bob has a cat.", agent_id="other")

    both = nrem("recall", "cat")
    one = nrem("recall", "cat", "--agent", "other")

    assert "Ann has a cat." in both.stdout
    assert "Bob has a cat." in both.stdout
    assert "Ann has a cat." not in one.stdout


def test_recall_of_nothing_is_1(settings: Settings) -> None:
    found = nrem("recall", "cat", "--json")

    assert (found.exit_code, only_object(found)) == (1, {"results": []})


def test_status_answers_one_object(settings: Settings, caller: Caller) -> None:
    caller.send({"type": "memory", "agent_id": "agent", "content": "Ann has a cat."})

    found = nrem("status", "--json")

    value = only_object(found)
    assert found.exit_code == 0
    assert isinstance(value, dict)
    assert {"processes", "freshness_s", "backlog", "parked", "cost_today_usd"} <= set(value)
    assert value["backlog"]["score"] >= 1
    assert str(caller.org) in value["freshness_s"]


def test_parked_list_answers_one_object(settings: Settings) -> None:
    found = nrem("parked", "list", "--json")

    assert found.exit_code == 0
    assert isinstance(only_object(found), dict)


@pytest.mark.parametrize("verb", ["show", "replay", "drop"])
def test_parked_work_that_is_not_there_is_1(settings: Settings, verb: str) -> None:
    found = nrem("parked", verb, "prk_0000000000000")

    assert found.exit_code == 1
    assert "nrem parked list" in found.stderr
    assert found.stdout == ""


def test_load_of_a_file_that_is_no_conversation_is_2_and_names_it(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "talk.json"
    path.write_text("{}", encoding="utf-8")

    found = nrem("load", str(path), "--json")

    assert found.exit_code == 2
    assert f"{path}: not a conversation" in found.stderr
    assert found.stdout == ""


@pytest.mark.parametrize(
    "words",
    [
        ["pass", "decay"],
        ["pass"],
        ["recall"],
        ["load"],
        ["recall", "x", "--top-k", "0"],
        ["dream"],
        ["--port", "many"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2(words: list[str]) -> None:
    found = nrem(*words)

    assert found.exit_code == 2
    assert found.stdout == ""
    assert found.stderr


def test_port_out_of_range_is_2_and_named() -> None:
    found = nrem("--port", "65536")

    assert found.exit_code == 2
    assert "NREM_API_PORT" in found.stderr


def test_keys_that_are_missing_are_2_with_the_way_to_make_them(settings: Settings) -> None:
    (settings.data_dir / "keys.json").unlink()

    found = nrem("recall", "cat")

    assert found.exit_code == 2
    assert "./run" in found.stderr
