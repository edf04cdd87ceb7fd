"""What searches leave behind: uses of memories, and a line in the audit trail, written later.

A search writes nothing. What it found is kept in this process and written by a thread that lives
while there is something to write; a search never waits for it, nor fails because of it.
"""

import asyncio
import os
from collections import deque
from collections.abc import Sequence
from threading import Condition, Thread
from typing import Final

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from nrem.store import access, audit, life, policy, reinforce, work
from nrem.store.access import Access
from nrem.store.audit import Entry
from nrem.zeno.link import Link, Means

_log = structlog.get_logger("zeno")

# Beyond this the oldest are given up: the database is away, and memory is not endless.
MOST_WAITING: Final = 10_000
_BATCH: Final = 500
_FOLDED: Final = 500
# Uses are counted together; reads see them before that.
_COUNT_AFTER_SECONDS: Final = 1.0
_DUTY: Final = "reinforce"


class Hits:
    """Uses that wait to be written, of one store."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._changed = Condition()
        self._waiting: deque[tuple[Entry, Sequence[Access]]] = deque(maxlen=MOST_WAITING)
        # the process whose thread is at work; a fork has none
        self._writer: int | None = None
        link.await_at_close(self)

    def record(self, entry: Entry, uses: Sequence[Access]) -> None:
        """Write down soon what a search found; returns at once."""
        with self._changed:
            self._waiting.append((entry, uses))
            if self._writer == os.getpid():
                return
            self._writer = os.getpid()
        Thread(target=self._write_all, name="nrem-zeno-hits", daemon=True).start()

    async def written(self) -> None:
        """Wait until what was recorded is written, or was given up."""
        await asyncio.to_thread(self.wait)

    async def counted(self) -> None:
        """Wait until what was recorded is written, and count all uses as `reinforce` does."""
        await self.written()
        while await self._link.run(_count) == _FOLDED:
            pass

    def wait(self) -> None:
        """Return when what was recorded is written, or was given up."""
        with self._changed:
            self._changed.wait_for(lambda: self._writer != os.getpid())

    def _write_all(self) -> None:
        while batch := self._next():
            try:
                self._link.do(_write, batch)
            except (DBAPIError, PoolTimeout, OSError) as error:
                # The type alone: a database's message may repeat what is in a row.
                _log.warning("search.not_recorded", lines=len(batch), error=type(error).__name__)

    def _next(self) -> list[tuple[Entry, Sequence[Access]]]:
        """What to write next; when there is nothing, the thread has ended for all others."""
        with self._changed:
            batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
            if not batch:
                self._writer = None
                self._changed.notify_all()
            return batch


def _write(conn: Connection, means: Means, batch: Sequence[tuple[Entry, Sequence[Access]]]) -> None:
    uses = [use for _, found in batch for use in found]
    access.add(conn, means.org_id, uses)
    audit.add(conn, means.org_id, (entry for entry, _ in batch))
    if uses:
        work.bring_forward(conn, means.org_id, {_DUTY: _COUNT_AFTER_SECONDS})


def _count(conn: Connection, means: Means) -> int:
    timeline = policy.timeline(conn, means.org_id)
    held = reinforce.claim(conn, means.org_id, _FOLDED)
    writes = [life.settled(one, timeline, means.now) for one in held]
    life.write(conn, means.org_id, writes)
    return len(held)
