"""Appending events: numbered, once per key, all or nothing."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy.exc import IntegrityError

from nrem.errors import ConflictError
from tests.world import IDLE_SECONDS, NOW, Org, access, end, memory, turn

STREAMS = (
    "SELECT s.kind, array_agg(e.seq ORDER BY e.id) FROM streams AS s "
    "JOIN events AS e ON e.org_id = s.org_id AND e.stream_id = s.id "
    "WHERE s.org_id = %(org)s GROUP BY s.kind, s.id ORDER BY min(e.id)"
)
# Streams whose numbers are not 1, 2, 3 … up to what the stream says.
GAPS = (
    "SELECT s.id FROM streams AS s "
    "LEFT JOIN events AS e ON e.org_id = s.org_id AND e.stream_id = s.id "
    "WHERE s.org_id = %(org)s GROUP BY s.id, s.last_seq "
    "HAVING s.last_seq <> count(e.id) OR s.last_seq <> coalesce(max(e.seq), 0)"
)


def _streams(org: Org) -> list[tuple[str, list[int]]]:
    return [(row[0], row[1]) for row in org.ask(STREAMS)]


def _count(org: Org, table: str) -> int:
    return int(org.column(f"SELECT count(*) FROM {table} WHERE org_id = %(org)s")[0])  # noqa: S608


def test_numbers_of_a_stream_start_at_one_and_have_no_gaps(org: Org) -> None:
    org.append(turn("one", session="s"), turn("two", session="s"))

    org.append(turn("three", session="s"))

    assert _streams(org) == [("session", [1, 2, 3])]


def test_every_stream_counts_for_itself(org: Org) -> None:
    org.append(turn("a", session="s1"), turn("b", session="s2"), turn("c", session="s1"))

    assert _streams(org) == [("session", [1, 2]), ("session", [1])]


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ({"thread": "t", "session": "s"}, "thread"),
        ({"session": "s"}, "session"),
        ({}, "subject"),
    ],
    ids=["thread", "session", "neither"],
)
def test_stream_is_thread_then_session_then_subject(
    org: Org, place: dict[str, str], kind: str
) -> None:
    org.append(turn("said", **place))

    assert _streams(org) == [(kind, [1])]


def test_events_keep_the_order_of_their_batch(org: Org) -> None:
    said = [f"turn {number}" for number in range(50)]

    org.append(*(turn(content, session="s") for content in said))

    stored = org.column("SELECT body->>'content' FROM events WHERE org_id = %(org)s ORDER BY seq")
    assert stored == said


def test_answers_name_the_stored_rows(org: Org) -> None:
    answers = org.append(turn("a", session="s"), memory("b"))

    ids = org.column("SELECT id FROM events WHERE org_id = %(org)s ORDER BY id")
    assert [answer.event_id for answer in answers] == ids
    assert not any(answer.is_duplicate for answer in answers)


def test_tokens_of_a_stream_add_up(org: Org) -> None:
    org.append(turn("four", session="s"), turn("seven77", session="s"))

    org.append(turn("two", session="s"))

    tokens = org.column("SELECT tokens FROM streams WHERE org_id = %(org)s AND kind = 'session'")
    assert tokens == [4 + 7 + 3]


def test_instant_of_the_event_is_kept_and_recording_is_now(org: Org) -> None:
    long_ago = NOW - timedelta(days=1000)

    org.append(turn("then", occurred_at=long_ago), turn("unsaid"))

    rows = org.ask("SELECT occurred_at, recorded_at FROM events WHERE org_id = %(org)s ORDER BY id")
    assert [tuple(row) for row in rows] == [(long_ago, NOW), (NOW, NOW)]


def test_same_key_and_body_gives_the_same_id(org: Org) -> None:
    first = org.append(turn("said", session="s", key="k"))

    again = org.append(turn("said", session="s", key="k"))

    assert [answer.event_id for answer in again] == [answer.event_id for answer in first]
    assert again[0].is_duplicate


def test_a_repeated_key_burns_no_number(org: Org) -> None:
    org.append(turn("said", session="s", key="k"))

    org.append(turn("said", session="s", key="k"), turn("next", session="s"))

    assert _streams(org) == [("session", [1, 2])]
    assert not org.ask(GAPS)


def test_a_key_twice_in_one_batch_is_one_event(org: Org) -> None:
    answers = org.append(turn("said", session="s", key="k"), turn("said", session="s", key="k"))

    assert answers[0].event_id == answers[1].event_id
    assert _streams(org) == [("session", [1])]


@pytest.mark.parametrize("is_stored", [True, False], ids=["stored before", "in the same batch"])
def test_same_key_with_another_body_is_refused_by_index(org: Org, is_stored: bool) -> None:  # noqa: FBT001
    first, other = turn("said", key="k"), turn("something else", key="k")
    if is_stored:
        org.append(first)

    with pytest.raises(ConflictError) as refusal:
        org.append(first, other)

    assert refusal.value.field == "events[1].idempotency_key"
    assert refusal.value.error_code == "idempotency_conflict"


def test_equal_keys_of_two_orgs_are_two_events(org: Org) -> None:
    other = org.world.found("other")
    org.append(turn("said", key="k"))

    answer = other.append(turn("something else", key="k"))

    assert not answer[0].is_duplicate


def test_failing_batch_stores_nothing(org: Org) -> None:
    org.append(turn("said", session="s"), end("s"))
    tables = ("agents", "users", "subjects", "sessions", "streams", "events", "inbox", "leases")
    before = {table: _count(org, table) for table in tables}

    with pytest.raises(ConflictError):
        org.append(turn("new", session="s2", agent="new", user="new"), turn("late", session="s"))

    assert {table: _count(org, table) for table in tables} == before
    assert not org.ask(GAPS)


def test_numbers_go_on_without_a_gap_after_a_failing_batch(org: Org) -> None:
    org.append(turn("said", session="s"), turn("bye", session="ended"), end("ended"))
    with pytest.raises(ConflictError):
        org.append(turn("lost", session="s"), turn("late", session="ended"))

    org.append(turn("next", session="s"))

    assert not org.ask(GAPS)


def test_access_event_is_stored_and_queues_nothing(org: Org) -> None:
    org.append(access("mem_1"))

    assert org.column("SELECT kind FROM events WHERE org_id = %(org)s") == ["access"]
    assert (_count(org, "inbox"), _count(org, "sessions"), _count(org, "leases")) == (0, 0, 0)


def test_turn_is_due_for_score_now_and_for_consolidate_when_idle(org: Org) -> None:
    org.append(turn("said", session="s"))

    work = org.ask("SELECT pass, due_at FROM org_work WHERE org_id = %(org)s")
    assert {row[0]: row[1] for row in work} == {
        "score": NOW,
        "consolidate": NOW + timedelta(seconds=IDLE_SECONDS),
        "observe": NOW + timedelta(seconds=IDLE_SECONDS),
    }


def _due(org: Org, name: str) -> list[datetime]:
    return org.column(
        "SELECT due_at FROM leases WHERE org_id = %(org)s AND pass = %(name)s", name=name
    )


def test_end_of_a_session_brings_consolidate_forward(org: Org) -> None:
    org.append(turn("said", session="s"))

    org.append(end("s"), now=NOW + timedelta(minutes=1))

    assert _due(org, "consolidate") == [NOW + timedelta(minutes=1)]
    assert _due(org, "observe") == [NOW + timedelta(minutes=1)]


def test_later_turn_never_postpones_what_is_due(org: Org) -> None:
    org.append(turn("said", session="s"), end("s"))

    org.append(turn("more", session="s2"), now=NOW + timedelta(minutes=1))

    assert _due(org, "consolidate") == [NOW]


def test_directly_stored_memory_is_not_queued(org: Org) -> None:
    org.append(replace(memory("noted"), is_stored_now=True))

    assert _count(org, "inbox") == 0


def _retrying(send: Callable[[], object]) -> None:
    """Send again as the API does: a key that somebody else stored meanwhile is found next time."""
    for _ in range(5):
        try:
            send()
            return
        except IntegrityError:
            continue
    pytest.fail("five tries met a new key each")


def test_concurrent_appends_with_resends_lose_and_double_nothing(org: Org) -> None:
    threads, batches, sessions = 8, 15, 5
    everything = [f"{thread}.{number}" for thread in range(threads) for number in range(batches)]
    barrier = Barrier(threads)

    def send(key: str) -> None:
        chosen = random.Random(key).sample(range(sessions), 2)  # noqa: S311 - any will do
        events = [turn(f"{key}.{s}", session=f"s{s}", key=f"{key}.{s}") for s in chosen]
        _retrying(lambda: org.append(*events))

    def run(thread: int) -> None:
        chance = random.Random(thread)  # noqa: S311 - any will do
        barrier.wait()
        for number in range(batches):
            send(f"{thread}.{number}")
            if chance.random() < 0.2:  # a fifth is sent again
                send(chance.choice(everything))

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(run, range(threads)))

    stored = org.column("SELECT body->>'content' FROM events WHERE org_id = %(org)s")
    assert sorted(content.rpartition(".")[0] for content in stored) == sorted(everything * 2)
    assert len(set(stored)) == len(stored)
    assert not org.ask(GAPS)


def test_concurrent_resends_of_one_key_store_one_event(org: Org) -> None:
    barrier = Barrier(8)

    def run(_thread: int) -> None:
        barrier.wait()
        _retrying(lambda: org.append(turn("said", session="s", key="k")))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, range(8)))

    assert _streams(org) == [("session", [1])]
    assert not org.ask(GAPS)
