"""The pass consolidate: an ended session becomes episodic memories that name their turns."""

from datetime import timedelta
from typing import Any

import pytest

from tests.world import IDLE_SECONDS, NOW, Org, end, memory, start, turn

IDLE = timedelta(seconds=IDLE_SECONDS)
SECOND = timedelta(seconds=1)
LISBON = "I moved to Lisbon on 3 May 2025."
PEANUTS = "I'm allergic to peanuts."
BANK = "Call the bank about the mortgage."
GREETING = "Hi there!"
# Everything a run could have written.
ROWS = (
    "SELECT 'memory', id::text, xmin::text FROM memories WHERE org_id = %(org)s UNION ALL "
    "SELECT 'effect', event_id || step, xmin::text FROM effects WHERE org_id = %(org)s UNION ALL "
    "SELECT 'source', child_id || '/' || event_id, xmin::text FROM derivations "
    "WHERE org_id = %(org)s UNION ALL "
    "SELECT 'session', id::text, xmin::text FROM sessions WHERE org_id = %(org)s ORDER BY 1, 2"
)


def _tell(org: Org, *said: str, session: str = "s", **place: Any) -> list[int]:  # noqa: ANN401
    """An ended session of these turns; answers their row numbers."""
    turns = [turn(content, session=session, **place) for content in said]
    stored = org.append(*turns, end(session, **{k: v for k, v in place.items() if k != "user"}))
    return [one.event_id for one in stored[:-1]]


def _sources(org: Org, memory_id: int) -> list[int]:
    return org.column(
        "SELECT event_id FROM derivations WHERE org_id = %(org)s AND child_id = %(id)s "
        "ORDER BY event_id",
        id=memory_id,
    )


def _states(org: Org) -> list[str]:
    return org.column("SELECT state FROM sessions WHERE org_id = %(org)s ORDER BY id")


def test_ended_session_becomes_episodic_memories(org: Org) -> None:
    _tell(org, LISBON, PEANUTS)

    org.world.settle()

    assert _states(org) == ["consolidated"]
    assert set(org.memories("type, tier, state, derived_by")) == {
        ("episodic", "short", "live", "consolidate")
    }
    contents = " ".join(org.memories())
    assert "Lisbon" in contents
    assert "peanuts" in contents


def test_memory_names_the_turns_it_came_from(org: Org) -> None:
    turns = _tell(org, LISBON)

    org.world.settle()

    (memory_id,) = org.memories("id")
    assert _sources(org, memory_id) == turns


def test_memory_belongs_to_the_session_and_its_subject(org: Org) -> None:
    said = org.append(turn(LISBON, session="s"), end("s"))[0]

    org.world.settle()

    owner = (said.agent_id, said.user_id, said.subject_id, said.session_id)
    assert org.memories("agent_id, user_id, subject_id, session_id") == [owner]


def test_memory_names_its_run(org: Org) -> None:
    _tell(org, LISBON)

    org.world.settle()

    runs = org.column("SELECT id FROM runs WHERE org_id = %(org)s AND pass = 'consolidate'")
    assert org.memories("run_id") == runs
    assert org.column("SELECT run_id FROM sessions WHERE org_id = %(org)s") == runs


def test_memory_is_dated_when_it_was_said_and_recorded_now(org: Org) -> None:
    long_ago = NOW - timedelta(days=300)
    _tell(org, LISBON, occurred_at=long_ago)

    org.world.settle()

    assert org.memories("occurred_at, recorded_at, last_access") == [(long_ago, NOW, NOW)]


def test_memory_has_vector_and_postings_at_once(org: Org) -> None:
    _tell(org, LISBON)
    org.world.drain("score")

    org.world.drain("consolidate")

    ids = org.memories("id")
    for table in ("embeddings", "lexemes"):
        found = org.column(
            f"SELECT DISTINCT item_id FROM {table} "  # noqa: S608
            "WHERE org_id = %(org)s AND item_kind = 'memory'"
        )
        assert found == ids


def test_every_turn_has_exactly_one_effect(org: Org) -> None:
    said = [GREETING, LISBON, PEANUTS, "ok", LISBON, "What about you?", "Thanks!"]
    turns = _tell(org, *said)

    org.world.settle()

    effects = org.ask(
        "SELECT event_id, outcome, reason FROM effects "
        "WHERE org_id = %(org)s AND step = 'consolidate' ORDER BY event_id"
    )
    assert [row.event_id for row in effects] == turns
    assert effects[0].outcome == "dropped"
    assert effects[0].reason
    assert effects[1].outcome == "consolidated"


def test_kept_turn_is_a_source_and_a_dropped_one_is_none(org: Org) -> None:
    turns = _tell(org, GREETING, LISBON)

    org.world.settle()

    sources = org.column("SELECT DISTINCT event_id FROM derivations WHERE org_id = %(org)s")
    assert sources == turns[1:]


def test_working_memory_is_handed_over_and_closed(org: Org) -> None:
    noted = memory(
        "Call the bank on Monday about the mortgage.", memory_type="working", session="s"
    )
    stored = org.append(noted, end("s"))

    org.world.settle()

    assert org.memories("type, state, state_reason") == [
        ("working", "archived", "consolidated"),
        ("episodic", "live", None),
    ]
    assert _sources(org, org.memories("id", where="type = 'episodic'")[0]) == [stored[0].event_id]
    assert org.column("SELECT transitioned FROM sessions WHERE org_id = %(org)s") == [1]


