from datetime import UTC, datetime, timedelta

import pytest

from nrem.policy.consolidate_drift import left_out
from nrem.policy.consolidate_model import Candidate, Trust, Turn
from nrem.policy.params import ScorePolicy
from nrem.policy.params_drift import DriftPolicy

SAID_AT = datetime(2025, 5, 3, 9, tzinfo=UTC)
CATS = "I moved to Graz with my two cats."
NUTS = "I'm allergic to walnuts and cashews."


def _turn(number: int, content: str) -> Turn:
    return Turn(
        event_id=number,
        seq=number,
        role="user",
        speaker="Ana",
        content=content,
        occurred_at=SAID_AT + timedelta(minutes=number),
    )


TURNS = (_turn(1, CATS), _turn(2, NUTS))


def _stated(*contents: str) -> list[Candidate]:
    return [
        Candidate(
            content=content,
            source_event_ids=(1,),
            occurred_at=SAID_AT,
            importance=0.5,
            score=None,
            speaker="Ana",
            trust=Trust.USER,
        )
        for content in contents
    ]


def _left_out(*contents: str, share: float = 0.0) -> list[str]:
    policy = DriftPolicy(max_lost_share=share)
    found = left_out(TURNS, _stated(*contents), ScorePolicy(), policy)
    return [one.content for one in found]


def test_what_was_stated_in_other_words_is_not_left_out() -> None:
    stated = ("Ana moved to Graz with two cats.", "Ana is allergic to walnuts and cashews.")

    assert _left_out(*stated) == []


def test_what_nobody_stated_speaks_for_itself() -> None:
    assert _left_out("Ana moved to Graz with two cats.") == [f"Ana: {NUTS}"]


def test_number_that_was_dropped_brings_its_statement_back() -> None:
    stated = ("Ana moved to Graz with her cats.", "Ana is allergic to walnuts and cashews.")

    assert _left_out(*stated) == [f"Ana: {CATS}"]


@pytest.mark.parametrize(("share", "count"), [(0.49, 1), (0.5, 0)])
def test_nothing_is_added_where_as_much_may_be_lost(share: float, count: int) -> None:
    assert len(_left_out("Ana moved to Graz with two cats.", share=share)) == count
