"""Direct stores and listings. A stored memory is recallable when the answer arrives."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Connection

from api import body, names, storing
from api.deps import Nrem, Reader, Writer, actor, transaction
from api.openapi import takes
from api.shown import etag, memory_out
from api.storing import Sent
from nrem import ids
from nrem.errors import InvalidError, NotFoundError
from nrem.policy.model import State as MemoryState
from nrem.store import engine, policy, view
from nrem.store.view import Filters, MemoryView, Page
from nrem.wire.answer import MemoriesOut, MemoryOut, MemoryPage
from nrem.wire.change import MemoryBatchIn
from nrem.wire.request import MemoryIn, MemoryQuery

router = APIRouter(tags=["memories"])


@router.post("/v1/memories", openapi_extra=takes(MemoryIn))
async def post_memory(
    request: Request, response: Response, state: Nrem, caller: Writer
) -> MemoryOut:
    """Store a statement at once, scored by the same function as a queued one.

    With the header `Idempotency-Key`, sending the same again answers the same memory.
    """
    given, raw = await body.take_with_bytes(request, response, MemoryIn)
    key = request.headers.get("idempotency-key")
    sent = Sent(given=[given], is_batch=False, raw=raw, key=key)
    (shown,) = await storing.store(state, caller, actor(request, caller), sent)
    return memory_out(shown)


@router.post("/v1/memories/batch", openapi_extra=takes(MemoryBatchIn))
async def post_memories(
    request: Request, response: Response, state: Nrem, caller: Writer
) -> MemoriesOut:
    """Store up to 1,000 statements at once, all or none.

    All are found by their words at once. Of the first 100 the vectors are stored with them; the
    pass `embed` gives the others theirs. With the header `Idempotency-Key`, sending the same again
    answers the same memories.
    """
    given, raw = await body.take_with_bytes(request, response, MemoryBatchIn)
    key = request.headers.get("idempotency-key")
    sent = Sent(given=given.memories, is_batch=True, raw=raw, key=key)
    stored = await storing.store(state, caller, actor(request, caller), sent)
    return MemoriesOut(results=[memory_out(one) for one in stored], stored_count=len(stored))


@router.get("/v1/memories/{memory_id}")
async def get_memory(memory_id: str, response: Response, state: Nrem, caller: Reader) -> MemoryOut:
    """One memory as it stands now, with its version as the ETag; a forgotten one is not found."""
    number = ids.decode(ids.MEMORY, memory_id)
    async with transaction(state, caller) as run:
        found: list[MemoryView] = await run(_views, caller.org_id, [number]) if number else []
    if not found or found[0].facts.state in {MemoryState.FORGOTTEN, MemoryState.PURGED}:
        raise NotFoundError("there is no such memory")
    response.headers["ETag"] = etag(found[0])
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
