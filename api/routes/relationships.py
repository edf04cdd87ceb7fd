"""Edges of a memory: list, draw, end. Each may be asked for again, and changes nothing then."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import TypeAdapter
from sqlalchemy import Connection

from api import body, related
from api.deps import Nrem, Reader, Writer, transaction
from api.openapi import takes
from nrem import ids
from nrem.errors import InvalidError, NotFoundError
from nrem.policy.graph import EdgeKind
from nrem.policy.model import State
from nrem.store import edge
from nrem.store.edge import Filters
from nrem.wire.relationship import (
    RelationshipEndQuery,
    RelationshipOut,
    RelationshipQuery,
    RelationshipsOut,
)
from nrem.wire.request import RelationshipIn

router = APIRouter(tags=["relationships"])

_SHAPE: Final = TypeAdapter(RelationshipIn)
_PATH: Final = "/v1/memories/{memory_id}/relationships"
_PURGED: Final = frozenset({State.PURGED})


@router.get(_PATH)
async def list_relationships(
    memory_id: str, state: Nrem, caller: Reader, asked: Annotated[RelationshipQuery, Query()]
) -> RelationshipsOut:
    """Edges that stand, from the memory and to it, oldest first.

    With `as_of` those that stood then, of a forgotten memory, too.
    """
    after = ids.decode(ids.RELATIONSHIP, asked.cursor) if asked.cursor else 0
    if after is None:
        raise InvalidError(
            "is no cursor of this listing", field="cursor", remedy="send next_cursor as it came"
        )
    async with transaction(state, caller) as run:
        rows: Sequence[Any] = await run(_list, caller.org_id, memory_id, asked, after)
    shown = rows[: asked.limit]
    return RelationshipsOut(
        relationships=[_out(row) for row in shown],
        next_cursor=ids.encode(ids.RELATIONSHIP, shown[-1].id) if len(rows) > len(shown) else None,
    )


def _list(
    conn: Connection, org_id: int, memory_id: str, asked: RelationshipQuery, after: int
) -> Sequence[Any]:
    gone = related.GONE if asked.as_of is None else _PURGED
    number = related.require(conn, org_id, [memory_id], gone=gone)
    filters = Filters(
        is_outgoing=asked.direction != "in",
        is_incoming=asked.direction != "out",
        kind=asked.type,
        as_of=asked.as_of,
    )
    return edge.of_memory(
        conn, org_id, number[memory_id], filters, after_id=after, limit=asked.limit + 1
    )


@router.post(
    _PATH,
    status_code=201,
    responses={200: {"model": RelationshipOut, "description": "It stands already."}},
    openapi_extra=takes(RelationshipIn),
)
async def post_relationship(
    memory_id: str, request: Request, response: Response, state: Nrem, caller: Writer
) -> RelationshipOut:
    """Draw an edge from the memory to another; one that stands already is answered as it is."""
    given = body.validate(_SHAPE, body.parse(await body.read(request)))
    if given.target_memory_id == memory_id:
        raise InvalidError(
            "is the memory itself", field="target_memory_id", remedy="name another memory"
        )
    async with transaction(state, caller) as run:
        row, is_new = await run(_draw, caller.org_id, memory_id, given)
    response.status_code = 201 if is_new else 200
    return _out(row)


def _draw(conn: Connection, org_id: int, memory_id: str, given: RelationshipIn) -> tuple[Any, bool]:
    wanted = (memory_id, given.target_memory_id)
    numbers = related.require(conn, org_id, wanted)
    source, target = (numbers[one] for one in wanted)
    drawn = edge.draw(conn, org_id, [related.new_edge(source, target, given)])
    kind = given.relationship_type
    found = edge.find(conn, org_id, source_id=source, target_id=target, kind=kind)
    return found, bool(drawn)


@router.delete(_PATH + "/{relationship_id}", status_code=204)
async def end_relationship(
    memory_id: str, relationship_id: str, state: Nrem, caller: Writer
) -> None:
    """End an edge from the memory or to it; it stays in the past. Repeats change nothing."""
    async with transaction(state, caller) as run:
        await run(_end, caller.org_id, memory_id, relationship_id)


def _end(conn: Connection, org_id: int, memory_id: str, relationship_id: str) -> None:
    number = related.require(conn, org_id, [memory_id])
    edge_id = ids.decode(ids.RELATIONSHIP, relationship_id)
    found = edge.read(conn, org_id, number[memory_id], edge_id) if edge_id else None
    _end_found(conn, org_id, found)


@router.delete(_PATH, status_code=204)
async def end_relationship_to(
    memory_id: str, state: Nrem, caller: Writer, asked: Annotated[RelationshipEndQuery, Query()]
) -> None:
    """End the edge of a type to another memory. Ending it again changes nothing."""
    async with transaction(state, caller) as run:
        target, kind = asked.target_memory_id, asked.relationship_type
        await run(_end_between, caller.org_id, memory_id, target, kind)


def _end_between(
    conn: Connection, org_id: int, memory_id: str, target_id: str, kind: EdgeKind
) -> None:
    numbers = related.require(conn, org_id, (memory_id, target_id))
    source, target = numbers[memory_id], numbers[target_id]
    _end_found(conn, org_id, edge.find(conn, org_id, source_id=source, target_id=target, kind=kind))


def _end_found(conn: Connection, org_id: int, found: Any) -> None:  # noqa: ANN401 - a row
    if found is None:
        raise NotFoundError("there is no such relationship")
    edge.end(conn, org_id, [found.id])


def _out(row: Any) -> RelationshipOut:  # noqa: ANN401 - a row
    return RelationshipOut(
        id=ids.encode(ids.RELATIONSHIP, row.id),
        source_memory_id=ids.encode(ids.MEMORY, row.source_id),
        target_memory_id=ids.encode(ids.MEMORY, row.target_id),
        relationship_type=row.kind,
        weight=row.weight,
        metadata=row.metadata,
        drawn_by=row.drawn_by,
        run_id=ids.encode(ids.RUN, row.run_id) if row.run_id else None,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )
