"""Contradictions: what is at odds, what merely sounds alike, and which of two holds since when."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrem.policy.consolidate_model import Trust
from nrem.policy.contradict import (
    LESS_TRUSTED,
    PINNED,
    SAYS_MORE,
    Contradiction,
    Stated,
    contradictions,
)
from nrem.policy.model import MemoryType

START: Final = datetime(2025, 1, 1, tzinfo=UTC)
DAY: Final = timedelta(days=1)


def stated(number: int, content: str, day: float = 0.0, **others: object) -> Stated:
    """A memory said on a day, and stored an hour later."""
    said = START + day * DAY
    values: dict[str, object] = {
        "memory_id": number,
        "version": 1,
        "content": content,
        "memory_type": MemoryType.SEMANTIC,
        "occurred_at": said,
        "recorded_at": said + timedelta(hours=1),
        "trust": Trust.USER,
        "is_pinned": False,
    }
    return Stated(**{**values, **others})  # type: ignore[arg-type]


def told(found: tuple[Contradiction, ...]) -> list[tuple[int, int, bool]]:
    """Older, newer, and whether it supersedes."""
    return [(one.older.memory_id, one.newer.memory_id, one.supersedes) for one in found]


@pytest.mark.parametrize(
    ("newer", "is_at_odds"),
    [
        ("I live in Lisbon.", True),
        ("I live in Berlin, Germany.", False),
        ("I love Lisbon.", False),
        ("I don't live in Lisbon.", False),
        ("", False),
    ],
)
def test_only_another_value_of_the_same_attribute_contradicts(
    newer: str, *, is_at_odds: bool
) -> None:
    found = contradictions([stated(2, newer, 3)], [stated(1, "I live in Berlin.")])

    assert bool(found) is is_at_odds


def test_newer_statement_supersedes_from_the_instant_it_was_said() -> None:
    berlin, lisbon = stated(1, "I live in Berlin."), stated(2, "I live in Lisbon.", 3)

    (found,) = contradictions([lisbon], [berlin])

    assert found == Contradiction(
        older=berlin,
        newer=lisbon,
        attribute="town",
        supersedes=True,
        true_until=START + 3 * DAY,
    )


def test_old_statement_that_arrives_late_is_superseded_itself() -> None:
    late = stated(7, "I live in Berlin.", recorded_at=START + 90 * DAY)

    found = contradictions([late], [stated(2, "I live in Lisbon.", 3)])

    assert told(found) == [(7, 2, True)]
    assert found[0].true_until == START + 3 * DAY


def test_each_gives_way_to_the_earliest_that_contradicts_it() -> None:
    homes = ["I live in Berlin.", "I live in Lisbon.", "I live in Berlin."]
    several = [stated(number, home, number) for number, home in enumerate(homes)]

    found = contradictions(several, [])

    assert told(found) == [(0, 1, True), (1, 2, True)]
    assert [one.true_until for one in found] == [START + DAY, START + 2 * DAY]


def test_statement_between_two_known_ones_takes_over_from_the_older() -> None:
    known = [stated(1, "I live in Berlin."), stated(3, "I live in Oslo.", 9)]

    found = contradictions([stated(2, "I live in Lisbon.", 4)], known)

    assert told(found) == [(1, 2, True), (2, 3, True)]


def test_what_gave_way_already_contradicts_nothing_later() -> None:
    known = [stated(1, "I live in Berlin."), stated(2, "I live in Lisbon.", 4)]

    found = contradictions([stated(3, "I live in Oslo.", 9)], known)

    assert told(found) == [(2, 3, True)]


@pytest.mark.parametrize(("later", "microseconds"), [(0, 1), (1, 1), (2, 2)])
def test_what_gave_way_held_for_a_microsecond_at_least(later: int, microseconds: int) -> None:
    second = stated(2, "I live in Oslo.", occurred_at=START + timedelta(microseconds=later))

    (found,) = contradictions([second], [stated(1, "I live in Berlin.")])

    assert found.true_until == START + timedelta(microseconds=microseconds)


@pytest.mark.parametrize("first", [1, 2])
def test_of_two_said_at_one_instant_the_one_stored_later_is_newer(first: int) -> None:
    one = stated(first, "I live in Berlin.", recorded_at=START)
    other = stated(3 - first, "I live in Oslo.", recorded_at=START + DAY)

    assert told(contradictions([one, other], [])) == [(first, 3 - first, True)]


def test_of_two_said_and_stored_at_one_instant_the_higher_number_is_newer() -> None:
    assert told(contradictions([stated(5, "I smoke."), stated(4, "I don't smoke.")], [])) == [
        (4, 5, True)
    ]


def test_pinned_memory_is_contradicted_and_stays() -> None:
    pinned = stated(1, "I live in Berlin.", is_pinned=True)

    (found,) = contradictions([stated(2, "I live in Oslo.", 1)], [pinned])

    assert (found.supersedes, found.reason, found.true_until) == (False, PINNED, None)


def test_pinned_newer_memory_supersedes() -> None:
    newer = stated(2, "I live in Oslo.", 1, is_pinned=True)

    assert told(contradictions([newer], [stated(1, "I live in Berlin.")])) == [(1, 2, True)]


@pytest.mark.parametrize(
    ("trust", "reason"),
    [
        (Trust.USER, None),
        (Trust.TOOL, None),
        (Trust.WEB, LESS_TRUSTED),
        (Trust.DERIVED, LESS_TRUSTED),
    ],
)
def test_less_trusted_statement_does_not_supersede(trust: Trust, reason: str | None) -> None:
    older = stated(1, "I live in Berlin.", trust=Trust.TOOL)

    (found,) = contradictions([stated(2, "I live in Oslo.", 1, trust=trust)], [older])

    assert (found.supersedes, found.reason) == (reason is None, reason)


def test_trusted_statement_after_a_less_trusted_one_supersedes() -> None:
    several = [
        stated(1, "I live in Berlin."),
        stated(2, "I live in Oslo.", 1, trust=Trust.WEB),
        stated(3, "I live in Rome.", 2),
    ]

    found = contradictions(several, [])

    assert told(found) == [(1, 2, False), (1, 3, True), (2, 3, True)]


def test_statement_of_which_a_part_still_holds_is_not_superseded() -> None:
    both = stated(1, "I live in Berlin and I love rock climbing with ropes.")

    (found,) = contradictions([stated(2, "I live in Oslo.", 1)], [both])

    assert (found.supersedes, found.reason) == (False, SAYS_MORE)


@pytest.mark.parametrize(
    "content",
    [
        "I live in Berlin, Germany.",
        "Hey! I live in Berlin, and I like it.",
        "User: I live in Berlin",
    ],
)
def test_statement_that_says_little_else_is_superseded(content: str) -> None:
    assert told(contradictions([stated(2, "I live in Oslo.", 1)], [stated(1, content)])) == [
        (1, 2, True)
    ]


def test_procedural_memories_take_no_part() -> None:
    rule = stated(1, "The deadline is Friday.", memory_type=MemoryType.PROCEDURAL)

    assert contradictions([stated(2, "The deadline is Monday.", 1)], [rule]) == ()


def test_known_memories_alone_give_nothing() -> None:
    known = [stated(1, "I live in Berlin."), stated(2, "I live in Oslo.", 1)]

    assert contradictions([stated(3, "I love tea.", 2)], known) == ()


def test_memory_that_is_fresh_and_known_counts_once_as_it_is_now() -> None:
    now, before = stated(1, "I live in Rome.", version=2), stated(1, "I live in Oslo.")
    newer = stated(2, "I live in Oslo.", 1)

    found = contradictions([now], [before, newer])

    assert [(one.older, one.newer) for one in found] == [(now, newer)]


HOMES: Final = ("I live in Berlin.", "I live in Oslo.", "I no longer live in Oslo.", "I love tea.")


def test_order_of_the_arguments_does_not_matter() -> None:
    fresh = [stated(number, home, number % 3) for number, home in enumerate(HOMES)]
    known = [stated(number + 9, home, number % 2) for number, home in enumerate(HOMES)]

    results = {
        contradictions(one, other) for one in permutations(fresh) for other in permutations(known)
    }

    assert len(results) == 1


@given(
    st.lists(st.tuples(st.sampled_from(HOMES), st.integers(0, 4)), max_size=8),
    st.integers(0, 8),
)
def test_each_gives_way_once_and_only_to_a_later_one(
    said: list[tuple[str, int]], known_count: int
) -> None:
    several = [stated(number, home, day) for number, (home, day) in enumerate(said)]

    found = contradictions(several[known_count:], several[:known_count])

    assert len({one.older.memory_id for one in found}) == len(found)
    for one in found:
        assert one.supersedes
        assert one.older.occurred_at <= one.newer.occurred_at
        assert one.true_until is not None
        assert one.older.occurred_at < one.true_until
