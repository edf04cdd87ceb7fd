"""Direct stores, listings and recall. A stored memory is recallable when the answer arrives."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection

from api import body
from api.deps import Nrem, Reader, Writer, transaction
from api.state import State
from nrem import ids
from nrem.clock import monotonic
from nrem.errors import InvalidError, NotFoundError
from nrem.policy.params import Policy
from nrem.policy.text import token_estimate
from nrem.store import directory, effect, engine, memory, policy, recall, search, view
from nrem.store.event import MEMORY, NewEvent, append
from nrem.store.key import Caller
from nrem.store.memory import Owner
from nrem.store.recall import Remembered
from nrem.store.recall_match import Question, Scope
from nrem.store.search import Text
from nrem.store.view import Filters, MemoryView
from nrem.wire import (
    MemoryIn,
    MemoryOut,
    MemoryPage,
    MemoryTypeName,
    RecallIn,
    RecallOut,
    RecallResult,
    StateName,
    TierName,
)

router = APIRouter(tags=["memories"])


def _takes(model: type[Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": model.model_json_schema()}}
    return {"requestBody": {"required": True, "content": content}}


@router.post("/v1/memories", openapi_extra=_takes(MemoryIn))
async def post_memory(request: Request, state: Nrem, caller: Writer) -> MemoryOut:
    """Store a statement at once, scored by the same function as a queued one."""
    raw = await body.read(request)
    given = body.validate(MemoryIn, body.parse(raw))
    header = request.headers.get("idempotency-key")
    event = _event(state, caller, given, raw, header)
    vector = (await _embed(state, [given.content]))[0]
    async with transaction(state, caller) as run:
        shown: MemoryView = await run(_store, state, caller, event, vector)
    state.nudger.nudge(("decay", "consolidate"))
    return _memory_out(shown)


async def _embed(state: State, texts: list[str]) -> list[list[float]]:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(state.thinker, state.embedder.embed, texts)


def _event(
    state: State, caller: Caller, given: MemoryIn, raw: bytes, header: str | None
) -> NewEvent:
    fields = given.model_dump(mode="json", exclude_none=True)
    placed = {"agent_id", "user_id", "session_id", "occurred_at"}
    return NewEvent(
        kind=MEMORY,
        agent=given.agent_id,
        user=given.user_id,
        session=given.session_id,
        occurred_at=given.occurred_at,
        body={name: value for name, value in fields.items() if name not in placed},
        body_hash=state.digest.of("body", raw),
        idem_key=state.digest.of("store-key", caller.org_id, header) if header else None,
        tokens=token_estimate(given.content),
        is_stored_now=True,
    )


def _store(
    conn: Connection, state: State, caller: Caller, event: NewEvent, vector: list[float]
) -> MemoryView:
    org, now = caller.org_id, engine.instant(conn)
    settings = policy.load(conn, org)
    stored = append(conn, org, [event], now=now, idle_seconds=settings.session.idle_minutes * 60.0)[
        0
    ]
    if stored.is_duplicate:
        number = view.memory_of_event(conn, org, stored.event_id)
        if number is None:
            raise NotFoundError("the memory of this key was erased")
    else:
        owner = Owner(
            subject_id=stored.subject_id,
            agent_id=stored.agent_id,
            user_id=stored.user_id,
            session_id=stored.session_id,
        )
        new = memory.born(
            event.body,
            owner=owner,
            event_id=stored.event_id,
            occurred_at=stored.occurred_at or now,
            recorded_at=now,
            policy=settings,
            digest=state.digest,
            org_id=org,
        )
        number = memory.add(conn, org, [new], policy=settings, now=now)[0]
        text = Text(
            kind=memory.KIND,
            item_id=number,
            agent_id=owner.agent_id,
            subject_id=owner.subject_id,
            content=new.content,
            content_hash=new.content_hash,
        )
        search.add_vectors(conn, org, [text], [vector], model=state.embedder.model_id)
        effect.add(conn, org, "score", [(stored.event_id, "scored", None)], run_id=None)
    return view.read_memories(conn, org, [number], policy=settings, now=now)[0]


@router.get("/v1/memories/{memory_id}")
async def get_memory(memory_id: str, state: Nrem, caller: Reader) -> MemoryOut:
    """One memory as it stands now."""
    number = ids.decode(ids.MEMORY, memory_id)
    async with transaction(state, caller) as run:
        found = await run(_views, caller.org_id, [number]) if number else []
    if not found:
        raise NotFoundError("there is no such memory")
    return _memory_out(found[0])


def _views(conn: Connection, org_id: int, numbers: list[int]) -> list[MemoryView]:
    now = engine.instant(conn)
    settings: Policy = policy.load(conn, org_id)
    return view.read_memories(conn, org_id, numbers, policy=settings, now=now)


@router.get("/v1/memories")
async def list_memories(
    state: Nrem,
    caller: Reader,
    agent_id: Annotated[str | None, Query(max_length=256)] = None,
    user_id: Annotated[str | None, Query(max_length=256)] = None,
    session_id: Annotated[str | None, Query(max_length=256)] = None,
    type: MemoryTypeName | None = None,  # noqa: A002 - the parameter's name on the wire
    tier: TierName | None = None,
    state_is: Annotated[StateName | None, Query(alias="state")] = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> MemoryPage:
    """Memories, oldest first; the cursor of a page leads to the next one."""
    after = ids.decode(ids.MEMORY, cursor) if cursor else 0
    if after is None:
        raise InvalidError(
            "is no cursor of this listing", field="cursor", remedy="send next_cursor as it came"
        )
    names = {"agent_id": agent_id, "user_id": user_id, "session_id": session_id}
    async with transaction(state, caller) as run:
        page, is_more = await run(_page, caller.org_id, names, (type, tier, state_is), after, limit)
    cursor = ids.encode(ids.MEMORY, page[-1].row.id) if is_more else None
    return MemoryPage(memories=[_memory_out(one) for one in page], next_cursor=cursor)


def _page(
    conn: Connection,
    org_id: int,
    names: dict[str, str | None],
    kinds: tuple[str | None, str | None, str | None],
    after: int,
    limit: int,
) -> tuple[list[MemoryView], bool]:
    found = _resolve(conn, org_id, names)
    if found is None:
        return [], False
    filters = Filters(**found, memory_type=kinds[0], tier=kinds[1], state=kinds[2])
    numbers = view.list_memories(conn, org_id, filters, after_id=after, limit=limit + 1)
    return _views(conn, org_id, numbers[:limit]), len(numbers) > limit


def _memory_out(shown: MemoryView) -> MemoryOut:
    row, upcoming = shown.row, shown.upcoming
    return MemoryOut(
        id=ids.encode(ids.MEMORY, row.id),
        agent_id=row.agent,
        user_id=row.user,
        session_id=row.session,
        content=row.content,
        memory_type=row.type,
        tier=row.tier,
        state=shown.state,
        state_since=shown.state_since,
        state_reason=shown.state_reason,
        importance=row.importance,
        importance_score=shown.effective_importance,
        recall_count=row.access_count,
        version=row.version,
        pinned=row.pinned,
        trust=row.trust,
        occurred_at=row.occurred_at,
        created_at=row.recorded_at,
        last_access=row.last_access,
        expires_at=row.expires_at,
        due_at=upcoming.at if upcoming else None,
        due_to=upcoming.to if upcoming else None,
        due_reason=upcoming.reason if upcoming else None,
        derived_by=row.derived_by,
        run_id=ids.encode(ids.RUN, row.run_id) if row.run_id else None,
        sources=names.sources(row.event_ids, row.turn_ids),
        metadata=row.metadata,
        embedding_model=row.model,
    )
