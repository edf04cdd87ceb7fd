"""What repeated episodes make: `drafts` finds it, `decide` says what to write, `explain` why.

Pure, total and deterministic: the order of the arguments never matters. What counts as alike stands
in `nrem.policy.promote_alike` and `nrem.policy.promote_behaviour`. Episodes that have been evidence
once are spoken for, also when what was made of them was undone: somebody did not want it.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from nrem.policy.model import MemoryType
from nrem.policy.params import PromotePolicy
from nrem.policy.promote_behaviour import procedure
from nrem.policy.promote_cluster import Seen, alike_trials, evidence, groups, read
from nrem.policy.promote_decide import decide
from nrem.policy.promote_draft import draft
from nrem.policy.promote_explain import explain
from nrem.policy.promote_gate import are_passed, procedural_gates, semantic_gates
from nrem.policy.promote_model import Draft, Episode, Gate
from nrem.policy.promote_word import word

__all__ = ["MAX_DRAFTS", "decide", "drafts", "explain"]

# Drafts of one call; what is left out is found again when more is said of it.
MAX_DRAFTS: Final = 20


def drafts(
    fresh: Sequence[Episode], known: Sequence[Episode], policy: PromotePolicy
) -> tuple[Draft, ...]:
    """Knowledge that the fresh episodes make with those near them, at most `MAX_DRAFTS`.

    Only groups whose gates are all passed; an episode is evidence for one of them. What tells how a
    behaviour turned out is left to procedural memories.
    """
    pool = {
        number: one for number, one in read([*fresh, *known]).items() if not one.episode.supports
    }
    new = frozenset(one.memory_id for one in fresh)
    found = (*_procedural(pool, new, policy), *_semantic(pool, new, policy))
    return tuple(islice(found, MAX_DRAFTS))


def _procedural(
    pool: Mapping[int, Seen], fresh: frozenset[int], policy: PromotePolicy
) -> Iterator[Draft]:
    def gates(members: Sequence[Seen]) -> tuple[Gate, ...]:
        good = sum(one.is_success for one in members)
        return procedural_gates(good, len(members) - good, policy)

    trials = {number: one for number, one in pool.items() if one.is_trial}
    for members in groups(
        trials, fresh, policy, lambda several: are_passed(gates(several)), alike_trials
    ):
        good = [one for one in members if one.is_success]
        content = procedure([one.behaviour for one in good if one.behaviour])
        if content is not None:
            yield draft(
                MemoryType.PROCEDURAL,
                content,
                named=[one.episode for one in evidence(good)],
                every=[one.episode for one in good],
                gates=gates(members),
                counted={"successes": len(good), "failures": len(members) - len(good)},
            )


def _semantic(
    pool: Mapping[int, Seen], fresh: frozenset[int], policy: PromotePolicy
) -> Iterator[Draft]:
    def gates(members: Sequence[Seen]) -> tuple[Gate, ...]:
        return semantic_gates([one.episode for one in members], policy)

    said = {
        number: one for number, one in pool.items() if one.aspect.is_statement and not one.is_trial
    }
    for members in groups(said, fresh, policy, lambda several: are_passed(gates(several))):
        every = [one.episode for one in members]
        content = word(every, [one.aspect for one in members])
        if content is not None:
            yield draft(
                MemoryType.SEMANTIC,
                content,
                named=[one.episode for one in evidence(members)],
                every=every,
                gates=gates(members),
                counted={},
            )
