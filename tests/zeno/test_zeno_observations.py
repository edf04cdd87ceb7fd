"""ObservationStore: rows and watermarks, on Zeno's SQLite and on ours."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.zeno.observing import active, advance, insert, note, texts, watermark
from tests.zeno.sides import NOW_SECONDS, OURS, Side, both, run

DAY = 86_400
THREADS = pytest.mark.parametrize("thread", [None, "t"])


@both()
def test_nobody_has_no_observations(side: Side) -> None:
    insert(side)

    assert active(side) == []


@both()
def test_row_comes_back_as_it_was_with_an_id_of_the_stores(side: Side) -> None:
    given = note(
        "lives in Lisbon",
        id=77,
        priority="high",
        referenced_date=NOW_SECONDS - DAY,
        source_round_ids=(3, 1, 4),
        created_at=NOW_SECONDS - 5,
    )

    insert(side, given)

    (found,) = active(side)
    assert found == replace(given, id=found.id)
    assert type(found.id) is int
    assert found.id == 1
    assert type(found).__module__ == "zeno.memory.protocols"


@both()
def test_row_without_a_time_was_made_now(side: Side) -> None:
    insert(side, note("one"))

    assert active(side)[0].created_at == NOW_SECONDS


@both()
def test_rows_are_in_the_order_of_the_day_they_are_about_then_of_ids(side: Side) -> None:
    insert(
        side,
        note("c", observation_date=NOW_SECONDS),
        note("a", observation_date=NOW_SECONDS, referenced_date=NOW_SECONDS - 9 * DAY),
        note("d", observation_date=NOW_SECONDS),
        note("b", observation_date=NOW_SECONDS - DAY),
        note("e", observation_date=0, referenced_date=NOW_SECONDS + DAY),
    )

    assert texts(side) == ["a", "b", "c", "d", "e"]


@both()
def test_archived_rows_are_hidden(side: Side) -> None:
    insert(side, note("gone", archived_at=NOW_SECONDS), note("here"))

    assert texts(side) == ["here"]


@both()
def test_users_and_agents_are_apart(side: Side) -> None:
    insert(side, note("ours"), note("bo's", user_id="bo"), note("other's", agent_id="other"))

    assert texts(side) == ["ours"]
    assert [one.text for one in active(side, "bo")] == ["bo's"]
    assert [one.text for one in active(side, "ana", "other")] == ["other's"]


@both()
def test_batch_that_comes_again_makes_new_rows(side: Side) -> None:
    notes = [note("one"), note("one"), note("two")]

    insert(side, *notes)
    insert(side, *notes)

    assert sorted(texts(side)) == ["one"] * 4 + ["two"] * 2
    assert len({one.id for one in active(side)}) == 6


@both("difference: a batch with a row of no known priority is refused before it is written")
def test_batch_with_a_bad_priority_is_refused(side: Side) -> None:
    with pytest.raises(ValueError, match="priority"):
        insert(side, note("one"), note("two", priority="urgent"))

    assert texts(side) == []


@both()
def test_nul_is_no_error(side: Side) -> None:
    insert(side, note("a\0b", user_id="a\0na", agent_id="h\0"))

    (found,) = active(side, "a\0na", "h\0")

    assert found.text.replace("\0", "") == "ab"
    assert (found.user_id, found.agent_id) == ("a\0na", "h\0")


@both("[B2] a date in milliseconds is stored, and a turn fails that shows it")
def test_date_out_of_the_calendar_can_be_shown(side: Side) -> None:
    insert(side, note("far", referenced_date=NOW_SECONDS * 1000, observation_date=-(10**15)))

    (found,) = active(side)

    assert found.referenced_date == NOW_SECONDS
    assert datetime.fromtimestamp(found.observation_date, tz=UTC).year == 1


@both()
@THREADS
def test_watermark_that_nobody_set_is_none(side: Side, thread: str | None) -> None:
    found = run(
        side.observations.read_watermark(user_id="ana", agent_id="helper", thread_key=thread)
    )

    assert found is None


@both()
@THREADS
def test_watermark_is_overwritten_lower_values_included(side: Side, thread: str | None) -> None:
    seen = []

    for to, status in ((7, "ok"), (3, "error"), (-1, "empty")):
        advance(side, to, status, thread)
        side.clock.seconds += 1
        found = watermark(side, thread)
        seen.append((found.last_processed_sequence, found.last_run_status, found.last_run_at))

    assert seen == [
        (7, "ok", NOW_SECONDS),
        (3, "error", NOW_SECONDS + 1),
        (-1, "empty", NOW_SECONDS + 2),
    ]


@both()
def test_watermarks_of_threads_and_agents_are_apart(side: Side) -> None:
    advance(side, 7, thread=None)
    advance(side, 8, thread="t")

    assert watermark(side, None).last_processed_sequence == 7
    assert watermark(side, "t").last_processed_sequence == 8
    assert watermark(side, "u") is None
    assert watermark(side, "t", "other") is None


@OURS
def test_status_that_is_none_is_refused(side: Side) -> None:
    with pytest.raises(ValueError, match="status"):
        advance(side, 1, "fine")
