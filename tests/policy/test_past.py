"""How a memory stood: from crossings, versions and uses, at each instant of its past."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from nrem.policy.life import Passed
from nrem.policy.model import MemoryFacts, MemoryType, Reason, State, Tier
from nrem.policy.past import Past, stood

BORN = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
NOW = MemoryFacts(
    memory_type=MemoryType.EPISODIC,
    tier=Tier.LONG,
    importance=0.5,
    last_access=BORN,
    state_since=BORN,
)


def past(**known: Any) -> Past:  # noqa: ANN401
    """What is known of a memory of which nothing is special."""
    given = {
        "recorded_at": BORN,
        "memory_type": MemoryType.EPISODIC,
        "importance": 0.5,
        "is_pinned": False,
        "crossings": (),
        "uses_after": 0,
        "last_use": None,
    }
    return Past(**{**given, **known})


def passed(days: int, before: State | Tier, after: State | Tier, reason: Reason) -> Passed:
    return Passed(BORN + days * DAY, before, after, reason)


LIFE = (
    passed(2, State.LIVE, State.ARCHIVED, Reason.REQUESTED),
    passed(4, State.ARCHIVED, State.LIVE, Reason.RESTORED),
    passed(5, Tier.SHORT, Tier.LONG, Reason.USED),
    passed(6, State.LIVE, State.FORGOTTEN, Reason.REQUESTED),
)


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (BORN, State.LIVE),
        (BORN + 2 * DAY - TICK, State.LIVE),
        (BORN + 2 * DAY, State.ARCHIVED),
        (BORN + 4 * DAY - TICK, State.ARCHIVED),
        (BORN + 4 * DAY, State.LIVE),
        (BORN + 6 * DAY - TICK, State.LIVE),
        (BORN + 6 * DAY, State.FORGOTTEN),
        (BORN + 9 * DAY, State.FORGOTTEN),
    ],
)
def test_state_is_what_the_last_crossing_left(at: datetime, state: State) -> None:
    now = replace(NOW, state=State.FORGOTTEN, state_since=BORN + 6 * DAY)

    assert stood(now, past(crossings=LIFE), at).state is state


@pytest.mark.parametrize(
    ("at", "tier"), [(BORN + 5 * DAY - TICK, Tier.SHORT), (BORN + 5 * DAY, Tier.LONG)]
)
def test_tier_is_what_the_next_crossing_found(at: datetime, tier: Tier) -> None:
    assert stood(NOW, past(crossings=LIFE), at).tier is tier


def test_use_told_late_undoes_the_crossing_it_came_before() -> None:
    idle = passed(7, State.LIVE, State.ARCHIVED, Reason.IDLE)
    now = replace(NOW, state_since=BORN + 6 * DAY, last_access=BORN + 6 * DAY)

    assert stood(now, past(crossings=[idle]), BORN + 8 * DAY).state is State.LIVE


UNDONE = (
    passed(2, State.LIVE, State.ARCHIVED, Reason.CONSOLIDATED),
    passed(4, State.ARCHIVED, State.LIVE, Reason.REVERTED),
)


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (BORN + 2 * DAY - TICK, State.LIVE),
        (BORN + 2 * DAY, State.ARCHIVED),
        (BORN + 4 * DAY - TICK, State.ARCHIVED),
        (BORN + 4 * DAY, State.LIVE),
    ],
)
def test_what_a_run_did_was_believed_until_it_was_undone(at: datetime, state: State) -> None:
    assert stood(NOW, past(crossings=UNDONE), at).state is state


def test_being_live_again_by_a_revert_is_no_use() -> None:
    now = replace(NOW, last_access=BORN + 8 * DAY)

    assert stood(now, past(crossings=UNDONE), BORN + 5 * DAY).last_access == BORN


@pytest.mark.parametrize(
    ("last_use", "crossings", "expected"),
    [
        (None, (), BORN),
        (BORN + 1 * DAY, (), BORN + 1 * DAY),
        (None, LIFE, BORN + 4 * DAY),
        (BORN + 1 * DAY, LIFE, BORN + 4 * DAY),
        (BORN + 5 * DAY, LIFE, BORN + 5 * DAY),
    ],
)
def test_last_access_is_the_last_use_restore_or_recording(
    last_use: datetime | None, crossings: tuple[Passed, ...], expected: datetime
) -> None:
    now = replace(NOW, last_access=BORN + 8 * DAY)
    known = past(last_use=last_use, crossings=crossings)

    assert stood(now, known, BORN + 5 * DAY).last_access == expected


@pytest.mark.parametrize(("count", "after", "left"), [(5, 0, 5), (5, 2, 3), (1, 2, 0)])
def test_uses_that_came_later_are_not_counted(count: int, after: int, left: int) -> None:
    now = replace(NOW, access_count=count)

    assert stood(now, past(uses_after=after), BORN + DAY).access_count == left


def test_what_a_version_says_is_that_of_then() -> None:
    known = past(memory_type=MemoryType.SEMANTIC, importance=0.25, is_pinned=True)

    found = stood(NOW, known, BORN)

    assert (found.memory_type, found.importance, found.is_pinned) == ("semantic", 0.25, True)
