"""Undoing runs that had to do with the same memories: in any order."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from tests.store.reverting import hand_over, source_counts, undo
from tests.world import NOW, Org, memory

PEANUTS = "I'm allergic to peanuts."
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def _two_runs(org: Org) -> tuple[int, int]:
    """A run that makes a memory, and one that repeats and raises it."""
    first = hand_over(org, PEANUTS, session="s1")
    org.do("UPDATE memories SET importance = 0.2", now=NOW + HOUR)
    # The lower importance counts as the run's: no person made that version.
    org.do(
        "INSERT INTO run_changes SELECT org_id, run_id, memory_id, 'superseded', 1, 2, '{}', '{}' "
        "FROM run_changes WHERE run_id = %(run)s",
        run=first,
        now=NOW + HOUR,
    )
    second = hand_over(org, f"Please remember {PEANUTS}", session="s2", now=NOW + DAY)
    return first, second


def test_memory_that_a_later_run_repeated_is_kept_with_its_evidence_alone(org: Org) -> None:
    first, second = _two_runs(org)

    done = undo(org, first, now=NOW + 2 * DAY)

    assert org.memories("state") == ["live"]
    assert source_counts(org) == [1]
    assert [(one.reason, one.run_id) for one in done.kept] == [("evidence of another run", second)]
    assert done.dependents == (second,)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["first to last", "last to first"])
def test_order_in_which_runs_are_undone_does_not_matter(org: Org, order: Sequence[int]) -> None:
    runs = _two_runs(org)

    for number, which in enumerate(order, start=2):
        undo(org, runs[which], now=NOW + number * DAY)

    assert org.memories("state, state_reason") == [("forgotten", "reverted")]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["first to last", "last to first"])
def test_facts_of_before_come_back_in_any_order(org: Org, order: Sequence[int]) -> None:
    org.append(memory(PEANUTS))
    for name in ("score", "embed"):
        org.world.drain(name)
    org.do("UPDATE memories SET importance = 0.1", now=NOW + HOUR)
    before = org.memories("importance, last_access, facts_since")
    runs = [
        hand_over(org, PEANUTS, session="s1", now=NOW + DAY),
        hand_over(org, PEANUTS, session="s2", now=NOW + 2 * DAY),
    ]
    assert org.memories("importance, last_access, facts_since") != before

    for number, which in enumerate(order, start=3):
        undo(org, runs[which], now=NOW + number * DAY)

    assert org.memories("importance, last_access, facts_since") == before
    assert source_counts(org) == [1]


def test_fact_that_a_later_run_stands_by_is_kept(org: Org) -> None:
    org.append(memory(PEANUTS))
    for name in ("score", "embed"):
        org.world.drain(name)
    org.do("UPDATE memories SET importance = 0.1", now=NOW + HOUR)
    first = hand_over(org, PEANUTS, session="s1", now=NOW + DAY)
    second = hand_over(org, PEANUTS, session="s2", now=NOW + 2 * DAY)
    raised = org.memories("importance, last_access")

    done = undo(org, first, now=NOW + 3 * DAY)

    assert org.memories("importance, last_access") == raised
    assert {(one.field, one.reason, one.run_id) for one in done.kept} == {
        ("importance", "changed by a later run", second),
        ("last_access", "changed by a later run", second),
    }
