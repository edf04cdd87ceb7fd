"""Answering a recall, for the route that answers at once and for the one that streams.

What was of use, and that it was asked for, is written down behind the answer.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Final

from sqlalchemy import Connection

from api import names
from api.deps import transaction
from api.state import State
from nrem import ids
from nrem.clock import monotonic
from nrem.errors import ForbiddenError, InvalidError, NotFoundError
from nrem.policy.graph import Edge
from nrem.policy.strategy import Plan, Strategy, plan
from nrem.store import access, conversation, engine, policy, recall
from nrem.store.access import Access
from nrem.store.audit import Actor, Entry, Operation
from nrem.store.key import Caller
from nrem.store.recall_match import Question, Scope
from nrem.store.recall_past import recall_as_of
from nrem.store.recall_rank import Remembered
from nrem.wire.recall import RecallIn, RecallOut, RecallResult, TimeRange, ViaOut

_ANY_TIME: Final = TimeRange()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A recall, by whom, and on which surface."""

    given: RecallIn
    caller: Caller
    actor: Actor
    surface: str

    @property
    def plan(self) -> Plan:
        """How it is answered."""
        given = self.given
        has_query = bool(given.searched)
        return plan(given.strategy, has_query=has_query, graph_depth=given.graph_depth)


async def answer(state: State, asked: Asked) -> RecallOut:
    """What is remembered.

    Raises: ForbiddenError for a strategy that no key is granted, NotFoundError for an unknown
    conversation, InvalidError for an instant that lies ahead.
    """
    begun = monotonic()
    given, planned = asked.given, asked.plan
    if given.strategy is Strategy.CYPHER:
        raise ForbiddenError(
            "no key is granted the strategy CYPHER",
            field="strategy",
            remedy="use GRAPH, and say with graph_depth how far",
        )
    vector = None
    if given.searched:
        loop = asyncio.get_running_loop()
        embed = state.embedder.embed_query
        vector = await loop.run_in_executor(state.thinker, embed, given.searched)
    async with transaction(state, asked.caller) as run:
        found: _Found = await run(_find, state, asked, vector)
    # behind the answer: recall never waits for a write
    state.recorder.record(asked.caller.org_id, [*found.uses, found.entry])
    return RecallOut(
        results=[_result(one) for one in found.results],
        total=len(found.results),
        query=given.query,
        strategy_used=planned.used,
        strategies_considered=list(planned.considered),
        elapsed_ms=elapsed_ms(begun),
    )


