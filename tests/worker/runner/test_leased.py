"""Leased passes: one holder at a time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.worker.leasing import BARE, give_work, kind, lease_of, runs
from tests.worker.trouble import OPEN_TRANSACTIONS, Killed, frozen, killed, poisoned
from tests.world import NOW, Org, end, turn
from worker.changes import Changes
from worker.contract import Nothing, Work
from worker.passes.consolidate import CONSOLIDATE

SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)


def test_attempt_and_fence_count_when_the_stream_is_claimed(org: Org) -> None:
    give_work(org)

    with pytest.raises(Killed):
        org.world.step(killed(BARE))

    assert lease_of(org, "attempts, fence, cursor_seq, owner IS NULL") == [(1, 1, 0, False)]


def test_end_of_a_step_gives_the_stream_back_and_moves_the_cursor(org: Org) -> None:
    give_work(org)

    org.world.step(BARE)

    columns = "attempts, fence, cursor_seq, owner, lease_until"
    assert lease_of(org, columns) == [(0, 1, 1, None, None)]


def test_stream_is_held_by_one_at_a_time(org: Org) -> None:
    give_work(org)
    seen: list[str | None] = []

    org.world.step(frozen(BARE, lambda: seen.append(kind(org.world.step(BARE)))))

    assert seen == [None]
    assert runs(org) == ["applied"]


def test_streams_of_one_org_are_worked_on_side_by_side(org: Org) -> None:
    give_work(org, "s1", "s2")
    seen: list[str | None] = []

    org.world.step(frozen(BARE, lambda: seen.append(kind(org.world.step(BARE)))))

    assert seen == ["applied"]
    assert runs(org) == ["applied", "applied"]


def test_stream_of_a_killed_process_is_done_after_its_lease(org: Org) -> None:
    give_work(org)
    with pytest.raises(Killed):
        org.world.step(killed(CONSOLIDATE))

    org.world.lapse()
    org.world.drain(CONSOLIDATE)

    assert org.column("SELECT state FROM sessions WHERE org_id = %(org)s") == ["consolidated"]


def test_lease_is_renewed_while_a_proposal_is_made(org: Org) -> None:
    give_work(org)
    seen: list[str | None] = []

    def meanwhile() -> None:
        first = lease_of(org, "lease_until")
        while lease_of(org, "lease_until") == first:
            pass
        seen.append(kind(org.world.step(BARE)))

    org.world.step(frozen(replace(BARE, lease_seconds=1.5), meanwhile))

    assert seen == [None]
    assert runs(org) == ["applied"]


def test_failing_stream_is_parked_after_the_last_attempt_and_others_go_on(org: Org) -> None:
    give_work(org, "bad", "good")
    bad = lease_of(org, "stream_id")[0][0]

    def propose(job: Work, _found: object) -> None:
        if job.lease and job.lease.stream_id == bad:
            raise ValueError

    for minutes in range(BARE.max_attempts):
        org.world.drain(replace(BARE, propose=propose), now=NOW + timedelta(minutes=minutes))

    assert lease_of(org, "state, cursor_seq") == [("parked", 0), ("active", 1)]
    parked = org.ask("SELECT item_kind, item_id, reason, error_class FROM parked")
    assert [tuple(row) for row in parked] == [("stream", bad, "failed", "ValueError")]


def test_parked_stream_is_not_claimed(org: Org) -> None:
    give_work(org)
    for minutes in range(BARE.max_attempts):
        org.world.drain(poisoned(BARE, lambda _: True), now=NOW + timedelta(minutes=minutes))

    org.append(turn("more", session="s2", user="s"), end("s2"))

    assert {its.outcome for its in org.world.drain(BARE)} == {"noop"}


def test_stream_that_kills_its_process_is_parked(org: Org) -> None:
    give_work(org)
    for _ in range(BARE.max_attempts):
        with pytest.raises(Killed):
            org.world.step(killed(BARE))
        org.world.lapse()

    org.world.drain(BARE)

    assert runs(org) == ["parked"]
    assert org.column("SELECT reason FROM parked WHERE org_id = %(org)s") == ["crashed"]


@pytest.mark.parametrize(("failures", "pause"), [(1, 2 * SECOND), (2, 4 * SECOND), (3, 8 * SECOND)])
def test_pause_after_a_failure_doubles(org: Org, failures: int, pause: timedelta) -> None:
    give_work(org)
    failing, failed_at = poisoned(BARE, lambda _: True), NOW + timedelta(minutes=failures)
    for minutes in range(1, failures + 1):
        org.world.drain(failing, now=NOW + timedelta(minutes=minutes))

    org.world.drain(failing, now=failed_at + pause - MICROSECOND)
    too_early = len(runs(org))
    org.world.drain(failing, now=failed_at + pause)

    assert too_early == failures
    assert len(runs(org)) == failures + 1


@pytest.mark.parametrize(
    ("reason", "left"), [("not_due", []), ("events_not_scored_yet", ["deferred"])]
)
def test_early_wake_leaves_no_run_row_and_a_deferral_does(
    org: Org, reason: str, left: list[str]
) -> None:
    give_work(org)

    org.world.step(replace(BARE, claim=lambda *_: Nothing(reason=reason)))

    assert runs(org) == left
    assert lease_of(org, "attempts, cursor_seq") == [(0, 0)]


def test_no_transaction_is_open_while_a_proposal_is_made(org: Org) -> None:
    give_work(org)
    seen = {}

    def propose(_job: Work, _found: object) -> None:
        seen["propose"] = org.column(OPEN_TRANSACTIONS)

    def apply(*_: object) -> Changes:
        seen["apply"] = org.column(OPEN_TRANSACTIONS)
        return Changes(read=0)

    org.world.step(replace(BARE, propose=propose, apply=apply))

    assert seen == {"propose": [0], "apply": [1]}


def test_run_row_names_stream_fence_and_engine(org: Org) -> None:
    give_work(org)

    org.world.drain(CONSOLIDATE)

    runs = org.ask(
        "SELECT r.fence, r.engine, r.stream_id = l.stream_id FROM runs AS r "
        "JOIN leases AS l ON l.org_id = r.org_id AND l.pass = r.pass WHERE r.org_id = %(org)s"
    )
    assert [tuple(row) for row in runs] == [(1, "offline@1", True)]


def test_append_during_a_step_makes_the_stream_due_again(org: Org) -> None:
    def give_more() -> None:
        org.append(turn("I sold the car in June.", session="s2", user="s"), end("s2"))

    give_work(org)

    org.world.step(frozen(CONSOLIDATE, give_more))
    org.world.drain("score")
    # The look for events that were not scored yet comes a second later.
    org.world.drain(CONSOLIDATE, now=NOW + SECOND)

    states = org.column("SELECT state FROM sessions WHERE org_id = %(org)s")
    assert states == ["consolidated", "consolidated"]
