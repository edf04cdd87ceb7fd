"""`nrem schedule` and `nrem runs`: what an operator sees and changes, and the exit codes."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from nrem.cli import app
from nrem.config import Settings
from nrem.policy.schedule import PASSES
from tests.api.serving import Caller
from tests.command.conftest import caller, service, settings

__all__ = ["caller", "service", "settings"]


def nrem(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def value_of(*words: str) -> dict[str, Any]:
    """What a command answers with --json."""
    found = nrem(*words, "--json")
    assert found.exit_code == 0, found.stderr
    value = json.loads(found.stdout)
    assert isinstance(value, dict)
    return value


def decay() -> dict[str, Any]:
    found = {its["pass"]: its for its in value_of("schedule", "list")["schedules"]}
    return dict(found["decay"])


def test_list_shows_every_pass_as_a_line(settings: Settings, caller: Caller) -> None:
    caller.run("decay")

    lines = nrem("schedule", "list").stdout.splitlines()

    assert [line.split()[0] for line in lines] == ["pass", *PASSES]
    (line,) = [line for line in lines if line.startswith("decay")]
    assert "17 * * * *" in line
    assert "UTC" in line
    assert "noop (nothing_due)" in line


def test_schedule_that_is_set_is_listed(settings: Settings) -> None:
    found = nrem("schedule", "set", "decay", "30 3 * * mon-fri", "--timezone", "Europe/Berlin")

    assert found.exit_code == 0, found.stderr
    assert "30 3 * * mon-fri" in found.stdout
    assert (decay()["cron"], decay()["timezone"]) == ("30 3 * * mon-fri", "Europe/Berlin")


def test_pause_is_shown_and_undone_by_resume(settings: Settings) -> None:
    paused = value_of("schedule", "pause", "decay")["schedule"]
    line = nrem("schedule", "list").stdout
    resumed = value_of("schedule", "resume", "decay")["schedule"]

    assert (paused["paused"], resumed["paused"]) == (True, False)
    assert "paused" in line


def test_run_now_tells_the_cause_by_which_its_run_is_found(
    settings: Settings, caller: Caller
) -> None:
    asked = value_of("schedule", "run-now", "decay")
    caller.run("decay")

    (run,) = value_of("runs", "list", "--cause", asked["cause"])["runs"]
    assert (run["pass"], run["cause"]) == ("decay", asked["cause"])


def test_run_is_shown_by_its_id(settings: Settings, caller: Caller) -> None:
    caller.run("decay")
    (run,) = value_of("runs", "list", "--pass", "decay", "--outcome", "noop")["runs"]

    assert value_of("runs", "show", run["id"]) == {**run, "changes": []}
    assert run["id"] in nrem("runs", "list").stdout
    assert "nothing_due" in nrem("runs", "show", run["id"]).stdout


def test_no_runs_are_told_as_such(settings: Settings) -> None:
    assert nrem("runs", "list").stdout == "no runs\n"


@pytest.mark.parametrize(
    "words",
    [
        ["schedule", "set", "decay", "61 * * * *"],
        ["schedule", "set", "decay", "* * * * *", "--timezone", "Mars"],
        ["schedule", "pause", "dream"],
        ["schedule", "run-now", "dream"],
        ["schedule", "set", "decay"],
        ["runs", "list", "--outcome", "dreamt"],
        ["runs", "list", "--limit", "0"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2_and_says_what(settings: Settings, words: list[str]) -> None:
    found = nrem(*words)

    assert found.exit_code == 2
    assert found.stdout == ""
    assert found.stderr


def test_unknown_pass_is_told_the_known_ones(settings: Settings) -> None:
    assert "score, embed" in nrem("schedule", "resume", "dream").stderr


def test_run_that_is_not_there_is_1(settings: Settings) -> None:
    found = nrem("runs", "show", "run_0000000000001")

    assert (found.exit_code, found.stdout) == (1, "")
    assert "there is no such run" in found.stderr
