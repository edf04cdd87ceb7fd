"""Group commit of accepted events: one flusher, no timer, a 2xx only after COMMIT.

The flusher takes whatever waits, writes it in one transaction with a section per org, and resolves
each request after the commit. This is the one part of the API that is written async for speed: a
slow disk then costs each flush once, not each request.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine

from nrem.errors import RejectedError, UnavailableError
from nrem.queue import Nudger
from nrem.store import engine, policy
from nrem.store.event import Appended, NewEvent, append

_MOST_EVENTS: Final = 2_000
# Waiting beyond this is refused: the database is slower than the callers.
_MOST_WAITING: Final = 20_000
_ATTEMPTS: Final = 3
_MINUTE_SECONDS: Final = 60.0


@dataclass(slots=True, kw_only=True, eq=False)
class _Request:
    org_id: int
    events: Sequence[NewEvent]
    answer: "asyncio.Future[list[Appended]]"


_Outcome = list[Appended] | RejectedError


class Flusher:
    """Writes events in groups; open it as an async context."""

    def __init__(self, database: AsyncEngine, nudger: Nudger) -> None:
        self._database = database
        self._nudger = nudger
        self._waiting: list[_Request] = []
        self._wake = asyncio.Event()
        self._is_open = True

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._flush_for_ever())
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Write what waits, then stop."""
        self._is_open = False
        self._wake.set()
        await self._task

    async def submit(self, org_id: int, events: Sequence[NewEvent]) -> list[Appended]:
        """Store events, all or none; returns after the commit.

        Raises: RejectedError when they contradict what is stored; UnavailableError when the
        database is away or too slow.
        """
        if not self._is_open or sum(len(r.events) for r in self._waiting) > _MOST_WAITING:
            raise UnavailableError
        request = _Request(
            org_id=org_id, events=events, answer=asyncio.get_running_loop().create_future()
        )
        self._waiting.append(request)
        self._wake.set()
        return await request.answer

    async def _flush_for_ever(self) -> None:
        while self._is_open or self._waiting:
            if not self._waiting:
                self._wake.clear()
                await self._wake.wait()
                continue
            await self._flush(self._take())

    def _take(self) -> list[_Request]:
        taken, size = 0, 0
        for request in self._waiting:
            if taken and size + len(request.events) > _MOST_EVENTS:
                break
            taken, size = taken + 1, size + len(request.events)
        batch, self._waiting = self._waiting[:taken], self._waiting[taken:]
        return batch

    async def _flush(self, batch: list[_Request]) -> None:
        by_org: dict[int, list[_Request]] = {}
        for request in batch:
            by_org.setdefault(request.org_id, []).append(request)
        outcomes: list[tuple[_Request, _Outcome]] = []
        try:
            outcomes = await self._commit(by_org)
        except (DBAPIError, PoolTimeout, OSError) as error:
            for request in batch:
                _fail(request, UnavailableError(), error)
            return
        except BaseException as error:
            # A fault of ours must not leave the callers waiting for ever.
            for request in batch:
                _fail(request, UnavailableError("the events could not be stored"), error)
            raise
        for request, outcome in outcomes:
            _answer(request, outcome)
        if any(not isinstance(outcome, RejectedError) for _, outcome in outcomes):
            self._nudger.nudge(("score", "consolidate"))

    async def _commit(self, by_org: dict[int, list[_Request]]) -> list[tuple[_Request, _Outcome]]:
        for left in reversed(range(_ATTEMPTS)):
            try:
                async with self._database.begin() as conn:
                    return await conn.run_sync(_write, by_org)
            except OperationalError as error:
                # A deadlock or a connection that died in the pool: nothing was committed.
                if not left or not _is_transient(error):
                    raise
        raise UnavailableError


def _is_transient(error: OperationalError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return state in ("40P01", "40001", "55P03")


def _write(conn: Connection, by_org: dict[int, list[_Request]]) -> list[tuple[_Request, _Outcome]]:
    outcomes: list[tuple[_Request, _Outcome]] = []
    for org_id, requests in sorted(by_org.items()):
        outcomes += _write_org(conn, org_id, requests)
    return outcomes


def _write_org(
    conn: Connection, org_id: int, requests: list[_Request]
) -> list[tuple[_Request, _Outcome]]:
    """All requests of an org at once; if one spoils it, each by itself."""
    with suppress(RejectedError, IntegrityError):
        answers = iter(_append(conn, org_id, [e for r in requests for e in r.events]))
        return [(r, [next(answers) for _ in r.events]) for r in requests]
    outcomes: list[tuple[_Request, _Outcome]] = []
    for request in requests:
        try:
            outcomes.append((request, _alone(conn, org_id, request)))
        except RejectedError as error:
            outcomes.append((request, error))
    return outcomes


def _alone(conn: Connection, org_id: int, request: _Request) -> list[Appended]:
    for left in reversed(range(_ATTEMPTS)):
        try:
            return _append(conn, org_id, request.events)
        except IntegrityError:
            # Another process stored the same key in between: the next look finds it.
            if not left:
                raise
    raise UnavailableError


def _append(conn: Connection, org_id: int, events: Sequence[NewEvent]) -> list[Appended]:
    with conn.begin_nested():
        now = engine.enter(conn, org_id=org_id)
        idle = policy.load(conn, org_id).session.idle_minutes * _MINUTE_SECONDS
        return append(conn, org_id, events, now=now, idle_seconds=idle)


def _answer(request: _Request, outcome: _Outcome) -> None:
    if request.answer.done():
        return
    if isinstance(outcome, RejectedError):
        request.answer.set_exception(outcome)
    else:
        request.answer.set_result(outcome)


def _fail(request: _Request, error: Exception, cause: BaseException) -> None:
    if not request.answer.done():
        error.__cause__ = cause
        request.answer.set_exception(error)
