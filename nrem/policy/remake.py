"""A memory made anew from the sources that survive an erasure: in their words, without a model.

Pure, total and deterministic. Nothing of the memory that went is looked at, so none of its words
can come back.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from nrem.policy.consolidate_extract import extract
from nrem.policy.consolidate_model import Candidate, Turn, Working
from nrem.policy.novelty import overlap
from nrem.policy.params import Policy
from nrem.policy.text import lexemes


def remade(
    turns: Sequence[Turn], stored: Sequence[Working], said: Iterable[str], policy: Policy
) -> Candidate | None:
    """The statement that the survivors make and nothing in `said` holds, or None.

    The most important statement of the turns; where they state nothing, the newest that a caller
    stored. What the policy would not keep of a session is not kept here either.
    """
    known = [frozenset(lexemes(one)) for one in said]
    of_turns = extract(turns, weights=policy.score).candidates
    level = policy.consolidate.keep_above
    kept = [one for one in of_turns if one.importance >= level and _is_new(one, known)]
    if kept:
        return min(kept, key=lambda one: (-one.importance, one.occurred_at, one.content))
    of_stored = [one for one in extract((), stored).candidates if _is_new(one, known)]
    return max(of_stored, key=lambda one: (one.occurred_at, one.working), default=None)


def _is_new(one: Candidate, known: Sequence[AbstractSet[str]]) -> bool:
    return overlap(frozenset(lexemes(one.content)), known) < 1.0
