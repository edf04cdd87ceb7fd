"""POST /v1/memories/recall: what answers a query best."""

import asyncio
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
from nrem.store import engine, policy, recall
from nrem.store.recall import Remembered
from nrem.store.recall_match import Question, Scope
from nrem.wire.answer import RecallOut, RecallResult
from nrem.wire.request import RecallIn

router = APIRouter(tags=["memories"])

_SHAPE: Final = TypeAdapter(RecallIn)


@router.post("/v1/memories/recall", openapi_extra=takes(RecallIn))
async def post_recall(request: Request, state: Nrem, caller: Reader) -> RecallOut:
    """What answers the query best, for one agent (and user); without a query the newest."""
    begun = monotonic()
    given = body.validate(_SHAPE, body.parse(await body.read(request)))
    vector = None
    if given.query.strip():
        loop = asyncio.get_running_loop()
        vector = await loop.run_in_executor(state.thinker, state.embedder.embed_query, given.query)
    async with transaction(state, caller) as run:
        found: list[Remembered] = await run(_recall, state, caller.org_id, given, vector)
    return RecallOut(
        results=[_result(one) for one in found],
        total=len(found),
        query=given.query,
        elapsed_ms=round((monotonic() - begun) * 1000, 3),
    )


def _recall(
    conn: Connection, state: State, org_id: int, given: RecallIn, vector: list[float] | None
) -> list[Remembered]:
    whose = {
        "agent_id": given.agent_id,
        "user_id": given.user_id,
        "session_id": given.session_id,
    }
    found = names.resolve(conn, org_id, whose)
    if found is None:
        return []
    scope = Scope(
        **found,
        memory_type=given.memory_type,
        include_turns=given.include_turns and given.memory_type is None,
    )
    question = Question(
        query=given.query,
        vector=vector,
        model=state.embedder.model_id,
        limit=given.top_k,
        least_similarity=given.similarity_threshold,
    )
    return recall.recall(
        conn,
        org_id,
        scope,
        question,
        policy=policy.load(conn, org_id),
        now=engine.instant(conn),
    )


def _result(found: Remembered) -> RecallResult:
    kind, number = found.ranked.key
    return RecallResult(
        memory_id=ids.encode(ids.MEMORY if kind == "memory" else ids.EVENT, number),
        kind=kind.value,
        content=found.content,
        memory_type=found.memory_type,
        tier=found.tier,
        similarity_score=found.ranked.similarity,
        importance_score=found.ranked.importance,
        relevance_score=found.ranked.relevance,
        score_components=found.ranked.components(),
        recall_count=found.access_count,
        occurred_at=found.occurred_at,
        created_at=found.recorded_at,
        session_id=found.session,
        sources=names.sources(found.event_ids, found.turn_ids),
        metadata=found.metadata,
    )
