"""The pass preview: it tells what a run would do, and does exactly that once it was approved."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from nrem.llm.provider import (
    PromotionInput,
    PromotionProposal,
    SessionInput,
    SessionProposal,
)
from nrem.policy.params import Policy
from nrem.store import engine, policy, preview
from nrem.store.preview import Preview
from nrem.store.schema import TENANT_TABLES
from tests.worker.trouble import OPEN_TRANSACTIONS, Killed
from tests.world import IDLE_SECONDS, NOW, TOOLS, Org, end, memory, turn
from worker.contract import Work
from worker.passes import BY_NAME, PASSES
from worker.passes.preview import PREVIEW
from worker.runner import Setting, drain, step

LISBON = "I moved to Lisbon on 3 May 2025."
PEANUTS = "I'm allergic to peanuts."
# What a preview itself leaves behind: its row, its item's place in the queue, and its own run.
OWN = {"previews", "runs"}


class Asked:
    """A provider that does something whenever it is asked."""

    engine = TOOLS.provider.engine

    def __init__(self, meanwhile: Any) -> None:  # noqa: ANN401
        self.times = 0
        self._meanwhile = meanwhile

    def propose_session(self, session: SessionInput) -> SessionProposal:
        self.times += 1
        self._meanwhile()
        return TOOLS.provider.propose_session(session)

    def propose_promotions(self, promotion: PromotionInput) -> PromotionProposal:
        self.times += 1
        self._meanwhile()
        return TOOLS.provider.propose_promotions(promotion)


def tell(org: Org, *said: str, session: str = "s", user: str = "user") -> None:
    """An ended, scored session."""
    org.append(*(turn(one, session=session, user=user) for one in said), end(session, user=user))
    settle(org)


def settle(org: Org) -> None:
    for name in ("score", "embed"):
        org.world.drain(name)


def ask(org: Org, *, user: str | None = None, **changes: Any) -> Preview:  # noqa: ANN401
    """A preview of consolidate, answered."""
    subject_id = None
    if user:
        subject_id = org.column(
            "SELECT s.id FROM subjects AS s JOIN users AS u ON u.org_id = s.org_id "
            "AND u.id = s.user_id WHERE s.org_id = %(org)s AND u.external_id = %(user)s",
            user=user,
        )[0]
    with org.begin() as conn:
        number = preview.ask(
            conn, org.number, "consolidate", subject_id=subject_id, cause="request:x"
        )
    drain(_setting(org, **changes), PREVIEW)
    return read(org, number)


def _setting(org: Org, **changes: Any) -> Setting:  # noqa: ANN401
    return org.world.setting(only_org=org.number, **changes)


def read(org: Org, number: int) -> Preview:
    with org.begin() as conn:
        found = preview.read(conn, org.number, number)
    assert found
    return found


def approve(org: Org, shown: Preview) -> Preview:
    with org.begin() as conn:
        assert preview.approve(conn, org.number, shown.preview_id, cause="request:y")
    drain(_setting(org), PREVIEW)
    return read(org, shown.preview_id)


def _after(shown: Preview, kind: str = "memory") -> list[str]:
    return [one["after"] for one in shown.changes if one["kind"] == kind]


def _rows(org: Org, *, besides: set[str]) -> dict[str, list[str]]:
    """Every row of the org in the tenant tables."""
    return {
        table.name: sorted(
            org.column(f"SELECT t::text FROM {table.name} AS t WHERE org_id = %(org)s")  # noqa: S608
        )
        for table in TENANT_TABLES
        if table.name not in besides
    }


def test_preview_shows_what_a_run_would_do(org: Org) -> None:
    tell(org, LISBON, PEANUTS)

    shown = ask(org)

    assert (shown.state, shown.outcome, shown.steps) == ("ready", "applied", 1)
    assert _after(shown) == [f"User: {LISBON}", f"User: {PEANUTS}"]


def test_preview_writes_nothing(org: Org) -> None:
    org.append(memory("Call the bank.", memory_type="working", session="s"))
    tell(org, LISBON, PEANUTS)
    org.append(turn("I like tea.", session="idle"), now=NOW - timedelta(seconds=IDLE_SECONDS))
    settle(org)
    leases = "SELECT l::text FROM leases AS l WHERE org_id = %(org)s"
    before = (_rows(org, besides=OWN), org.column(leases))

    shown = ask(org)

    assert len(shown.changes) > 2
    assert (_rows(org, besides=OWN), org.column(leases)) == before
    runs = "SELECT pass, count(*) FROM runs WHERE org_id = %(org)s GROUP BY pass ORDER BY pass"
    assert [tuple(row) for row in org.ask(runs)] == [("embed", 2), ("preview", 1), ("score", 2)]
    assert not org.column("SELECT item_id FROM inbox WHERE org_id = %(org)s")


def test_approved_preview_is_done_and_names_its_runs(org: Org) -> None:
    tell(org, LISBON, PEANUTS)
    shown = ask(org)

    done = approve(org, shown)

    assert done.state == "applied"
    assert org.memories() == _after(shown)
    runs = "SELECT id, cause FROM runs WHERE org_id = %(org)s AND pass = 'consolidate'"
    ((number, cause),) = org.ask(runs)
    assert list(done.run_ids) == [number]
    assert cause.startswith("preview:prv_")


def test_memories_of_several_sessions_have_names_of_their_own(org: Org) -> None:
    tell(org, LISBON, session="1")
    tell(org, PEANUTS, session="2")
    tell(org, LISBON, session="3")

    shown = ask(org)

    names = [(one["kind"], one["name"], one["after"]) for one in shown.changes]
    assert names[:3] == [
        ("memory", "new 1", f"User: {LISBON}"),
        ("memory", "new 2", f"User: {PEANUTS}"),
        ("edge", "new 2", "follows new 1"),
    ]
    # said again: the memory that the first session would make gains a source
    assert [(one["kind"], one["id"], one["name"]) for one in shown.changes[3:]] == [
        ("sources", None, "new 1")
    ]
    assert approve(org, shown).state == "applied"


def test_preview_of_one_subject_shows_and_does_no_other(org: Org) -> None:
    tell(org, LISBON, session="1", user="ana")
    tell(org, PEANUTS, session="2", user="ben")

    shown = ask(org, user="ben")
    approve(org, shown)

    assert _after(shown) == org.memories() == [f"User: {PEANUTS}"]


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
    before = _rows(org, besides=OWN)

    done = approve(org, shown)

    assert len(shown.changes) >= 3
    assert (done.state, done.run_ids) == ("stale", [])
    assert _rows(org, besides=OWN) == before


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

    drain(_setting(org), replace(PREVIEW, decide=decide))

    assert read(org, shown.preview_id).state == "stale"
    assert org.memories("type") == ["working"]
    assert org.column("SELECT attempts + cursor_seq FROM leases WHERE org_id = %(org)s") == [0]


def test_no_transaction_is_open_while_a_preview_proposes(org: Org) -> None:
    tell(org, LISBON)
    seen: list[int] = []
    provider = Asked(lambda: seen.extend(org.column(OPEN_TRANSACTIONS)))

    shown = ask(org, tools=replace(TOOLS, provider=provider))

    assert seen == [0]
    assert len(shown.changes) == 1


def test_append_to_the_subject_does_not_wait_while_a_preview_proposes(org: Org) -> None:
    tell(org, LISBON)
    is_asked, may_answer = threading.Event(), threading.Event()

    def wait() -> None:
        is_asked.set()
        assert may_answer.wait(60)

    shown: list[Preview] = []
    tools = replace(TOOLS, provider=Asked(wait))
    asking = threading.Thread(target=lambda: shown.append(ask(org, tools=tools)))
    asking.start()
    try:
        assert is_asked.wait(60)
        org.append(turn(PEANUTS, session="s2"), end("s2"))
        told = org.column("SELECT count(*) FROM events WHERE org_id = %(org)s")
    finally:
        may_answer.set()
        asking.join()

    assert told == [4]
    assert _after(shown[0]) == [f"User: {LISBON}"]


def test_each_session_is_proposed_once(org: Org) -> None:
    for number in range(5):
        tell(org, f"My {number}th cat is called {'Minka' * number}.", session=f"s{number}")
    provider = Asked(lambda: None)

    shown = ask(org, tools=replace(TOOLS, provider=provider))

    assert (shown.steps, provider.times) == (5, 5)


@pytest.mark.parametrize(("sessions", "reason"), [(50, None), (51, "more_is_due")])
def test_preview_ends_after_fifty_steps(org: Org, sessions: int, reason: str | None) -> None:
    for number in range(sessions):
        user = f"u{number}"
        org.append(turn(LISBON, session=user, user=user), end(user, user=user))
    settle(org)

    shown = ask(org)

    assert (shown.steps, shown.reason) == (50, reason)


def test_provider_that_fails_is_told_and_nothing_is_approved_with_it(org: Org) -> None:
    tell(org, LISBON)

    def fail() -> None:
        raise ValueError

    shown = ask(org, tools=replace(TOOLS, provider=Asked(fail)))

    assert (shown.state, shown.outcome, shown.reason) == ("failed", "failed", "ValueError")
    assert shown.changes == []


def test_session_that_waits_for_its_scores_is_told(org: Org) -> None:
    org.append(turn(LISBON, session="s"), end("s"))

    shown = ask(org)

    assert (shown.outcome, shown.reason) == ("deferred", "events_not_scored_yet")


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
            step(_setting(org), PREVIEW)
    halfway = (read(org, shown.preview_id).state, org.memories())
    org.world.lapse()
    drain(_setting(org), PREVIEW)

    assert halfway == ("approved", [])
    assert read(org, shown.preview_id).state == "applied"
    assert org.memories() == [f"User: {LISBON}"]


def test_preview_gives_way_to_who_holds_its_rows(org: Org) -> None:
    tell(org, LISBON)
    hold = "SELECT 1 FROM sessions WHERE org_id = %(org)s FOR UPDATE"

    with org.world.superuser.begin() as other:
        other.exec_driver_sql(hold, {"org": org.number})
        shown = ask(org)
    # The failed try is repeated after a pause.
    drain(_setting(org, now=NOW + timedelta(minutes=1)), PREVIEW)

    assert shown.state == "asked"
    assert _after(read(org, shown.preview_id)) == [f"User: {LISBON}"]


@pytest.mark.parametrize(
    ("age", "state"),
    [(timedelta(hours=24) - timedelta(seconds=1), "ready"), (timedelta(hours=24), "expired")],
    ids=["23:59:59", "24:00:00"],
)
def test_preview_is_emptied_after_a_day(org: Org, age: timedelta, state: str) -> None:
    tell(org, LISBON)
    ask(org)

    org.world.drain("expire", now=NOW + age)

    (row,) = org.ask("SELECT state, changes FROM previews WHERE org_id = %(org)s")
    assert row.state == state
    assert bool(row.changes) == (state == "ready")


def test_preview_that_expires_before_it_is_answered_shows_nothing(org: Org) -> None:
    tell(org, LISBON)
    with org.begin() as conn:
        number = preview.ask(conn, org.number, "consolidate", subject_id=None, cause="request:x")

    drain(_setting(org, now=NOW + timedelta(days=1)), PREVIEW)

    assert org.column("SELECT changes FROM previews WHERE org_id = %(org)s") == [[]]
    assert not org.column("SELECT item_id FROM inbox WHERE org_id = %(org)s")
    with org.begin(now=NOW + timedelta(days=1)) as conn:
        assert not preview.approve(conn, org.number, number, cause="request:y")


def test_pass_that_cannot_be_shown_fails_with_its_reason(org: Org) -> None:
    with org.begin() as conn:
        number = preview.ask(conn, org.number, "decay", subject_id=None, cause="request:x")

    org.world.drain("preview")

    found = read(org, number)
    assert (found.state, found.reason) == ("failed", "pass_not_shown")


def test_passes_that_can_be_shown_are_those_that_say_so() -> None:
    shown = {duty.name for duty in PASSES if duty.previews}

    assert shown == {name for name in preview.PASSES if name in BY_NAME}
