"""`nrem pass NAME`: a dry run shows what a run would change and writes nothing."""

import json
from datetime import timedelta
from typing import Any

import pytest

from nrem.clock import utc_now
from nrem.command import duty
from nrem.config import Settings
from tests.api.serving import Caller
from worker import once


def run(settings: Settings, capfd: pytest.CaptureFixture[str], **given: Any) -> dict[str, Any]:  # noqa: ANN401
    """One run of `decay`, 40 days later; its status is 0 and its output one JSON object."""
    later = (utc_now() + timedelta(days=40)).isoformat()
    capfd.readouterr()
    status = duty.run(settings, "decay", now=later, as_json=True, **given)
    found = capfd.readouterr()
    assert status == 0, found.err
    return dict(json.loads(found.out))


def states(caller: Caller) -> list[tuple[str, str]]:
    query = "SELECT content, state FROM memories WHERE org_id = %(o)s ORDER BY id"
    return [(row[0], row[1]) for row in caller.world.ask(query, o=caller.org)]


def test_dry_run_shows_what_the_run_then_changes(
    settings: Settings, caller: Caller, capfd: pytest.CaptureFixture[str]
) -> None:
    caller.store("fading", memory_type="episodic", importance=1)
    caller.store("lasting", memory_type="semantic")
    before = (states(caller), caller.count("runs"))

    shown = run(settings, capfd, org=caller.org, dry_run=True)
    after_showing = (states(caller), caller.count("runs"))
    done = run(settings, capfd, org=caller.org, dry_run=False)

    assert after_showing == before
    assert shown["outcome"] == done["outcome"] == "applied"
    assert shown["changes"] == done["changes"]
    assert [(one["before"], one["after"]) for one in shown["changes"]] == [("live", "archived")]
    assert states(caller) == [("fading", "archived"), ("lasting", "live")]


def test_run_of_one_org_leaves_the_others(
    settings: Settings, caller: Caller, stranger: Caller, capfd: pytest.CaptureFixture[str]
) -> None:
    stranger.store("fading", memory_type="episodic")

    found = run(settings, capfd, org=caller.org, dry_run=False)

    assert found["changes"] == []
    assert states(stranger) == [("fading", "live")]


def test_run_may_be_repeated_and_runs_though_the_pass_rests(
    settings: Settings, caller: Caller, capfd: pytest.CaptureFixture[str]
) -> None:
    caller.store("fading", memory_type="episodic", importance=1)
    caller.world.do(
        "INSERT INTO schedules (org_id, pass, cron, timezone, paused, set_at) "
        "VALUES (%(org)s, 'decay', '17 * * * *', 'UTC', true, now())",
        org=caller.org,
    )

    done = [run(settings, capfd, org=caller.org, dry_run=False) for _ in range(2)]

    assert [one["outcome"] for one in done] == ["applied", "noop"]
    assert states(caller) == [("fading", "archived")]
    runs = "SELECT cause, outcome, reason FROM runs WHERE org_id = %(o)s AND pass = 'decay'"
    assert [tuple(row) for row in caller.world.ask(f"{runs} ORDER BY id", o=caller.org)] == [
        ("command", "applied", None),
        ("command", "noop", "nothing_due"),
    ]


def test_dry_run_of_consolidate_prints_words_and_evidence(
    settings: Settings, caller: Caller, capfd: pytest.CaptureFixture[str]
) -> None:
    place = {"agent_id": "agent", "session_id": "s"}
    told = {"type": "turn", "role": "user", "content": "I moved to Lisbon in May.", **place}
    (turn, _) = caller.send(told, {"type": "session.end", **place})
    caller.run("score", "embed")
    capfd.readouterr()
    given: dict[str, Any] = {"org": caller.org, "now": None, "dry_run": True}

    status = duty.run(settings, "consolidate", as_json=False, **given)
    lines = capfd.readouterr().out.splitlines()
    duty.run(settings, "consolidate", as_json=True, **given)
    (line,) = json.loads(capfd.readouterr().out)["changes"]

    assert status == 0
    assert lines[0] == "consolidate: applied, 1 read"
    assert lines[2:] == ["      User: I moved to Lisbon in May.", f"      from {turn}"]
    assert (line["kind"], line["id"], line["before"]) == ("memory", None, None)
    assert (line["after"], line["evidence"]) == ("User: I moved to Lisbon in May.", [turn])
    assert caller.count("memories") == 0


@pytest.mark.parametrize(
    "words", [["dream"], [], ["decay", "--now", "soon"], ["decay", "--now", "2026-01-01T00:00:00"]]
)
def test_wrong_usage_is_2_and_says_what(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["nrem pass", *words])

    with pytest.raises(SystemExit) as ended:
        once.main()

    found = capsys.readouterr()
    assert ended.value.code == 2
    assert "usage: nrem pass" in found.err
    assert found.out == ""
