"""The plan: which schedules there are, and the last instant that passed."""

from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.triggers.cron import CronTrigger

from scheduler.plan import last_instant, plan
from worker.contract import Pass, Shape
from worker.passes import PASSES

MICROSECOND = timedelta(microseconds=1)
QUARTER_PAST = datetime(2026, 3, 2, 9, 17, tzinfo=UTC)


def _cron(expression: str) -> CronTrigger:
    return CronTrigger.from_crontab(expression, timezone="UTC")


def test_passes_that_ask_for_time_are_planned_by_their_names() -> None:
    schedules = plan(PASSES)

    assert {its.name: (its.duty, str(its.trigger)) for its in schedules} == {
        "decay": ("decay", "cron[month='*', day='*', day_of_week='*', hour='*', minute='17']"),
        "rescue": ("rescue", "cron[second='*/5']"),
    }


def test_everything_is_planned_in_utc() -> None:
    assert {str(its.trigger.timezone) for its in plan(PASSES)} == {"UTC"}


def test_pass_that_only_work_wakes_is_not_planned() -> None:
    assert plan([Pass(name="score", shape=Shape.BATCH)]) == ()


def test_wrong_expression_is_refused() -> None:
    with pytest.raises(ValueError, match="higher than the maximum value"):
        plan([Pass(name="decay", shape=Shape.SWEEP, cron="61 * * * *")])


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (QUARTER_PAST - MICROSECOND, QUARTER_PAST - timedelta(hours=1)),
        (QUARTER_PAST, QUARTER_PAST),
        (QUARTER_PAST + MICROSECOND, QUARTER_PAST),
    ],
    ids=["just before", "at", "just after"],
)
def test_last_instant_is_the_latest_that_is_not_after_now(
    now: datetime, expected: datetime
) -> None:
    assert last_instant(_cron("17 * * * *"), now) == expected


@pytest.mark.parametrize(("seconds", "expected"), [(4.999999, 0), (5.0, 5), (59.999999, 55)])
def test_last_instant_of_a_schedule_of_seconds(seconds: float, expected: int) -> None:
    trigger = CronTrigger(second="*/5", timezone="UTC")

    found = last_instant(trigger, QUARTER_PAST + timedelta(seconds=seconds))

    assert found == QUARTER_PAST + timedelta(seconds=expected)


def test_of_many_missed_instants_only_the_last_counts() -> None:
    assert last_instant(_cron("0 3 * * *"), QUARTER_PAST) == QUARTER_PAST.replace(hour=3, minute=0)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0 0 1 * *", datetime(2026, 3, 1, tzinfo=UTC)),
        ("30 12 25 12 *", datetime(2025, 12, 25, 12, 30, tzinfo=UTC)),
    ],
    ids=["monthly", "yearly"],
)
def test_last_instant_is_found_far_back(expression: str, expected: datetime) -> None:
    assert last_instant(_cron(expression), QUARTER_PAST) == expected


def test_schedule_that_no_year_holds_has_no_last_instant() -> None:
    assert last_instant(_cron("0 0 29 2 *"), QUARTER_PAST) is None
