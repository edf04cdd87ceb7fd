"""What an API process holds between start and end: pools, embedder, digest, flusher, nudger."""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncEngine

from api.attempt import Attempts
from api.ingest import Flusher
from api.recorder import Recorder
from api.throttle import Throttle
from nrem.config import Settings
from nrem.digest import Digest
from nrem.erasure_ledger import ledger_of
from nrem.llm.embed import Embedder, load_embedder
from nrem.llm.setting import LlmSettings
from nrem.queue import Nudger
from nrem.store import engine, erasure_line


@dataclass(slots=True)
class Unshown:
    """How many rows this process could not show in a context."""

    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One process's parts; every route gets them from the request."""

    settings: Settings
    database: AsyncEngine
    digest: Digest
    embedder: Embedder
    # the passes ask paid models, so what only these can tell is worth being queued
    has_model: bool
    # the model computes on a thread, one at a time, so that the event loop stays free
    thinker: ThreadPoolExecutor
    flusher: Flusher
    recorder: Recorder
    nudger: Nudger
    unshown: Unshown = field(default_factory=Unshown)
    attempts: Attempts
    throttle: Throttle


@asynccontextmanager
async def open_state(settings: Settings) -> AsyncIterator[State]:
    """Connect, check the database, and start the flusher; undone in reverse at the end.

    Raises: ConfigError, SchemaVersionError, UnsafeRoleError, RestoredError.
    """
    database = engine.async_engine(
        settings.require_database_url(), engine.API, pool_size=settings.pool_size
    )
    try:
        async with database.begin() as conn:
            await conn.run_sync(engine.check)
            await conn.run_sync(erasure_line.check, ledger_of(settings))
        embedder = load_embedder(settings.embedder)
        nudger = Nudger(settings.broker_url)
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="embed") as thinker:
            thinker.submit(embedder.embed_query, "warm up").result()
            async with (
                Recorder(database, nudger) as recorder,
                Flusher(database, nudger) as flusher,
            ):
                attempts = Attempts()
                yield State(
                    settings=settings,
                    database=database,
                    digest=Digest(settings.load_pepper()),
                    embedder=embedder,
                    has_model=LlmSettings().is_on,
                    thinker=thinker,
                    flusher=flusher,
                    recorder=recorder,
                    nudger=nudger,
                    attempts=attempts,
                    throttle=Throttle(settings.rate_failed_per_minute),
                )
                await attempts.wait()
        nudger.close()
    finally:
        await database.dispose()
