"""`nrem runs show` and `nrem runs revert`: what an operator sees of a run, and how it is undone."""

from typing import Any

from nrem.config import Settings
from tests.api.serving import Caller
from tests.command.conftest import caller, service, settings
from tests.test_cli_schedule import nrem, value_of

__all__ = ["caller", "service", "settings"]

LISBON = "I moved to Lisbon on 3 May 2025."


def _talk(caller: Caller, session: str) -> None:
    turn: dict[str, Any] = {"type": "turn", "agent_id": "agent", "role": "user"}
    caller.send(
        {**turn, "session_id": session, "content": LISBON},
        {"type": "session.end", "agent_id": "agent", "session_id": session},
    )
    caller.run()


def _last() -> str:
    found = value_of("runs", "list", "--pass", "consolidate", "--outcome", "applied")["runs"]
    return str(next(one["id"] for one in found if one["reverts"] is None))


def test_run_is_shown_with_what_it_did(settings: Settings, caller: Caller) -> None:
    _talk(caller, "s1")
    (stored,) = caller.get("/v1/memories").json()["memories"]

    shown = nrem("runs", "show", _last()).stdout

    assert f"created {stored['id']}, version 1\n  {stored['content']}" in shown


def test_merge_is_shown_with_the_facts_it_changed(settings: Settings, caller: Caller) -> None:
    _talk(caller, "s1")
    _talk(caller, "s2")

    shown = nrem("runs", "show", _last()).stdout

    assert "merged mem_" in shown
    assert "  last_access: 2" in shown


def test_run_is_undone_and_says_what_was(settings: Settings, caller: Caller) -> None:
    _talk(caller, "s1")
    run_id = _last()

    done = nrem("runs", "revert", run_id)

    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith(f"{run_id} is undone by run_")
    assert "1 created, 1 sessions" in done.stdout
    assert caller.get("/v1/memories").json()["memories"] == []
    assert "was undone before" in nrem("runs", "revert", run_id).stdout


def test_what_is_kept_is_a_line_each(settings: Settings, caller: Caller) -> None:
    _talk(caller, "s1")
    first = _last()
    _talk(caller, "s2")
    (stored,) = caller.get("/v1/memories").json()["memories"]
    second = _last()

    lines = nrem("runs", "revert", first).stdout.splitlines()

    assert f"  kept {stored['id']}: evidence of another run ({second})" in lines
    assert f"  {second} built on it and stands" in lines


def test_again_is_passed_on(settings: Settings, caller: Caller) -> None:
    _talk(caller, "s1")

    done = value_of("runs", "revert", _last(), "--again")
    caller.run("consolidate")

    assert done["reverted"]["sessions"] == 1
    assert len(caller.get("/v1/memories").json()["memories"]) == 1


def test_refusal_is_a_line_with_the_remedy(settings: Settings, caller: Caller) -> None:
    _talk(caller, "s1")
    (run,) = value_of("runs", "list", "--pass", "score", "--outcome", "applied")["runs"]

    refused = nrem("runs", "revert", run["id"])

    assert refused.exit_code == 1
    assert "not_revertible" in refused.stderr
    assert "consolidate" in refused.stderr
