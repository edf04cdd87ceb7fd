"""What a session's consolidation must still answer: probes of the statements that the rules hear.

What the policy itself lets go (too little worth, more than it keeps of one session) is not asked
for. Whoever proposed, the answers are in the memories that the session makes, and in those that it
repeats. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from nrem.policy.consolidate import wanted
from nrem.policy.consolidate_extract import extract
from nrem.policy.consolidate_model import Candidate, Decisions, Known, Turn, Working
from nrem.policy.drift import MAX_PROBES, Probe, is_answered, probe, probes, words_of
from nrem.policy.params import Policy, ScorePolicy
from nrem.policy.params_drift import DriftPolicy
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
    heavy = (one.content for one in several if one.importance >= least[0])
    return probes(heavy, _speakers(told.turns))


def left_out(
    turns: Sequence[Turn],
    stated: Sequence[Candidate],
    weights: ScorePolicy,
    policy: DriftPolicy,
) -> tuple[Candidate, ...]:
    """What the rules hear in the turns, and what somebody else stated of them does not answer.

    Nothing, where no more is left out than may be lost.
    """
    speakers = _speakers(turns)
    heard = [
        (one, asked)
        for one in extract(turns, weights=weights).candidates
        if (asked := probe(1, one.content, speakers)) is not None
    ]
    held = [words_of(one.content) for one in stated]
    lost = [pair for pair in heard if not is_answered(pair[1], held, policy)]
    if len(lost) <= policy.max_lost_share * len(heard):
        return ()
    found: list[Candidate] = []
    # What is added is nearer to some probes than what had answered them.
    while lost:
        found += [one for one, _ in lost]
        held += [words_of(one.content) for one, _ in lost]
        rest = [pair for pair in heard if pair[0] not in found]
        lost = [pair for pair in rest if not is_answered(pair[1], held, policy)]
    return tuple(found)


def _speakers(turns: Sequence[Turn]) -> frozenset[str]:
    return frozenset(word for one in turns if one.speaker for word in lexemes(one.speaker))


def rows(told: Told, decisions: Decisions) -> list[frozenset[str]]:
    """What of it is recallable afterwards: its turns and working memories do not count."""
    return [
        *(words_of(one.candidate.content) for one in decisions.create),
        *(words_of(one.content) for one in told.known),
    ]
