"""Approved previews: exactly what was shown is done, or nothing once a source changed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from nrem.policy.params import Policy
from nrem.store import engine, policy, preview
from tests.worker.previewing import (
    LISBON,
    OWN,
    PEANUTS,
    Asked,
    after,
    approve,
    ask,
    read,
    rows,
    setting_of,
    settle,
    tell,
)
from tests.worker.trouble import Killed
from tests.world import IDLE_SECONDS, NOW, TOOLS, Org, memory, turn
from worker.contract import Work
from worker.passes.preview import PREVIEW
from worker.runner import drain, step


def test_approved_preview_is_done_and_names_its_runs(org: Org) -> None:
    tell(org, LISBON, PEANUTS)
    shown = ask(org)

    done = approve(org, shown)

    assert done.state == "applied"
    assert org.memories() == after(shown)
    runs = "SELECT id, cause FROM runs WHERE org_id = %(org)s AND pass = 'consolidate'"
    ((number, cause),) = org.ask(runs)
    assert list(done.run_ids) == [number]
    assert cause.startswith("preview:prv_")


def test_approval_does_no_more_than_was_shown(org: Org) -> None:
    tell(org, LISBON, session="1", user="ana")
    shown = ask(org)
    tell(org, PEANUTS, session="2", user="ben")

    done = approve(org, shown)

    assert done.state == "applied"
    assert org.memories() == [f"User: {LISBON}"]


def test_what_is_left_after_an_approval_is_done_by_the_pass_itself(org: Org) -> None:
    tell(org, LISBON, session="1", user="ana")
    shown = ask(org)
    tell(org, PEANUTS, session="2", user="ben")
    org.append(turn("I like tea.", session="3", user="ana"))
    settle(org)

    approve(org, shown)
    org.world.settle(now=NOW + timedelta(seconds=IDLE_SECONDS))

    assert org.memories() == [f"User: {LISBON}", f"User: {PEANUTS}", "User: I like tea."]
    assert set(org.column("SELECT state FROM sessions WHERE org_id = %(org)s")) == {"consolidated"}


def _edit_working(org: Org) -> None:
    org.do("UPDATE memories SET content = 'Call Bea.' WHERE org_id = 1 AND type = 'working'")


def _say_more(org: Org) -> None:
    org.append(turn("Thanks!", session="s"))


def _know_it_already(org: Org) -> None:
    org.append(memory(f"User: {LISBON}", session="other"))
    settle(org)


def _change_policy(org: Org) -> None:
    changed = Policy.from_json({"score": {"base": 0.9}})
    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        policy.add(conn, org.number, changed, now=NOW)


def _do_it(org: Org) -> None:
    org.world.drain("consolidate")


@pytest.mark.parametrize(
    "change", [_edit_working, _say_more, _know_it_already, _change_policy, _do_it]
)
def test_approval_is_stale_once_a_source_changed(org: Org, change: Any) -> None:  # noqa: ANN401
    org.append(
        memory("Call Ada.", memory_type="working", session="s"),
        turn(LISBON, session="s"),
        now=NOW - timedelta(seconds=IDLE_SECONDS),
    )
    settle(org)
    shown = ask(org)
    change(org)
    settle(org)
    before = rows(org, besides=OWN)

    done = approve(org, shown)

    assert len(shown.changes) >= 3
    assert (done.state, done.run_ids) == ("stale", [])
    assert rows(org, besides=OWN) == before


def test_approval_whose_source_changes_at_the_last_moment_is_stale(org: Org) -> None:
    org.append(memory("Call Ada.", memory_type="working", session="s"))
    tell(org, LISBON)
    shown = ask(org)
    with org.begin() as conn:
        preview.approve(conn, org.number, shown.preview_id, cause="request:y")

    def decide(found: Any, rehearsed: Any, job: Work) -> Any:  # noqa: ANN401
        # It was rehearsed again, and was the same.
        _edit_working(org)
        return PREVIEW.decide(found, rehearsed, job)

    drain(setting_of(org), replace(PREVIEW, decide=decide))

    assert read(org, shown.preview_id).state == "stale"
    assert org.memories("type") == ["working"]
    assert org.column(
        "SELECT attempts + cursor_seq FROM leases WHERE org_id = %(org)s AND pass = 'consolidate'"
    ) == [0]


def test_provider_that_fails_is_told_and_nothing_is_approved_with_it(org: Org) -> None:
    tell(org, LISBON)

    def fail() -> None:
        raise ValueError

    shown = ask(org, tools=replace(TOOLS, provider=Asked(fail)))

    assert (shown.state, shown.outcome, shown.reason) == ("failed", "failed", "ValueError")
    assert shown.changes == []


def test_crash_in_the_middle_of_an_approval_leaves_it_to_be_done(
    org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(org, LISBON)
    shown = ask(org)
    with org.begin() as conn:
        preview.approve(conn, org.number, shown.preview_id, cause="request:y")

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        # after the pass has written, before the mark
        patched.setattr(preview, "finish", killed)
        with pytest.raises(Killed):
            step(setting_of(org), PREVIEW)
    halfway = (read(org, shown.preview_id).state, org.memories())
    org.world.lapse()
    drain(setting_of(org), PREVIEW)

    assert halfway == ("approved", [])
    assert read(org, shown.preview_id).state == "applied"
    assert org.memories() == [f"User: {LISBON}"]
