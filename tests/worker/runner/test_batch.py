"""Batch passes: attempts count at the claim, poison is set aside, late holders write nothing."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from nrem.store.score import StoredEvent
from tests.worker.trouble import OPEN_TRANSACTIONS, Killed, frozen, killed, poisoned
from tests.world import NOW, Org, memory
from worker.changes import Changes
from worker.contract import Pass, Work
from worker.passes.score import SCORE
from worker.runner import Outcome

SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)


def _says(word: str) -> Pass:
    def is_poison(event: StoredEvent) -> bool:
        return word in event.body["content"]

    return poisoned(SCORE, is_poison)


def _attempts(org: Org) -> list[int]:
    return org.column(
        "SELECT attempts FROM inbox WHERE org_id = %(org)s AND pass = 'score' ORDER BY item_id"
    )


def _until_quiet(org: Org, duty: Pass, *, now: datetime = NOW) -> list[Outcome]:
    """Run the pass minute by minute until its queue is empty."""
    outcomes: list[Outcome] = []
    while _attempts(org):
        now += timedelta(minutes=1)
        outcomes += org.world.drain(duty, now=now)
    return outcomes


def _kinds(outcomes: list[Outcome]) -> list[str]:
    return [its.outcome for its in outcomes]


def test_items_go_in_batches(org: Org) -> None:
    org.append(*(memory(f"fact {number}") for number in range(5)))

    outcomes = org.world.drain(replace(SCORE, batch=2))

    assert [its.changes.changed for its in outcomes if its.outcome == "applied"] == [2, 2, 1]
    assert len(org.memories()) == 5


def test_attempt_counts_when_work_is_claimed(org: Org) -> None:
    org.append(memory("one"), memory("two"))

    with pytest.raises(Killed):
        org.world.step(killed(SCORE))

    assert _attempts(org) == [1, 1]
    assert not org.memories()


def test_claimed_items_are_not_claimed_again_while_the_lease_lasts(org: Org) -> None:
    org.append(memory("one"))
    with pytest.raises(Killed):
        org.world.step(killed(SCORE))

    org.world.drain("rescue")

    assert not org.world.drain(SCORE)


def test_items_of_a_killed_process_are_done_after_their_lease(org: Org) -> None:
    org.append(memory("one"), memory("two"))
    with pytest.raises(Killed):
        org.world.step(killed(SCORE))

    org.world.lapse()
    org.world.drain(SCORE)

    assert org.memories() == ["one", "two"]


def test_process_killed_before_its_claim_commits_leaves_the_org_due(org: Org) -> None:
    def die(*_: object) -> datetime | None:
        raise Killed

    org.append(memory("one"))
    with pytest.raises(Killed):
        org.world.step(replace(SCORE, next_due=die))

    org.world.drain(SCORE)

    assert org.memories() == ["one"]


def test_poison_is_parked_while_its_neighbours_are_done(org: Org) -> None:
    org.append(memory("one"), memory("poison"), memory("three"))

    _until_quiet(org, _says("poison"))

    assert org.memories() == ["one", "three"]
    parked = org.ask(
        "SELECT item_kind, reason, error_class, attempts FROM parked WHERE org_id = %(org)s"
    )
    assert [tuple(row) for row in parked] == [("event", "failed", "ValueError", SCORE.max_attempts)]


def test_suspicious_items_are_taken_alone(org: Org) -> None:
    org.append(memory("one"), memory("poison"), memory("three"))

    outcomes = _until_quiet(org, _says("poison"))

    tried = [(its.outcome, its.changes.read) for its in outcomes if its.changes.read]
    assert tried[:2] == [("failed", 3), ("failed", 3)]
    assert all(read == 1 for _, read in tried[2:])


def test_item_that_kills_its_process_is_parked_after_the_last_attempt(org: Org) -> None:
    org.append(memory("one"))
    for _ in range(SCORE.max_attempts):
        with pytest.raises(Killed):
            org.world.step(killed(SCORE))
        org.world.lapse()

    outcomes = org.world.drain(SCORE)

    assert "parked" in _kinds(outcomes)
    assert org.column("SELECT reason FROM parked WHERE org_id = %(org)s") == ["crashed"]
    assert not org.memories()


@pytest.mark.parametrize(("failures", "pause"), [(1, 1 * SECOND), (2, 2 * SECOND), (3, 4 * SECOND)])
def test_pause_after_a_failure_doubles(org: Org, failures: int, pause: timedelta) -> None:
    org.append(memory("poison"))
    failed_at = NOW + timedelta(minutes=failures)
    for minutes in range(1, failures + 1):
        org.world.drain(_says("poison"), now=NOW + timedelta(minutes=minutes))

    org.world.drain(_says("poison"), now=failed_at + pause - MICROSECOND)
    too_early = _attempts(org)
    org.world.drain(_says("poison"), now=failed_at + pause)

    assert too_early == [failures]
    assert _attempts(org) == [failures + 1]


def test_late_holder_whose_work_another_has_done_writes_nothing(org: Org) -> None:
    org.append(memory("one"), memory("two"))

    def meanwhile() -> None:
        org.world.lapse()
        org.world.step(SCORE)

    late = org.world.step(frozen(SCORE, meanwhile))

    assert late is not None
    assert late.outcome == "fenced"
    assert org.memories() == ["one", "two"]
    assert org.column("SELECT outcome FROM runs WHERE org_id = %(org)s") == ["applied"]


def test_late_holder_whose_work_another_holds_writes_nothing(org: Org) -> None:
    org.append(memory("one"))

    def meanwhile() -> None:
        org.world.lapse()
        with pytest.raises(Killed):
            org.world.step(killed(SCORE))

    late = org.world.step(frozen(SCORE, meanwhile))

    assert late is not None
    assert late.outcome == "fenced"
    assert not org.memories()
    assert _attempts(org) == [2]


def test_late_failure_gives_nobody_elses_claim_back(org: Org) -> None:
    org.append(memory("poison"))

    def meanwhile() -> None:
        org.world.lapse()
        with pytest.raises(Killed):
            org.world.step(killed(SCORE))

    org.world.step(frozen(_says("poison"), meanwhile))

    held = org.column("SELECT lease_until IS NOT NULL FROM inbox WHERE org_id = %(org)s")
    assert held == [True]


def test_no_transaction_is_open_while_a_batch_is_computed(org: Org) -> None:
    org.append(memory("one"))
    seen = {}

    def propose(_job: Work, _found: object) -> None:
        seen["propose"] = org.column(OPEN_TRANSACTIONS)

    def apply(*its: object) -> Changes:
        seen["apply"] = org.column(OPEN_TRANSACTIONS)
        return SCORE.apply(*its)  # type: ignore[arg-type]

    org.world.step(replace(SCORE, propose=propose, apply=apply))

    assert seen == {"propose": [0], "apply": [1]}


def test_run_row_says_what_was_read_and_changed(org: Org) -> None:
    org.append(memory("one"), memory("two"))

    org.world.drain(SCORE)

    runs = org.ask(
        "SELECT pass, outcome, read, proposed, changed, reason FROM runs WHERE org_id = %(org)s"
    )
    assert [tuple(row) for row in runs] == [("score", "applied", 2, 2, 2, None)]


def test_run_row_of_a_failure_holds_the_error_class_and_no_text(org: Org) -> None:
    org.append(memory("poison"))

    org.world.drain(_says("poison"))

    runs = org.ask("SELECT outcome, reason, changed, detail FROM runs WHERE org_id = %(org)s")
    assert [tuple(row) for row in runs] == [("failed", "ValueError", 0, {})]


def test_failed_batch_leaves_no_memory(org: Org) -> None:
    def apply(*its: object) -> Changes:
        SCORE.apply(*its)  # type: ignore[arg-type]
        raise ValueError

    org.append(memory("one"))

    org.world.drain(replace(SCORE, apply=apply))

    assert not org.memories()
    assert _attempts(org) == [1]
