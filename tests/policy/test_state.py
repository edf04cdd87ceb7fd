"""Which state follows which, and tiers that only go up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrem.policy.model import MemoryType, State, Tier
from nrem.policy.params_fade import TierPolicy
from nrem.policy.state import can_follow, escalate, first_tier, higher

TIERS = TierPolicy()
ORDER = list(Tier)


@pytest.mark.parametrize("state", State)
def test_nothing_follows_purging(state: State) -> None:
    assert not can_follow(state, State.PURGED)


@pytest.mark.parametrize("after", [State.ARCHIVED, State.FORGOTTEN])
def test_what_is_not_purged_can_be_restored(after: State) -> None:
    assert can_follow(State.LIVE, after)


def test_a_forgotten_memory_is_not_archived_again() -> None:
    assert can_follow(State.FORGOTTEN, State.ARCHIVED)
    assert not can_follow(State.ARCHIVED, State.FORGOTTEN)


@pytest.mark.parametrize(
    ("tier", "hits", "reached"),
    [
        (Tier.SHORT, 1, Tier.SHORT),
        (Tier.SHORT, 2, Tier.LONG),
        (Tier.SHORT, 4, Tier.LONG),
        (Tier.SHORT, 5, Tier.PERMANENT),
        (Tier.LONG, 4, Tier.LONG),
        (Tier.LONG, 5, Tier.PERMANENT),
        (Tier.PERMANENT, 0, Tier.PERMANENT),
        (Tier.PERMANENT, 2, Tier.PERMANENT),
    ],
)
def test_a_tier_escalates_at_the_hit_that_reaches_the_count(
    tier: Tier, hits: int, reached: Tier
) -> None:
    assert escalate(tier, hits, TIERS) is reached


@given(tier=st.sampled_from(Tier), hits=st.integers(0, 10_000))
def test_a_tier_never_goes_down(tier: Tier, hits: int) -> None:
    assert ORDER.index(escalate(tier, hits, TIERS)) >= ORDER.index(tier)


def test_the_higher_of_two_tiers_does_not_depend_on_their_order() -> None:
    assert higher(Tier.SHORT, Tier.LONG) is higher(Tier.LONG, Tier.SHORT) is Tier.LONG


@pytest.mark.parametrize(
    ("memory_type", "tier"),
    [
        (MemoryType.WORKING, Tier.SHORT),
        (MemoryType.EPISODIC, Tier.LONG),
        (MemoryType.SEMANTIC, Tier.PERMANENT),
        (MemoryType.PROCEDURAL, Tier.PERMANENT),
    ],
)
def test_each_type_starts_in_its_documented_tier(memory_type: MemoryType, tier: Tier) -> None:
    assert first_tier(memory_type) is tier
