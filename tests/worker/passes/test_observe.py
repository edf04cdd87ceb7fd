"""The pass observe: when it looks, what it notes, and that nothing is noted twice or lost."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.worker.observing import (
    LISBON,
    SISTER,
    WALNUTS,
    Told,
    cursor,
    drive,
    long_turn,
    noted,
)
from tests.world import NOW, Org, end, memory, turn
from worker.passes import BY_NAME
from worker.runner import rehearse

IDLE = timedelta(minutes=30)
SECOND = timedelta(seconds=1)


def test_ended_session_is_observed_at_once(org: Org) -> None:
    org.append(turn(LISBON, session="s"), end("s"))

    (run,) = org.world.drain("observe")

    assert run.outcome == "applied"
    assert noted(org) == [f"User: {LISBON}"]


def test_thread_of_a_session_that_ended_is_observed_at_once(org: Org) -> None:
    org.append(turn(LISBON, session="s", thread="t"))
    org.append(end("s"))

    org.world.drain("observe")

    assert noted(org) == [f"User: {LISBON}"]


@pytest.mark.parametrize(
    ("rested", "count"), [(IDLE - SECOND, 0), (IDLE, 1)], ids=["29:59", "30:00"]
)
def test_short_thread_is_observed_once_it_rests(org: Org, rested: timedelta, count: int) -> None:
    org.append(turn(LISBON, thread="t"))

    org.world.drain("observe", now=NOW + rested)

    assert len(noted(org)) == count


def test_another_turn_lets_the_rest_begin_anew(org: Org) -> None:
    org.append(turn(LISBON, thread="t"))
    org.append(turn(WALNUTS, thread="t"), now=NOW + IDLE - SECOND)

    org.world.drain("observe", now=NOW + IDLE)
    before = len(noted(org))
    org.world.drain("observe", now=NOW + IDLE - SECOND + IDLE)

    assert (before, len(noted(org))) == (0, 2)


@pytest.mark.parametrize(("tokens", "count"), [(8_191, 0), (8_192, 1)])
def test_enough_unobserved_tokens_are_observed_before_the_thread_rests(
    org: Org, tokens: int, count: int
) -> None:
    org.append(turn(long_turn(tokens), thread="t"))

    org.world.drain("observe")

    assert len(noted(org)) == count


def test_long_tail_is_caught_up_with_in_windows_cut_between_turns(org: Org) -> None:
    for _ in range(5):
        org.append(*(turn(long_turn(3_000), thread="t") for _ in range(2)))
    told = Told(note=lambda _: ())

    drive(org, "observe", told, now=NOW + IDLE)

    assert [len(window.turns) for window in told.windows] == [2, 2, 2, 2, 2]
    assert cursor(org) == [(10, 30_000)]


def test_turn_larger_than_a_window_is_a_window_of_its_own_and_shortened(org: Org) -> None:
    org.append(turn(long_turn(60_000), thread="t"), turn(WALNUTS, thread="t"))
    told = Told()

    drive(org, "observe", told, now=NOW + IDLE)

    assert [len(window.turns) for window in told.windows] == [1, 1]
    assert len(told.windows[0].turns[0].content) < 25_000


def test_what_was_observed_is_not_looked_at_again(org: Org) -> None:
    org.append(turn(LISBON, thread="t"))
    told = Told()

    drive(org, "observe", told, now=NOW + IDLE)
    org.append(turn(WALNUTS, thread="t"), now=NOW + IDLE)
    drive(org, "observe", told, now=NOW + 2 * IDLE)

    assert [[one.content for one in window.turns] for window in told.windows] == [
        [LISBON],
        [WALNUTS],
    ]


def test_turns_after_a_pause_are_observed_though_nothing_was_noted_before(org: Org) -> None:
    org.append(turn("Hello!", thread="t"))
    org.world.drain("observe", now=NOW + IDLE)
    org.append(turn(LISBON, thread="t"), now=NOW + IDLE)

    org.world.drain("observe", now=NOW + 2 * IDLE)

    assert noted(org) == [f"User: {LISBON}"]


def test_observation_names_its_turns_and_its_run(org: Org) -> None:
    first, _ = org.append(turn(LISBON, session="s"), end("s"))

    (run,) = org.world.drain("observe")

    sources = org.ask(
        "SELECT d.event_id, d.run_id FROM derivations AS d "
        "WHERE d.org_id = %(org)s AND d.child_kind = 'observation'"
    )
    assert [tuple(row) for row in sources] == [(first.event_id, run.run_id)]
    assert noted(org, "run_id") == [run.run_id]


def test_observation_is_dated_by_its_turn_and_by_what_it_is_about(org: Org) -> None:
    said_at = datetime(2025, 5, 8, 13, 56, tzinfo=UTC)
    org.append(
        turn("I signed the lease for the flat yesterday.", session="s", occurred_at=said_at),
        end("s"),
    )

    org.world.drain("observe")

    assert noted(org, "observation_date, referenced_date, created_at") == [
        (said_at, datetime(2025, 5, 7, 12, tzinfo=UTC), NOW)
    ]


def test_ordinals_are_small_and_of_one_person_with_an_agent(org: Org) -> None:
    org.append(
        *(turn(one, session="s", user=user) for user in ("ana", "ben") for one in (LISBON, WALNUTS))
    )
    org.append(end("s", user="ana"))

    org.world.drain("observe")

    assert noted(org, "ordinal") == [1, 2, 1, 2]


def test_what_is_known_is_not_noted_again(org: Org) -> None:
    for session in ("s1", "s2"):
        org.append(turn(LISBON, session=session), end(session))

    org.world.drain("observe")

    assert noted(org) == [f"User: {LISBON}"]


def test_near_neighbours_are_shown_to_the_provider(org: Org) -> None:
    org.append(turn(LISBON, session="s1"), turn(SISTER, session="s1"), end("s1"))
    org.world.drain("observe")
    org.append(turn("Pepper likes Lisbon.", session="s2"), end("s2"))
    told = Told()

    drive(org, "observe", told)

    assert [one.text for one in told.windows[0].known] == [f"User: {LISBON}"]


def test_time_zone_of_the_card_is_shown_to_the_provider(org: Org) -> None:
    org.append(turn(LISBON, session="s"), end("s"))
    subject = org.column("SELECT id FROM subjects WHERE org_id = %(org)s")[0]
    org.do(
        "INSERT INTO cards (org_id, subject_id, updated_at) VALUES (%(org)s, %(subject)s, now())",
        org=org.number,
        subject=subject,
    )
    org.do(
        "INSERT INTO card_values (org_id, subject_id, field, version, value, valid_from) "
        "VALUES (%(org)s, %(subject)s, 'timezone', 1, 'Europe/Lisbon', now())",
        org=org.number,
        subject=subject,
    )
    told = Told()

    drive(org, "observe", told)

    assert told.windows[0].timezone == "Europe/Lisbon"


def test_memories_are_passed_over(org: Org) -> None:
    org.append(memory("A fact.", session="s"), turn(LISBON, session="s"), end("s"))

    org.world.drain("observe")

    assert len(noted(org)) == 1
    assert cursor(org)[0][0] == 3


def test_stream_without_turns_is_left_alone(org: Org) -> None:
    org.append(memory("A fact.", session="s"), end("s"))

    org.world.drain("observe")

    assert not org.column("SELECT id FROM runs WHERE org_id = %(org)s AND pass = 'observe'")


def test_tick_looks_at_whatever_waits(org: Org) -> None:
    org.append(turn(LISBON, thread="t"))

    org.world.tick("observe")
    org.world.drain("observe")

    assert len(noted(org)) == 1


def test_dry_run_tells_what_would_be_noted_and_notes_nothing(org: Org) -> None:
    org.append(turn(LISBON, thread="t"))

    outcomes = rehearse(org.world.setting(only_org=org.number), BY_NAME["observe"])

    lines = [line for its in outcomes for line in its.changes.diff]
    assert [(line.kind, line.after) for line in lines] == [("observation", f"User: {LISBON}")]
    assert not noted(org)


def test_long_log_wakes_reflect(org: Org) -> None:
    org.append(turn(LISBON, session="s"), end("s"))
    org.world.do(
        "INSERT INTO observation_logs (org_id, subject_id, tokens) "
        "SELECT org_id, id, 16380 FROM subjects WHERE org_id = %(org)s",
        org=org.number,
    )

    org.world.drain("observe")

    assert org.column("SELECT due_at FROM leases WHERE org_id = %(org)s AND pass = 'reflect'") == [
        NOW
    ]
