"""Group commit of accepted events: one flusher, no timer, a 2xx only after COMMIT.

The flusher takes whatever waits, writes it in one transaction with a section per org, and resolves
each request after the commit. This is the one part of the API that is written async for speed: a
slow disk then costs each flush once, not each request. Whatever one request brings, the others go
on: a section that fails is rolled back by itself.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine

from api.problems import OutcomeUnknownError
from nrem.errors import UnavailableError
from nrem.queue import Nudger
from nrem.store import engine, erasing, policy
from nrem.store.append import append
from nrem.store.event import Appended, NewEvent
from nrem.store.work import Waits

_MOST_EVENTS: Final = 2_000
# Waiting beyond this is refused: the database is slower than the callers.
_MOST_WAITING: Final = 20_000
_ATTEMPTS: Final = 3
# Deadlock and serialization: the whole transaction may be tried again at once.
_TRANSIENT: Final = ("40P01", "40001")
# Lock and statement timeouts: the section waited too long, the others need not.
_TOO_SLOW: Final = ("55P03", "57014")
_AWAY: Final = (OperationalError, InterfaceError, PoolTimeout, OSError)


@dataclass(slots=True, kw_only=True, eq=False)
class _Request:
    org_id: int
    events: Sequence[NewEvent]
    answer: "asyncio.Future[list[Appended]]"


# What a request gets: its events' places, a refusal, or a fault of ours.
_Outcome = list[Appended] | Exception


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
        database is away or too slow, OutcomeUnknownError when it did not confirm its COMMIT.
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
        try:
            outcomes = await self._commit(by_org)
        except Exception as error:  # noqa: BLE001 - nobody may wait for ever, whatever went wrong
            outcomes = [(request, _explained(error)) for request in batch]
        for request, outcome in outcomes:
            _answer(request, outcome)
        if any(isinstance(outcome, list) for _, outcome in outcomes):
            self._nudger.nudge(("score", "consolidate"))

    async def _commit(self, by_org: dict[int, list[_Request]]) -> list[tuple[_Request, _Outcome]]:
        for left in reversed(range(_ATTEMPTS)):
            is_written = False
            try:
                async with self._database.begin() as conn:
                    outcomes = await conn.run_sync(_write, by_org)
                    is_written = True
                return outcomes
            except (OperationalError, InterfaceError) as error:
                if is_written:
                    raise OutcomeUnknownError from error
                if not left or _state(error) not in _TRANSIENT:
                    raise
        raise UnavailableError


def _state(error: Exception) -> str | None:
    return getattr(getattr(error, "orig", None), "sqlstate", None)


def _explained(error: Exception) -> Exception:
    """The fault as one request's own, since many may be told of the same."""
    if not isinstance(error, (*_AWAY, UnavailableError)):
        return error
    kind = OutcomeUnknownError if isinstance(error, OutcomeUnknownError) else UnavailableError
    own = kind()
    own.__cause__ = error.__cause__ if isinstance(error, UnavailableError) else error
    return own


def _write(conn: Connection, by_org: dict[int, list[_Request]]) -> list[tuple[_Request, _Outcome]]:
    outcomes: list[tuple[_Request, _Outcome]] = []
    for org_id, requests in sorted(by_org.items()):
        outcomes += _write_org(conn, org_id, requests)
    return outcomes


def _write_org(
    conn: Connection, org_id: int, requests: list[_Request]
) -> list[tuple[_Request, _Outcome]]:
    """All requests of an org at once; if one spoils it, each by itself."""
    try:
        answers = iter(_append(conn, org_id, [e for r in requests for e in r.events]))
        return [(r, [next(answers) for _ in r.events]) for r in requests]
    except _AWAY as error:
        if _state(error) not in _TOO_SLOW:
            raise
        return [(request, _explained(error)) for request in requests]
    except Exception:  # noqa: BLE001 - found again below, in the request that causes it
        return [(request, _alone(conn, org_id, request)) for request in requests]


def _alone(conn: Connection, org_id: int, request: _Request) -> _Outcome:
    for _ in range(_ATTEMPTS):
        try:
            return _append(conn, org_id, request.events)
        except IntegrityError as error:
            if refused := erasing.refusal(error):
                return refused
            # Another process stored the same key in between: the next look finds it.
            continue
        except _AWAY as error:
            if _state(error) not in _TOO_SLOW:
                raise
            return _explained(error)
        except Exception as error:  # noqa: BLE001 - this request's own trouble
            return error
    return UnavailableError()


def _append(conn: Connection, org_id: int, events: Sequence[NewEvent]) -> list[Appended]:
    with conn.begin_nested():
        now = engine.enter(conn, org_id=org_id)
        waits = Waits.of(policy.load(conn, org_id, now))
        return append(conn, org_id, events, now=now, waits=waits)


def _answer(request: _Request, outcome: _Outcome) -> None:
    if request.answer.done():
        return
    if isinstance(outcome, Exception):
        request.answer.set_exception(outcome)
    else:
        request.answer.set_result(outcome)
