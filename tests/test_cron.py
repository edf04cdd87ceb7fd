"""From schedules to instants: standard crontab meaning, in any zone, when clocks change too."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrem.cron import every, last_instant, last_of, next_instant
from nrem.policy.crontab import CronError
from nrem.policy.schedule import Schedule

MICROSECOND = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# A Monday.
QUARTER_PAST = datetime(2026, 3, 2, 9, 17, tzinfo=UTC)
# Just before the nights in which the clocks of Berlin go forward and back.
SPRING = datetime(2026, 3, 28, 23, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 24, 22, tzinfo=UTC)


def _following(expression: str, after: datetime, count: int, zone: str = "UTC") -> list[datetime]:
    schedule, found = Schedule(cron=expression, timezone=zone), [after]
    for _ in range(count):
        at = next_instant(schedule, found[-1])
        assert at is not None
        found.append(at)
    return found[1:]


def _berlin(expression: str, after: datetime, count: int) -> list[str]:
    """Day, hour and minute in UTC."""
    found = _following(expression, after, count, "Europe/Berlin")
    return [f"{at:%d %H:%M}" for at in found]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (QUARTER_PAST - MICROSECOND, QUARTER_PAST - HOUR),
        (QUARTER_PAST, QUARTER_PAST),
        (QUARTER_PAST + MICROSECOND, QUARTER_PAST),
    ],
    ids=["just before", "at", "just after"],
)
def test_last_instant_is_the_latest_that_is_not_after_now(
    now: datetime, expected: datetime
) -> None:
    assert last_instant(Schedule(cron="17 * * * *"), now) == expected


@pytest.mark.parametrize(
    ("after", "expected"),
    [(QUARTER_PAST - MICROSECOND, QUARTER_PAST), (QUARTER_PAST, QUARTER_PAST + HOUR)],
    ids=["just before", "at"],
)
def test_next_instant_is_the_first_that_is_later(after: datetime, expected: datetime) -> None:
    assert next_instant(Schedule(cron="17 * * * *"), after) == expected


@pytest.mark.parametrize(("seconds", "expected"), [(4.999999, 0), (5.0, 5), (59.999999, 55)])
def test_last_instant_of_a_schedule_of_seconds(seconds: float, expected: int) -> None:
    found = last_of(every(5), QUARTER_PAST + timedelta(seconds=seconds))

    assert found == QUARTER_PAST + timedelta(seconds=expected)


def test_of_many_missed_instants_only_the_last_counts() -> None:
    found = last_instant(Schedule(cron="0 3 * * *"), QUARTER_PAST)

    assert found == QUARTER_PAST.replace(hour=3, minute=0)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0 0 1 * *", datetime(2026, 3, 1, tzinfo=UTC)),
        ("30 12 25 12 *", datetime(2025, 12, 25, 12, 30, tzinfo=UTC)),
    ],
    ids=["monthly", "yearly"],
)
def test_last_instant_is_found_far_back(expression: str, expected: datetime) -> None:
    assert last_instant(Schedule(cron=expression), QUARTER_PAST) == expected


def test_schedule_that_the_last_year_did_not_hold_has_no_last_instant() -> None:
    assert last_instant(Schedule(cron="0 0 29 2 *"), QUARTER_PAST) is None


def test_leap_day_is_found_years_ahead() -> None:
    found = next_instant(Schedule(cron="0 0 29 2 *"), QUARTER_PAST)

    assert found == datetime(2028, 2, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("weekday", "day"), [("0", 8), ("7", 8), ("sun", 8), ("1", 9), ("mon", 9), ("6", 7), ("SAT", 7)]
)
def test_weekdays_are_counted_from_sunday(weekday: str, day: int) -> None:
    (found,) = _following(f"0 0 * * {weekday}", QUARTER_PAST, 1)

    assert (found.month, found.day) == (3, day)


def test_day_of_month_or_weekday_is_enough_when_both_are_named() -> None:
    days = [at.day for at in _following("0 0 10 * 5", QUARTER_PAST, 4)]

    # Fridays are the 6th, 13th and 20th.
    assert days == [6, 10, 13, 20]


@pytest.mark.parametrize(("days", "weekday"), [("*", "5"), ("*/1", "5")])
def test_weekday_decides_when_every_day_of_the_month_will_do(days: str, weekday: str) -> None:
    found = [at.day for at in _following(f"0 0 {days} * {weekday}", QUARTER_PAST, 3)]

    assert found == [6, 13, 20]


def test_date_that_no_year_has_leaves_the_weekday() -> None:
    found = [f"{at:%m-%d}" for at in _following("0 0 30 2 1", QUARTER_PAST, 2)]

    assert found == ["02-01", "02-08"]


def test_instants_follow_the_zone() -> None:
    winter, summer = "Europe/Berlin", datetime(2026, 7, 1, tzinfo=UTC)

    assert _following("0 3 * * *", QUARTER_PAST, 1, winter)[0].hour == 2
    assert _following("0 3 * * *", summer, 1, winter)[0].hour == 1
    assert _following("0 3 * * *", summer, 1, "Asia/Kolkata")[0].strftime("%H:%M") == "21:30"


def test_daily_instant_that_does_not_exist_comes_an_hour_later_on_the_clock() -> None:
    # 02:30 is skipped; the instant is 03:30 in summer time.
    assert _berlin("30 2 * * *", SPRING, 2) == ["29 01:30", "30 00:30"]


def test_daily_instant_that_exists_twice_comes_once() -> None:
    assert _berlin("30 2 * * *", AUTUMN, 2) == ["25 00:30", "26 01:30"]


@pytest.mark.parametrize("night", [SPRING, AUTUMN], ids=["forward", "back"])
@pytest.mark.parametrize("expression", ["30 * * * *", "*/20 * * * *"])
def test_hourly_instants_go_by_elapsed_time(expression: str, night: datetime) -> None:
    found = _following(expression, night, 24, "Europe/Berlin")

    assert len({later - earlier for earlier, later in pairwise(found)}) == 1


def test_chosen_hours_leave_out_the_second_of_two_equal_hours() -> None:
    found = _berlin("0 1-4 * * *", AUTUMN, 5)

    assert found == ["24 23:00", "25 00:00", "25 02:00", "25 03:00", "26 00:00"]


@given(
    expression=st.sampled_from(
        ["* * * * *", "30 2 * * *", "*/20 1-3 * * *", "0 0 1 * 1", "59 23 31 12 *"]
    ),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/New_York"]),
    after=st.datetimes(
        min_value=datetime(2025, 1, 1),  # noqa: DTZ001 - the zone is given beside it
        max_value=datetime(2027, 1, 1),  # noqa: DTZ001 - likewise
        timezones=st.just(UTC),
    ),
)
def test_what_comes_next_is_what_came_last_from_then_on(
    expression: str, zone: str, after: datetime
) -> None:
    schedule = Schedule(cron=expression, timezone=zone)

    first, second = _following(expression, after, 2, zone)

    assert after < first < second
    assert last_instant(schedule, first) == first
    assert last_instant(schedule, second - MICROSECOND) == first


@pytest.mark.parametrize("night", [SPRING, AUTUMN], ids=["forward", "back"])
def test_every_minute_of_a_night_in_which_clocks_change_has_a_last_instant(
    night: datetime,
) -> None:
    schedule = Schedule(cron="* * * * *", timezone="Europe/Berlin")

    for minute in range(300):
        now = night + minute * MINUTE

        assert last_instant(schedule, now + MICROSECOND) == now


def test_wrong_expression_is_refused() -> None:
    with pytest.raises(CronError, match="minute is 0 to 59"):
        next_instant(Schedule(cron="61 * * * *"), QUARTER_PAST)
