import pytest

from nrem.policy.promote_date import undated, without_numbers


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("I ran yesterday (7 May 2023).", "I ran."),
        ("I ran last weekend (6-7 May 2023) with Tom.", "I ran with Tom."),
        ("I ran last month (May 2023)!", "I ran!"),
        ("I ran last week (week of 1 May 2023).", "I ran."),
        ("I ran again today.", "I ran."),
        ("Yesterday, I ran.", "I ran."),
        ("I moved on 3 May 2025.", "I moved."),
        ("I moved in May 2025.", "I moved."),
        ("I may move in summer.", "I may move in summer."),
        ("I ran two days ago.", "I ran."),
        ("And I ran this morning.", "I ran."),
        ("I run on Mondays.", "I run on Mondays."),
        ("I ran on Monday (8 May 2023).", "I ran."),
        ("", ""),
    ],
)
def test_dates_and_marks_of_one_occasion_go(text: str, rest: str) -> None:
    assert undated(text) == rest


@pytest.mark.parametrize(
    ("text", "keep", "rest"),
    [
        ("I ran this morning (7 May 2023).", "morn", "I ran this morning."),
        ("I ran on Monday (8 May 2023).", "mondai", "I ran."),
        ("I ran on Monday (8 May 2023).", "monday", "I ran on Monday."),
    ],
)
def test_what_most_share_of_a_date_stays(text: str, keep: str, rest: str) -> None:
    assert undated(text, frozenset({keep})) == rest


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("I ran 5 km before work", "I ran before work"),
        ("I ran for 30 minutes", "I ran"),
        ("I got up at 7:30", "I got up"),
        ("I ordered 2 coffees", "I ordered coffees"),
        ("The build took 5 minutes", None),
        ("The build is 5", None),
        ("I ran", "I ran"),
    ],
)
def test_numbers_go_with_what_they_measure(text: str, rest: str | None) -> None:
    assert without_numbers(text, frozenset()) == rest


def test_a_number_that_all_share_stays() -> None:
    assert without_numbers("I ran 5 km", frozenset({"5"})) == "I ran 5 km"
