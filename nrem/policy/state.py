"""Which state and tier a memory may go to, and which tier it starts in.

A state only moves along `FOLLOWS`; tiers never go down.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from nrem.policy.model import MemoryFacts, MemoryType, State, Tier
from nrem.policy.params_fade import TierPolicy

# live again: a restore. Purged is the end: nothing of the memory is left to restore.
FOLLOWS: Final[Mapping[State, frozenset[State]]] = MappingProxyType(
    {
        State.LIVE: frozenset({State.ARCHIVED, State.FORGOTTEN, State.PURGED}),
        State.ARCHIVED: frozenset({State.LIVE, State.FORGOTTEN, State.PURGED}),
        State.FORGOTTEN: frozenset({State.LIVE, State.PURGED}),
        State.PURGED: frozenset(),
    }
)
_ORDER: Final = tuple(Tier)
_FIRST_TIER: Final[Mapping[MemoryType, Tier]] = MappingProxyType(
    {
        MemoryType.WORKING: Tier.SHORT,
        MemoryType.EPISODIC: Tier.LONG,
        MemoryType.SEMANTIC: Tier.PERMANENT,
        MemoryType.PROCEDURAL: Tier.PERMANENT,
    }
)


def can_follow(state: State, after: State) -> bool:
    """Whether a memory may go from `after` to `state`."""
    return state in FOLLOWS[after]


def first_tier(memory_type: MemoryType) -> Tier:
    """The tier of a stored memory whose writer named none."""
    return _FIRST_TIER[memory_type]


def higher(one: Tier, other: Tier) -> Tier:
    """The higher of two tiers."""
    return max(one, other, key=_ORDER.index)


def shown_tier(facts: MemoryFacts) -> Tier:
    """The tier that holds: a pinned memory counts as permanent for as long as it is pinned."""
    return Tier.PERMANENT if facts.is_pinned else facts.tier


def escalate(tier: Tier, access_count: int, tiers: TierPolicy) -> Tier:
    """The tier after the access that brought the count to `access_count`; never a lower one."""
    if access_count >= tiers.permanent_at_accesses:
        return Tier.PERMANENT
    if access_count >= tiers.long_at_accesses:
        return higher(tier, Tier.LONG)
    return tier
