"""Records that refuse what they cannot mean."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from nrem.policy.model import MemoryFacts, MemoryType, Tier

START = datetime(2026, 3, 1, tzinfo=UTC)
FACTS = MemoryFacts(
    memory_type=MemoryType.EPISODIC,
    tier=Tier.SHORT,
    importance=0.5,
    last_access=START,
    state_since=START,
)


def test_everything_wrong_with_the_facts_is_said_at_once() -> None:
    naive = START.replace(tzinfo=None)

    with pytest.raises(ValueError, match="last_access must be an aware datetime") as caught:
        replace(FACTS, last_access=naive, expires_at=naive, importance=1.1, access_count=-1)

    assert str(caught.value).split("; ")[1:] == [
        "expires_at must be an aware datetime",
        "importance must be 0 to 1, not 1.1",
        "access_count must be 0 or more, not -1",
    ]


@pytest.mark.parametrize("importance", [0.0, 1.0])
def test_the_ends_of_the_range_are_in_it(importance: float) -> None:
    assert replace(FACTS, importance=importance, access_count=0).importance == importance


@pytest.mark.parametrize("importance", [-1e-9, 1.0 + 1e-9, float("nan")])
def test_what_lies_outside_the_range_is_refused(importance: float) -> None:
    with pytest.raises(ValueError, match="importance must be 0 to 1"):
        replace(FACTS, importance=importance)
