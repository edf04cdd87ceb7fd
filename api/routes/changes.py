"""Changing a memory: edit, pin, archive, forget, restore, roll back.

Each answers the memory as it stands then, with its version as the ETag. A change that changes
nothing makes no version, so each may be sent again.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter
from sqlalchemy import Connection

from api import body
from api.deps import Forgetter, Nrem, Writer, actor, transaction
from api.openapi import takes
from api.shown import embedded, etag, memory_out
from api.state import State
from nrem import ids
from nrem.errors import InvalidError, NotFoundError
from nrem.policy.change import (
    Edit,
    Ttl,
    archived,
    edited,
    forgotten,
    restored,
    rolled_back,
)
from nrem.policy.model import Tier
from nrem.policy.params import Policy
from nrem.store import audit, change, engine, history, policy, view
from nrem.store.audit import Actor, Entry, Operation
from nrem.store.change import Change, NewText
from nrem.store.history import Believed
from nrem.store.key import Caller
from nrem.store.memory import content_hash
from nrem.store.view import MemoryView
from nrem.wire.answer import MemoryOut
from nrem.wire.change import ChangeIn, EditIn, RestoreIn, RollbackIn

router = APIRouter(tags=["memories"])

_CHANGE: Final = TypeAdapter(ChangeIn)
_RESTORE: Final = TypeAdapter(RestoreIn)
_IF_MATCH: Final = re.compile(r'"([1-9]\d{0,8})"')


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A change of one memory, as a request asks for it."""

    memory_id: str
    expected_version: int | None
    # what to do, under the policy in force
    how: Callable[[Policy], Change]
    # as the audit trail tells it
    operation: Operation
    details: Mapping[str, Any] = field(default_factory=dict)
    # the content that this may bring
    content: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """A change that needs no more than its name."""

    operation: Operation
    how: Callable[[Policy], Change]
    details: Mapping[str, Any] = field(default_factory=dict)


def _pinned(*, is_pinned: bool) -> Callable[[Policy], Change]:
    edit = Edit(is_pinned=is_pinned)
    return lambda its: lambda standing, at: edited(standing, edit, at, weights=its.score)


_PIN: Final = _Named(operation=Operation.PIN, how=_pinned(is_pinned=True))
_UNPIN: Final = _Named(operation=Operation.UNPIN, how=_pinned(is_pinned=False))
_ARCHIVE: Final = _Named(operation=Operation.ARCHIVE, how=lambda _: archived)
_FORGET: Final = _Named(
    operation=Operation.FORGET, how=lambda _: forgotten, details={"hard": False}
)


@router.patch("/v1/memories/{memory_id}", openapi_extra=takes(EditIn))
async def edit_memory(
    memory_id: str, request: Request, response: Response, state: Nrem, caller: Writer
) -> MemoryOut:
    """Change what is sent; metadata is replaced as a whole, the tier only goes up.

    A new content is searchable at once, by its words and its meaning.
    """
    given = await body.take(request, response, EditIn)
    edit = Edit(
        content=given.content,
        metadata=given.metadata,
        importance=given.importance,
        tier=Tier(given.tier) if given.tier else None,
        ttl=_ttl(given),
    )
    asked = _Asked(
        memory_id=memory_id,
        expected_version=_expected(request, given.expected_version),
        how=lambda its: lambda standing, at: edited(standing, edit, at, weights=its.score),
        operation=Operation.UPDATE,
        content=edit.content,
    )
    return await _answer(request, response, state, caller, asked)


@router.post("/v1/memories/{memory_id}:pin", openapi_extra=takes(ChangeIn, is_required=False))
async def pin_memory(
    memory_id: str, request: Request, response: Response, state: Nrem, caller: Writer
) -> MemoryOut:
    """Keep it: a pinned memory counts as permanent, never fades and is never merged."""
    return await _simple(memory_id, request, response, state, caller, _PIN)


@router.post("/v1/memories/{memory_id}:unpin", openapi_extra=takes(ChangeIn, is_required=False))
async def unpin_memory(
    memory_id: str, request: Request, response: Response, state: Nrem, caller: Writer
) -> MemoryOut:
    """Undo a pin: the memory has its own tier again."""
    return await _simple(memory_id, request, response, state, caller, _UNPIN)


@router.post("/v1/memories/{memory_id}:archive", openapi_extra=takes(ChangeIn, is_required=False))
async def archive_memory(
    memory_id: str, request: Request, response: Response, state: Nrem, caller: Forgetter
) -> MemoryOut:
    """Take it out of recall, also when it is pinned; `:restore` undoes it."""
    return await _simple(memory_id, request, response, state, caller, _ARCHIVE)


@router.post("/v1/memories/{memory_id}:forget", openapi_extra=takes(ChangeIn, is_required=False))
async def forget_memory(
    memory_id: str, request: Request, response: Response, state: Nrem, caller: Forgetter
) -> MemoryOut:
    """Keep it for its history only; `:restore` undoes it until `due_at`, when it is purged."""
    return await _simple(memory_id, request, response, state, caller, _FORGET)


