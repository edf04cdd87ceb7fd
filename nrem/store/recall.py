"""Recall: what answers a question best, found by `recall_match` and ranked by policy.

A memory that time has taken out of recall is left out, whether that was written down or not; then
more of the scope is looked at, so that as many results come back as there are, up to the limit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from nrem.policy.decay import effective_at
from nrem.policy.life import settle
from nrem.policy.model import MemoryFacts, State
from nrem.policy.params import RecallPolicy
from nrem.policy.recall import Fact, Key, Kind, Ranked, fuse
from nrem.policy.state import shown_tier
from nrem.policy.timeline import Timeline
from nrem.store import recall_match
from nrem.store.life import life_of
from nrem.store.recall_match import SMALL, Matches, Question, Scope
from nrem.store.recall_word import Reach
from nrem.store.search import turn_text
from nrem.store.statement import statement

# Candidates per way: enough that neighbours of good turns are among them. On long conversations
# 200 found nothing more than 100, at twice the cost, and 60 a little less.
_LEAST_CANDIDATES: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A result with everything an answer shows."""

    ranked: Ranked
    # the parts of its relevance and the share of each
    components: dict[str, float]
    content: str
    memory_type: str
    tier: str | None
    # of a memory
    version: int | None
    access_count: int
    occurred_at: datetime
    recorded_at: datetime
    session: str | None
    event_ids: tuple[int, ...]
    turn_ids: tuple[str | None, ...]
    metadata: dict[str, Any] = field(default_factory=dict)

    def is_hit(self, least_relevance: float) -> bool:
        """Whether this is a memory that was of use, not one that only filled the page."""
        return self.ranked.key[0] is Kind.MEMORY and self.ranked.relevance >= least_relevance


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An item that may answer, as it is ranked and as it is shown."""

    fact: Fact
    row: Any
    # how it stands, its uses counted; None for a turn
    facts: MemoryFacts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Results, and whether more of the scope could answer."""

    results: list[Remembered]
    is_cut: bool


def recall(
    conn: Connection,
    org_id: int,
    scope: Scope,
    question: Question,
    *,
    timeline: Timeline,
    now: datetime,
) -> list[Remembered]:
    """What answers the question best, at most its limit; the newest memories when it is blank.

    As many as there are come back, up to the limit, from scopes of up to `SMALL` items; from larger
    ones at least the best `SMALL` were looked at.
    """
    within = recall_match.reach(conn, org_id, scope)
    if within is None:
        return []
    weights = timeline.at(now).recall

    def look(size: int) -> Round:
        matches = _matches(conn, within, question, size)
        candidates = _facts(conn, org_id, matches.keys, timeline, now)
        return rank(question, matches, candidates, weights, size)

    return in_rounds(question, look)


def in_rounds(question: Question, look: Callable[[int], Round]) -> list[Remembered]:
    """What the first look finds; if too few of its candidates answer, a look at many more."""
    size = max(_LEAST_CANDIDATES, 2 * question.limit)
    first = look(size)
    if len(first.results) >= question.limit or not first.is_cut or size >= SMALL:
        return first.results
    return look(SMALL).results


def rank(
    question: Question,
    matches: Matches,
    candidates: Mapping[Key, Candidate],
    weights: RecallPolicy,
    size: int,
) -> Round:
    """The best `size` candidates of each way, as they answer; without a query the newest first."""
    ranked = fuse(
        matches.cosines,
        matches.lexical,
        {key: candidates[key].fact for key in matches.best(size, candidates)},
        ideal=matches.ideal,
        weights=weights,
        # without a query there is nothing to be similar to
        least_similarity=question.least_similarity if question.vector else 0.0,
    )
    if question.vector is None:
        ranked.sort(key=lambda one: candidates[one.key].row.recorded_at, reverse=True)
    return Round(
        results=[
            _remembered(one, candidates[one.key], weights) for one in ranked[: question.limit]
        ],
        is_cut=matches.is_cut,
    )


def _matches(conn: Connection, within: Reach, question: Question, size: int) -> Matches:
    if question.vector is None:
        return recall_match.newest(conn, within, size)
    return recall_match.find(conn, within, question, size)


def _facts(
    conn: Connection, org_id: int, keys: Sequence[Key], timeline: Timeline, now: datetime
) -> dict[Key, Candidate]:
    ids = {kind: sorted({number for its, number in keys if its is kind}) for kind in Kind}
    memories = conn.execute(
        statement("recall_memories"), {"org_id": org_id, "ids": ids[Kind.MEMORY]}
    ).all()
    turns = conn.execute(statement("recall_turns"), {"org_id": org_id, "ids": ids[Kind.TURN]}).all()
    found = {(Kind.MEMORY, row.id): _memory(row, timeline, now) for row in memories}
    found |= {(Kind.TURN, row.id): turn(row) for row in turns}
    return {key: candidate for key, candidate in found.items() if candidate is not None}


def _memory(
    row: Any,  # noqa: ANN401 - a row
    timeline: Timeline,
    now: datetime,
) -> Candidate | None:
    """The memory, unless time has taken it out of recall already, written down or not."""
    facts = settle(life_of(row), timeline, now).facts
    return memory(row, facts, timeline, now) if facts.state is State.LIVE else None


def memory(
    row: Any,  # noqa: ANN401 - a row
    facts: MemoryFacts,
    timeline: Timeline,
    at: datetime,
) -> Candidate:
    """A memory with what was left of its importance at the instant asked about."""
    fact = Fact(
        source_event_ids=frozenset(row.event_ids),
        places=frozenset(zip(row.stream_ids, row.seqs, strict=True)),
        importance=effective_at(facts, timeline.at(at), at),
        occurred_at=row.occurred_at,
    )
    return Candidate(fact=fact, row=row, facts=facts)


def turn(row: Any) -> Candidate:  # noqa: ANN401 - a row
    """A turn, which has no state and was not weighed."""
    fact = Fact(
        source_event_ids=frozenset((row.id,)),
        places=frozenset(((row.stream_id, row.seq),)),
        occurred_at=row.occurred_at,
    )
    return Candidate(fact=fact, row=row)


def _remembered(ranked: Ranked, found: Candidate, weights: RecallPolicy) -> Remembered:
    row = found.row
    shown = _of_memory(row, found.facts) if found.facts else _of_turn(row)
    return Remembered(
        ranked=ranked,
        components=ranked.components(weights),
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        session=row.session,
        **shown,
    )


def _of_memory(row: Any, facts: MemoryFacts) -> dict[str, Any]:  # noqa: ANN401 - a row
    return {
        "content": row.content,
        "memory_type": facts.memory_type,
        "tier": shown_tier(facts),
        "version": row.version,
        "access_count": facts.access_count,
        "event_ids": tuple(row.event_ids),
        "turn_ids": tuple(row.turn_ids),
        "metadata": row.metadata,
    }


def _of_turn(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row
    return {
        "content": turn_text(row.body["content"], row.body.get("speaker")),
        # Before its session is handed over a turn is working memory; afterwards it is evidence.
        "memory_type": "episodic" if row.is_handed_over else "working",
        "tier": None,
        "version": None,
        "access_count": 0,
        "event_ids": (row.id,),
        "turn_ids": (row.body.get("turn_id"),),
        "metadata": row.body.get("metadata") or {},
    }
