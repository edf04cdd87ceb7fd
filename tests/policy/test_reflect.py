from datetime import UTC, datetime, timedelta

import pytest

from nrem.policy.observe_model import Priority
from nrem.policy.reflect import Entry, covers, edits
from nrem.policy.reflect_model import Delete, Edit, Logged, Merge, ReflectInput

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SIMILARITY = 0.8


def logged(ordinal: int, text: str, priority: str = "medium", day: int | None = None) -> Logged:
    return Logged(
        ordinal=ordinal,
        text=text,
        priority=Priority(priority),
        observation_date=NOW + timedelta(days=ordinal),
        referenced_date=NOW + timedelta(days=day) if day is not None else None,
    )


def proposed(*rows: Logged, most: int = 100) -> tuple[Edit, ...]:
    return edits(ReflectInput(observations=rows, now=NOW, most=most))


@pytest.mark.parametrize(
    ("keeper", "gone", "is_covered"),
    [
        ("Ana: I moved to Lisbon in May with my dog.", "Ana: I moved to Lisbon in May.", True),
        ("Ana: I moved to Lisbon in May.", "Ana: I moved to Lisbon in May with my dog.", False),
        ("Ana: I did not move to Lisbon in May.", "Ana: I moved to Lisbon in May.", False),
        ("Ben: I moved to Lisbon in May.", "Ana: I moved to Lisbon in May.", False),
        ("Ana: I moved to Porto in May.", "Ana: I moved to Lisbon in May.", False),
        ("Ana: I paid 30 euros for lunch.", "Ana: I paid 20 euros for lunch.", False),
    ],
)
def test_one_covers_another_when_nothing_is_lost(
    keeper: str, gone: str, *, is_covered: bool
) -> None:
    found = covers(Entry.of(logged(1, keeper)), Entry.of(logged(2, gone)), similarity=SIMILARITY)

    assert found is is_covered


@pytest.mark.parametrize(
    ("keeper", "gone", "is_covered"),
    [(1, 1, True), (1, 2, False), (1, None, True), (None, 1, False)],
)
def test_another_day_is_another_thing(
    keeper: int | None, gone: int | None, *, is_covered: bool
) -> None:
    rows = (
        logged(1, "Ana: I ran in the park.", day=keeper),
        logged(2, "Ana: I ran in the park.", day=gone),
    )

    found = covers(Entry.of(rows[0]), Entry.of(rows[1]), similarity=SIMILARITY)

    assert found is is_covered


def test_covered_row_of_low_or_medium_priority_is_deleted() -> None:
    found = proposed(
        logged(1, "Ana: I moved to Lisbon in May."),
        logged(2, "Ana: I moved to Lisbon in May with my dog."),
        logged(3, "Ana: My sister lives in Graz.", "high"),
    )

    assert found == (Delete(source_id=1),)


def test_covered_row_of_high_priority_is_merged_into_what_covers_it() -> None:
    found = proposed(
        logged(1, "Ana: I am allergic to walnuts.", "high"),
        logged(2, "Ana: I am allergic to walnuts and pollen."),
        logged(3, "Ana: I am allergic to walnuts.", "low"),
    )

    (merge,) = found
    assert isinstance(merge, Merge)
    assert (set(merge.source_ids), merge.text) == (
        {1, 2, 3},
        "Ana: I am allergic to walnuts and pollen.",
    )


def test_newest_of_equal_rows_stays() -> None:
    same = [logged(number, "Ana: I moved to Lisbon in May.") for number in (1, 2, 3)]

    assert set(proposed(*same)) == {Delete(source_id=1), Delete(source_id=2)}


@pytest.mark.parametrize(("most", "gone"), [(1, 1), (2, 2), (3, 2)])
def test_no_more_rows_go_than_are_allowed(most: int, gone: int) -> None:
    same = [logged(number, "Ana: I moved to Lisbon in May.") for number in (1, 2, 3)]

    assert len(proposed(*same, most=most)) == gone


def test_rows_that_say_different_things_are_left_alone() -> None:
    assert not proposed(
        logged(1, "Ana: I moved to Lisbon in May."), logged(2, "Ana: My dog is called Pepper.")
    )
