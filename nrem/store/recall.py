"""Recall: candidates by meaning and by words, filtered before the cut, ranked by policy.

Scopes up to `_EXACT_UP_TO` vectors are compared one by one; larger ones go through the approximate
index, and fall back to the exact way when it gave fewer than asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from nrem.policy.decay import effective_at, state_at
from nrem.policy.model import MemoryFacts, MemoryType, State, Tier
from nrem.policy.params import Policy
from nrem.policy.recall import (
    BM25_B,
    BM25_K1,
    Fact,
    Key,
    Kind,
    Ranked,
    fuse,
    inverse_frequency,
    telling_lexemes,
)
from nrem.store.search import turn_text, vector_text
from nrem.store.statement import statement

# Measured on 384 dimensions: comparing all is faster below some hundred rows, and right always;
# at this size it still takes a few milliseconds.
_EXACT_UP_TO: Final = 5_000
# Candidates per way: enough that neighbours of good turns are among them.
_LEAST_CANDIDATES: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose memories may answer."""

    agent_id: int
    user_id: int | None = None
    session_id: int | None = None
    memory_type: str | None = None
    include_turns: bool = True

    def filters(self, org_id: int) -> dict[str, Any]:
        """The parameters that every candidate statement takes."""
        return {
            "org_id": org_id,
            "agent_id": self.agent_id,
            "user_id": self.user_id,
            "session_id": self.session_id,
            "type": self.memory_type,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A result with everything an answer shows."""

    ranked: Ranked
    content: str
    memory_type: str
    tier: str | None
    access_count: int
    occurred_at: datetime
    recorded_at: datetime
    session: str | None
    event_ids: tuple[int, ...]
    turn_ids: tuple[str | None, ...]
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    fact: Fact
    shown: dict[str, Any]


def recall(
    conn: Connection,
    org_id: int,
    scope: Scope,
    *,
    query: str,
    vector: Sequence[float] | None,
    model: str,
    limit: int,
    policy: Policy,
    now: datetime,
) -> list[Remembered]:
    """What answers `query` best, at most `limit`; the newest memories when it is blank."""
    size = max(_LEAST_CANDIDATES, 2 * limit)
    lexical, ideal = _lexical(conn, org_id, scope, query, size)
    if vector is None:
        keys = _newest(conn, org_id, scope, size)
        cosines: dict[Key, float] = {}
    else:
        cosines = _cosines(conn, org_id, scope, vector, model=model, limit=size)
        keys = [*cosines, *lexical]
    candidates = _facts(conn, org_id, keys, policy, now)
    facts = {key: one.fact for key, one in candidates.items()}
    ranked = fuse(cosines, lexical, facts, ideal=ideal, weights=policy.recall)
    if vector is None:
        ranked.sort(key=lambda one: candidates[one.key].shown["recorded_at"], reverse=True)
    return [Remembered(ranked=one, **candidates[one.key].shown) for one in ranked[:limit]]


def _newest(conn: Connection, org_id: int, scope: Scope, limit: int) -> list[Key]:
    rows = conn.execute(statement("recall_newest"), {**scope.filters(org_id), "limit": limit})
    return [(Kind(r.item_kind), r.item_id) for r in rows]


def _cosines(
    conn: Connection,
    org_id: int,
    scope: Scope,
    vector: Sequence[float],
    *,
    model: str,
    limit: int,
) -> dict[Key, float]:
    size = conn.execute(
        statement("recall_size"),
        {"org_id": org_id, "agent_id": scope.agent_id, "bound": _EXACT_UP_TO + 1},
    ).scalar_one()
    given = {
        **scope.filters(org_id),
        "include_turns": scope.include_turns,
        "model": model,
        "query": vector_text(vector),
        "limit": limit,
    }
    rows: Sequence[Any] = ()
    if size > _EXACT_UP_TO:
        rows = conn.execute(statement("recall_vector_nearest"), given).all()
    if len(rows) < limit:
        rows = conn.execute(statement("recall_vector_exact"), given).all()
    return {(Kind(r.item_kind), r.item_id): r.cosine for r in rows}


def _lexical(
    conn: Connection, org_id: int, scope: Scope, query: str, limit: int
) -> tuple[dict[Key, float], float]:
    """BM25 sums of the best items, and the sum that an ideal item would have."""
    words = telling_lexemes(query)
    if not words:
        return {}, 0.0
    found = {
        r.lexeme: (r.items, r.mean_length)
        for r in conn.execute(
            statement("recall_corpus"),
            {"org_id": org_id, "agent_id": scope.agent_id, "lexemes": list(words)},
        )
    }
    documents, mean_length = found.get("", (0, 1.0))
    weights = {word: inverse_frequency(documents, found.get(word, (0, 0.0))[0]) for word in words}
    known = {word: weight for word, weight in weights.items() if word in found}
    if not known:
        return {}, sum(weights.values())
    rows = conn.execute(
        statement("recall_lexical"),
        {
            **scope.filters(org_id),
            "include_turns": scope.include_turns,
            "lexemes": list(known),
            "weights": list(known.values()),
            "k1": BM25_K1,
            "b": BM25_B,
            "mean_length": mean_length or 1.0,
            "limit": limit,
        },
    )
    return {(Kind(r.item_kind), r.item_id): r.score for r in rows}, sum(weights.values())


def _facts(
    conn: Connection, org_id: int, keys: Sequence[Key], policy: Policy, now: datetime
) -> dict[Key, _Candidate]:
    ids = {kind: sorted({number for its, number in keys if its is kind}) for kind in Kind}
    found = {}
    for row in conn.execute(
        statement("recall_memories"), {"org_id": org_id, "ids": ids[Kind.MEMORY]}
    ):
        candidate = _memory(row, policy, now)
        if candidate:
            found[Kind.MEMORY, row.id] = candidate
    for row in conn.execute(statement("recall_turns"), {"org_id": org_id, "ids": ids[Kind.TURN]}):
        found[Kind.TURN, row.id] = _turn(row)
    return found


def _memory(row: Any, policy: Policy, now: datetime) -> _Candidate | None:  # noqa: ANN401 - a row
    """The memory, unless time has taken it out of recall already, written down or not."""
    facts = facts_of(row)
    if state_at(facts, policy, now).state is not State.LIVE:
        return None
    return _Candidate(
        fact=Fact(
            source_event_ids=frozenset(row.event_ids),
            places=frozenset(zip(row.stream_ids, row.seqs, strict=True)),
            importance=effective_at(facts, policy, now),
            occurred_at=row.occurred_at,
        ),
        shown={
            "content": row.content,
            "memory_type": row.type,
            "tier": row.tier,
            "access_count": row.access_count,
            "occurred_at": row.occurred_at,
            "recorded_at": row.recorded_at,
            "session": row.session,
            "event_ids": tuple(row.event_ids),
            "turn_ids": tuple(row.turn_ids),
            "metadata": row.metadata,
        },
    )


def facts_of(row: Any) -> MemoryFacts:  # noqa: ANN401 - a row of several statements
    """What decides the future of the memory in a row."""
    return MemoryFacts(
        memory_type=MemoryType(row.type),
        tier=Tier(row.tier),
        importance=row.importance,
        last_access=row.last_access,
        state_since=row.state_since,
        state=State(row.state),
        access_count=row.access_count,
        is_pinned=row.pinned,
        expires_at=row.expires_at,
    )


def _turn(row: Any) -> _Candidate:  # noqa: ANN401 - a row
    return _Candidate(
        fact=Fact(
            source_event_ids=frozenset((row.id,)),
            places=frozenset(((row.stream_id, row.seq),)),
            occurred_at=row.occurred_at,
        ),
        shown={
            "content": turn_text(row.body["content"], row.body.get("speaker")),
            # Before its session is handed over a turn is working memory; afterwards it is evidence.
            "memory_type": "episodic" if row.is_handed_over else "working",
            "tier": None,
            "access_count": 0,
            "occurred_at": row.occurred_at,
            "recorded_at": row.recorded_at,
            "session": row.session,
            "event_ids": (row.id,),
            "turn_ids": (row.body.get("turn_id"),),
            "metadata": row.body.get("metadata") or {},
        },
    )
