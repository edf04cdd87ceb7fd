"""What a memory said before: its versions, and what differs between two of them."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from sqlalchemy import Connection

from api.deps import Nrem, Reader, transaction
from api.state import State
from nrem import ids
from nrem.errors import NotFoundError
from nrem.policy.model import State as MemoryState
from nrem.store import engine, history, policy, view
from nrem.store.history import Believed
from nrem.store.key import Caller
from nrem.wire.change import DifferenceOut, DiffOut, DiffQuery, HistoryOut, VersionOut

router = APIRouter(tags=["memories"])

# What a version is made of, as a diff compares it.
_COMPARED: Final = (
    "content",
    "memory_type",
    "importance_score",
    "metadata",
    "pinned",
    "occurred_at",
    "true_until",
)


@router.get("/v1/memories/{memory_id}/history")
async def get_history(memory_id: str, state: Nrem, caller: Reader) -> HistoryOut:
    """All versions, oldest first; also of a forgotten memory, until it is purged."""
    found = await _versions(state, caller, memory_id, None)
    return HistoryOut(
        memory_id=memory_id,
        versions=[_version_out(memory_id, one) for one in found],
        total=len(found),
    )


@router.get("/v1/memories/{memory_id}/diff")
async def get_diff(
    memory_id: str, state: Nrem, caller: Reader, asked: Annotated[DiffQuery, Query()]
) -> DiffOut:
    """What differs between two versions, in either order."""
    found = await _versions(state, caller, memory_id, [asked.before, asked.after])
    said = {one.number: _said(one) for one in found}
    for name, number in (("from", asked.before), ("to", asked.after)):
        if number not in said:
            raise NotFoundError("there is no such version", field=name)
    before, after = said[asked.before], said[asked.after]
    return DiffOut(
        memory_id=memory_id,
        from_=asked.before,
        to=asked.after,
        changes=[
            DifferenceOut(field=field, before=before[field], after=after[field])
            for field in _COMPARED
            # to Python true equals 1
            if repr(before[field]) != repr(after[field])
        ],
    )


async def _versions(
    state: State, caller: Caller, memory_id: str, versions: list[int] | None
) -> list[Believed]:
    number = ids.decode(ids.MEMORY, memory_id)
    if number is None:
        raise NotFoundError("there is no such memory")
    async with transaction(state, caller) as run:
        found: list[Believed] = await run(_read, caller.org_id, number, versions)
    return found


def _read(conn: Connection, org_id: int, number: int, versions: list[int] | None) -> list[Believed]:
    timeline, now = policy.timeline(conn, org_id), engine.instant(conn)
    shown = view.read_memories(conn, org_id, [number], timeline=timeline, now=now)
    # Purged by time is purged, whether or not a pass has written that down.
    if not shown or shown[0].facts.state is MemoryState.PURGED:
        raise NotFoundError("there is no such memory")
    return history.read(conn, org_id, number, versions)


def _said(one: Believed) -> dict[str, Any]:
    version = one.version
    return {
        "content": version.content,
        "memory_type": version.memory_type,
        "importance_score": version.importance,
        "metadata": version.metadata,
        "pinned": version.is_pinned,
        "occurred_at": version.occurred_at,
        "true_until": version.true_until,
    }


def _version_out(memory_id: str, one: Believed) -> VersionOut:
    version = one.version
    return VersionOut(
        id=f"{memory_id}_v{one.number}",
        version=one.number,
        content=version.content,
        memory_type=version.memory_type.value,
        importance_score=version.importance,
        metadata=dict(version.metadata),
        pinned=version.is_pinned,
        occurred_at=version.occurred_at,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
    )
