"""Direct stores and listings. A stored memory is recallable when the answer arrives."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import TypeAdapter
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from api import body, names, related
from api.deps import Nrem, Reader, Writer, transaction
from api.openapi import takes
from api.shown import embedded, etag, memory_out
from api.state import State
from nrem import ids
from nrem.errors import ConflictError, InvalidError, NotFoundError
from nrem.policy.model import State as MemoryState
from nrem.policy.text import token_estimate
from nrem.store import effect, engine, memory, novelty, policy, search, view, work
from nrem.store.append import append
from nrem.store.event import MEMORY, Appended, NewEvent
from nrem.store.key import Caller
from nrem.store.memory import NewMemory, Owner
from nrem.store.view import Filters, MemoryView, Page
from nrem.store.work import Waits
from nrem.wire.answer import MemoriesOut, MemoryOut, MemoryPage
from nrem.wire.change import MemoryBatchIn
from nrem.wire.request import MemoryIn, MemoryQuery

router = APIRouter(tags=["memories"])

_SHAPE: Final = TypeAdapter(MemoryIn)
_BATCH: Final = TypeAdapter(MemoryBatchIn)
_ATTEMPTS: Final = 3
# About two seconds of one core; a thousand at once would keep everybody else waiting.
_MOST_EMBEDDED: Final = 100


@router.post("/v1/memories", openapi_extra=takes(MemoryIn))
async def post_memory(request: Request, state: Nrem, caller: Writer) -> MemoryOut:
    """Store a statement at once, scored by the same function as a queued one.

    With the header `Idempotency-Key`, sending the same again answers the same memory.
    """
    raw = await body.read(request)
    given = body.validate(_SHAPE, body.parse(raw))
    events = _events(request, state, caller, [given], raw)
    (shown,) = await _stored(state, caller, events, [given], is_batch=False)
    return memory_out(shown)


@router.post("/v1/memories/batch", openapi_extra=takes(MemoryBatchIn))
async def post_memories(request: Request, state: Nrem, caller: Writer) -> MemoriesOut:
    """Store up to 1,000 statements at once, all or none.

    All are found by their words at once. Of the first 100 the vectors are stored with them; the
    pass `embed` gives the others theirs. With the header `Idempotency-Key`, sending the same again
    answers the same memories.
    """
    raw = await body.read(request)
    given = body.validate(_BATCH, body.parse(raw)).memories
    events = _events(request, state, caller, given, raw)
    stored = await _stored(state, caller, events, given, is_batch=True)
    return MemoriesOut(results=[memory_out(one) for one in stored], stored_count=len(stored))


async def _stored(
    state: State,
    caller: Caller,
    events: list[NewEvent],
    given: Sequence[MemoryIn],
    *,
    is_batch: bool,
) -> list[MemoryView]:
    vectors = await embedded(state, [one.body["content"] for one in events[:_MOST_EMBEDDED]])
    for left in reversed(range(_ATTEMPTS)):
        try:
            async with transaction(state, caller) as run:
                shown: list[MemoryView] = await run(_store, state, caller, events, vectors, given)
            is_more = len(events) > len(vectors)
            state.nudger.nudge(("consolidate", *(("embed",) if is_more else ())))
            return shown
        except IntegrityError:
            # Another request stored the same key in between: the next look finds it.
            if not left:
                raise
        except ConflictError as error:
            error.field = _renamed(error, is_batch=is_batch)
            raise
    raise AssertionError  # the loop returns or raises


def _renamed(error: ConflictError, *, is_batch: bool) -> str:
    """The field as the caller wrote it."""
    if error.error_code == "idempotency_conflict":
        return "Idempotency-Key"
    field = error.field or "body"
    return field.replace("events[", "memories[") if is_batch else field.removeprefix("events[0].")


def _events(
    request: Request, state: State, caller: Caller, given: Sequence[MemoryIn], raw: bytes
) -> list[NewEvent]:
    """The header's key covers the whole body, so each of a batch has a place under it."""
    header, whole = request.headers.get("idempotency-key"), state.digest.of("body", raw)
    is_batch = request.url.path.endswith("/batch")
    placed = {"agent_id", "user_id", "session_id", "occurred_at", "relationships"}
    made = []
    for index, one in enumerate(given):
        fields = one.model_dump(mode="json", exclude_none=True)
        named = (header, index) if is_batch else (header,)
        made.append(
            NewEvent(
                kind=MEMORY,
                agent=one.agent_id,
                user=one.user_id,
                session=one.session_id,
                occurred_at=one.occurred_at,
                body={name: value for name, value in fields.items() if name not in placed},
                body_hash=whole,
                idem_key=state.digest.of("store-key", caller.org_id, *named) if header else None,
                tokens=token_estimate(one.content),
                index=index,
                is_stored_now=True,
            )
        )
    return made