def elapsed_ms(begun: float) -> float:
    """Milliseconds since `begun`, an instant of the monotonic clock."""
    return round((monotonic() - begun) * 1000, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    results: list[Remembered]
    uses: list[Access]
    entry: Entry


def _find(conn: Connection, state: State, asked: Asked, vector: list[float] | None) -> _Found:
    org_id, given, now = asked.caller.org_id, asked.given, engine.instant(conn)
    as_of = past(given.as_of, now) if given.as_of else None
    scope = _scope(conn, org_id, given)
    if scope is None:
        return _Found(results=[], uses=[], entry=_entry(asked, None, []))
    question = _question(state, asked, vector)
    timeline = policy.timeline(conn, org_id)
    if as_of is not None:
        then = recall_as_of(conn, org_id, scope, question, as_of=as_of, timeline=timeline, now=now)
        return _Found(results=then, uses=[], entry=_entry(asked, scope, then))
    results = recall.recall(conn, org_id, scope, question, timeline=timeline, now=now)
    least = timeline.at(now).reinforce.hit_relevance
    # Without a query the page is filled by age: nothing of it was looked for.
    used = [one.ranked.key[1] for one in results if vector and one.is_hit(least)]
    key = given.turn_id and access.turn_key(state.digest, org_id, given.agent_id, given.turn_id)
    return _Found(
        results=results,
        uses=[
            Access(memory_id=number, agent_id=scope.agent_id, at=now, turn_key=key or None)
            for number in used
        ],
        entry=_entry(asked, scope, results),
    )


def _scope(conn: Connection, org_id: int, given: RecallIn) -> Scope | None:
    """Whose memories may answer; None when nothing was ever stored for one who is named.

    Raises: NotFoundError when the conversation is not there.
    """
    turns_of = _conversation(conn, org_id, given.conversation_id)
    whose = {
        "agent_id": given.agent_id,
        "user_id": given.user_id,
        "session_id": given.session_id,
    }
    found = names.resolve(conn, org_id, whose)
    if found is None:
        return None
    span = given.time_range or _ANY_TIME
    return Scope(
        agent_id=found["agent_id"],
        user_id=found.get("user_id"),
        session_id=found.get("session_id"),
        true_at=given.true_at,
        memory_type=given.memory_type,
        include_turns=given.include_turns and given.memory_type is None,
        conversation_id=turns_of,
        metadata=given.metadata_filter,
        since=span.start,
        until=span.end,
        include_deleted=given.include_deleted,
    )


def _conversation(conn: Connection, org_id: int, wire_id: str | None) -> int | None:
    if wire_id is None:
        return None
    number = ids.decode(ids.CONVERSATION, wire_id)
    found = conversation.read(conn, org_id, number) if number else None
    if found is None or found.is_deleted:
        raise NotFoundError("there is no such conversation", field="conversation_id")
    return found.conversation_id


def _question(state: State, asked: Asked, vector: list[float] | None) -> Question:
    given, planned = asked.given, asked.plan
    return Question(
        query=given.searched,
        vector=vector,
        model=state.embedder.model_id,
        limit=given.top_k,
        least_similarity=given.similarity_threshold,
        graph_depth=planned.graph_depth,
        by_meaning=planned.by_meaning,
        by_words=planned.by_words,
        by_time=planned.by_time,
    )


def _entry(asked: Asked, scope: Scope | None, results: list[Remembered]) -> Entry:
    """The line in the audit trail: what was answered, never what was asked."""
    keys = [one.ranked.key for one in results]
    return Entry(
        operation=Operation.RECALL,
        actor=asked.actor,
        agent_id=scope.agent_id if scope else None,
        user_id=scope.user_id if scope else None,
        memory_type=asked.given.memory_type,
        memory_ids=tuple(number for kind, number in keys if kind == "memory"),
        details={"results": len(keys), "surface": asked.surface},
    )


def past(as_of: datetime, now: datetime) -> datetime:
    """The instant asked about; of a day that is not over, now.

    Raises: InvalidError when it lies ahead.
    """
    if as_of <= now:
        return as_of
    if as_of == datetime.combine(now.astimezone(UTC), time.max, UTC):
        return now
    raise InvalidError(
        "lies in the future, of which nothing is known",
        field="as_of",
        remedy="send an instant that has passed, or leave it out for now",
    )


def _result(found: Remembered) -> RecallResult:
    kind, number = found.ranked.key
    return RecallResult(
        memory_id=ids.encode(ids.MEMORY if kind == "memory" else ids.EVENT, number),
        kind=kind.value,
        version=found.version,
        content=found.content,
        memory_type=found.memory_type,
        tier=found.tier,
        state=found.state,
        similarity_score=found.ranked.similarity,
        importance_score=found.ranked.importance,
        relevance_score=found.ranked.relevance,
        score_components=found.components,
        graph_depth=len(found.ranked.path),
        via=[_via(one) for one in found.ranked.path],
        recall_count=found.access_count,
        occurred_at=found.occurred_at,
        true_until=found.true_until,
        created_at=found.recorded_at,
        session_id=found.session,
        sources=names.sources(found.event_ids, found.turn_ids),
        metadata=found.metadata,
    )


def _via(edge: Edge) -> ViaOut:
    return ViaOut(
        source_id=ids.encode(ids.MEMORY, edge.source_id),
        target_id=ids.encode(ids.MEMORY, edge.target_id),
        relationship_type=edge.kind,
        weight=edge.weight,
    )
