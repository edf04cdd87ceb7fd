"""How stores reach Postgres: one bounded pool for one org, made when it is first needed.

Bound to no event loop: work runs in threads, so a store serves any number of `asyncio.run`s, and a
forked process gets connections of its own. A call that is cancelled ends when its transaction has.
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeVar
from weakref import WeakSet

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError, OperationalError

from nrem.config import Settings
from nrem.digest import Digest
from nrem.erasure_ledger import ledger_of
from nrem.errors import ConfigError
from nrem.llm.embed import Embedder, load_embedder
from nrem.store import engine, erasing, erasure_line
from nrem.store import org as orgs
from nrem.zeno.closing import Closing

# The agent in whose name a store keeps what a Protocol names no agent for.
AGENT: Final = "zeno"
_POOL: Final = 4
_ATTEMPTS: Final = 3
# Deadlock and serialization failure: the whole transaction may be done again at once.
_TRANSIENT: Final = ("40P01", "40001")

_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a transaction works with besides its connection."""

    org_id: int
    now: datetime
    digest: Digest
    # of whoever a Protocol names no agent for
    agent: str


class Link(Closing):
    """The way to one org's rows; stores that share it share its connections.

    `database` is a URL, the settings of the installation, or None for those of the environment.
    `org` is the org's name, or its number. `clock` gives the instant of each transaction in place
    of the database's clock.
    """

    def __init__(
        self,
        database: str | Settings | None = None,
        *,
        org: str | int,
        agent: str = AGENT,
        pool_size: int = _POOL,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        if isinstance(database, Settings):
            self._settings = database
        else:
            self._settings = Settings() if database is None else Settings(database_url=database)
        self._url = self._settings.require_database_url()
        self._org = org
        self._pool_size = pool_size
        self._clock = clock
        self._lock = Lock()
        self._open: _Open | None = None
        # those that write behind the answers, for as long as somebody has them
        self._writers: WeakSet[Writer] = WeakSet()
        self.agent = agent

    @cached_property
    def digest(self) -> Digest:
        """The keyed digests of this installation."""
        return Digest(self._settings.load_pepper())

    @cached_property
    def embedder(self) -> Embedder:
        """What makes vectors; the one that the workers of this installation use."""
        return load_embedder(self._settings.embedder)

    async def run(
        self,
        work: Callable[Concatenate[Connection, Means, _P], _T],
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> _T:
        """What `work` answers, done in one transaction of its own, or not at all.

        Cancelled, it waits for the transaction to end, so that nothing goes on behind it.
        """
        return await self.compute(lambda: self.do(work, *args, **kwargs))

    async def compute(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """What `work` answers, done in a thread; cancelled, it waits for it to end."""
        call = asyncio.get_running_loop().run_in_executor(
            self._opened().threads, lambda: work(*args, **kwargs)
        )
        try:
            return await asyncio.shield(call)
        except asyncio.CancelledError:
            await asyncio.wait([call])
            if not call.cancelled():
                call.exception()  # somebody has seen it
            raise

    def do(
        self,
        work: Callable[Concatenate[Connection, Means, _P], _T],
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> _T:
        """As `run`, in this thread."""
        opened = self._opened()
        for left in reversed(range(_ATTEMPTS)):
            try:
                return self._once(opened, lambda conn, means: work(conn, means, *args, **kwargs))
            except OperationalError as error:
                if not left or getattr(error.orig, "sqlstate", None) not in _TRANSIENT:
                    raise
            except IntegrityError as error:
                refused = erasing.refusal(error)
                if refused:
                    raise refused from error
                raise
        raise AssertionError

    def _once(self, opened: "_Open", work: Callable[[Connection, Means], _T]) -> _T:
        org_id = self._org_id(opened)
        now = self._clock() if self._clock else None
        with opened.pool.begin() as conn:
            at = engine.enter(conn, org_id=org_id, now=now)
            means = Means(org_id=org_id, now=at, digest=self.digest, agent=self.agent)
            return work(conn, means)

    def _org_id(self, opened: "_Open") -> int:
        """The org's number; the first to ask looks whether the database is one to work with."""
        if opened.org_id is None:
            with engine.begin(opened.pool) as conn:
                engine.check(conn)
                self._check_erasures(conn)
                found = self._org if isinstance(self._org, int) else orgs.named(conn, self._org)
            if found is None:
                raise ConfigError(
                    "there is no org of this name: make a key for it with `nrem keys create`"
                )
            opened.org_id = found
        return opened.org_id

    def _check_erasures(self, conn: Connection) -> None:
        """Refuse a database that was restored from before an erasure; elsewhere nobody can tell."""
        ledger = ledger_of(self._settings)
        if ledger.path.exists():
            erasure_line.check(conn, ledger)

    def _opened(self) -> "_Open":
        with self._lock:
            if self._open is None or self._open.pid != os.getpid():
                if self._open is not None:
                    # The connections are the parent's: they are forgotten, not closed.
                    self._open.pool.dispose(close=False)
                self._open = _Open.of(self._url, self._pool_size)
            return self._open

    def await_at_close(self, writer: "Writer") -> None:
        """Have `close` wait for what `writer` still writes, lest it open connections anew."""
        self._writers.add(writer)

    def close(self) -> None:
        """Give the connections back when what is under way has ended; a later call opens others."""
        for writer in tuple(self._writers):
            writer.wait()
        with self._lock:
            opened, self._open = self._open, None
        if opened is not None and opened.pid == os.getpid():
            opened.close()

    async def aclose(self) -> None:
        """As `close`, without holding up the event loop."""
        await asyncio.to_thread(self.close)


class Writer(Protocol):
    """Who writes in a thread of its own."""

    def wait(self) -> None:
        """Return when nothing is left to write."""


@dataclass(slots=True, kw_only=True)
class _Open:
    """Connections, and as many threads to use them."""

    pid: int
    pool: Engine
    threads: ThreadPoolExecutor
    org_id: int | None = None

    @classmethod
    def of(cls, url: str, size: int) -> "_Open":
        return cls(
            pid=os.getpid(),
            pool=engine.sync_engine(url, engine.API, pool_size=size),
            threads=ThreadPoolExecutor(max_workers=size, thread_name_prefix="nrem-zeno"),
        )

    def close(self) -> None:
        self.threads.shutdown()
        self.pool.dispose()


class Linked(Closing):
    """What every store has: its link, which it closes if it made it."""

    def __init__(
        self,
        database: str | Settings | Link | None = None,
        *,
        org: str | int | None = None,
        **options: Any,  # noqa: ANN401 - those of Link
    ) -> None:
        """`database` may be the link of other stores; `org` is for all else, see `Link`.

        Raises: ConfigError when a database is given without an org, or none is known.
        """
        self._owns = not isinstance(database, Link)
        if isinstance(database, Link):
            self._link = database
        elif org is None:
            raise ConfigError("name the org whose rows these are: org=…")
        else:
            self._link = Link(database, org=org, **options)

    @property
    def link(self) -> Link:
        """The way to the rows, which other stores may share."""
        return self._link

    async def aclose(self) -> None:
        """Give the connections back, unless they are another's."""
        if self._owns:
            await self._link.aclose()
