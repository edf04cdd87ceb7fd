"""The order of an erasure."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from nrem.policy.erase import (
    CANCELLABLE,
    ENDED,
    ORDER,
    State,
    due_by,
    follows,
    grew_too_much,
    may_cancel,
    warning,
)

AT = datetime(2026, 3, 1, tzinfo=UTC)


def test_states_follow_one_another_in_their_order() -> None:
    assert all(follows(before, after) for before, after in pairwise(ORDER))


@pytest.mark.parametrize("after", ORDER[2:])
def test_no_state_is_skipped(after: State) -> None:
    place = ORDER.index(after)

    assert not any(follows(before, after) for before in ORDER[: place - 1])


@pytest.mark.parametrize("state", ENDED)
def test_nothing_follows_the_end(state: State) -> None:
    assert not any(follows(state, after) for after in State)


@pytest.mark.parametrize("state", ORDER)
def test_it_may_be_cancelled_until_something_is_destroyed(state: State) -> None:
    early = ORDER.index(state) < ORDER.index(State.KEYS_DESTROYED)

    assert may_cancel(state) is early
    assert follows(state, State.CANCELLED) is early


@pytest.mark.parametrize("state", State)
def test_it_is_asked_again_until_something_is_destroyed(state: State) -> None:
    early = state in CANCELLABLE | {State.FAILED}

    assert follows(state, State.PREVIEWED) is early


def test_one_that_failed_goes_on_but_not_from_the_start() -> None:
    assert follows(State.FAILED, State.DELETED)
    assert not follows(State.FAILED, State.REQUESTED)
    assert not follows(State.FAILED, State.CANCELLED)


@pytest.mark.parametrize("found", [110, 111])
def test_growth_of_over_a_tenth_is_asked_again(found: int) -> None:
    assert grew_too_much({"events": 60, "memories": 40}, {"events": found}) is (found > 110)


def test_less_than_was_shown_is_not_asked_again() -> None:
    assert not grew_too_much({"events": 10}, {})


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (6, None),
        (7, "waiting for 7 days"),
        (14, "waiting for 14 days"),
        (25, "waiting for 25 days"),
        (30, "waiting for 25 days"),
        (31, "overdue"),
    ],
)
def test_what_waits_is_warned_of(days: int, said: str | None) -> None:
    assert warning(State.PREVIEWED, AT, AT + timedelta(days=days)) == said


def test_what_is_over_is_not_warned_of() -> None:
    assert warning(State.CERTIFIED, AT, AT + timedelta(days=40)) is None


def test_it_is_due_within_thirty_days() -> None:
    assert due_by(AT) == AT + timedelta(days=30)
