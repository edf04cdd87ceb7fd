"""GET /v1/audit: the trail of the caller's org."""

from typing import Annotated, Any, Final, TypeVar

from fastapi import APIRouter, Query
from sqlalchemy import Connection

from api import names
from api.deps import Nrem, Reader, transaction
from nrem import ids
from nrem.errors import InvalidError
from nrem.store import audit
from nrem.store.audit import Filters, Operation, Written
from nrem.wire.audit import AuditEntryOut, AuditPage, AuditQuery

router = APIRouter(tags=["audit"])

_PAGE_SIZE: Final = 50
_Value = TypeVar("_Value", int, str)
# What Z3rno's servers also write; nrem has no such entries.
_ELSEWHERE: Final = ("quarantine", "gdpr_delete")
_OPERATIONS: Final = (*(one.value for one in Operation), *_ELSEWHERE)


@router.get("/v1/audit")
async def list_entries(
    state: Nrem, caller: Reader, asked: Annotated[AuditQuery, Query()]
) -> AuditPage:
    """Who did what in the org, newest first; a recall is found by every memory it answered."""
    operation = _operation(asked)
    size = _same(asked.page_size, asked.limit, "limit", "page_size") or _PAGE_SIZE
    async with transaction(state, caller) as run:
        found, total = await run(_find, caller.org_id, asked, operation, size)
    return AuditPage(
        entries=[_entry_out(one) for one in found],
        total=total,
        page=asked.page,
        page_size=size,
        has_next=asked.page * size < total,
    )


def _find(
    conn: Connection, org_id: int, asked: AuditQuery, operation: str | None, size: int
) -> tuple[list[Written], int]:
    whose = names.resolve(conn, org_id, {"agent_id": asked.agent_id, "user_id": asked.user_id})
    memory_id = ids.decode(ids.MEMORY, asked.memory_id) if asked.memory_id else None
    if whose is None or (asked.memory_id and memory_id is None):
        return [], 0
    filters = Filters(operation=operation, memory_id=memory_id, **whose)
    return audit.find(conn, org_id, filters, offset=(asked.page - 1) * size, limit=size)


def _operation(asked: AuditQuery) -> str | None:
    """The operation asked for, in any letter case, under either name of the field.

    Raises: InvalidError for one that is not known, or two that differ.
    """
    field = "operation" if asked.operation else "event_type"
    found = _same(_lower(asked.operation), _lower(asked.event_type), "event_type", "operation")
    if found is not None and found not in _OPERATIONS:
        raise InvalidError(
            f"{field}: must be one of {', '.join(_OPERATIONS)}",
            field=field,
            remedy="send one of them, or leave it out",
        )
    return found


def _lower(given: str | None) -> str | None:
    return given.lower() if given else None


def _same(one: _Value | None, other: _Value | None, field: str, its: str) -> _Value | None:
    """What was given under either of two names.

    Raises: InvalidError when both were given and differ.
    """
    if one is not None and other is not None and one != other:
        raise InvalidError(
            f"{field}: differs from {its}, which is another name of it",
            field=field,
            remedy="send one of them",
        )
    return other if one is None else one


def _entry_out(one: Written) -> AuditEntryOut:
    named: dict[str, Any] = {"session_id": one.session} if one.session else {}
    if one.memory_ids:
        named["memory_ids"] = [ids.encode(ids.MEMORY, number) for number in one.memory_ids]
    return AuditEntryOut(
        id=one.entry_id,
        operation=one.operation,
        event_type=one.operation,
        created_at=one.at,
        timestamp=one.at,
        agent_id=one.agent,
        user_id=one.user,
        memory_id=ids.encode(ids.MEMORY, one.memory_id) if one.memory_id else None,
        memory_type=one.memory_type,
        ip_address=one.address,
        key_id=ids.encode(ids.KEY, one.key_row_id) if one.key_row_id else None,
        run_id=ids.encode(ids.RUN, one.run_id) if one.run_id else None,
        details={**one.details, **named},
    )
