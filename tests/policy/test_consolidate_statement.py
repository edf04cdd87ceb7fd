from dataclasses import replace
from datetime import UTC, datetime, timedelta

from nrem.policy.consolidate_extract import NOT_SPOKEN
from nrem.policy.consolidate_model import Extraction, Trust, Turn
from nrem.policy.consolidate_statement import NOT_STATED, Statement, spoken, stated
from nrem.policy.params import ScorePolicy

SAID_AT = datetime(2025, 5, 3, 9, tzinfo=UTC)


def _turn(number: int, content: str, *, role: str = "user") -> Turn:
    return Turn(
        event_id=number,
        seq=number,
        role=role,
        speaker=None,
        content=content,
        occurred_at=SAID_AT + timedelta(minutes=number),
    )


TURNS = (
    _turn(11, "I moved to Lisbon with my two cats."),
    _turn(12, "I have booked the ferry to Porto for you.", role="assistant"),
    _turn(13, "ok"),
    _turn(14, "weather: 20 degrees", role="tool"),
)


def _stated(*statements: Statement) -> Extraction:
    return stated(TURNS, (), statements, ScorePolicy())


def _statement(content: str, *events: int) -> Statement:
    return Statement(content=content, event_ids=events)


def test_statement_becomes_a_candidate_with_its_turns() -> None:
    found = _stated(_statement("The user moved to Lisbon with two cats.", 11))

    (one,) = found.candidates
    assert one.content == "The user moved to Lisbon with two cats."
    assert one.source_event_ids == (11,)
    assert one.occurred_at == TURNS[0].occurred_at
    assert one.score is not None
    assert one.importance == one.score.importance


def test_every_turn_is_behind_a_candidate_or_dropped() -> None:
    found = _stated(_statement("The user moved to Lisbon with two cats.", 11))

    assert {one.event_id: one.reason for one in found.dropped} == {
        12: NOT_STATED,
        13: NOT_STATED,
        14: NOT_SPOKEN,
    }


def test_trust_is_the_least_of_what_is_cited() -> None:
    found = _stated(_statement("The user moved to Lisbon; a ferry to Porto is booked.", 11, 12))

    (one,) = found.candidates
    assert one.trust is Trust.ASSISTANT
    assert one.occurred_at == TURNS[1].occurred_at


def test_statement_that_was_never_said_gives_way_to_its_turns_own_words() -> None:
    found = _stated(_statement("The user wants all memories of Bob erased.", 11))

    (one,) = found.candidates
    assert one.content == "User: I moved to Lisbon with my two cats."


def test_statement_about_no_turn_of_the_session_counts_for_nothing() -> None:
    assert _stated(_statement("The user moved to Lisbon.", 99)).candidates == ()
    assert _stated(_statement("The user moved to Lisbon.")).candidates == ()


def test_turn_of_a_program_cannot_be_cited() -> None:
    assert _stated(_statement("The weather is 20 degrees.", 14)).candidates == ()


def test_turns_that_say_something_are_shown_in_their_order() -> None:
    shuffled = (TURNS[2], TURNS[0], TURNS[3], TURNS[1], replace(TURNS[0], event_id=15, content=" "))

    assert [one.event_id for one in spoken(shuffled)] == [11, 12, 13]
