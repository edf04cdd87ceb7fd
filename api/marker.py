"""Marks in the database what was done under an idempotency key, in the transaction that does it.

For changes of a memory, which keep no key themselves and would overwrite what others changed since.
A mark holds digests alone; a repeat is answered with the memory as it stands.
"""

import re
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from api.attempt import conflict
from api.state import State
from nrem.errors import ConflictError
from nrem.store import replay
from nrem.store.key import Caller

# Which requests are marked, as method and path, and the path at which what they did is read.
_MARKED: Final = re.compile(
    r"PATCH (?P<patched>/v1/memories/[^/:]+)"
    r"|POST (?P<posted>/v1/memories/[^/:]+)(/rollback|:(restore|archive|pin|unpin))"
)


class RepeatedError(ConflictError):
    """What this idempotency key stands for was done before, and cannot be read back."""


@dataclass(slots=True, kw_only=True)
class Marker:
    """One request that is marked."""

    shown_at: str
    key: tuple[str, ...]
    body: bytes
    # it is written, and committed; or another request did what this one asks for
    is_written: bool = False
    is_mine: bool = False
    is_repeated: bool = False


_current: ContextVar[Marker | None] = ContextVar("marker", default=None)


def begin(method: str, path: str, *, key: str, body: bytes) -> Marker | None:
    """Mark what this task will do, if it is one of those; the marker to ask afterwards."""
    found = _MARKED.fullmatch(f"{method} {path}")
    made = None
    if found:
        shown_at = found["patched"] or found["posted"]
        made = Marker(shown_at=shown_at, key=(method, path, key), body=body)
    _current.set(made)
    return made


def end() -> None:
    """What this task does from here on is not part of the request."""
    _current.set(None)


def check(conn: Connection, state: State, caller: Caller) -> None:
    """Before a transaction does anything: refuse what was done before.

    Raises: RepeatedError; ConflictError when it was done for another body.
    """
    mark = _current.get()
    if mark is not None and not mark.is_mine:
        _refuse(mark, replay.find(conn, caller.org_id, _digest(mark, state, caller)))


def write(conn: Connection, state: State, caller: Caller) -> None:
    """As the last of a transaction: mark it, if it wrote something.

    Raises: as `check`, when another process did it meanwhile.
    """
    mark = _current.get()
    if mark is None or mark.is_mine:
        return
    digest = _digest(mark, state, caller)
    mark.is_written = replay.add(conn, caller.org_id, digest, mark.body)
    if mark.is_written:
        replay.prune(conn, caller.org_id)
    else:
        _refuse(mark, replay.find(conn, caller.org_id, digest))


def committed() -> None:
    """The transaction is committed, and its mark with it."""
    mark = _current.get()
    if mark is not None:
        mark.is_mine = mark.is_written


def _digest(mark: Marker, state: State, caller: Caller) -> bytes:
    return state.digest.of("replay", caller.org_id, caller.key_row_id, *mark.key)


def _refuse(mark: Marker, known: bytes | None) -> None:
    if known is None:
        return
    if known != mark.body:
        raise conflict()
    mark.is_repeated = True
    raise RepeatedError(field="Idempotency-Key", remedy="look for it, or send a new key")
