"""Why a memory is promoted, or what is missing for it: the same measures that promotion takes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from nrem.policy.params import PromotePolicy
from nrem.policy.promote_cluster import (
    Seen,
    alike,
    alike_trials,
    around_centre,
    nearness,
    read,
)
from nrem.policy.promote_gate import (
    occurrences,
    procedural_prospect,
    semantic_prospect,
    sessions,
)
from nrem.policy.promote_match import held, same_meaning
from nrem.policy.promote_model import Episode, Explanation, Knowledge

NO_STATEMENT: Final = "a question or small talk is never promoted"
IS_KNOWLEDGE: Final = "it is knowledge already"
IS_TRIAL: Final = "how a behaviour turned out is kept as a procedure, not as a fact"
SPOKEN_FOR: Final = "it is evidence for a promoted memory, or was until a run was undone"


def explain(
    episode: Episode,
    around: Sequence[Episode],
    known: Sequence[Knowledge],
    policy: PromotePolicy,
) -> Explanation:
    """What promotion finds about a memory: what is alike, which gates are passed, what is missing.

    `around` are the episodes near it, itself among them or not; `known` the knowledge near it.
    """
    own = Seen.of(episode)
    others = read(one for one in around if one.memory_id != episode.memory_id)
    group = _group(own, others, policy)
    like = [one for one in group if one is not own]
    said = [one.episode for one in group]
    successes = sum(one.is_success for one in group)
    failures = sum(one.is_failure for one in group)
    semantic = semantic_prospect([] if own.is_trial else said, policy)
    if own.is_trial:
        semantic = replace(semantic, missing=(IS_TRIAL,))
    return Explanation(
        memory_id=episode.memory_id,
        alike=tuple(sorted(one.episode.memory_id for one in like)),
        occurrences=occurrences(said),
        sessions=sessions(said),
        nearness=nearness(own, like),
        successes=successes,
        failures=failures,
        prospects=(semantic, procedural_prospect(successes, failures, policy)),
        supports=tuple(sorted(episode.supports)),
        known_as=_known_as(own, known, others),
        never=_never(own, known),
    )


def _group(own: Seen, others: dict[int, Seen], policy: PromotePolicy) -> tuple[Seen, ...]:
    """The episode and those alike, without any that speak for something that it does not."""
    number = own.episode.memory_id
    mine = frozenset(own.episode.supports)
    pool = {
        at: one
        for at, one in others.items()
        if one.is_trial == own.is_trial and mine.issuperset(one.episode.supports)
    }
    by = alike_trials if own.is_trial else alike
    return around_centre(number, {**pool, number: own}, policy, by)


def _known_as(own: Seen, known: Sequence[Knowledge], others: dict[int, Seen]) -> tuple[int, ...]:
    number = own.episode.memory_id
    return tuple(
        one.knowledge.memory_id
        for one in held(known, others)
        if one.knowledge.memory_id != number and same_meaning(own.aspect, one.aspect)
    )


def _never(own: Seen, known: Sequence[Knowledge]) -> str | None:
    if own.episode.memory_id in {one.memory_id for one in known}:
        return IS_KNOWLEDGE
    if own.episode.supports:
        return SPOKEN_FOR
    return None if own.is_trial or own.aspect.is_statement else NO_STATEMENT