def _store(
    conn: Connection,
    state: State,
    caller: Caller,
    events: list[NewEvent],
    vectors: list[list[float]],
    given: Sequence[MemoryIn],
) -> list[MemoryView]:
    """Append events, make their memories and draw the edges given with them.

    `vectors` are those of the first events.
    """
    org, now = caller.org_id, engine.instant(conn)
    timeline = policy.timeline(conn, org)
    settings = timeline.at(now)
    stored = append(conn, org, events, now=now, waits=Waits.of(settings))
    fresh = [place for place, one in enumerate(stored) if not one.is_duplicate]
    known = view.memories_of_events(conn, org, [o.event_id for o in stored if o.is_duplicate])
    if fresh:
        owners = [_owner(stored[at]) for at in fresh]
        said = [str(events[at].body["content"]) for at in fresh]
        overlaps = novelty.overlaps(
            conn, org, list(zip(owners, said, strict=True)), timeline=timeline, now=now
        )
        new = [
            memory.born(
                events[at].body,
                owner=owner,
                event_id=stored[at].event_id,
                occurred_at=stored[at].occurred_at or now,
                recorded_at=now,
                policy=settings,
                content_hash=memory.content_hash(state.digest, org, content),
                overlap=overlap,
            )
            for at, owner, content, overlap in zip(fresh, owners, said, overlaps, strict=True)
        ]
        added = memory.add(conn, org, new, policy=settings, now=now)
        due = _index(conn, state, org, list(zip(added.ids, new, strict=True)), vectors)
        pairs = zip(fresh, added.ids, strict=True)
        related.draw(conn, org, {number: given[at].relationships for at, number in pairs})
        scored = [(stored[at].event_id, "scored", None) for at in fresh]
        effect.add(conn, org, "score", scored, run_id=None)
        known |= {stored[at].event_id: n for at, n in zip(fresh, added.ids, strict=True)}
        work.bring_forward(conn, org, due)
    found = view.read_memories(conn, org, list(known.values()), timeline=timeline, now=now)
    shown = {one.row.id: one for one in found if one.facts.state is not MemoryState.PURGED}
    try:
        return [shown[known[one.event_id]] for one in stored]
    except KeyError:
        raise NotFoundError("a memory of this key was erased") from None


def _owner(stored: Appended) -> Owner:
    return Owner(
        subject_id=stored.subject_id,
        agent_id=stored.agent_id,
        user_id=stored.user_id,
        session_id=stored.session_id,
    )


def _index(
    conn: Connection,
    state: State,
    org_id: int,
    added: Sequence[tuple[int, NewMemory]],
    vectors: Sequence[Sequence[float]],
) -> dict[str, float]:
    """Store the vectors there are, and queue the rest; answers what is due then, as a delay."""
    texts = [new.text(number) for number, new in added]
    now, later = texts[: len(vectors)], texts[len(vectors) :]
    search.add_vectors(conn, org_id, now, vectors, model=state.embedder.model_id)
    if not later:
        return {}
    work.queue_items(conn, org_id, "embed", [(memory.KIND, one.item_id, 0) for one in later])
    return {"embed": 0.0}


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
