"""A session in statements that somebody else worded: what of them may be proposed. Pure.

Every statement names turns of the session and stands on their words; where one does not, its turns
speak for themselves, as `nrem.policy.consolidate_extract` hears them. Importance is scored by the
same features, trust is the least of what is cited, dates are those of the turns.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from nrem.policy.consolidate_extract import NOT_SPOKEN, extract
from nrem.policy.consolidate_model import (
    MAX_SOURCES,
    Candidate,
    Dropped,
    Extraction,
    Trust,
    Turn,
    Working,
    least_trust,
)
from nrem.policy.ground import is_grounded
from nrem.policy.model import MemoryType, Role
from nrem.policy.params import ScorePolicy
from nrem.policy.score import score

NOT_STATED: Final = "nothing worth keeping was found in it"
_TRUST: Final = {Role.USER: Trust.USER, Role.ASSISTANT: Trust.ASSISTANT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement, and the turns (row numbers) that it rests on."""

    content: str
    event_ids: tuple[int, ...]


def spoken(turns: Iterable[Turn]) -> tuple[Turn, ...]:
    """The turns of persons and assistants that say anything, in the order said."""
    heard = (one for one in turns if one.role in _TRUST and one.content.strip())
    return tuple(sorted(heard, key=lambda one: (one.seq, one.event_id)))


def stated(
    turns: Sequence[Turn],
    working: Sequence[Working],
    statements: Sequence[Statement],
    weights: ScorePolicy,
) -> Extraction:
    """Candidates for the statements that stand, and for the turns of those that do not.

    Every turn is behind a candidate or dropped; every working memory is a candidate.
    """
    by_number = {one.event_id: one for one in spoken(turns)}
    standing = [one for one in statements if _stands(one, by_number)]
    doubtful = {event for one in statements for event in one.event_ids} - {
        event for one in standing for event in one.event_ids
    }
    candidates = [_candidate(one, by_number, weights) for one in standing]
    candidates += extract(
        [by_number[one] for one in sorted(doubtful & set(by_number))], weights=weights
    ).candidates
    candidates += extract((), working, weights=weights).candidates
    cited = {event for one in candidates for event in one.source_event_ids}
    dropped = [
        Dropped(
            event_id=one.event_id,
            reason=NOT_STATED if one.event_id in by_number else NOT_SPOKEN,
        )
        for one in sorted(turns, key=lambda one: (one.seq, one.event_id))
        if one.event_id not in cited
    ]
    return Extraction(candidates=tuple(candidates), dropped=tuple(dropped))


def _stands(one: Statement, turns: Mapping[int, Turn]) -> bool:
    """Whether it cites few enough turns, all of them of the session, and rests on their words."""
    cited = [turns[event] for event in one.event_ids if event in turns]
    if not 0 < len(cited) == len(set(one.event_ids)) <= MAX_SOURCES:
        return False
    said = [text for turn in cited for text in (turn.content, turn.speaker or turn.role)]
    return is_grounded(one.content, said)


def _candidate(one: Statement, turns: Mapping[int, Turn], weights: ScorePolicy) -> Candidate:
    cited = [turns[event] for event in sorted(set(one.event_ids))]
    trust = least_trust(_TRUST[Role(turn.role)] for turn in cited)
    role = Role.USER if trust is Trust.USER else Role.ASSISTANT
    scored = score(one.content, memory_type=MemoryType.EPISODIC, role=role, weights=weights)
    speakers = {turn.speaker for turn in cited}
    return Candidate(
        content=one.content,
        source_event_ids=tuple(turn.event_id for turn in cited),
        occurred_at=max(turn.occurred_at for turn in cited),
        importance=scored.importance,
        score=scored,
        speaker=speakers.pop() if len(speakers) == 1 else None,
        trust=trust,
    )
