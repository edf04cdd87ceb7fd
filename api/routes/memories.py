"""Direct stores and listings. A stored memory is recallable when the answer arrives."""

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from pydantic import TypeAdapter
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from api import body, names
from api.deps import Nrem, Reader, Writer, transaction
from api.openapi import takes
from api.shown import memory_out
from api.state import State
from nrem import ids
from nrem.errors import ConflictError, InvalidError, NotFoundError
from nrem.policy.model import State as MemoryState
from nrem.policy.text import token_estimate
from nrem.store import effect, engine, memory, novelty, policy, search, view
from nrem.store.append import append
from nrem.store.event import MEMORY, NewEvent
from nrem.store.key import Caller
from nrem.store.memory import Owner
from nrem.store.search import Text
from nrem.store.view import Filters, MemoryView, Page
from nrem.wire.answer import MemoryOut, MemoryPage
from nrem.wire.request import MemoryIn, MemoryQuery

router = APIRouter(tags=["memories"])

_SHAPE: Final = TypeAdapter(MemoryIn)
_ATTEMPTS: Final = 3


@router.post("/v1/memories", openapi_extra=takes(MemoryIn))
async def post_memory(request: Request, state: Nrem, caller: Writer) -> MemoryOut:
    """Store a statement at once, scored by the same function as a queued one.

    With the header `Idempotency-Key`, sending the same again answers the same memory.
    """
    raw = await body.read(request)
    given = body.validate(_SHAPE, body.parse(raw))
    header = request.headers.get("idempotency-key")
    event = _event(state, caller, given, raw, header)
    vector = (await _embed(state, [given.content]))[0]
    shown = await _stored(state, caller, event, vector)
    state.nudger.nudge(("consolidate",))
    return memory_out(shown)


async def _stored(state: State, caller: Caller, event: NewEvent, vector: list[float]) -> MemoryView:
    for left in reversed(range(_ATTEMPTS)):
        try:
            async with transaction(state, caller) as run:
                shown: MemoryView = await run(_store, state, caller, event, vector)
            return shown
        except IntegrityError:
            # Another request stored the same key in between: the next look finds it.
            if not left:
                raise
        except ConflictError as error:
            error.field = (
                "Idempotency-Key"
                if error.error_code == "idempotency_conflict"
                else (error.field or "body").removeprefix("events[0].")
            )
            raise
    raise AssertionError  # the loop returns or raises


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
    timeline = policy.timeline(conn, org)
    settings = timeline.at(now)
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
        content: str = event.body["content"]
        (overlap,) = novelty.overlaps(conn, org, [(owner, content)], timeline=timeline, now=now)
        new = memory.born(
            event.body,
            owner=owner,
            event_id=stored.event_id,
            occurred_at=stored.occurred_at or now,
            recorded_at=now,
            policy=settings,
            content_hash=memory.content_hash(state.digest, org, content),
            overlap=overlap,
        )
        added = memory.add(conn, org, [new], policy=settings, now=now)
        number = added.ids[0]
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
    return view.read_memories(conn, org, [number], timeline=timeline, now=now)[0]


@router.get("/v1/memories/{memory_id}")
async def get_memory(memory_id: str, state: Nrem, caller: Reader) -> MemoryOut:
    """One memory as it stands now; a forgotten one is not found."""
    number = ids.decode(ids.MEMORY, memory_id)
    async with transaction(state, caller) as run:
        found: list[MemoryView] = await run(_views, caller.org_id, [number]) if number else []
    if not found or found[0].facts.state in {MemoryState.FORGOTTEN, MemoryState.PURGED}:
        raise NotFoundError("there is no such memory")
    return memory_out(found[0])


def _views(conn: Connection, org_id: int, numbers: list[int]) -> list[MemoryView]:
    timeline, now = policy.timeline(conn, org_id), engine.instant(conn)
    return view.read_memories(conn, org_id, numbers, timeline=timeline, now=now)


@router.get("/v1/memories")
async def list_memories(
    state: Nrem, caller: Reader, asked: Annotated[MemoryQuery, Query()]
) -> MemoryPage:
    """Memories, oldest first; the cursor of a page leads to the next one.

    Forgotten ones are listed only when `state` asks for them.
    A page may be shorter than `limit` before the last: a state that time brought counts.
    """
    after = ids.decode(ids.MEMORY, asked.cursor) if asked.cursor else 0
    if after is None:
        raise InvalidError(
            "is no cursor of this listing", field="cursor", remedy="send next_cursor as it came"
        )
    async with transaction(state, caller) as run:
        page: Page = await run(_page, caller.org_id, asked, after)
    return MemoryPage(
        memories=[memory_out(one) for one in page.memories],
        next_cursor=ids.encode(ids.MEMORY, page.last_id) if page.last_id else None,
    )


def _page(conn: Connection, org_id: int, asked: MemoryQuery, after: int) -> Page:
    whose = {"agent_id": asked.agent_id, "user_id": asked.user_id, "session_id": asked.session_id}
    found = names.resolve(conn, org_id, whose)
    if found is None:
        return Page(memories=[], last_id=None)
    return view.list_memories(
        conn,
        org_id,
        Filters(**found, memory_type=asked.type, tier=asked.tier, state=asked.state),
        after_id=after,
        limit=asked.limit,
        timeline=policy.timeline(conn, org_id),
        now=engine.instant(conn),
    )
