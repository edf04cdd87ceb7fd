"""Which edits are carried out: each rule from both sides."""

from datetime import UTC, datetime, timedelta

import pytest

from nrem.policy.edits import Judged, judge, most
from nrem.policy.observe_model import Priority
from nrem.policy.params_observe import ReflectPolicy
from nrem.policy.reflect_model import Delete, Edit, Logged, Merge, Replace
from nrem.policy.text import token_estimate

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
POLICY = ReflectPolicy()
LISBON = "Ana: I moved to Lisbon in May with the dog Pepper."
LESS = "Ana: I moved to Lisbon in May."
NURSE = "Ana: My sister Jana lives in Graz and works as a nurse."
NUTS = "Ana: I am allergic to walnuts."


def logged(ordinal: int, text: str, priority: str = "medium") -> Logged:
    return Logged(
        ordinal=ordinal,
        text=text,
        priority=Priority(priority),
        observation_date=NOW + timedelta(days=ordinal),
        tokens=token_estimate(text),
    )


BATCH = (logged(1, LESS), logged(2, LISBON), logged(3, NURSE), logged(4, NUTS, "high"))


def judged(*edits: Edit, rows: tuple[Logged, ...] = BATCH, active: int = 40) -> Judged:
    return judge(edits, rows, POLICY, active=active)


def test_covered_row_goes_and_its_keeper_is_named() -> None:
    assert judged(Delete(source_id=1)).covered == ((1, 2),)


def test_row_of_high_priority_is_never_deleted() -> None:
    rows = (logged(1, LESS, "high"), logged(2, LISBON))

    assert judged(Delete(source_id=1), rows=rows).refused == {"high_priority": 1}


def test_row_that_nothing_covers_is_not_deleted() -> None:
    assert judged(Delete(source_id=2)).refused == {"not_covered": 1}


def test_rows_that_cover_each_other_do_not_both_go() -> None:
    rows = (logged(1, LESS), logged(2, LESS))

    found = judged(Delete(source_id=1), Delete(source_id=2), rows=rows)

    assert found.covered == ((1, 2),)
    assert found.refused == {"not_covered": 1}


def test_row_that_covers_a_deleted_one_stays() -> None:
    rows = (logged(1, LESS), logged(2, LISBON), logged(3, f"{LISBON} He is eleven."))

    found = judged(Delete(source_id=1), Delete(source_id=2), rows=rows)

    assert found.covered == ((1, 2),)


def test_new_text_may_cover_a_deleted_row() -> None:
    text = "Ana: I moved to Lisbon in May with dog Pepper."
    found = judged(Delete(source_id=1), Replace(source_id=2, text=text), rows=(BATCH[0], BATCH[1]))

    assert found.covered == ((1, 0),)


def test_high_row_goes_into_a_merge_that_cites_it_and_stays_high() -> None:
    text = "Ana is allergic to walnuts; sister Jana lives in Graz, works as nurse."

    (written,) = judged(Merge(source_ids=(4, 3), text=text)).written

    assert (written.sources, written.priority) == ((3, 4), Priority.HIGH)
    assert written.observation_date == NOW + timedelta(days=4)


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (Delete(source_id=9), "unknown_id"),
        (Delete(source_id=-1), "unknown_id"),
        (Merge(source_ids=(), text="x"), "one_source"),
        (Merge(source_ids=(1,), text="x"), "one_source"),
        (Merge(source_ids=(1, 1), text="x"), "one_source"),
        (Merge(source_ids=(1, 9), text="x"), "unknown_id"),
        (Merge(source_ids=(1, 2, 2), text="x"), "used_twice"),
        (Replace(source_id=1, text=""), "empty"),
        (Replace(source_id=1, text=" \n\x00 "), "empty"),
        (Replace(source_id=1, text=LISBON), "not_shorter"),
        (Replace(source_id=2, text="Ana: I moved."), "loses_what_was_said"),
        (Replace(source_id=2, text="Ana: not moved to Lisbon, Pepper"), "loses_what_was_said"),
        (
            Merge(source_ids=(1, 2), text="Ana moved to Porto, Lisbon in May, dog Pepper"),
            "adds_what_was_not_said",
        ),
        (
            Merge(source_ids=(1, 2), text="Ana: 7 moved to Lisbon in May, Pepper"),
            "adds_what_was_not_said",
        ),
    ],
)
def test_each_rule_refuses_by_its_name(edit: Edit, reason: str) -> None:
    found = judged(edit)

    assert found.refused == {reason: 1}
    assert found.archived == 0


def test_edit_of_a_row_that_was_edited_is_refused() -> None:
    text = "Ana: I moved to Lisbon in May with dog Pepper."

    found = judged(
        Merge(source_ids=(1, 2), text=text), Delete(source_id=1), Replace(source_id=2, text=text)
    )

    assert found.archived == 2
    assert found.refused == {"used_twice": 2}


@pytest.mark.parametrize(("active", "rows"), [(1, 2), (6, 2), (7, 3), (10, 3), (100, 30)])
def test_share_of_the_log_is_the_cap_and_two_is_the_least(active: int, rows: int) -> None:
    assert most(active, POLICY) == rows


@pytest.mark.parametrize(("active", "gone"), [(6, 2), (7, 3)])
def test_no_run_archives_more_than_its_share(active: int, gone: int) -> None:
    rows = tuple(logged(number, LESS) for number in range(1, 8))
    deletes = [Delete(source_id=number) for number in range(1, 7)]

    found = judged(*deletes, rows=rows, active=active)

    assert found.archived == gone
    assert found.refused["over_cap"] > 0


def test_text_that_stands_in_the_log_is_not_written_again() -> None:
    text = "Ana: I moved to Lisbon in May with dog Pepper."

    found = judge(
        [Merge(source_ids=(1, 2), text=text)],
        BATCH,
        POLICY,
        active=40,
        taken=frozenset({(77, text)}),
    )

    assert found.refused == {"repeats_another": 1}


def test_text_of_a_source_may_stay() -> None:
    found = judge(
        [Merge(source_ids=(1, 2), text=LISBON)],
        BATCH,
        POLICY,
        active=40,
        taken=frozenset({(2, LISBON)}),
    )

    assert found.archived == 2
