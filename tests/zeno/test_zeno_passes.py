"""nrem's own passes on what zeno-memory's stores hold: one look at each message, and erasure."""

from datetime import timedelta

import pytest

from nrem.store import forget
from nrem.store.forget import Scope
from tests.store.forgetting import erase
from tests.worker.observing import Told, drive, unreadable
from tests.world import NOW, Org, turn
from tests.zeno.observing import active, advance, insert, note, texts, watermark
from tests.zeno.sides import OURS, Side, run
from tests.zeno.test_zeno_conversations import append, load, say

IDLE = NOW + timedelta(hours=1)
LISBON = "I moved to Lisbon in May."
BOAT = "I sold the boat in Bergen last year."


def _cursor(org: Org) -> list[tuple[int, bool]]:
    rows = org.ask(
        "SELECT l.cursor_seq, l.cursor_tokens = coalesce((SELECT sum(e.tokens) FROM events AS e "
        "WHERE e.org_id = l.org_id AND e.stream_id = l.stream_id AND e.seq <= l.cursor_seq), 0) "
        "FROM leases AS l WHERE l.org_id = %(org)s AND l.pass = 'observe'"
    )
    return [(row[0], row[1]) for row in rows]


@OURS
@pytest.mark.parametrize("thread", [None, "t"])
def test_pass_says_how_far_it_has_come_where_zeno_reads_it(
    side: Side, org: Org, thread: str | None
) -> None:
    append(side, say(LISBON), say("Mm.", "assistant"), thread=thread)

    org.world.drain("observe", now=IDLE)
    first = watermark(side, thread, "zeno")
    append(side, say("Hm."), thread=thread)
    org.world.drain("observe", now=IDLE + timedelta(hours=1))
    second = watermark(side, thread, "zeno")

    assert (first.last_processed_sequence, first.last_run_status) == (1, "ok")
    assert (second.last_processed_sequence, second.last_run_status) == (2, "empty")


@OURS
def test_pass_never_lowers_a_watermark(side: Side, org: Org) -> None:
    append(side, say(LISBON))
    advance(side, 40, "empty", "t", agent="zeno")

    org.world.drain("observe", now=IDLE)

    found = watermark(side, "t", "zeno")
    assert (found.last_processed_sequence, found.last_run_status) == (40, "ok")


@OURS
def test_failure_is_an_error_at_the_same_place(side: Side, org: Org) -> None:
    append(side, say(LISBON))

    drive(org, "observe", Told(note=unreadable), now=IDLE)

    found = watermark(side, "t", "zeno")
    assert (found.last_processed_sequence, found.last_run_status) == (-1, "error")
    assert active(side, "ana", "zeno") == []


@OURS
def test_thread_of_nrems_own_has_no_watermark(side: Side, org: Org) -> None:
    org.append(turn(LISBON, agent="zeno", user="ana", thread="t"))

    org.world.drain("observe", now=IDLE)

    assert not org.ask("SELECT 1 FROM zeno_watermarks WHERE org_id = %(org)s")


@OURS
def test_what_another_has_observed_is_left_out(side: Side, org: Org) -> None:
    append(side, say(LISBON), say(BOAT))

    advance(side, 0, "ok", "t", agent="helper")

    assert _cursor(org) == [(1, True)]
    org.world.drain("observe", now=IDLE)
    (found,) = active(side, "ana", "zeno")
    assert "boat" in found.text
    assert _cursor(org) == [(2, True)]


@OURS
def test_watermark_beyond_the_end_skips_what_there_is(side: Side, org: Org) -> None:
    append(side, say(LISBON))

    advance(side, 40, "ok", "t")
    advance(side, 0, "ok", "t")

    assert _cursor(org) == [(1, True)]
    org.world.drain("observe", now=IDLE)
    assert active(side, "ana", "zeno") == []


@OURS
@pytest.mark.parametrize("status", ["empty", "error"])
def test_what_another_could_not_observe_is_observed(side: Side, org: Org, status: str) -> None:
    append(side, say(LISBON))

    advance(side, 0, status, "t")

    org.world.drain("observe", now=IDLE)
    assert active(side, "ana", "zeno")


@OURS
def test_observation_goes_with_the_message_that_it_rests_on(side: Side, org: Org) -> None:
    append(side, say(LISBON), say(BOAT))
    insert(
        side,
        note("moved to Lisbon", source_round_ids=(0,)),
        note("sold the boat", source_round_ids=(1,)),
    )
    (event,) = org.column("SELECT id FROM events WHERE org_id = %(org)s AND seq = 1")

    erase(org, events=[event])

    assert texts(side) == ["sold the boat"]
    assert [one.content for one in load(side)] == [BOAT]


@OURS
def test_summary_goes_with_what_was_said(side: Side, org: Org) -> None:
    append(side, say(LISBON))
    record = run(side.sessions.get_or_create("ana", "cli", "t", lambda: "sdk"))
    other = run(side.sessions.get_or_create("bo", "cli", "t", lambda: "sdk"))
    for one in (record, other):
        run(side.sessions.touch(one, "they moved to Lisbon"))
    (event,) = org.column("SELECT id FROM events WHERE org_id = %(org)s")

    erase(org, events=[event])

    assert run(side.sessions.get("ana", "cli", "t")).last_summary is None
    assert run(side.sessions.get("bo", "cli", "t")).last_summary is not None


@OURS
def test_observation_of_no_message_is_found_when_all_is_to_be_forgotten(
    side: Side, org: Org
) -> None:
    insert(side, note("likes tea"))
    (agent,) = org.column("SELECT id FROM agents WHERE external_id = 'helper' AND org_id = %(org)s")
    with org.begin() as conn:
        events = forget.next_events(conn, org.number, Scope(agent_id=agent), after_id=0, limit=9)

    erase(org, events=events)

    assert texts(side) == []
    assert not org.ask("SELECT 1 FROM events WHERE org_id = %(org)s AND body::text LIKE '%%tea%%'")


@OURS
def test_reflect_shortens_a_log_that_others_wrote(side: Side, org: Org) -> None:
    insert(
        side,
        note("Ana lives in Lisbon by the sea", source_round_ids=(1,)),
        note("Ana lives in Lisbon by the sea with a cat", priority="high"),
    )

    org.world.tick("reflect", now=IDLE)
    org.world.drain("reflect", now=IDLE)

    assert texts(side) == ["Ana lives in Lisbon by the sea with a cat"]
