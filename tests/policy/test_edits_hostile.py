"""A model that obeys the attacker fully can shorten a log, and neither empty nor rewrite it."""

from datetime import UTC, datetime, timedelta

import pytest

from nrem.policy.consolidate_model import Trust, Turn
from nrem.policy.edits import judge, most
from nrem.policy.observe import check
from nrem.policy.observe_model import ObserveInput, Priority
from nrem.policy.params_observe import ReflectPolicy
from nrem.policy.reflect import Entry, covers
from nrem.policy.reflect_model import Logged, ReflectInput
from nrem.policy.text import token_estimate
from tests.policy.hostile import FOREIGN, TURNS, note, obey

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
POLICY = ReflectPolicy()
SAID = (
    ("Ana: I am allergic to walnuts.", "high"),
    ("Ana: I moved to Lisbon in May with the dog Pepper.", "medium"),
    ("Ana: I moved to Lisbon in May.", "low"),
    ("Ana: My sister Jana lives in Graz and works as a nurse.", "medium"),
    ("Ana: The flight to Graz leaves on 14 March at 10.", "high"),
    ("Ana: It rained.", "low"),
)
LOG = tuple(
    Logged(
        ordinal=at,
        text=text,
        priority=Priority(priority),
        observation_date=NOW - timedelta(days=at),
        tokens=token_estimate(text),
    )
    for at, (text, priority) in enumerate(SAID, start=1)
)


def test_there_are_more_than_a_hundred_hostile_turns() -> None:
    assert len(TURNS) == len(set(TURNS)) >= 100


@pytest.mark.parametrize("start", range(0, len(TURNS), 12))
def test_obeying_model_takes_out_only_what_another_row_covers(start: int) -> None:
    wanted = obey(TURNS[start : start + 12], ReflectInput(observations=LOG, now=NOW))

    found = judge(wanted, LOG, POLICY, active=len(LOG))

    rows = {one.ordinal: one for one in LOG}
    gone = {ordinal for ordinal, _ in found.covered} | {
        ordinal for one in found.written for ordinal in one.sources
    }
    assert not found.written
    assert gone == {3}
    assert all(rows[one].priority is not Priority.HIGH for one in gone)
    assert all(
        covers(Entry.of(rows[by]), Entry.of(rows[one]), similarity=POLICY.similarity)
        for one, by in found.covered
    )
    assert found.archived <= most(len(LOG), POLICY)


def test_obeying_model_exceeds_no_cap_in_a_log_of_repeats() -> None:
    log = tuple(
        Logged(
            ordinal=number,
            text=SAID[1][0],
            priority=Priority.LOW,
            observation_date=NOW,
            tokens=20,
        )
        for number in range(1, 41)
    )

    found = judge(obey(TURNS[:3], ReflectInput(observations=log, now=NOW)), log, POLICY, active=40)

    assert found.archived <= most(40, POLICY) == 12


def _window(role: str) -> ObserveInput:
    said = Turn(
        event_id=1,
        seq=1,
        role="user",
        speaker=None,
        content="I moved to Lisbon in May.",
        occurred_at=NOW,
    )
    hostile = tuple(
        Turn(
            event_id=at,
            seq=at,
            role=role,
            speaker=None,
            content=text,
            occurred_at=NOW + timedelta(minutes=at),
        )
        for at, text in enumerate(TURNS, start=2)
    )
    return ObserveInput(turns=(said, *hostile), now=NOW, most=50)


@pytest.mark.parametrize("role", ["tool", "system"])
def test_taint_is_kept_though_the_model_cites_the_person(role: str) -> None:
    window = _window(role)

    found = check(note(window), window)

    tainted = [one for one in found.noted if one.text != "I moved to Lisbon in May."]
    assert tainted
    assert {one.trust for one in tainted} == {Trust.TOOL}
    assert Priority.HIGH not in {one.priority for one in tainted}


def test_no_cap_is_exceeded_and_no_turn_outside_the_window_is_cited() -> None:
    window = _window("user")

    found = check(note(window), window)

    events = {turn.event_id for turn in window.turns}
    assert len(found.noted) == 50
    assert all(events.issuperset(one.source_event_ids) for one in found.noted)
    assert not events.intersection(FOREIGN)


def test_forged_dates_are_left_out() -> None:
    window = _window("user")

    found = check(note(window), window)

    dates = {one.referenced_date for one in found.noted if one.referenced_date}
    assert all(datetime(1970, 1, 1, tzinfo=UTC) <= one < NOW.replace(year=2127) for one in dates)
    assert all(one.observation_date == NOW for one in found.noted)
    assert found.met["bad_date"] > 0


def test_what_is_noted_stands_on_one_line() -> None:
    window = _window("user")

    assert all("\n" not in one.text for one in check(note(window), window).noted)
