"""ObservationStore.apply_edits: section 4.1 of the contract, on Zeno's SQLite and on ours."""

import sqlite3
from typing import Any

import pytest
from zeno.memory import Delete, Merge, ObservationRunInput, Replace
from zeno.memory.protocols import ObservationCounts

from nrem.store import revert
from nrem.store.policy import timeline
from nrem.zeno import ObservationStore, record
from tests.world import NOW, Org
from tests.zeno.memories import DAY
from tests.zeno.observing import active, insert, note, texts
from tests.zeno.sides import NOW_SECONDS, OURS, Side, both, run

LATER = 3_600


def edit(side: Side, *edits: Any, user: str = "ana", name: str = "0123456789ab") -> tuple[int, ...]:  # noqa: ANN401
    side.clock.seconds += LATER
    counts = run(
        side.observations.apply_edits(
            ObservationRunInput(name, user, "helper", tuple(edits), NOW_SECONDS)
        )
    )
    assert isinstance(counts, ObservationCounts)
    return (
        counts.merges_applied,
        counts.replaces_applied,
        counts.deletes_applied,
        counts.rejected,
    )


@both()
def test_deleted_row_is_archived_once(side: Side) -> None:
    insert(side, note("one"), note("two"))

    assert edit(side, Delete(1)) == (0, 0, 1, 0)
    assert edit(side, Delete(1), Delete(9)) == (0, 0, 0, 2)

    assert texts(side) == ["two"]


@both()
def test_replaced_row_hands_on_what_it_had(side: Side) -> None:
    insert(
        side,
        note("old", priority="high", referenced_date=NOW_SECONDS - DAY, source_round_ids=(2, 5)),
    )

    assert edit(side, Replace(1, "new")) == (0, 1, 0, 0)

    (found,) = active(side)
    assert (found.text, found.priority, found.source_round_ids) == ("new", "high", (2, 5))
    assert found.referenced_date == NOW_SECONDS - DAY
    assert found.created_at == NOW_SECONDS + LATER
    assert found.id == 2


@both()
def test_merged_rows_hand_on_the_highest_the_union_and_the_latest(side: Side) -> None:
    insert(
        side,
        note("a", priority="low", referenced_date=NOW_SECONDS - DAY, source_round_ids=(9, 2)),
        note("b", priority="high", source_round_ids=(2, 1)),
        note("c", referenced_date=NOW_SECONDS - 2 * DAY),
    )

    assert edit(side, Merge((1, 2, 3), "abc")) == (1, 0, 0, 0)

    (found,) = active(side)
    assert (found.text, found.priority, found.source_round_ids) == ("abc", "high", (1, 2, 9))
    assert found.referenced_date == NOW_SECONDS - DAY


@both()
def test_merge_of_nothing_is_rejected(side: Side) -> None:
    insert(side, note("one"))

    assert edit(side, Merge((), "x"), Merge((8, 9), "x"), Replace(9, "x")) == (0, 0, 0, 3)

    assert texts(side) == ["one"]


@both()
def test_merge_goes_on_with_what_is_left_of_its_rows(side: Side) -> None:
    insert(side, note("one", priority="high"), note("two", source_round_ids=(4,)))

    assert edit(side, Delete(1), Merge((1, 2), "both")) == (1, 0, 1, 0)

    (found,) = active(side)
    assert (found.text, found.priority, found.source_round_ids) == ("both", "medium", (4,))


@both()
def test_edits_are_applied_in_their_order(side: Side) -> None:
    insert(side, note("one"), note("two"))

    assert edit(side, Replace(1, "new"), Delete(1), Merge((1, 2), "x"), Delete(2)) == (1, 1, 0, 2)

    assert sorted(texts(side)) == ["new", "x"]


@both()
def test_run_that_comes_again_changes_nothing(side: Side) -> None:
    insert(side, *(note(text) for text in "abcd"))
    edits = (Merge((1, 2), "ab"), Replace(3, "C"), Delete(4))

    assert edit(side, *edits) == (1, 1, 1, 0)
    before = active(side)

    assert edit(side, *edits) == (0, 0, 0, 3)
    assert active(side) == before


@both()
def test_rows_of_others_are_not_edited(side: Side) -> None:
    insert(side, note("ana's"))
    insert(side, note("bo's", user_id="bo"))
    (theirs,) = active(side, "bo")
    ids = (theirs.id, theirs.id + 1)

    assert edit(side, Delete(ids[1]), Replace(ids[1], "x"), Merge((ids[1],), "x"), user="bo") == (
        *(0, 0, 0),
        3,
    )
    assert edit(side, Delete(1), user="nobody") == (0, 0, 0, 1)
    assert texts(side) == ["ana's"]


@both()
def test_run_without_edits_changes_nothing(side: Side) -> None:
    insert(side, note("one"))

    assert edit(side) == (0, 0, 0, 0)


@both()
def test_row_named_twice_in_a_merge_counts_once(side: Side) -> None:
    insert(side, note("one", source_round_ids=(1,)))

    assert edit(side, Merge((1, 1), "uno")) == (1, 0, 0, 0)

    assert [one.source_round_ids for one in active(side)] == [(1,)]


