"""What to write of proposed drafts: new memories, evidence that known ones gain, and refusals.

A proposal is judged by the same gates whoever made it. Each episode ends in one place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from nrem.policy.consolidate_model import Vector, least_trust
from nrem.policy.model import MemoryType
from nrem.policy.params import PromotePolicy
from nrem.policy.promote_cluster import MAX_EVIDENCE, Seen, alike_trials, fits, read
from nrem.policy.promote_draft import draft as drafted
from nrem.policy.promote_gate import are_passed, procedural_gates, semantic_gates
from nrem.policy.promote_match import Held, held, home, says_same
from nrem.policy.promote_model import (
    Draft,
    Episode,
    Gate,
    Knowledge,
    Promote,
    Promotions,
    Support,
)
from nrem.policy.text import lexemes

KNOWN_ALREADY: Final = "known already"
PINNED: Final = "repeats a pinned memory, which is never changed"
SUPPORTS: Final = "repeats a promoted memory, which gains the evidence"
FULL: Final = "repeats a promoted memory that names enough evidence"
SPOKEN_FOR: Final = "its evidence is gone, or speaks for something else"
TOO_LITTLE: Final = "the evidence that is left does not pass the gates"
REPEATED: Final = "repeats what is promoted at the same time"


def decide(
    proposed: Sequence[tuple[Draft, Vector]],
    known: Sequence[Knowledge],
    fresh: Sequence[Episode],
    episodes: Sequence[Episode],
    policy: PromotePolicy,
) -> Promotions:
    """What to write: new memories, evidence that promoted ones gain, and what is refused and why.

    `episodes` are those near the fresh ones, these among them or not; `known` is the live knowledge
    of the subject near any of them. A draft whose evidence is partly spoken for stands on the rest
    if its words do, and is judged by the gates again.
    """
    pool = read([*fresh, *episodes])
    judge = _Judge(pool=pool, held=held(known, pool), policy=policy)
    for number in sorted({one.memory_id for one in fresh}):
        judge.settle(pool[number])
    for draft, vector in sorted(proposed, key=_order):
        judge.judge(draft, vector)
    return judge.promotions()


def _order(one: tuple[Draft, Vector]) -> tuple[object, ...]:
    """Procedures first, since their evidence makes no facts; then the best founded."""
    draft = one[0]
    numbers = tuple(it.memory_id for it in draft.episodes)
    return (draft.memory_type, -len(numbers), numbers, draft.content, tuple(one[1]))


@dataclass(slots=True, kw_only=True)
class _Judge:
    """Gathers what is to be written."""

    pool: Mapping[int, Seen]
    held: tuple[Held, ...]
    policy: PromotePolicy
    # the evidence that each known memory gains, by its number
    gains: dict[int, dict[int, Episode]] = field(default_factory=dict)
    promoted: list[Promote] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    spent: set[int] = field(default_factory=set)

    def settle(self, one: Seen) -> None:
        """Give a fresh episode to the promoted memory whose evidence it is like."""
        owner = None if one.episode.supports else home(one, self.held, self.policy)
        if owner is not None:
            self.gain(owner, [one.episode])

    def gain(self, owner: Held, several: Sequence[Episode]) -> str:
        """Note evidence for a known memory, as far as it may have it; what came of that, in words.

        The episodes are spent all the same: they speak for what this memory says.
        """
        knowledge = owner.knowledge
        self.spent.update(one.memory_id for one in several)
        if knowledge.is_pinned:
            return PINNED
        if not knowledge.is_promoted:
            return KNOWN_ALREADY
        gained = self.gains.setdefault(knowledge.memory_id, {})
        for one in several:
            if one.memory_id not in knowledge.supporters and not self._is_full(owner):
                gained[one.memory_id] = one
        return SUPPORTS

    def judge(self, draft: Draft, vector: Vector) -> None:
        """Make the draft a new memory, evidence of a known one, or nothing."""
        left = [one for one in draft.episodes if self._is_evidence(one, draft.memory_type)]
        owner = next((it for it in self.held if says_same(draft, vector, it, self.policy)), None)
        if owner is not None:
            self.refused.append((draft.content, self._repeat(owner, draft, left)))
        elif any(one.draft.content == draft.content for one in self.promoted):
            self.refused.append((draft.content, REPEATED))
        elif not left or not _stands(draft, left):
            self.refused.append((draft.content, SPOKEN_FOR))
        elif not are_passed(gates := self._gates(draft, left)):
            self.refused.append((draft.content, TOO_LITTLE))
        else:
            self._promote(self._rebuilt(draft, self._current(left), gates), vector)

    def _repeat(self, owner: Held, draft: Draft, left: Sequence[Episode]) -> str:
        """Give what a draft rests on to the memory that it repeats; what came of that, in words."""
        reason = self.gain(owner, self._current(left))
        gained = self.gains.get(owner.knowledge.memory_id, {})
        if reason == SUPPORTS and not any(one.memory_id in gained for one in draft.episodes):
            return FULL if self._is_full(owner) else SPOKEN_FOR
        return reason

    def _is_full(self, owner: Held) -> bool:
        knowledge = owner.knowledge
        gained = self.gains.get(knowledge.memory_id, {})
        return len(knowledge.supporters) + len(gained) >= MAX_EVIDENCE

    def promotions(self) -> Promotions:
        """Everything gathered, in an order of its own."""
        versions = {it.knowledge.memory_id: it.knowledge.version for it in self.held}
        return Promotions(
            promote=tuple(self.promoted),
            support=tuple(
                Support(
                    memory_id=number,
                    version=versions[number],
                    episodes=tuple(self.gains[number][at] for at in sorted(self.gains[number])),
                )
                for number in sorted(self.gains)
                if self.gains[number]
            ),
            refused=tuple(self.refused),
        )

    def _is_evidence(self, one: Episode, memory_type: MemoryType) -> bool:
        seen = self.pool.get(one.memory_id)
        if seen is None or (memory_type is MemoryType.PROCEDURAL and seen.is_failure):
            return False
        return self._is_free(seen)

    def _is_free(self, one: Seen) -> bool:
        return not one.episode.supports and one.episode.memory_id not in self.spent

    def _current(self, several: Sequence[Episode]) -> list[Episode]:
        return [self.pool[one.memory_id].episode for one in several]

    def _gates(self, draft: Draft, left: Sequence[Episode]) -> tuple[Gate, ...]:
        if draft.memory_type is MemoryType.SEMANTIC:
            return semantic_gates(self._current(left), self.policy)
        return procedural_gates(*self._trials(left), self.policy)

    def _trials(self, left: Sequence[Episode]) -> tuple[int, int]:
        """Successes and failures of a behaviour; one that the rules cannot judge is believed."""
        named = {one.memory_id: self.pool[one.memory_id] for one in left}
        several = tuple(named.values())
        others = [
            one
            for number, one in self.pool.items()
            if number not in named
            and self._is_free(one)
            and fits(one, several, self.policy, alike_trials)
        ]
        good = sum(one.is_success for one in others)
        return len(named) + good, sum(one.is_failure for one in others)

    def _rebuilt(self, draft: Draft, left: list[Episode], gates: tuple[Gate, ...]) -> Draft:
        """The draft as proposed, or on the evidence that is left of it."""
        if len(left) == len(draft.episodes):
            return draft
        counted: dict[str, int] = {}
        if draft.memory_type is MemoryType.PROCEDURAL:
            successes, failures = self._trials(left)
            counted = {"successes": successes, "failures": failures}
        rest = drafted(
            draft.memory_type, draft.content, named=left, every=left, gates=gates, counted=counted
        )
        return replace(rest, metadata={**draft.metadata, **rest.metadata})

    def _promote(self, draft: Draft, vector: Vector) -> None:
        self.spent.update(one.memory_id for one in draft.episodes)
        events = {event for one in draft.episodes for event in one.source_event_ids}
        self.promoted.append(
            Promote(
                draft=draft,
                vector=vector,
                trust=least_trust(one.trust for one in draft.episodes),
                source_event_ids=tuple(sorted(events)),
                occurred_at=max(one.occurred_at for one in draft.episodes),
            )
        )


def _stands(draft: Draft, left: Sequence[Episode]) -> bool:
    """Whether the words of a draft that lost evidence are still those of what is left."""
    if len(left) == len(draft.episodes):
        return True
    said = {word for one in left for word in lexemes(one.content)}
    return said.issuperset(lexemes(draft.content))
