"""Importance of what a session gives: less where it is known; a given one stays as it is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from nrem.policy.consolidate import UNIMPORTANT, decide
from nrem.policy.consolidate_model import Candidate, Decisions, Known
from nrem.policy.model import MemoryType
from nrem.policy.params import ConsolidatePolicy
from nrem.policy.score import score

SAID = datetime(2023, 5, 8, tzinfo=UTC)
POLICY = ConsolidatePolicy(
    duplicate_similarity=0.8, duplicate_overlap=0.6, keep_above=0.15, max_memories_per_session=200
)
ALIKE = (1.0, 0.0)
NUTS, NUTS_AGAIN = "Mira: I'm allergic to walnuts.", "Mira: Remember, I'm allergic to walnuts!"


def candidate(content: str, *events: int, importance: float = 0.5) -> Candidate:
    return Candidate(
        content=content,
        source_event_ids=events,
        occurred_at=SAID + timedelta(minutes=events[0]),
        importance=importance,
    )


def known(content: str) -> Known:
    return Known(
        memory_id=1,
        version=3,
        content=content,
        vector=ALIKE,
        pinned=False,
        importance=0.4,
        occurred_at=SAID,
    )


def judged(
    *candidates: Candidate, of: tuple[Known, ...] = (), policy: ConsolidatePolicy = POLICY
) -> Decisions:
    return decide([(one, ALIKE) for one in candidates], of, policy)


def scored(content: str, *events: int) -> Candidate:
    found = score(content, memory_type=MemoryType.EPISODIC)
    return replace(candidate(content, *events, importance=found.importance), score=found)


def test_what_is_partly_known_weighs_less() -> None:
    one = scored("Mira: We bought a kayak in Porto.", 4)

    (fresh,) = judged(one).create
    (partly,) = judged(one, of=(known("Mira: My kayak is green."),)).create

    assert fresh.candidate == one
    assert partly.candidate.score is not None
    # bought, kayak, Porto: the name before what was said is no part of it
    assert partly.candidate.score.features["novelty"] == pytest.approx(2 / 3)
    assert partly.candidate.importance == partly.candidate.score.importance
    assert partly.candidate.importance < one.importance


def test_of_an_answer_only_the_answer_is_compared() -> None:
    one = scored("Tom: Where is the old kayak? Mira: We bought a boat in Porto.", 4)

    (created,) = judged(one, of=(known("Tom: The old kayak leaks."),)).create

    assert created.candidate.importance == one.importance


def test_what_was_said_before_in_the_session_is_known() -> None:
    first, second = scored("Mira: My kayak is green.", 4), scored("Mira: The kayak leaks badly.", 5)

    created = judged(second, first).create

    assert created[0].candidate == first
    assert created[1].candidate.importance < second.importance


def test_an_importance_without_a_score_stays() -> None:
    (created,) = judged(candidate(NUTS, 9, importance=0.7), of=(known("Mira: walnuts!"),)).create

    assert created.candidate.importance == 0.7


def test_a_repeat_lifts_no_importance_by_having_been_new() -> None:
    known_one = replace(known(NUTS), importance=scored(NUTS, 1).importance)

    (merge,) = judged(scored(NUTS, 9), of=(known_one,)).merge

    assert merge.importance == known_one.importance


def test_a_given_importance_of_a_known_memory_stays() -> None:
    given_one = replace(known(NUTS), importance=0.1, is_importance_given=True)

    (merge,) = judged(candidate(NUTS_AGAIN, 9, importance=0.7), of=(given_one,)).merge

    assert merge.importance == 0.1


def test_a_given_importance_of_a_working_memory_wins_over_a_repeat() -> None:
    note = replace(candidate(NUTS, 4, importance=0.1), working=((8, 1),), is_importance_given=True)

    (created,) = judged(note, scored(NUTS_AGAIN, 9)).create

    assert (created.candidate.importance, created.candidate.is_importance_given) == (0.1, True)


@pytest.mark.parametrize(("known_before", "kept"), [((), 1), (("Mira: A grey stone fell.",), 0)])
def test_the_unimportant_is_dropped_once_it_is_known_to_be_known(
    known_before: tuple[str, ...], kept: int
) -> None:
    one = scored("Mira: A stone fell.", 4)
    policy = replace(POLICY, keep_above=one.importance, duplicate_similarity=1.0)
    apart = tuple(replace(known(content), vector=(0.0, 1.0)) for content in known_before)

    decisions = judged(one, of=apart, policy=policy)

    assert len(decisions.create) == kept
    assert [its.reason for its in decisions.dropped] == [UNIMPORTANT] * (1 - kept)
