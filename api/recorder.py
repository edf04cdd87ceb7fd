"""Writes behind the answer of a recall what was of use, and that it was asked for.

A recall never waits for a write, and never fails because of one.

What waits in this process is lost when it is killed; everything that was logged is counted once.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine

from nrem.queue import Nudger
from nrem.store import access, audit, engine, work
from nrem.store.access import Access
from nrem.store.audit import Entry

_log = structlog.get_logger("api")

# Beyond this the oldest are given up: the database is away, and memory is not endless.
_MOST_WAITING: Final = 50_000
_BATCH: Final = 1_000
_AFTER_FAULT_SECONDS: Final = 1.0
# Uses are counted together: reads see them before that.
_COUNT_AFTER_SECONDS: Final = 1.0
_DUTY: Final = "reinforce"

# What a recall leaves: uses, and its line in the audit trail.
_Left = Access | Entry
_Waiting = tuple[int, _Left]


class Recorder:
    """Writes what recalls leave in groups; open it as an async context."""

    def __init__(self, database: AsyncEngine, nudger: Nudger) -> None:
        self._database = database
        self._nudger = nudger
        self._waiting: deque[_Waiting] = deque()
        self._wake = asyncio.Event()
        self._is_open = True
        self.given_up = 0

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._record_for_ever())
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Write what waits, once, then stop."""
        self._is_open = False
        self._wake.set()
        await self._task

    def record(self, org_id: int, left: Sequence[_Left]) -> None:
        """Write down uses and entries of the audit trail soon; returns at once."""
        self._waiting.extend((org_id, one) for one in left)
        surplus = len(self._waiting) - _MOST_WAITING
        for _ in range(surplus):
            self._waiting.popleft()
        self.given_up += max(surplus, 0)
        if left:
            self._wake.set()

    async def _record_for_ever(self) -> None:
        while self._is_open or self._waiting:
            if not self._waiting:
                self._wake.clear()
                await self._wake.wait()
                continue
            batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
            try:
                async with self._database.begin() as conn:
                    await conn.run_sync(_write, batch)
                if any(isinstance(one, Access) for _, one in batch):
                    self._nudger.nudge((_DUTY,))
            except (DBAPIError, PoolTimeout, OSError) as error:
                # The type alone: a database's message may repeat what is in a row.
                _log.warning("recall.not_recorded", lines=len(batch), error=type(error).__name__)
                await self._give_back(batch)

    async def _give_back(self, batch: list[_Waiting]) -> None:
        if not self._is_open:
            self.given_up += len(batch)
            return
        self._waiting.extendleft(reversed(batch))
        await asyncio.sleep(_AFTER_FAULT_SECONDS)


def _write(conn: Connection, batch: list[_Waiting]) -> None:
    by_org: dict[int, list[_Left]] = {}
    for org_id, one in batch:
        by_org.setdefault(org_id, []).append(one)
    for org_id, left in sorted(by_org.items()):
        engine.enter(conn, org_id=org_id)
        uses = [one for one in left if isinstance(one, Access)]
        access.add(conn, org_id, uses)
        audit.add(conn, org_id, [one for one in left if isinstance(one, Entry)])
        if uses:
            work.bring_forward(conn, org_id, {_DUTY: _COUNT_AFTER_SECONDS})
