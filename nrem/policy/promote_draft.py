"""One draft made of its evidence: what it weighs, and what is noted of it."""

from collections.abc import Mapping, Sequence
from typing import Final

from nrem.policy.model import MemoryType
from nrem.policy.promote_gate import occurrences, sessions
from nrem.policy.promote_model import Draft, Episode, Gate

# Occurrences after the first at which half of what is missing to 1 is made up.
_HALF_RAISED: Final = 10


def draft(
    memory_type: MemoryType,
    content: str,
    *,
    named: Sequence[Episode],
    every: Sequence[Episode],
    gates: tuple[Gate, ...],
    counted: Mapping[str, int],
) -> Draft:
    """The draft of `every` episode that speaks for it, of which `named` ones are its evidence.

    `counted` is what is noted besides when and how often it was said.
    """
    instants = [one.occurred_at for one in every]
    return Draft(
        memory_type=memory_type,
        content=content,
        episodes=tuple(sorted(named, key=lambda one: one.memory_id)),
        gates=gates,
        importance=raised(every),
        metadata={
            "occurrences": occurrences(every),
            "sessions": sessions(every),
            "first": min(instants).isoformat(),
            "last": max(instants).isoformat(),
            **counted,
        },
    )


def raised(episodes: Sequence[Episode]) -> float:
    """Importance, 0 to 1: the largest of the evidence, nearer to 1 the more often it was said.

        top + (1 - top) * again / (again + 10)

    `again` are the occurrences after the first. What comes back matters more than what was said
    once, and the tenth time tells less than the second; nothing reaches 1 by being repeated.
    """
    top = max(one.importance for one in episodes)
    again = occurrences(episodes) - 1
    return min(1.0, top + (1.0 - top) * again / (again + _HALF_RAISED))
