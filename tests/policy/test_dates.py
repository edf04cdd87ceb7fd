from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrem.policy.dates import Precision, annotate, resolve

# A Monday.
SAID = datetime(2023, 5, 8, 13, 56, tzinfo=UTC)
WORDS = [
    "yesterday", "tomorrow", "last Saturday", "two weeks ago", "next month", "on Friday",
    "last summer", "I went", "we met.", "(", ")", "999 years ago", "in 3 days", "Yesterday", "\n",
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "annotated"),
    [
        ("I went yesterday.", "I went yesterday (7 May 2023)."),
        ("last night we talked", "last night (7 May 2023) we talked"),
        ("the day before yesterday", "the day before yesterday (6 May 2023)"),
        ("see you tomorrow", "see you tomorrow (9 May 2023)"),
        ("last Saturday", "last Saturday (6 May 2023)"),
        ("last Monday", "last Monday (1 May 2023)"),
        ("next Monday", "next Monday (15 May 2023)"),
        ("next Fri", "next Fri (12 May 2023)"),
        ("this weekend", "this weekend (13-14 May 2023)"),
        ("this past weekend", "this past weekend (6-7 May 2023)"),
        ("two weekends ago", "two weekends ago (29-30 April 2023)"),
        ("three days ago", "three days ago (5 May 2023)"),
        ("two weeks ago", "two weeks ago (week of 24 April 2023)"),
        ("a month ago", "a month ago (April 2023)"),
        ("5 months ago", "5 months ago (December 2022)"),
        ("in 8 months", "in 8 months (January 2024)"),
        ("in two weeks' time", "in two weeks' time (week of 22 May 2023)"),
        ("ten years ago", "ten years ago (2013)"),
        ("last week's talk", "last week's (week of 1 May 2023) talk"),
        ("next month", "next month (June 2023)"),
        ("last year", "last year (2022)"),
        ("last March, last May", "last March (March 2023), last May (May 2022)"),
        ("next June, next May", "next June (June 2023), next May (May 2024)"),
        ("last summer", "last summer (summer 2022)"),
        ("last winter", "last winter (winter 2022/2023)"),
        ("next spring", "next spring (spring 2024)"),
    ],
)
def test_relative_dates_are_written_down(text: str, annotated: str) -> None:
    assert annotate(text, SAID) == annotated


@pytest.mark.parametrize(
    "text",
    [
        "recently", "a few days ago", "in 5 minutes", "the last week of it", "the next day",
        "the song Yesterday", "this may take long", "every Friday", "on Fridays", "weekday",
        "99999 years ago", "yesterday (7 May 2023)", "",
    ],
)  # fmt: skip
def test_what_is_not_certain_stays_as_it_is(text: str) -> None:
    assert annotate(text, SAID) == text


def test_a_bare_weekday_is_past_in_a_sentence_about_the_past() -> None:
    told = annotate("We met on Friday, and I'm flying home on Friday.", SAID)

    assert told == "We met on Friday (5 May 2023), and I'm flying home on Friday (12 May 2023)."


def test_the_day_is_that_of_the_speakers_own_time_zone() -> None:
    tokyo = datetime(2023, 5, 9, 1, 0, tzinfo=timezone(timedelta(hours=9)))

    assert annotate("today", tokyo) == "today (9 May 2023)"
    assert annotate("today", tokyo.astimezone(UTC)) == "today (8 May 2023)"


def test_months_and_years_turn_at_their_ends() -> None:
    assert annotate("yesterday", datetime(2024, 3, 1, tzinfo=UTC)) == "yesterday (29 February 2024)"
    assert annotate("tomorrow", datetime(2023, 12, 31, tzinfo=UTC)) == "tomorrow (1 January 2024)"
    assert annotate("next month", datetime(2023, 12, 5, tzinfo=UTC)) == "next month (January 2024)"
    assert annotate("last month", datetime(2023, 1, 5, tzinfo=UTC)) == "last month (December 2022)"


def test_a_weekend_over_two_months_names_both() -> None:
    (found,) = resolve("last weekend", datetime(2023, 10, 3, tzinfo=UTC))

    assert (found.first, found.last) == (date(2023, 9, 30), date(2023, 10, 1))
    assert found.label() == "30 September 2023 to 1 October 2023"


def test_spans_point_at_the_expression() -> None:
    (found,) = resolve("we met two days ago", SAID)

    assert found.text == "two days ago"
    assert (found.start, found.end, found.precision) == (7, 19, Precision.DAY)


@pytest.mark.parametrize(
    ("said", "winter"), [(date(2023, 1, 9), "2021/2022"), (date(2023, 3, 9), "2022/2023")]
)
def test_last_winter_is_the_latest_that_is_over(said: date, winter: str) -> None:
    at = datetime(said.year, said.month, said.day, tzinfo=UTC)

    assert annotate("last winter", at) == f"last winter (winter {winter})"


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        resolve("yesterday", SAID.replace(tzinfo=None))


@pytest.mark.parametrize(
    "said", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)]
)
def test_dates_no_calendar_holds_are_left_out(said: datetime) -> None:
    for text in ("yesterday", "tomorrow", "last winter", "next year", "next month", "last weekend"):
        annotate(text, said)


@given(st.lists(st.sampled_from(WORDS)), st.datetimes(timezones=st.just(UTC)))
def test_annotating_twice_changes_nothing(words: list[str], said: datetime) -> None:
    once = annotate(" ".join(words), said)

    assert annotate(once, said) == once


@given(
    st.text() | st.lists(st.sampled_from(WORDS)).map(" ".join), st.datetimes(timezones=st.just(UTC))
)
def test_annotating_only_adds(text: str, said: datetime) -> None:
    found = resolve(text, said)

    assert all(text[one.start : one.end] == one.text for one in found)
    assert all(one.first <= one.last for one in found)
    assert all(one.end <= later.start for one, later in pairwise(found))
