"""A memory made anew: in the words of what survives, and only where they say something."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from nrem.policy.consolidate_model import Candidate, Turn, Working
from nrem.policy.params import ConsolidatePolicy, Policy
from nrem.policy.remake import remade
from nrem.policy.text import lexemes

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
POLICY = Policy.default()
LISBON = "I moved to Lisbon on 3 May 2025."
PEANUTS = "I'm allergic to peanuts."


def _turn(content: str, number: int = 1) -> Turn:
    return Turn(
        event_id=number,
        seq=number,
        role="user",
        speaker=None,
        content=content,
        occurred_at=NOW + timedelta(minutes=number),
    )


def _stored(content: str, number: int = 1) -> Working:
    return Working(
        memory_id=number,
        version=1,
        source_event_ids=(number,),
        content=content,
        importance=0.5,
        occurred_at=NOW + timedelta(minutes=number),
    )


def _content(made: Candidate | None) -> str | None:
    return made.content if made else None


def test_statement_of_a_turn_that_survives_is_told_with_its_turn() -> None:
    made = remade([_turn(LISBON, 4)], [], [], POLICY)

    assert made is not None
    assert made.content == "User: I moved to Lisbon on 3 May 2025."
    assert made.source_event_ids == (4,)


def test_turn_that_states_nothing_gives_nothing() -> None:
    assert remade([_turn("Hi there!")], [], [], POLICY) is None


def test_nothing_survives_nothing_is_made() -> None:
    assert remade([], [], [], POLICY) is None


def test_what_another_memory_says_is_not_said_again() -> None:
    said = ["User: I moved to Lisbon on 3 May 2025."]

    assert remade([_turn(LISBON)], [], said, POLICY) is None
    more = remade([_turn(f"{LISBON} {PEANUTS}")], [], said, POLICY)
    assert _content(more) == "User: I'm allergic to peanuts."


def test_statement_less_important_than_the_policy_keeps_is_left_out() -> None:
    made = remade([_turn(LISBON)], [], [], POLICY)
    assert made is not None
    above = ConsolidatePolicy(keep_above=made.importance + 0.01)
    at = ConsolidatePolicy(keep_above=made.importance)

    assert remade([_turn(LISBON)], [], [], replace(POLICY, consolidate=above)) is None
    assert remade([_turn(LISBON)], [], [], replace(POLICY, consolidate=at)) == made


def test_turns_come_before_what_was_stored_and_of_that_the_newest() -> None:
    stored = [_stored("tea", 1), _stored("coffee", 2)]

    assert _content(remade([_turn(LISBON)], stored, [], POLICY)) == f"User: {LISBON}"
    assert _content(remade([_turn("Hi!")], stored, [], POLICY)) == "coffee"
    assert _content(remade([], stored, ["coffee"], POLICY)) == "tea"


@given(st.permutations([_turn(LISBON, 1), _turn(PEANUTS, 2), _turn("I sold the car.", 3)]))
def test_order_of_the_survivors_never_matters(turns: list[Turn]) -> None:
    assert remade(turns, [], [], POLICY) == remade(sorted(turns, key=_seq), [], [], POLICY)


def _seq(turn: Turn) -> int:
    return turn.seq


@given(st.lists(st.text(max_size=60), max_size=4), st.lists(st.text(max_size=60), max_size=4))
def test_every_word_is_one_of_the_survivors(turns: list[str], stored: list[str]) -> None:
    made = remade(
        [_turn(one, at) for at, one in enumerate(turns, 1)],
        [_stored(one, at) for at, one in enumerate(stored, 10)],
        [],
        POLICY,
    )

    if made is not None:
        origin = frozenset(lexemes(" \n".join([*turns, *stored])))
        assert made.source_event_ids
        assert frozenset(lexemes(made.content)) <= origin | frozenset(lexemes("User"))
