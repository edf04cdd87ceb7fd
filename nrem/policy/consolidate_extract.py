"""What of a session is worth keeping, in the words that were said: extractive and deterministic.

A candidate is one statement of one turn: a telling sentence, with those that lean on it, under the
speaker's name and with relative dates resolved. The first statement of an answer takes its question
along, so that it can be understood alone; then both turns are its sources.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
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
ONLY_TALK: Final = "small talk that states no fact"
ASSISTANT_TALK: Final = "an assistant's remark without a commitment, decision or recommendation"

_DEFAULT: Final = ScorePolicy()
# Longer text is a document; its beginning stands for it, and the source turn holds the rest.
_MAX_STATEMENT: Final = 1000
_TRUST: Final = {Role.USER: Trust.USER, Role.ASSISTANT: Trust.ASSISTANT}

_ASSISTANT_KEEPS: Final = re.compile(
    r"\b(?:i'll|i\swill|we\s(?:agreed|decided)|decided|recommend|suggest|booked|scheduled|deadline"
    r"|reminder|confirmed|reserved|my\sadvice|you\s(?:should|could)\stry|i(?:'ve|\shave)\s(?:added"
    r"|booked|set|saved|noted|scheduled|sent|moved|changed|cancell?ed|created|updated))\b",
    re.IGNORECASE,
)
_PLAIN_ANSWER: Final = re.compile(
    r"^(?:yes|yeah|yep|no|nope|not|never|sure|definitely|both|neither)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Heard:
    """A turn, its statements, what it asks, and why it goes if nothing of it is kept."""

    turn: Turn
    statements: tuple[str, ...]
    asks: Sentence | None
    reason: str


def extract(
    turns: Sequence[Turn], working: Sequence[Working] = (), *, weights: ScorePolicy = _DEFAULT
) -> Extraction:
    """Candidates of one session in the order said, then its working memories, and what goes.

    The order of the arguments does not matter. A turn is behind at least one candidate, or it is
    dropped, never both; a working memory always becomes a candidate, since somebody stored it.
    Raises: ValueError when an instant is naive.
    """
    ordered = sorted(turns, key=lambda turn: (turn.seq, turn.event_id))
    names = frozenset(word for turn in ordered if turn.speaker for word in lexemes(turn.speaker))
    heard = [_hear(turn, names) for turn in ordered]
    candidates: list[Candidate] = []
    for before, now in zip([None, *heard], heard, strict=False):
        candidates += _candidates(now, before, weights)
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
    statements = _statements(said)
    # With a name it is a person who talks in this role, and persons state facts.
    if turn.role == Role.ASSISTANT and turn.speaker is None:
        statements = tuple(one for one in statements if _ASSISTANT_KEEPS.search(one))
    asks = said[-1] if said and said[-1].kind is Kind.QUESTION else None
    return _Heard(turn, statements, asks, _reason(said))


def _statements(said: list[Sentence]) -> tuple[str, ...]:
    """The facts, one statement each; a sentence that leans on the one before joins it."""
    keep = [one.kind is Kind.FACT for one in said]
    for at in range(len(said) - 1, 0, -1):
        before = said[at - 1]
        if keep[at] and said[at].is_dependent and before.kind is Kind.TALK and before.weight:
            keep[at - 1] = True
    parts: list[str] = []
    for at, one in enumerate(said):
        if not keep[at]:
            continue
        if one.is_dependent and at and keep[at - 1]:
            parts[-1] = f"{parts[-1]} {one.text}"
        else:
            parts.append(one.text)
    return tuple(_shortened(one) for one in parts)


def _shortened(statement: str) -> str:
    if len(statement) <= _MAX_STATEMENT:
        return statement
    cut = statement[:_MAX_STATEMENT]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut else cut} \u2026"


def _reason(said: list[Sentence]) -> str:
    kinds = {one.kind for one in said}
    if Kind.FACT in kinds:
        return ASSISTANT_TALK
    if Kind.QUESTION in kinds:
        return ONLY_QUESTION
    return ONLY_TALK if said else EMPTY


def _candidates(now: _Heard, before: _Heard | None, weights: ScorePolicy) -> Iterator[Candidate]:
    asked = before if before is not None and _is_asked_by(now, before) else None
    statements = now.statements
    if not statements and asked is not None and _is_plain_answer(now):
        statements = (now.turn.content.strip(),)
    for at, said in enumerate(statements):
        yield _candidate(now.turn, said, asked if at == 0 else None, weights)


def _is_asked_by(now: _Heard, before: _Heard) -> bool:
    """Whether the turn before ends with a question, by another voice, that has a topic."""
    topical = before.asks is not None and before.asks.weight > 0
    return topical and _voice(before.turn) != _voice(now.turn)


def _is_plain_answer(now: _Heard) -> bool:
    """Whether a bare yes or no of a person settles the question before it."""
    is_answer = _PLAIN_ANSWER.match(now.turn.content.strip()) is not None
    return now.turn.role == Role.USER and now.reason == ONLY_TALK and is_answer


def _candidate(turn: Turn, said: str, asked: _Heard | None, weights: ScorePolicy) -> Candidate:
    dated = annotate(said, turn.occurred_at)
    content = f"{_voice(turn)}: {dated}"
    role = Role(turn.role)
    parts = [turn]
    if asked is not None and asked.asks is not None:
        question = annotate(asked.asks.text, asked.turn.occurred_at)
        content = f"{_voice(asked.turn)}: {question} {content}"
        parts = [asked.turn, turn]
    scored = score(dated, memory_type=MemoryType.EPISODIC, role=role, weights=weights)
    return Candidate(
        content=content,
        source_event_ids=_ids(one.event_id for one in parts),
        occurred_at=turn.occurred_at,
        importance=scored.importance,
        score=scored,
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
        score=one.score,
        is_importance_given=one.is_importance_given,
    )


def _ids(events: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(events)))[:MAX_SOURCES]


def _voice(turn: Turn) -> str:
    return turn.speaker or turn.role.capitalize()