def test_working_memory_stays_live_until_its_session_ends(org: Org) -> None:
    org.append(memory(BANK, memory_type="working", session="s"))

    org.world.settle()

    assert org.memories("type, state") == [("working", "live")]


def test_closed_working_memory_is_forgotten_when_its_retention_ends(org: Org) -> None:
    org.append(memory(BANK, memory_type="working", session="s"), end("s"))
    org.world.settle()

    org.world.drain("decay", now=NOW + timedelta(days=90))

    assert org.memories("state", where="type = 'working'") == ["forgotten"]


def test_sessions_of_a_subject_are_taken_in_the_order_they_ended(org: Org) -> None:
    for session in ("s1", "s2", "s3"):
        org.append(turn(f"I like {session} best in May.", session=session))
    for session in ("s3", "s1", "s2"):
        org.append(end(session))
    org.world.drain("score")

    org.world.drain("consolidate")

    order = org.column(
        "SELECT s.external_id FROM runs AS r "
        "JOIN sessions AS s ON s.org_id = r.org_id AND s.id = (r.detail->>'session')::bigint "
        "WHERE r.org_id = %(org)s ORDER BY r.id"
    )
    assert order == ["s3", "s1", "s2"]


@pytest.mark.parametrize(
    ("idle", "state"), [(IDLE - SECOND, "open"), (IDLE, "consolidated")], ids=["29:59", "30:00"]
)
def test_session_ends_by_itself_after_thirty_idle_minutes(
    org: Org, idle: timedelta, state: str
) -> None:
    org.append(turn(LISBON, session="s"))

    org.world.settle(now=NOW + idle)

    assert _states(org) == [state]


@pytest.mark.parametrize(
    ("idle", "state"), [(IDLE - SECOND, "open"), (IDLE, "consolidated")], ids=["29:59", "30:00"]
)
def test_end_of_one_session_ends_another_only_when_idle(
    org: Org, idle: timedelta, state: str
) -> None:
    org.append(turn(LISBON, session="idle"))
    org.append(turn(PEANUTS, session="ended"), end("ended"), now=NOW + idle)

    org.world.settle(now=NOW + idle)

    assert _states(org) == [state, "consolidated"]


def test_a_turn_starts_the_idle_time_anew(org: Org) -> None:
    org.append(turn(LISBON, session="s"))
    org.append(turn(PEANUTS, session="s"), now=NOW + IDLE - SECOND)

    org.world.settle(now=NOW + IDLE)
    before = _states(org)
    org.world.settle(now=NOW + IDLE - SECOND + IDLE)

    assert (before, _states(org)) == (["open"], ["consolidated"])


def test_session_that_ended_by_idleness_ended_at_its_last_event(org: Org) -> None:
    said_at = NOW - timedelta(days=100)
    org.append(turn(LISBON, session="s", occurred_at=said_at))

    org.world.settle(now=NOW + IDLE)

    assert org.column("SELECT ended_at FROM sessions WHERE org_id = %(org)s") == [said_at]


@pytest.mark.parametrize("kind", ["turn", "working memory"])
def test_what_came_without_a_session_is_handed_over_when_idle(org: Org, kind: str) -> None:
    org.append(turn(LISBON) if kind == "turn" else memory(LISBON, memory_type="working"))

    org.world.settle(now=NOW + IDLE)

    assert org.memories("type", where="state = 'live'") == ["episodic"]


def test_session_waits_until_its_events_are_scored(org: Org) -> None:
    _tell(org, LISBON)

    early = org.world.drain("consolidate")
    org.world.drain("score")
    org.world.drain("consolidate", now=NOW + SECOND)

    assert [(its.outcome, its.changes.reason) for its in early] == [
        ("deferred", "events_not_scored_yet")
    ]
    assert _states(org) == ["consolidated"]


def test_session_of_two_users_gives_each_their_own(org: Org) -> None:
    org.append(turn(LISBON, session="s", user="ana"), turn(PEANUTS, session="s", user="ben"))
    org.append(end("s", user="ana"))

    org.world.settle()

    by_user = org.ask(
        "SELECT u.external_id, m.content FROM memories AS m "
        "JOIN users AS u ON u.org_id = m.org_id AND u.id = m.user_id WHERE m.org_id = %(org)s"
    )
    found = {row.external_id: row.content for row in by_user}
    assert "Lisbon" in found["ana"]
    assert "peanuts" in found["ben"]


def test_session_in_which_nothing_was_said_is_closed(org: Org) -> None:
    org.append(start("s"), end("s"))

    org.world.settle()

    assert _states(org) == ["consolidated"]
    assert not org.memories()


def test_running_again_changes_nothing(org: Org) -> None:
    _tell(org, LISBON, PEANUTS, GREETING)
    org.world.settle()
    before = org.ask(ROWS)

    org.world.do("UPDATE leases SET due_at = '-infinity'")
    org.world.drain("rescue")
    org.world.settle(now=NOW + timedelta(minutes=1))

    assert org.ask(ROWS) == before