@router.post("/v1/memories/{memory_id}:restore", openapi_extra=takes(RestoreIn, is_required=False))
async def restore_memory(
    memory_id: str, request: Request, response: Response, state: Nrem, caller: Writer
) -> MemoryOut:
    """Make it live again, as if it had just been used; its count of uses stays."""
    given = body.validate(_RESTORE, _optional(await body.read(request)))
    ttl = _ttl(given)
    asked = _Asked(
        memory_id=memory_id,
        expected_version=_expected(request, given.expected_version),
        how=lambda _: lambda standing, at: restored(standing, ttl, at),
        operation=Operation.RESTORE,
    )
    return await _answer(request, response, state, caller, asked)


@router.post("/v1/memories/{memory_id}/rollback", openapi_extra=takes(RollbackIn))
async def roll_memory_back(
    memory_id: str, request: Request, response: Response, state: Nrem, caller: Writer
) -> MemoryOut:
    """Write a new version that equals an earlier one; its text is searchable again at once."""
    given = await body.take(request, response, RollbackIn)
    number = ids.decode(ids.MEMORY, memory_id)
    async with transaction(state, caller) as run:
        found: list[Believed] = (
            await run(history.read, caller.org_id, number, [given.version]) if number else []
        )
    if not found:
        raise NotFoundError("there is no such version", field="version")
    # A version never changes, so it is the same in the next transaction.
    version = found[0].version
    asked = _Asked(
        memory_id=memory_id,
        expected_version=_expected(request, given.expected_version),
        how=lambda _: lambda standing, at: rolled_back(standing, version, at),
        operation=Operation.ROLLBACK,
        details={"to_version": given.version},
        content=version.content,
    )
    return await _answer(request, response, state, caller, asked)


async def _simple(
    memory_id: str,
    request: Request,
    response: Response,
    state: State,
    caller: Caller,
    named: _Named,
) -> MemoryOut:
    given = body.validate(_CHANGE, _optional(await body.read(request)))
    asked = _Asked(
        memory_id=memory_id,
        expected_version=_expected(request, given.expected_version),
        how=named.how,
        operation=named.operation,
        details=named.details,
    )
    return await _answer(request, response, state, caller, asked)


async def _answer(
    request: Request, response: Response, state: State, caller: Caller, asked: _Asked
) -> MemoryOut:
    number = ids.decode(ids.MEMORY, asked.memory_id)
    if number is None:
        raise NotFoundError("there is no such memory")
    text = await _text(state, caller, asked.content) if asked.content is not None else None
    async with transaction(state, caller) as run:
        who = actor(request, caller)
        shown: MemoryView = await run(_change, caller.org_id, number, asked, text, who)
    response.headers["ETag"] = etag(shown)
    return memory_out(shown)


async def _text(state: State, caller: Caller, content: str) -> NewText:
    (vector,) = await embedded(state, [content])
    return NewText(
        content=content,
        content_hash=content_hash(state.digest, caller.org_id, content),
        vector=vector,
        model=state.embedder.model_id,
    )


def _change(
    conn: Connection, org_id: int, number: int, asked: _Asked, text: NewText | None, who: Actor
) -> MemoryView:
    timeline, now = policy.timeline(conn, org_id), engine.instant(conn)
    changed = change.make(
        conn,
        org_id,
        number,
        asked.how(timeline.at(now)),
        expected_version=asked.expected_version,
        text=text,
        timeline=timeline,
        now=now,
    )
    (shown,) = view.read_memories(conn, org_id, [number], timeline=timeline, now=now)
    if changed:
        audit.add(conn, org_id, [_entry(shown, asked, changed, who)])
    return shown


def _entry(shown: MemoryView, asked: _Asked, changed: Sequence[str], who: Actor) -> Entry:
    row = shown.row
    return Entry(
        operation=asked.operation,
        actor=who,
        agent_id=row.agent_id,
        user_id=row.user_id,
        memory_id=row.id,
        memory_type=row.type,
        details={"fields": list(changed), "version": row.version, **asked.details},
    )


def _optional(raw: bytes) -> Any:  # noqa: ANN401 - any JSON value
    return body.parse(raw) if raw.strip() else {}


def _ttl(given: EditIn | RestoreIn) -> Ttl | None:
    return Ttl(seconds=given.ttl_seconds) if "ttl_seconds" in given.model_fields_set else None


def _expected(request: Request, sent: int | None) -> int | None:
    """The version that the caller has seen, from the body or the header.

    Raises: InvalidError when the header names none, or another one than the body.
    """
    header = request.headers.get("if-match")
    if header is None or header.strip() == "*":
        return sent
    named = _IF_MATCH.fullmatch(header.strip())
    if named is None:
        raise InvalidError(
            "If-Match names no version",
            field="If-Match",
            remedy='send the ETag of the memory as it came, as in "3"',
        )
    version = int(named[1])
    if sent not in {None, version}:
        raise InvalidError(
            "expected_version and If-Match name different versions",
            field="expected_version",
            remedy="send one of them",
        )
    return version
