from datetime import UTC, date, datetime

import pytest

from nrem.policy.observe_date import day_at, named_day, read_date

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SPRING = datetime(2023, 5, 8, 13, 56, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2023-05-08T13:56:00Z",
        "2023-05-08T15:56:00+02:00",
        "2023-05-08T13:56:00",
        SPRING.timestamp(),
        int(SPRING.timestamp()),
        str(int(SPRING.timestamp())),
        int(SPRING.timestamp() * 1000),
        f"{SPRING.timestamp() * 1000:.0f}",
    ],
    ids=repr,
)
def test_iso_seconds_and_milliseconds_are_the_same_instant(value: str | float) -> None:
    assert read_date(value, NOW) == SPRING


def test_bare_day_is_its_noon() -> None:
    assert read_date(" 2023-05-08 ", NOW) == datetime(2023, 5, 8, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "is_believed"),
    [
        ("1970-01-01", True),
        ("1969-12-31", False),
        ("2126-12-31", True),
        ("2127-01-01", False),
        (0, True),
        (-1, False),
    ],
)
def test_dates_are_believed_from_1970_to_a_hundred_years_ahead(
    value: str | float, *, is_believed: bool
) -> None:
    assert (read_date(value, NOW) is not None) is is_believed


@pytest.mark.parametrize(
    "value",
    ["", "soon", "2023-02-30", "9" * 400, "1e400", float("nan"), float("inf"), 1e300, "٣٠٠", None],
    ids=lambda value: repr(value)[:9],
)
def test_what_is_no_date_is_none(value: str | float | None) -> None:
    assert read_date(value, NOW) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Ana went to Rome yesterday (7 May 2023).", date(2023, 5, 7)),
        ("The trip (6-7 May 2023) was long.", date(2023, 5, 6)),
        ("It started on 2023-05-07 in the rain.", date(2023, 5, 7)),
        ("Ana was born on May 7th, 1990.", date(1990, 5, 7)),
        ("On 30 February 2023, or on 1 March 2023.", date(2023, 3, 1)),
        ("In May 2023 it rained.", None),
        ("Room 7 May be free.", None),
        ("She may 12 2023 times.", None),
    ],
)
def test_first_whole_date_of_a_text_is_found(text: str, day: date | None) -> None:
    assert named_day(text) == day


def test_day_stands_at_noon() -> None:
    assert day_at(date(2023, 5, 7)) == datetime(2023, 5, 7, 12, tzinfo=UTC)
