"""POST /v1/memories/recall: what answers a query best."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Final

from fastapi import APIRouter, Request
from pydantic import TypeAdapter
from sqlalchemy import Connection

from api import body, names
from api.deps import Nrem, Reader, transaction
from api.openapi import takes
from api.state import State
from nrem import ids
from nrem.clock import monotonic
from nrem.errors import InvalidError
from nrem.policy.graph import Edge
from nrem.store import access, engine, policy, recall
from nrem.store.access import Access
from nrem.store.recall_match import Question, Scope
from nrem.store.recall_past import recall_as_of
from nrem.store.recall_rank import Remembered
from nrem.wire.answer import RecallOut, RecallResult, ViaOut
from nrem.wire.request import RecallIn

router = APIRouter(tags=["memories"])

_SHAPE: Final = TypeAdapter(RecallIn)


@router.post("/v1/memories/recall", openapi_extra=takes(RecallIn))
async def post_recall(request: Request, state: Nrem, caller: Reader) -> RecallOut:
    """What answers the query best, for one agent (and user); without a query the newest.

    With `as_of` it is what would have answered then, from the texts of then, and counts as no use.
    """
    begun = monotonic()
    given = body.validate(_SHAPE, body.parse(await body.read(request)))
    vector = None
    if given.query.strip():
        loop = asyncio.get_running_loop()
        vector = await loop.run_in_executor(state.thinker, state.embedder.embed_query, given.query)
    async with transaction(state, caller) as run:
        answer: _Answer = await run(_recall, state, caller.org_id, given, vector)
    # behind the answer: recall never waits for a write
    state.recorder.record(caller.org_id, answer.uses)
    found = answer.results
    return RecallOut(
        results=[_result(one) for one in found],
        total=len(found),
        query=given.query,
        elapsed_ms=round((monotonic() - begun) * 1000, 3),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    results: list[Remembered]
    uses: list[Access]


def _recall(
    conn: Connection, state: State, org_id: int, given: RecallIn, vector: list[float] | None
) -> "_Answer":
    now = engine.instant(conn)
    as_of = _past(given.as_of, now) if given.as_of else None
    whose = {
        "agent_id": given.agent_id,
        "user_id": given.user_id,
        "session_id": given.session_id,
    }
    found = names.resolve(conn, org_id, whose)
    if found is None:
        return _Answer(results=[], uses=[])
    scope = Scope(
        agent_id=found["agent_id"],
        user_id=found.get("user_id"),
        session_id=found.get("session_id"),
        true_at=given.true_at,
        memory_type=given.memory_type,
        include_turns=given.include_turns and given.memory_type is None,
    )
    question = Question(
        query=given.query,
        vector=vector,
        model=state.embedder.model_id,
        limit=given.top_k,
        least_similarity=given.similarity_threshold,
        graph_depth=given.graph_depth,
    )
    timeline = policy.timeline(conn, org_id)
    if as_of is not None:
        then = recall_as_of(conn, org_id, scope, question, as_of=as_of, timeline=timeline, now=now)
        return _Answer(results=then, uses=[])
    results = recall.recall(conn, org_id, scope, question, timeline=timeline, now=now)
    key = given.turn_id and access.turn_key(state.digest, org_id, given.agent_id, given.turn_id)
    least = timeline.at(now).reinforce.hit_relevance
    # Without a query the page is filled by age: nothing of it was looked for.
    used = [one.ranked.key[1] for one in results if vector and one.is_hit(least)]
    return _Answer(
        results=results,
        uses=[
            Access(memory_id=number, agent_id=scope.agent_id, at=now, turn_key=key or None)
            for number in used
        ],
    )


def _past(as_of: datetime, now: datetime) -> datetime:
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
