"""What a worker process holds: its database, its tools, its nudger; made once, after any fork."""

import os
import socket
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Engine

from nrem.config import Settings
from nrem.digest import Digest
from nrem.erasure_ledger import Notary, ledger_of
from nrem.heads import FILE, Heads
from nrem.llm.embed import load_embedder
from nrem.llm.offline import OfflineProvider
from nrem.llm.setting import LlmSettings
from nrem.queue import Nudger
from nrem.reach import Reach
from nrem.store import engine, erasure_line, heartbeat
from worker.contract import Pass, Tools
from worker.desk import Desk
from worker.runner import Cause, Outcome, Setting, drain


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process that drives passes."""

    kind: str
    name: str
    database: Engine
    tools: Tools
    nudger: Nudger

    def run(self, duty: Pass, cause: Cause, *, grace_seconds: float = 0.0) -> list[Outcome]:
        """Drain a pass, and nudge whoever has work because of it."""
        setting = Setting(
            database=self.database, tools=self.tools, cause=cause, grace_seconds=grace_seconds
        )
        outcomes = drain(setting, duty)
        woken = {name for its in outcomes for name, delay in its.changes.due.items() if delay <= 0}
        self.nudger.nudge(woken)
        return outcomes

    def beat(self, *, has_progress: bool) -> None:
        """Say that this process lives."""
        with engine.begin(self.database) as conn:
            heartbeat.beat(
                conn, self.name, kind=self.kind, pid=os.getpid(), has_progress=has_progress
            )


def open_process(kind: str, settings: Settings, *, repeats_erasures: bool = False) -> Process:
    """Connect as the worker role and check the database.

    Only who repeats erasures in a database that was restored from before them may work on one.

    Raises: SchemaVersionError, UnsafeRoleError, RestoredError, ConfigError.
    """
    # Two connections at once: one works, one renews a lease.
    database = engine.sync_engine(settings.require_database_url(), engine.WORKER, pool_size=3)
    with database.begin() as conn:
        engine.check(conn)
        if not repeats_erasures:
            erasure_line.check(conn, ledger_of(settings))
    return Process(
        kind=kind,
        name=f"{kind}:{socket.gethostname()}:{os.getpid()}",
        database=database,
        tools=make_tools(settings),
        nudger=Nudger(settings.broker_url),
    )


def check_database(settings: Settings) -> None:
    """Refuse a database that is not safe, or of another time; leaves no connection open.

    Raises: SchemaVersionError, UnsafeRoleError, RestoredError, ConfigError.
    """
    database = engine.sync_engine(settings.require_database_url(), engine.WORKER, pool_size=1)
    try:
        with database.begin() as conn:
            engine.check(conn)
            erasure_line.check(conn, ledger_of(settings))
    finally:
        database.dispose()


def make_tools(settings: Settings) -> Tools:
    """The embedder, the provider and the digest that the settings name."""
    embedder = load_embedder(settings.embedder)
    digest = Digest(settings.load_pepper())
    return Tools(
        embedder=embedder,
        provider=OfflineProvider(embedder),
        digest=digest,
        maintenance=_maintenance(settings),
        heads=Heads(settings.data_dir / FILE),
        notary=Notary.of(settings),
        reach=Reach(hosts=settings.ingest_hosts, networks=settings.ingest_private_networks),
        data_dir=settings.data_dir,
        desk=Desk.of(LlmSettings(), embedder=embedder, digest=digest, data_dir=settings.data_dir),
    )


def _maintenance(settings: Settings) -> Engine | None:
    url = settings.maintain_database_url
    return None if url is None else engine.maintenance_engine(url)


@cache
def this_process(kind: str) -> Process:
    """The process's own, made at first use, so that a forked child never shares its parent's."""
    return open_process(kind, Settings())
