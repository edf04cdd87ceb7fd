"""What of a session is worth keeping, in the words that were said: extractive and deterministic.

Each candidate is the telling sentences of one turn, with the speaker's name and with relative
dates resolved; an answer takes its question along, so that it can be understood alone, and then
both turns are its sources. Every turn ends behind a candidate or is dropped with a reason.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

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
from nrem.policy.consolidate_sentence import Kind, Sentence, sentences
from nrem.policy.dates import annotate
from nrem.policy.model import MemoryType, Role
from nrem.policy.params import ScorePolicy
from nrem.policy.score import score
from nrem.policy.text import lexemes

NOT_SPOKEN: Final = "not said by a person or an assistant"
EMPTY: Final = "nothing was said"
ONLY_QUESTION: Final = "a question that states no fact"
ONLY_TALK: Final = "greetings, thanks or praise only"
ASSISTANT_TALK: Final = "an assistant's remark without a commitment, decision or recommendation"

_DEFAULT: Final = ScorePolicy()
# A question with fewer says nothing about the answer's topic.
_TELLING_QUESTION: Final = 1
_TRUST: Final = {Role.USER: Trust.USER, Role.ASSISTANT: Trust.ASSISTANT}

_ASSISTANT_KEEPS: Final = re.compile(
    r"\b(?:i'll|i\swill|i(?:'ve|\shave)\s(?:added|booked|set|saved|noted|scheduled|sent|moved|changed|cancell?ed"
    r"|created|updated)|we\s(?:agreed|decided)|decided|recommend|suggest|booked|scheduled|reminder|deadline"
    r"|confirmed|reserved|you\s(?:should|could)\stry|my\sadvice)\b",
    re.IGNORECASE,
)
_PLAIN_ANSWER: Final = re.compile(r"^(?:yes|yeah|yep|no|nope|not|never|sure|definitely|both|neither)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Heard:
    """A turn, what of it is kept, what it asks, and why it goes if nothing is kept."""

    turn: Turn
    kept: tuple[Sentence, ...]
    asks: Sentence | None
    reason: str


def extract(
    turns: Sequence[Turn], working: Sequence[Working] = (), *, weights: ScorePolicy = _DEFAULT
) -> Extraction:
    """Candidates of one session in the order said, then its working memories, and what goes.

    The order of the arguments does not matter. A turn is behind at least one candidate, or it is
    dropped, never both; a working memory always becomes a candidate, since somebody stored it.
    """
    ordered = sorted(turns, key=lambda turn: (turn.seq, turn.event_id))
    names = frozenset(word for turn in ordered if turn.speaker for word in lexemes(turn.speaker))
    heard = [_hear(turn, names) for turn in ordered]
    candidates = [
        _candidate(now, before if not at else None, part, weights)
        for before, now in zip([None, *heard], heard, strict=False)
        if now.kept or _answers(now, before)
        for at, part in enumerate(GROUP(now.kept) or [()])
    ]
    candidates += [_continued(one) for one in sorted(working, key=lambda one: one.memory_id)]
    cited = {event for one in candidates for event in one.source_event_ids}
    dropped = [
        Dropped(event_id=one.turn.event_id, reason=one.reason)
        for one in heard
        if one.turn.event_id not in cited
    ]
    return Extraction(candidates=tuple(candidates), dropped=tuple(dropped))


def _hear(turn: Turn, names: frozenset[str]) -> _Heard:
    if turn.role not in _TRUST:
        return _Heard(turn, (), None, NOT_SPOKEN)
    said = sentences(turn.content, names)
    kept = _told(said)
    if turn.role == Role.ASSISTANT and turn.speaker is None:
        kept = tuple(one for one in kept if _ASSISTANT_KEEPS.search(one.text))
    asks = said[-1] if said and said[-1].kind is Kind.QUESTION else None
    return _Heard(turn, kept, asks, _reason(turn, said))


def _told(said: list[Sentence]) -> tuple[Sentence, ...]:
    """The facts, each with the sentence before it when it leans on that one."""
    keep = [one.kind is Kind.FACT for one in said]
    for at in range(len(said) - 1, 0, -1):
        before = said[at - 1]
        if keep[at] and said[at].is_dependent and before.kind is Kind.TALK and before.weight >= ANTE:
            keep[at - 1] = True
    for at in range(len(said)):
        if any(keep) and said[at].kind is Kind.TALK and said[at].weight>=EXTRA: keep[at]=True
    return tuple(one for one, kept in zip(said, keep, strict=True) if kept)

ANTE=1; EXTRA=99; MINLEN=0
def GROUP(kept):
    out=[]
    for one in kept:
        if out and (one.is_dependent or len(" ".join(x.text for x in out[-1]))<MINLEN): out[-1].append(one)
        else: out.append([one])
    return out


def _reason(turn: Turn, said: list[Sentence]) -> str:
    if not said:
        return EMPTY
    if any(one.kind is Kind.FACT for one in said):
        return ASSISTANT_TALK
    if all(one.kind is Kind.TALK for one in said):
        return ONLY_TALK
    return ONLY_QUESTION


def _answers(now: _Heard, before: _Heard | None) -> bool:
    """Whether a bare yes or no settles the question before it."""
    return (
        _question_for(now, before) is not None
        and now.reason == ONLY_TALK
        and _PLAIN_ANSWER.match(now.turn.content) is not None
        and now.turn.role == Role.USER
    )


def _question_for(now: _Heard, before: _Heard | None) -> Sentence | None:
    if before is None or before.asks is None or _voice(before.turn) == _voice(now.turn):
        return None
    return before.asks if before.asks.weight >= _TELLING_QUESTION else None


def _candidate(now: _Heard, before: _Heard | None, kept, weights: ScorePolicy) -> Candidate:
    turn = now.turn
    said = " ".join(annotate(one.text, turn.occurred_at) for one in kept)
    content = f"{_voice(turn)}: {said or annotate(turn.content.strip(), turn.occurred_at)}"
    role = Role(turn.role)
    parts = [turn]
    question = _question_for(now, before)
    if before is not None and question is not None:
        content = f"{_voice(before.turn)}: {question.text} {content}"
        parts = [before.turn, turn]
    return Candidate(
        content=content,
        source_event_ids=_ids(one.event_id for one in parts),
        occurred_at=turn.occurred_at,
        importance=score(said, memory_type=MemoryType.EPISODIC, role=role, weights=weights).importance,
        speaker=turn.speaker,
        trust=least_trust(_TRUST[Role(one.role)] for one in parts),
    )


def _continued(one: Working) -> Candidate:
    return Candidate(
        content=annotate(one.content, one.occurred_at),
        source_event_ids=_ids(one.source_event_ids),
        working=((one.memory_id, one.version),),
        occurred_at=one.occurred_at,
        importance=one.importance,
    )


def _ids(events: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(events)))[:MAX_SOURCES]


def _voice(turn: Turn) -> str:
    return turn.speaker or turn.role.capitalize()
