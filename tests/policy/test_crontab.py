"""The crontab grammar: which values each field names, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrem.policy.crontab import CronError, Crontab, read_crontab

EVERY_DAY = tuple(range(1, 32))
EVERY_WEEKDAY = tuple(range(7))


def _field(place: int, word: str) -> tuple[int, ...]:
    words = ["*"] * 5
    words[place] = word
    tab = read_crontab(" ".join(words))
    return (tab.minutes, tab.hours, tab.days, tab.months, tab.weekdays)[place]


def test_stars_name_every_value() -> None:
    assert read_crontab("* * * * *") == Crontab(
        minutes=tuple(range(60)),
        hours=tuple(range(24)),
        days=EVERY_DAY,
        months=tuple(range(1, 13)),
        weekdays=EVERY_WEEKDAY,
        is_either_day=False,
    )


@pytest.mark.parametrize(
    ("place", "word", "values"),
    [
        (0, "0", (0,)),
        (0, "59", (59,)),
        (0, "05", (5,)),
        (0, "5,3,3", (3, 5)),
        (0, "10-12", (10, 11, 12)),
        (0, "10-10", (10,)),
        (0, "*/20", (0, 20, 40)),
        (0, "1-59/15", (1, 16, 31, 46)),
        (0, "0,30-32,*/40", (0, 30, 31, 32, 40)),
        (1, "23", (23,)),
        (2, "31", (31,)),
        (3, "12", (12,)),
        (3, "jan,Mar-MAY", (1, 3, 4, 5)),
        (4, "0", (0,)),
        (4, "7", (0,)),
        (4, "5-7", (0, 5, 6)),
        (4, "mon-fri", (1, 2, 3, 4, 5)),
        (4, "fri-sun", (0, 5, 6)),
        (4, "sun-tue", (0, 1, 2)),
        (4, "*/2", (0, 2, 4, 6)),
    ],
)
def test_word_names_values(place: int, word: str, values: tuple[int, ...]) -> None:
    assert _field(place, word) == values


@pytest.mark.parametrize(
    ("place", "word"),
    [
        *[(0, word) for word in ("60", "-1", "5-3", "5/3", "*/0", "*/", "/5", "1-", "", "a", "٣")],
        *[(0, word) for word in ("jan", "1,", ",1", "1;2", "1.5", "100", "**", "*-5", "?", "H")],
        (1, "24"),
        (2, "0"),
        (2, "32"),
        (2, "L"),
        (3, "0"),
        (3, "13"),
        (3, "mon"),
        (3, "dec-jan"),
        (4, "8"),
        (4, "jan"),
        (4, "sat-mon"),
        (4, "1#2"),
    ],
)
def test_other_words_are_refused(place: int, word: str) -> None:
    with pytest.raises(CronError):
        _field(place, word)


@pytest.mark.parametrize(
    "text",
    ["", "*", "* * * *", "* * * * * *", "@daily", "* * *\t* *", "* * * *\n*", "* " * 150 + "*"],
)
def test_only_five_fields_between_blanks_are_an_expression(text: str) -> None:
    with pytest.raises(CronError, match="minute, hour, day of month, month, weekday"):
        read_crontab(text)


@pytest.mark.parametrize(
    ("expression", "is_either"),
    [
        ("0 0 1 * 1", True),
        ("0 0 1 * *", False),
        ("0 0 * * 1", False),
        ("0 0 */2 * 1", False),
        ("0 0 1 * */2", False),
    ],
)
def test_either_day_will_do_when_both_are_restricted(
    expression: str,
    is_either: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    assert read_crontab(expression).is_either_day is is_either


@pytest.mark.parametrize("date", ["30 2 *", "31 2,4,6,9,11 *", "31 jun */2"])
def test_date_that_no_year_has_is_refused(date: str) -> None:
    with pytest.raises(CronError, match="a day which exists"):
        read_crontab(f"0 0 {date}")


@pytest.mark.parametrize("date", ["29 2 *", "31 2,3 *", "30 2 1"])
def test_date_that_some_year_has_is_taken(date: str) -> None:
    assert read_crontab(f"0 0 {date}").minutes == (0,)


@given(text=st.text(alphabet="*/-,0123456789 monjan", max_size=30) | st.text(max_size=30))
def test_any_text_gives_values_in_range_or_is_refused(text: str) -> None:
    try:
        tab = read_crontab(text)
    except CronError:
        return

    assert all([tab.minutes, tab.hours, tab.days, tab.months, tab.weekdays])
    assert 0 <= tab.minutes[0] <= tab.minutes[-1] <= 59
    assert set(tab.weekdays) <= set(EVERY_WEEKDAY)
    assert set(tab.days) <= set(EVERY_DAY)