@both()
def test_text_may_be_that_of_another_active_row(side: Side) -> None:
    insert(side, note("one"), note("two"))

    assert edit(side, Replace(2, "one")) == (0, 1, 0, 0)

    assert texts(side) == ["one", "one"]


@both()
def test_nothing_is_deleted_for_good(side: Side, org: Org) -> None:
    insert(side, note("one"), note("two"), note("three"))

    edit(side, Delete(1), Merge((2, 3), "x"))

    assert _count(side, org) == 4


def _count(side: Side, org: Org) -> int:
    if side.name == "ours":
        return len(org.ask("SELECT 1 FROM observations WHERE org_id = %(org)s"))
    with sqlite3.connect(side.path) as conn:
        return int(conn.execute("SELECT count(*) FROM observations").fetchone()[0])


@both("difference: [B10] a rewritten row keeps the date at which it was said")
def test_rewriting_does_not_make_a_row_today(side: Side) -> None:
    said = NOW_SECONDS - 30 * DAY
    insert(
        side,
        note("a", observation_date=said - DAY),
        note("b", observation_date=said),
        note("c", observation_date=said),
    )

    edit(side, Merge((1, 2), "ab"), Replace(3, "C"))

    assert {one.observation_date for one in active(side)} == {said}


@both()
def test_high_rows_may_be_deleted_and_rewritten(side: Side) -> None:
    insert(side, note("one", priority="high"), note("two", priority="high"))

    assert edit(side, Delete(1), Replace(2, "x")) == (0, 1, 1, 0)


@OURS
def test_high_rows_are_not_deleted_from_a_store_that_protects_them(side: Side) -> None:
    side.observations = ObservationStore(side.link, protect_high=True)
    insert(side, *(note(text, priority="high") for text in "ab"), note("c"))

    assert edit(side, Delete(1), Delete(3), Merge((1, 2), "ab")) == (1, 0, 1, 1)

    assert texts(side) == ["ab"]


@OURS
def test_edits_of_our_own_classes_are_taken_too(side: Side) -> None:
    insert(side, *(note(text) for text in "abcd"))

    done = edit(
        side, record.Merge((1, 2), "a\0b"), record.Replace(3, "C"), record.Delete(4), name="x"
    )

    assert done == (1, 1, 1, 0)
    assert texts(side) == ["ab", "C"]


@OURS
@pytest.mark.parametrize("odd", [0, -1, 2**31, 2**70, "1", 1.5, None])
def test_id_that_no_row_can_have_is_rejected(side: Side, odd: Any) -> None:  # noqa: ANN401
    insert(side, note("one"))

    assert edit(side, Delete(odd), Merge((odd,), "x")) == (0, 0, 0, 2)


@OURS
def test_edits_are_told_by_their_run_with_sources_and_lineage(side: Side, org: Org) -> None:
    insert(side, note("a"), note("b"))

    edit(side, Merge((1, 2), "ab"))

    (row,) = org.ask(
        "SELECT pass, cause, outcome, changed, id FROM runs "
        "WHERE org_id = %(org)s AND pass = 'reflect'"
    )
    assert tuple(row)[:4] == ("reflect", "zeno:0123456789ab", "applied", 2)
    about = org.ask(
        "SELECT o.ordinal, o.run_id = %(run)s, o.archived_by = %(run)s, o.archived_reason, "
        "(SELECT count(*) FROM derivations AS d WHERE d.org_id = o.org_id "
        " AND d.child_kind = 'observation' AND d.child_id = o.id), "
        "(SELECT count(*) FROM observation_parents AS p WHERE p.org_id = o.org_id "
        " AND p.observation_id = o.id) "
        "FROM observations AS o WHERE o.org_id = %(org)s ORDER BY o.ordinal",
        run=row.id,
    )
    assert [tuple(one) for one in about] == [
        (1, False, True, "merged", 1, 0),
        (2, False, True, "merged", 1, 0),
        (3, True, None, None, 2, 2),
    ]


@OURS
def test_run_name_that_is_none_of_zenos_stays_out_of_the_run(side: Side, org: Org) -> None:
    insert(side, note("a"))

    edit(side, Delete(1), name="what ana said")

    causes = org.column("SELECT DISTINCT cause FROM runs WHERE org_id = %(org)s")
    assert causes == ["zeno"]


@OURS
def test_run_of_edits_can_be_undone(side: Side, org: Org) -> None:
    insert(side, *(note(text) for text in "abcd"))
    edit(side, Merge((1, 2), "ab"), Replace(3, "C"), Delete(4))
    (number,) = org.column("SELECT id FROM runs WHERE org_id = %(org)s AND pass = 'reflect'")

    with org.begin() as conn:
        revert.revert(
            conn, org.number, number, again=False, timeline=timeline(conn, org.number), now=NOW
        )

    assert texts(side) == ["a", "b", "c", "d"]
    (log,) = org.column("SELECT tokens FROM observation_logs WHERE org_id = %(org)s")
    assert (
        log
        == org.column(
            "SELECT sum(tokens) FROM observations WHERE org_id = %(org)s AND archived_at IS NULL"
        )[0]
    )
