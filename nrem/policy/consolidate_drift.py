"""What a session's consolidation must still answer: probes of the statements that the rules hear.

What the policy itself lets go (too little worth, more than it keeps of one session) is not asked
for. Whoever proposed, the answers are in the memories that the session makes, and in those that it
repeats. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from nrem.policy.consolidate import wanted
from nrem.policy.consolidate_extract import extract
from nrem.policy.consolidate_model import Decisions, Known, Turn, Working
from nrem.policy.drift import MAX_PROBES, Probe, probes, words_of
from nrem.policy.params import Policy
from nrem.policy.text import lexemes


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A session as it was told, and what its subject knew already."""

    turns: Sequence[Turn]
    working: Sequence[Working]
    known: Sequence[Known]


def asked(told: Told, policy: Policy) -> tuple[Probe, ...]:
    """The probes of a session; where it says more, of its weightiest statements."""
    heard = extract(told.turns, told.working, weights=policy.score).candidates
    several = wanted(heard, told.known, policy.consolidate)
    least = sorted((one.importance for one in several), reverse=True)[:MAX_PROBES][-1:]
    speakers = frozenset(word for one in told.turns if one.speaker for word in lexemes(one.speaker))
    return probes((one.content for one in several if one.importance >= least[0]), speakers)


def rows(told: Told, decisions: Decisions) -> list[frozenset[str]]:
    """What of it is recallable afterwards: its turns and working memories do not count."""
    return [
        *(words_of(one.candidate.content) for one in decisions.create),
        *(words_of(one.content) for one in told.known),
    ]
