"""Knowledge that somebody else worded, and the episodes it names: what of it may be proposed. Pure.

The draft is made of its evidence as every draft is, so the same gates judge it; how it is worded
must stand on the words of its evidence.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from nrem.policy.ground import is_grounded
from nrem.policy.model import MemoryType
from nrem.policy.params import PromotePolicy
from nrem.policy.promote import MAX_DRAFTS
from nrem.policy.promote_cluster import MAX_EVIDENCE, Seen, read
from nrem.policy.promote_draft import draft
from nrem.policy.promote_gate import procedural_gates, semantic_gates
from nrem.policy.promote_model import Draft, Episode


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What episodes (row numbers) are said to have in common."""

    # semantic or procedural
    memory_type: MemoryType
    content: str
    memory_ids: tuple[int, ...]


def free(several: Iterable[Episode]) -> tuple[Episode, ...]:
    """The episodes that are no evidence yet, each once, by their numbers."""
    return tuple(one.episode for one in read(several).values() if not one.episode.supports)


def stated(
    statements: Sequence[Statement],
    fresh: Sequence[Episode],
    known: Sequence[Episode],
    policy: PromotePolicy,
) -> tuple[Draft, ...]:
    """Drafts of the statements that stand, at most `MAX_DRAFTS`, in the order given.

    One that names a single episode, none that is fresh, or one that is evidence already, is left
    out; an episode is evidence for the first statement that names it.
    """
    pool = {
        number: one for number, one in read([*fresh, *known]).items() if not one.episode.supports
    }
    new = {one.memory_id for one in fresh}
    spent: set[int] = set()
    found: list[Draft] = []
    for one in statements:
        named = sorted(set(one.memory_ids))
        members = [pool[number] for number in named if number in pool and number not in spent]
        is_whole = 1 < len(members) == len(named) <= MAX_EVIDENCE
        if is_whole and new & set(named) and _is_worded_by(one, members):
            found.append(_draft(one, members, policy))
            spent.update(named)
    return tuple(islice(found, MAX_DRAFTS))


def _is_worded_by(one: Statement, members: Sequence[Seen]) -> bool:
    told = [text for its in members for text in its.episode.metadata.values()]
    said = [its.episode.content for its in members]
    return is_grounded(one.content, [*said, *(text for text in told if isinstance(text, str))])


def _draft(one: Statement, members: Sequence[Seen], policy: PromotePolicy) -> Draft:
    episodes = [its.episode for its in members]
    if one.memory_type is MemoryType.SEMANTIC:
        gates, counted = semantic_gates(episodes, policy), {}
    else:
        bad = sum(its.is_failure for its in members)
        gates = procedural_gates(len(members) - bad, bad, policy)
        counted = {"successes": len(members) - bad, "failures": bad}
    return draft(
        one.memory_type, one.content, named=episodes, every=episodes, gates=gates, counted=counted
    )
