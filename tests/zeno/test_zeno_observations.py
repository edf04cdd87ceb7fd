"""ObservationStore: rows and watermarks, on Zeno's SQLite and on ours."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from zeno.memory.protocols import Observation

from nrem.store import engine
from tests.world import Org
from tests.zeno.sides import NOW, NOW_SECONDS, OURS, Side, both, run
from tests.zeno.test_zeno_conversations import append, say

DAY = 86_400
THREADS = pytest.mark.parametrize("thread", [None, "t"])


def note(text: str, **more: Any) -> Observation:  # noqa: ANN401
    given: dict[str, Any] = {
        "id": 0,
        "user_id": "ana",
        "agent_id": "helper",
        "priority": "medium",
        "observation_date": NOW_SECONDS,
        "referenced_date": None,
        "source_round_ids": (),
        "created_at": 0,
        **more,
    }
    return Observation(text=text, **given)


def insert(side: Side, *notes: Observation) -> None:
    run(side.observations.insert_batch(notes))


def active(side: Side, user: str = "ana", agent: str = "helper") -> list[Observation]:
    found: list[Observation] = run(side.observations.list_active(user, agent))
    return found


def texts(side: Side) -> list[str]:
    return [one.text for one in active(side)]


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


def advance(
    side: Side, to: int, status: str = "ok", thread: str | None = None, agent: str = "helper"
) -> None:
    run(
        side.observations.advance_watermark(
            user_id="ana",
            agent_id=agent,
            thread_key=thread,
            last_processed_sequence=to,
            last_run_status=status,
        )
    )


def watermark(side: Side, thread: str | None = None, agent: str = "helper") -> Any:  # noqa: ANN401
    return run(side.observations.read_watermark(user_id="ana", agent_id=agent, thread_key=thread))


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


@OURS
def test_row_rests_on_the_messages_that_it_cites(side: Side, org: Org) -> None:
    append(side, say("I moved to Lisbon."), say("How nice!", "assistant"), thread="t")

    insert(side, note("moved to Lisbon", source_round_ids=(0, 1)))

    rows = org.ask(
        "SELECT e.kind, e.seq, o.trust FROM observations AS o JOIN derivations AS d "
        "ON d.org_id = o.org_id AND d.child_kind = 'observation' AND d.child_id = o.id "
        "JOIN events AS e ON e.org_id = d.org_id AND e.id = d.event_id "
        "WHERE o.org_id = %(org)s ORDER BY e.seq"
    )
    assert [tuple(row) for row in rows] == [("turn", 1, "assistant"), ("turn", 2, "assistant")]


@OURS
def test_row_rests_on_the_thread_that_was_not_observed(side: Side, org: Org) -> None:
    append(side, say("old"), thread="old")
    append(side, say("new"), thread="new")
    advance(side, 0, thread="old")

    insert(side, note("it is new", source_round_ids=(0,)))

    assert _sources(org) == ["new"]


@OURS
def test_row_that_may_mean_two_threads_rests_on_both(side: Side, org: Org) -> None:
    append(side, say("one"), thread="t")
    append(side, say("two"), thread="u")

    insert(side, note("which?", source_round_ids=(0,)))

    assert _sources(org) == ["one", "two"]


@OURS
def test_row_of_no_message_rests_on_an_event_of_its_own(side: Side, org: Org) -> None:
    insert(side, note("likes tea", source_round_ids=(5,)))

    assert _sources(org) == ["likes tea"]
    assert org.column("SELECT trust FROM observations WHERE org_id = %(org)s") == ["derived"]
    assert active(side)[0].source_round_ids == (5,)
    assert org.column("SELECT kind FROM events WHERE org_id = %(org)s") == ["observation"]


def _sources(org: Org) -> list[str]:
    return org.column(
        "SELECT e.body ->> 'content' FROM derivations AS d "
        "JOIN events AS e ON e.org_id = d.org_id AND e.id = d.event_id "
        "WHERE d.org_id = %(org)s AND d.child_kind = 'observation' ORDER BY e.id"
    )


@OURS
def test_insert_has_a_run_row(side: Side, org: Org) -> None:
    insert(side, note("one"), note("two"))

    rows = org.ask("SELECT pass, cause, outcome, changed FROM runs WHERE org_id = %(org)s")

    assert [tuple(row) for row in rows] == [("observe", "zeno", "applied", 2)]


@OURS
def test_log_counts_what_is_active(side: Side, org: Org) -> None:
    insert(side, note("likes tea a lot"), note("gone by now", archived_at=NOW_SECONDS))

    (log,) = org.ask("SELECT last_ordinal, tokens FROM observation_logs WHERE org_id = %(org)s")
    (tokens,) = org.column(
        "SELECT sum(tokens) FROM observations WHERE org_id = %(org)s AND archived_at IS NULL"
    )

    assert tuple(log) == (2, tokens)


@OURS
def test_nrems_own_observations_are_listed_with_their_messages(side: Side, org: Org) -> None:
    append(side, say("hello"), say("I moved to Lisbon in May."), thread="t")

    org.world.drain("observe", now=NOW + timedelta(hours=1))

    found = active(side, "ana", "zeno")
    assert [one.source_round_ids for one in found] == [(1,)]
    found_at = watermark(side, "t", "zeno")
    assert (found_at.last_processed_sequence, found_at.last_run_status) == (1, "ok")


@OURS
def test_batch_that_fails_leaves_nothing(side: Side, org: Org) -> None:
    with engine.begin(org.world.superuser) as conn:
        conn.exec_driver_sql(
            "ALTER TABLE runs ADD CONSTRAINT no_zeno CHECK (org_id <> "
            f"{org.number} OR owner <> 'zeno') NOT VALID"
        )
    try:
        with pytest.raises(Exception, match="no_zeno"):
            insert(side, note("one"))
    finally:
        with engine.begin(org.world.superuser) as conn:
            conn.exec_driver_sql("ALTER TABLE runs DROP CONSTRAINT no_zeno")

    assert texts(side) == []
    assert not org.ask("SELECT 1 FROM events WHERE org_id = %(org)s")
