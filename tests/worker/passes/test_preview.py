"""The pass preview: it tells what a run would do, writes nothing, and holds up nobody."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from nrem.store import preview
from nrem.store.preview import Preview
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
from tests.worker.trouble import OPEN_TRANSACTIONS
from tests.world import IDLE_SECONDS, NOW, TOOLS, Org, end, memory, turn
from worker.passes import BY_NAME, PASSES
from worker.passes.preview import PREVIEW
from worker.runner import drain


def test_preview_shows_what_a_run_would_do(org: Org) -> None:
    tell(org, LISBON, PEANUTS)

    shown = ask(org)

    assert (shown.state, shown.outcome, shown.steps) == ("ready", "applied", 1)
    assert after(shown) == [f"User: {LISBON}", f"User: {PEANUTS}"]


def test_preview_writes_nothing(org: Org) -> None:
    org.append(memory("Call the bank.", memory_type="working", session="s"))
    tell(org, LISBON, PEANUTS)
    org.append(turn("I like tea.", session="idle"), now=NOW - timedelta(seconds=IDLE_SECONDS))
    settle(org)
    leases = "SELECT l::text FROM leases AS l WHERE org_id = %(org)s"
    before = (rows(org, besides=OWN), org.column(leases))

    shown = ask(org)

    assert len(shown.changes) > 2
    assert (rows(org, besides=OWN), org.column(leases)) == before
    runs = "SELECT pass, count(*) FROM runs WHERE org_id = %(org)s GROUP BY pass ORDER BY pass"
    assert [tuple(row) for row in org.ask(runs)] == [("embed", 2), ("preview", 1), ("score", 2)]
    assert not org.column("SELECT item_id FROM inbox WHERE org_id = %(org)s")


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

    assert after(shown) == org.memories() == [f"User: {PEANUTS}"]


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
    assert after(shown[0]) == [f"User: {LISBON}"]


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


def test_session_that_waits_for_its_scores_is_told(org: Org) -> None:
    org.append(turn(LISBON, session="s"), end("s"))

    shown = ask(org)

    assert (shown.outcome, shown.reason) == ("deferred", "events_not_scored_yet")


def test_preview_gives_way_to_who_holds_its_rows(org: Org) -> None:
    tell(org, LISBON)
    hold = "SELECT 1 FROM sessions WHERE org_id = %(org)s FOR UPDATE"

    with org.world.superuser.begin() as other:
        other.exec_driver_sql(hold, {"org": org.number})
        shown = ask(org)
    # The failed try is repeated after a pause.
    drain(setting_of(org, now=NOW + timedelta(minutes=1)), PREVIEW)

    assert shown.state == "asked"
    assert after(read(org, shown.preview_id)) == [f"User: {LISBON}"]


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

    drain(setting_of(org, now=NOW + timedelta(days=1)), PREVIEW)

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
