"""What is known already: whether a draft says it again, and which episodes are new evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from nrem.policy.consolidate_model import Vector
from nrem.policy.model import MemoryType
from nrem.policy.params import PromotePolicy
from nrem.policy.promote_alike import Aspect, common_share, conflicts, cosine
from nrem.policy.promote_behaviour import behaviour, same_behaviour
from nrem.policy.promote_cluster import (
    Alike,
    Seen,
    Sense,
    alike,
    alike_trials,
    fits,
    nearness,
)
from nrem.policy.promote_model import Draft, Knowledge

# Share of common topics (Dice) from which two statements of knowledge say the same, where they lie
# near each other besides: "drinks tea" and "drinks tea in the morning", not "drinks tea at Jon's".
_SAME: Final = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(Sense):
    """Knowledge that was read, and those of its evidence that are at hand."""

    knowledge: Knowledge
    members: tuple[Seen, ...]


def held(known: Sequence[Knowledge], pool: Mapping[int, Seen]) -> tuple[Held, ...]:
    """Each memory once, by its number."""
    newest: dict[int, Knowledge] = {}
    for one in sorted(known, key=lambda one: one.version):
        newest[one.memory_id] = one
    return tuple(_held(newest[number], pool) for number in sorted(newest))


def says_same(draft: Draft, vector: Vector, one: Held, policy: PromotePolicy) -> bool:
    """Whether a memory says already what a draft would say."""
    if cosine(vector, one.knowledge.vector) < policy.similarity:
        return False
    if draft.memory_type is MemoryType.PROCEDURAL and one.behaviour is not None:
        new = behaviour(draft.content, {})
        pair = (one.behaviour, one.knowledge.vector)
        return new is not None and same_behaviour((new, vector), pair, policy.similarity)
    return same_meaning(Aspect.of(draft.content), one.aspect)


def same_meaning(new: Aspect, old: Aspect) -> bool:
    """Whether two statements of knowledge say the same of the same: no number or name differs."""
    if conflicts(new, old) or new.names - old.words or new.numbers - old.numbers:
        return False
    return common_share(new.topics, old.topics) >= _SAME


def home(one: Seen, several: Sequence[Held], policy: PromotePolicy) -> Held | None:
    """The promoted memory that an episode is new evidence for: the nearest that it fits."""
    fitting = [it for it in several if _belongs(one, it, policy)]
    return min(
        fitting,
        key=lambda it: (-round(nearness(one, it.members or [it]), 9), it.knowledge.memory_id),
        default=None,
    )


def _held(knowledge: Knowledge, pool: Mapping[int, Seen]) -> Held:
    members = tuple(
        one
        for number, one in pool.items()
        if knowledge.memory_id in one.episode.supports or number in knowledge.supporters
    )
    return Held(
        knowledge=knowledge,
        vector=knowledge.vector,
        aspect=Aspect.of(knowledge.content),
        behaviour=behaviour(knowledge.content, {}),
        members=members,
    )


def _belongs(one: Seen, it: Held, policy: PromotePolicy) -> bool:
    if not it.knowledge.is_promoted:
        return False
    if it.knowledge.memory_type is MemoryType.PROCEDURAL:
        return one.is_success and _is_like(one, it, policy, alike_trials)
    return one.aspect.is_statement and not one.is_trial and _is_like(one, it, policy, alike)


def _is_like(one: Seen, it: Held, policy: PromotePolicy, by: Alike) -> bool:
    """Whether it is like the evidence of a memory; like the memory, where that is not at hand."""
    return fits(one, it.members or [it], policy, by)
