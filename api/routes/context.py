"""GET /v1/context: the text that an agent is given about a person."""

from datetime import datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection

from api import recalling
from api.deps import Nrem, Reader, actor, transaction
from api.recalling import Asked
from api.state import State
from nrem.policy.render import Context, render
from nrem.store import context, engine
from nrem.store.context import Known
from nrem.store.key import Caller
from nrem.wire.context import ContextOut, ContextQuery
from nrem.wire.recall import RecallIn

router = APIRouter(tags=["context"])

_log = structlog.get_logger("api")


@router.get("/v1/context")
async def get_context(
    request: Request, state: Nrem, caller: Reader, asked: Annotated[ContextQuery, Query()]
) -> ContextOut:
    """What the agent keeps in mind of the person, what was observed, and what the query recalls.

    The same rows give the same bytes within one UTC day; a row that cannot be shown is left out.
    """
    async with transaction(state, caller) as run:
        now = await run(engine.instant)
        as_of = recalling.past(asked.as_of, now) if asked.as_of else None
        known: Known = await run(_read, caller.org_id, asked, as_of)
    recalled = await _recalled(request, state, caller, asked, known)
    found = render(
        known.fields,
        known.rows,
        recalled,
        now=as_of or now,
        markers=asked.markers,
        budget_tokens=asked.budget_tokens,
    )
    _tell(state, caller, found)
    return ContextOut(
        text=found.text,
        card=found.card,
        observations=found.observations,
        injected=found.injected,
        tokens=found.tokens,
        as_of=as_of,
        shown=list(found.shown),
        skipped=list(found.skipped),
        omitted=found.omitted,
    )


def _read(conn: Connection, org_id: int, asked: ContextQuery, as_of: datetime | None) -> Known:
    return context.read(conn, org_id, asked.agent_id, asked.user_id, as_of=as_of)


async def _recalled(
    request: Request, state: State, caller: Caller, asked: ContextQuery, known: Known
) -> list[str]:
    """What the query recalls that is near enough, best first."""
    memories = asked.inject_memories
    if memories is None:
        # What was observed says it already.
        memories = not known.rows
    if not (asked.query or "").strip() or not (memories or asked.inject_turns):
        return []
    given = RecallIn(
        agent_id=asked.agent_id,
        user_id=asked.user_id,
        query=asked.query,
        top_k=asked.k,
        similarity_threshold=1.0 - asked.distance_threshold,
        include_turns=asked.inject_turns,
        as_of=asked.as_of,
    )
    its = Asked(given=given, caller=caller, actor=actor(request, caller), surface="context")
    results = (await recalling.answer(state, its)).results
    return [one.content for one in results if memories or one.kind == "turn"]


def _tell(state: State, caller: Caller, found: Context) -> None:
    """Rows that cannot be shown: by their ordinals, never by their words."""
    if found.skipped:
        state.unshown.count += len(found.skipped)
        _log.warning("context.skipped", org=caller.org_id, ordinals=list(found.skipped))
