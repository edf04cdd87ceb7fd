"""What observations of our store rest on: the messages that they cite, and their runs."""

from datetime import timedelta

import pytest

from nrem.store import engine
from tests.world import Org
from tests.zeno.observing import active, advance, insert, note, texts, watermark
from tests.zeno.sides import NOW, NOW_SECONDS, OURS, Side
from tests.zeno.test_zeno_conversations import append, say


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
