"""Sessions: whose they are, what they still take, and the implicit ones."""

from dataclasses import replace
from datetime import timedelta

import pytest

from nrem.errors import ConflictError
from nrem.store.event import NewEvent
from tests.world import IDLE_SECONDS, NOW, Org, end, memory, start, turn


@pytest.mark.parametrize("late", [turn("late", session="s"), memory("late", session="s")])
def test_ended_session_takes_no_more(org: Org, late: NewEvent) -> None:
    org.append(turn("said", session="s"), end("s"))

    with pytest.raises(ConflictError) as refusal:
        org.append(turn("elsewhere", session="s2"), late)

    assert refusal.value.field == "events[1].session_id"
    assert refusal.value.error_code == "session_ended"


def test_session_that_ends_in_the_batch_takes_no_more(org: Org) -> None:
    with pytest.raises(ConflictError) as refusal:
        org.append(turn("said", session="s"), end("s"), turn("late", session="s"))

    assert refusal.value.field == "events[2].session_id"


def test_second_end_of_a_session_changes_nothing(org: Org) -> None:
    session = "SELECT state, ended_at, end_order, turns FROM sessions WHERE org_id = %(org)s"
    org.append(turn("said", session="s"), end("s"))
    before = org.ask(session)

    org.append(end("s", occurred_at=NOW + timedelta(hours=1)))

    assert org.ask(session) == before


@pytest.mark.parametrize("is_stored", [True, False], ids=["stored before", "in the same batch"])
def test_session_of_another_agent_is_refused_by_index(org: Org, is_stored: bool) -> None:  # noqa: FBT001
    own, foreign = turn("said", session="s"), turn("said", session="s", agent="another")
    if is_stored:
        org.append(own)

    with pytest.raises(ConflictError) as refusal:
        org.append(own, foreign)

    assert refusal.value.field == "events[1].session_id"


def test_turns_without_a_session_share_an_implicit_one_per_subject_and_thread(org: Org) -> None:
    org.append(turn("a"), turn("b"), turn("c", thread="t"), turn("d", user="other"))

    sessions = org.ask("SELECT external_id, turns FROM sessions WHERE org_id = %(org)s ORDER BY id")
    assert sorted(row.turns for row in sessions) == [1, 1, 2]
    assert {row.external_id for row in sessions} == {None}


def test_implicit_session_opens_anew_after_the_old_one_ended(org: Org) -> None:
    org.append(turn("a"))
    org.world.settle(now=NOW + timedelta(seconds=IDLE_SECONDS))

    org.append(turn("b"), now=NOW + timedelta(hours=2))

    states = org.column("SELECT state FROM sessions WHERE org_id = %(org)s ORDER BY id")
    assert states == ["consolidated", "open"]


@pytest.mark.parametrize(("memory_type", "sessions"), [("working", 1), ("episodic", 0)])
def test_only_a_working_memory_needs_an_implicit_session(
    org: Org, memory_type: str, sessions: int
) -> None:
    org.append(memory("noted", memory_type=memory_type))

    assert org.column("SELECT count(*) FROM sessions") == [sessions]


def test_start_of_a_session_keeps_its_metadata_and_instant(org: Org) -> None:
    began = NOW - timedelta(days=3)
    event = start("s", occurred_at=began)

    org.append(replace(event, body={"metadata": {"channel": "mail"}}))

    rows = org.ask("SELECT metadata, started_at, state FROM sessions WHERE org_id = %(org)s")
    assert [tuple(row) for row in rows] == [({"channel": "mail"}, began, "open")]
