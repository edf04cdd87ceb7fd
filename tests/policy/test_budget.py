from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrem.policy.budget import Caps, Refusal, Spent, next_day, next_month, refusal

ROOM = Caps(day_micros=1_000)


def test_call_that_just_fits_is_allowed() -> None:
    assert refusal(Spent(day_micros=900), ROOM, micros=100, tokens=1) is None


def test_call_that_is_one_millionth_too_much_is_refused() -> None:
    refused = refusal(Spent(day_micros=900), ROOM, micros=101, tokens=1)

    assert refused == Refusal(reason="budget_of_the_day_spent")


def test_without_money_nothing_is_allowed() -> None:
    assert refusal(Spent(), Caps(day_micros=0), micros=1, tokens=1) is not None


@pytest.mark.parametrize(
    ("caps", "spent", "reason"),
    [
        ({"day_tokens": 10}, {"day_tokens": 6}, "tokens_of_the_day_spent"),
        ({"day_calls": 2}, {"day_calls": 2}, "calls_of_the_day_spent"),
        ({"month_tokens": 10}, {"month_tokens": 6}, "tokens_of_the_month_spent"),
        ({"month_calls": 2}, {"month_calls": 2}, "calls_of_the_month_spent"),
    ],
)
def test_limits_of_tokens_and_calls_bind_where_they_are_set(
    caps: dict[str, int], spent: dict[str, int], reason: str
) -> None:
    refused = refusal(Spent(**spent), Caps(day_micros=1_000, **caps), micros=1, tokens=5)

    assert refused == Refusal(reason=reason, is_monthly="month" in reason)
    assert refusal(Spent(**spent), ROOM, micros=1, tokens=5) is None


@given(spent=st.integers(0, 10**9), want=st.integers(0, 10**9), cap=st.integers(0, 10**9))
def test_what_is_allowed_never_goes_beyond_the_budget(spent: int, want: int, cap: int) -> None:
    refused = refusal(Spent(day_micros=spent), Caps(day_micros=cap), micros=want, tokens=0)

    assert (refused is None) == (spent + want <= cap)


@pytest.mark.parametrize(
    ("now", "day", "month"),
    [
        ("2026-01-31T23:59:59+00:00", "2026-02-01", "2026-02-01"),
        ("2026-12-15T12:00:00+00:00", "2026-12-16", "2027-01-01"),
        ("2026-02-01T00:00:00+00:00", "2026-02-02", "2026-03-01"),
        # still the day before in UTC
        ("2026-03-01T00:30:00+02:00", "2026-03-01", "2026-03-01"),
    ],
)
def test_room_comes_back_with_the_next_day_or_month_of_utc(now: str, day: str, month: str) -> None:
    at = datetime.fromisoformat(now)

    assert next_day(at) == datetime.fromisoformat(f"{day}T00:00:00+00:00")
    assert next_month(at) == datetime.fromisoformat(f"{month}T00:00:00+00:00")


@given(st.datetimes(timezones=st.just(UTC)).filter(lambda at: at.year < 9_999))
def test_next_day_is_at_most_a_day_away(now: datetime) -> None:
    assert timedelta(0) < next_day(now) - now <= timedelta(days=1)
    assert now < next_day(now) <= next_month(now)
