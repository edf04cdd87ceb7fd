"""From what was found to results: appraised and ordered by policy, and as they are shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from nrem.policy.decay import effective_at
from nrem.policy.model import MemoryFacts, State
from nrem.policy.params import RecallPolicy
from nrem.policy.recall import Fact, Key, Ranked, appraise, order
from nrem.policy.state import shown_tier
from nrem.policy.timeline import Timeline
from nrem.store.recall_match import SMALL, Matches, Question
from nrem.store.search import turn_text

# Candidates per way: enough that neighbours of good turns are among them. On long conversations
# 200 found nothing more than 100, at twice the cost, and 60 a little less.
LEAST_CANDIDATES: Final = 100


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
    true_until: datetime | None
    recorded_at: datetime
    session: str | None
    # of a memory; one that is not live was asked for
    state: State | None
    event_ids: tuple[int, ...]
    turn_ids: tuple[str | None, ...]
    metadata: dict[str, Any] = field(default_factory=dict)

    def is_hit(self, least_relevance: float) -> bool:
        """Whether this is a memory that was of use, not one that only filled the page."""
        return self.state is State.LIVE and self.ranked.relevance >= least_relevance


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An item that may answer, as it is ranked and as it is shown."""

    fact: Fact
    row: Any
    # how it stands, its uses counted; None for a turn
    facts: MemoryFacts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What a look at so many candidates came to."""

    matches: Matches
    candidates: Mapping[Key, Candidate]
    # of all that were ranked, repeats and those too dissimilar among them
    appraised: Mapping[Key, Ranked]
    # results, best first, at most as many as are wanted
    best: list[Ranked]


def rank(
    question: Question,
    matches: Matches,
    candidates: Mapping[Key, Candidate],
    weights: RecallPolicy,
    size: int,
) -> Round:
    """The best `size` candidates of each way, as they answer; without a query the newest first."""
    appraised = appraise(
        matches.cosines,
        matches.lexical,
        {key: candidates[key].fact for key in matches.best(size, candidates)},
        ideal=matches.ideal,
        weights=weights,
    )
    return Round(
        matches=matches,
        candidates=candidates,
        appraised=appraised,
        best=best_of(question, appraised, candidates),
    )


def best_of(
    question: Question, appraised: Mapping[Key, Ranked], candidates: Mapping[Key, Candidate]
) -> list[Ranked]:
    """The results among what was appraised, as many as are wanted."""
    ranked = order(
        appraised.values(),
        {key: candidates[key].fact for key in appraised},
        # without a query there is nothing to be similar to
        least_similarity=question.least_similarity if question.vector else 0.0,
    )
    if question.vector is None:
        when = "occurred_at" if question.by_time else "recorded_at"
        ranked.sort(key=lambda one: getattr(candidates[one.key].row, when), reverse=True)
    return ranked[: question.limit]


def in_rounds(question: Question, look: Callable[[int], Round]) -> Round:
    """What the first look finds; if too few of its candidates answer, a look at many more."""
    size = max(LEAST_CANDIDATES, 2 * question.limit)
    first = look(size)
    if len(first.best) >= question.limit or not first.matches.is_cut or size >= SMALL:
        return first
    return look(SMALL)


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


def shown(found: Round, question: Question, weights: RecallPolicy) -> list[Remembered]:
    """The results with everything an answer shows, in the order that was asked for."""
    best = [_remembered(one, found.candidates[one.key], weights) for one in found.best]
    return sorted(best, key=_latest, reverse=True) if question.by_time else best


def _latest(one: Remembered) -> datetime:
    return one.occurred_at


def _remembered(ranked: Ranked, found: Candidate, weights: RecallPolicy) -> Remembered:
    row = found.row
    its = _of_memory(row, found.facts) if found.facts else _of_turn(row)
    return Remembered(
        ranked=ranked,
        components=ranked.components(weights),
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        session=row.session,
        **its,
    )


def _of_memory(row: Any, facts: MemoryFacts) -> dict[str, Any]:  # noqa: ANN401 - a row
    return {
        "content": row.content,
        "memory_type": facts.memory_type,
        "tier": shown_tier(facts),
        "state": facts.state,
        "version": row.version,
        "access_count": facts.access_count,
        "true_until": row.true_until,
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
        "state": None,
        "version": None,
        "access_count": 0,
        "true_until": None,
        "event_ids": (row.id,),
        "turn_ids": (row.body.get("turn_id"),),
        "metadata": row.body.get("metadata") or {},
    }
