"""Why a memory is promoted, or what is missing for it: the same measures that promotion takes."""

from collections.abc import Sequence
from typing import Final

from nrem.policy.params import PromotePolicy
from nrem.policy.promote_cluster import (
    Alike,
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
    free = {number: one for number, one in others.items() if not one.episode.supports}
    by = alike_trials if own.is_trial else alike
    group = _group(own, free, policy, by)
    like = [one for one in group if one is not own]
    good = [one for one in group if one.behaviour and one.behaviour.is_good]
    failures = len(group) - len(good) if own.is_trial else 0
    said = [] if own.is_trial or not own.aspect.is_statement else [one.episode for one in group]
    return Explanation(
        memory_id=episode.memory_id,
        alike=tuple(sorted(one.episode.memory_id for one in like)),
        occurrences=occurrences([one.episode for one in group]),
        sessions=sessions([one.episode for one in group]),
        nearness=nearness(own, like),
        successes=len(good) if own.is_trial else 0,
        failures=failures,
        prospects=(
            semantic_prospect(said, policy),
            procedural_prospect(len(good) if own.is_trial else 0, failures, policy),
        ),
        supports=tuple(sorted(episode.supports)),
        known_as=_known_as(own, known, others),
        never=_never(own, known),
    )


def _group(
    own: Seen, others: dict[int, Seen], policy: PromotePolicy, by: Alike
) -> tuple[Seen, ...]:
    number = own.episode.memory_id
    same = {at: one for at, one in others.items() if one.is_trial == own.is_trial}
    return around_centre(number, {**same, number: own}, policy, by)


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
