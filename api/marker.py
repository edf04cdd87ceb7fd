"""Marks in the database what was done under an idempotency key, in the transaction that does it.

For routes whose repeat would do something again and that keep no key themselves. The mark holds
digests and a row number; what a repeat is answered is read back from the row itself.
"""

import asyncio
import re
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.attempt import conflict
from api.state import State
from nrem import ids
from nrem.errors import ConflictError
from nrem.store import engine, replay
from nrem.store.key import Caller

_log = structlog.get_logger("api")

# Another process may have done it a moment ago, and be about to name what it made.
_LOOKS: Final = 10
_LOOK_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A route whose writes are marked, and where what it did is read."""

    method: str
    path: re.Pattern[str]
    # the path of what was changed, or of what was made, by its id
    shown_at: str
    status: int = 200
    # of what is made: the kind of its id, and the field of the answer that has it
    kind: str | None = None
    field: str = "id"


_MEMORY: Final = r"(?P<memory>/v1/memories/[^/:]+)"
ROUTES: Final = (
    Route(method="PATCH", path=re.compile(_MEMORY), shown_at="{memory}"),
    Route(
        method="POST",
        path=re.compile(_MEMORY + r"(/rollback|:(restore|archive|pin|unpin))"),
        shown_at="{memory}",
    ),
    Route(
        method="POST",
        path=re.compile("/v1/conversations"),
        shown_at="/v1/conversations/{made}",
        kind=ids.CONVERSATION,
    ),
    Route(
        method="POST",
        path=re.compile("/v1/(?P<family>ingest|distill|refine)"),
        shown_at="/v1/{family}/{made}",
        status=202,
        kind=ids.JOB,
        field="job_id",
    ),
)


class RepeatedError(ConflictError):
    """What this idempotency key stands for was done before, and cannot be read back."""


@dataclass(slots=True, kw_only=True)
class Marker:
    """One request of a marked route."""

    route: Route
    named: dict[str, str]
    key: tuple[str, ...]
    body: bytes
    org_id: int = 0
    digest: bytes = b""
    # it is written, and committed; or another request did what this one asks for
    is_written: bool = False
    is_mine: bool = False
    is_repeated: bool = False


_current: ContextVar[Marker | None] = ContextVar("marker", default=None)


def begin(method: str, path: str, *, key: str, body: bytes) -> Marker | None:
    """Mark what this task will do, if its route is one of those; the marker to ask afterwards."""
    found = next(
        (
            Marker(route=one, named=match.groupdict(), key=(method, path, key), body=body)
            for one in ROUTES
            if one.method == method and (match := one.path.fullmatch(path))
        ),
        None,
    )
    _current.set(found)
    return found


def end() -> None:
    """What this task does from here on is not part of the request."""
    _current.set(None)


def check(conn: Connection, state: State, caller: Caller) -> None:
    """Before a transaction does anything: refuse what was done before.

    Raises: RepeatedError; ConflictError when it was done for another body.
    """
    mark = _current.get()
    if mark is None or mark.is_mine:
        return
    mark.org_id = caller.org_id
    mark.digest = state.digest.of("replay", caller.key_row_id, *mark.key)
    known = replay.find(conn, caller.org_id, mark.digest)
    if known is not None:
        _refuse(mark, known.body)


def write(conn: Connection) -> None:
    """As the last of a transaction: mark it, if it wrote something.

    Raises: as `check`, when another process did it meanwhile.
    """
    mark = _current.get()
    if mark is None or mark.is_mine:
        return
    mark.is_written = replay.add(conn, mark.org_id, mark.digest, mark.body)
    if mark.is_written:
        replay.prune(conn, mark.org_id)
        return
    known = replay.find(conn, mark.org_id, mark.digest)
    if known is not None:
        _refuse(mark, known.body)


def committed() -> None:
    """The transaction is committed, and its mark with it."""
    mark = _current.get()
    if mark is not None:
        mark.is_mine = mark.is_written


async def name(state: State, mark: Marker, answer: Any) -> None:  # noqa: ANN401 - any JSON value
    """Note which row the answer says was made; a repeat before that gets no more than a refusal."""
    number = ids.decode(mark.route.kind, answer[mark.route.field]) if mark.route.kind else None
    if number is None or not mark.is_mine:
        return
    try:
        async with engine.begin_async(state.database, org_id=mark.org_id) as conn:
            await conn.run_sync(replay.name, mark.org_id, mark.digest, number)
    except (OperationalError, InterfaceError, PoolTimeout, OSError) as error:
        _log.warning("replay.not_named", error=type(error).__name__)


async def made_by(state: State, mark: Marker) -> str | None:
    """The path at which to read what was done before; None when nobody can tell."""
    if mark.route.kind is None:
        return mark.route.shown_at.format(**mark.named)
    for _ in range(_LOOKS):
        async with engine.begin_async(state.database, org_id=mark.org_id) as conn:
            known = await conn.run_sync(replay.find, mark.org_id, mark.digest)
        if known is None:
            return None
        if known.made is not None:
            made = ids.encode(mark.route.kind, known.made)
            return mark.route.shown_at.format(**mark.named, made=made)
        await asyncio.sleep(_LOOK_SECONDS)
    return None


def _refuse(mark: Marker, body: bytes) -> None:
    if body != mark.body:
        raise conflict()
    mark.is_repeated = True
    raise RepeatedError(field="Idempotency-Key", remedy="look for it, or send a new key")
