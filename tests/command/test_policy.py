"""`nrem policy` and `nrem hold`: one JSON object on stdout, all faults at once, exit codes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from nrem.cli import app
from nrem.command import policy
from nrem.config import Settings
from nrem.embedded import files
from nrem.errors import ConfigError
from tests.api.admin import administrator
from tests.api.serving import Caller, Service

DAYS = "tiers.short_idle_days"


@pytest.fixture(autouse=True)
def admin(settings: Settings, service: Service, caller: Caller) -> Iterator[Caller]:
    """The administrator, whose key the commands find."""
    with administrator(service, caller.org) as made:
        keys = {"api": caller.key, "admin": made.key, "purge": made.key}
        files.write_json(settings.data_dir / "keys.json", keys)
        yield made


def nrem(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def answered(*words: str) -> dict[str, Any]:
    """The one JSON object that a command prints."""
    done = nrem(*words, "--json")
    assert done.exit_code == 0, done.stderr
    value = json.loads(done.stdout)
    assert done.stdout == f"{json.dumps(value, ensure_ascii=False)}\n"
    return dict(value)


def test_pairs_change_what_they_name() -> None:
    done = answered("policy", "set", f"{DAYS}=14", "decay.episodic.kind=logarithmic")

    assert (done["version"], done["changed"]) == (1, True)
    shown = answered("policy", "show")
    assert shown["policy"]["tiers"]["short_idle_days"] == 14
    assert shown["policy"]["decay"]["episodic"]["kind"] == "logarithmic"


def test_file_is_the_whole_policy(tmp_path: Path) -> None:
    answered("policy", "set", "decay.forget_below=0.2")
    path = tmp_path / "policy.json"
    path.write_text('{"tiers": {"short_idle_days": 14}}', encoding="utf-8")

    done = answered("policy", "set", "--file", str(path))

    assert done["policy"]["decay"]["forget_below"] == 0.05
    assert done["policy"]["tiers"]["short_idle_days"] == 14


def test_history_rollback_and_show_tell_versions() -> None:
    nrem("policy", "set", f"{DAYS}=14")
    nrem("policy", "set", f"{DAYS}=15")

    done = nrem("policy", "rollback", "1")

    assert done.stdout.startswith("version 3, in force since ")
    assert done.stdout.endswith(", as version 1 was\n")
    assert [one["version"] for one in answered("policy", "history")["versions"]] == [3, 2, 1]
    assert f"  {DAYS}: 14.0 -> 15.0" in nrem("policy", "history").stdout
    assert f"{DAYS}=15.0  (default 7.0)" in nrem("policy", "show", "--version", "2").stdout
    assert nrem("policy", "show", "--version", "0").stdout.startswith("version 0, the defaults")


def test_show_all_lists_settings_as_set_takes_them() -> None:
    lines = nrem("policy", "show", "--all").stdout.splitlines()

    assert f"{DAYS}=7.0" in lines
    assert policy.parse(lines[1:]) == answered("policy", "show")["policy"]


def test_every_fault_is_told_and_is_2() -> None:
    done = nrem("policy", "set", f"{DAYS}=-1", "decay.episodic.kind=cubic", "sleep=8")

    assert done.exit_code == 2
    assert done.stdout == ""
    for field in (DAYS, "decay.episodic.kind", "sleep"):
        assert f"changes.{field}: " in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["set"],
        ["set", "tiers"],
        ["set", "=1"],
        ["set", ".a=1"],
        ["set", f"{DAYS}=1", f"{DAYS}=2"],
        ["set", "tiers=1", f"{DAYS}=2"],
        ["set", "--file", "/nowhere"],
        ["set", "--file", __file__],
        ["set", "--file", __file__, f"{DAYS}=1"],
        ["preview"],
        ["preview", f"{DAYS}=x"],
        ["rollback"],
        ["rollback", "--", "-1"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2(words: list[str]) -> None:
    done = nrem("policy", *words)

    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["set", f"{DAYS}=3", "--expected-version", "7"],
        ["rollback", "9"],
        ["show", "--version", "9"],
    ],
    ids=" ".join,
)
def test_refusal_is_1(words: list[str]) -> None:
    done = nrem("policy", *words)

    assert (done.exit_code, done.stdout) == (1, "")


def test_setting_again_says_that_nothing_changed() -> None:
    nrem("policy", "set", f"{DAYS}=14")

    assert nrem("policy", "set", f"{DAYS}=14").stdout.startswith("nothing to change: version 1")


def test_preview_looks_at_every_memory_page_by_page(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy, "_PAGE", 2)
    for index in range(5):
        caller.store(f"fact {index}", memory_type="episodic", tier="short", importance=1)
    caller.store("fact", memory_type="semantic")

    wanted = (f"{DAYS}=0", "expire.max_live_memories=4")
    found = answered("policy", "preview", *wanted)

    assert found == {
        "scanned": 6,
        "is_complete": True,
        "next_cursor": None,
        "now": {"archive": 5, "forget": 0, "purge": 0},
        "next_30_days": {
            "before": {"archive": 5, "forget": 0, "purge": 0},
            "after": {"archive": 5, "forget": 0, "purge": 0},
        },
        "unchanged": 1,
        "over_cap": 2,
    }
    assert nrem("policy", "preview", *wanted).stdout.splitlines() == [
        (
            "would archive 5, forget 0, purge 0; in the next 30 days archive 5 instead of 5, "
            "forget 0 instead of 0, purge 0 instead of 0"
        ),
        "1 of 6 memories are not affected",
        "2 are beyond the cap and would be forgotten besides",
    ]
    assert answered("policy", "show")["version"] == 0


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1), ('"1"', "1"), ("step", "step"), ("null", None), ("[[1,0]]", [[1, 0]])],
)
def test_value_of_a_pair_is_json_or_a_text(text: str, value: object) -> None:
    assert policy.parse([f"a.b={text}", "a.c=x=y"]) == {"a": {"b": value, "c": "x=y"}}


def test_pair_inside_of_another_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"a\.b"):
        policy.parse(["a=1", "a.b=2"])


def test_hold_is_placed_listed_and_lifted(caller: Caller) -> None:
    caller.store("fact", user_id="ann")

    placed = answered("hold", "place", "user", "ann", "--reference", "case 12")

    assert (placed["kind"], placed["ref"], placed["lifted_at"]) == ("user", "ann", None)
    assert "user ann: case 12" in nrem("hold", "list").stdout
    assert nrem("hold", "place", "user", "ann", "--reference", "x").exit_code == 1
    lifted = answered("hold", "lift", placed["id"])
    assert lifted["lifted_at"]
    assert answered("hold", "list")["holds"] == [lifted]
    assert answered("hold", "list", "--standing")["holds"] == []
    assert nrem("hold", "lift", "hld_0000000000000").exit_code == 1
    assert nrem("hold", "place", "session", "s", "--reference", "x").exit_code == 2
