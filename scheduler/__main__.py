"""The scheduler process. Start: `python -m scheduler`; any number of them may run at once."""

import os
import signal
import socket
import sys
from collections.abc import Callable
from threading import Event
from types import FrameType
from typing import Final

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from nrem.config import Settings
from nrem.erasure_ledger import ledger_of
from nrem.errors import ConfigError
from nrem.queue import Nudger
from nrem.store import engine, erasure_line
from nrem.telemetry import configure
from scheduler.ticks import Ticker
from worker.passes import PASSES

_log = structlog.get_logger("scheduler")

_BEAT_SECONDS: Final = 1
_PRUNE_HOURS: Final = 24


def _forgiving(duty: Callable[[], None]) -> Callable[[], None]:
    """A job that outlives a database outage: what it missed, its next call makes up for."""

    def run() -> None:
        try:
            duty()
        except (DBAPIError, PoolTimeout) as error:
            _log.warning("scheduler.database_away", error=type(error).__name__)

    return run


def _open(settings: Settings) -> Ticker:
    database = engine.sync_engine(settings.require_database_url(), engine.WORKER, pool_size=2)
    with database.begin() as conn:
        engine.check(conn)
        erasure_line.check(conn, ledger_of(settings))
    return Ticker(
        database=database,
        nudger=Nudger(settings.broker_url),
        name=f"{socket.gethostname()}:{os.getpid()}",
        passes=PASSES,
    )


def _schedule(ticker: Ticker) -> BackgroundScheduler:
    clock = BackgroundScheduler(
        timezone="UTC",
        # One late call does the work of all that were missed.
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )

    def beat() -> None:
        ticker.tick()
        ticker.dispatch()

    clock.add_job(_forgiving(beat), "interval", seconds=_BEAT_SECONDS, id="beat")
    clock.add_job(_forgiving(ticker.prune), "interval", hours=_PRUNE_HOURS, id="prune")
    return clock


def main() -> int:
    """Tick until SIGTERM or SIGINT; 2 when the settings or the database do not fit."""
    stop = Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    try:
        settings = Settings()
        configure("scheduler", settings.log_level)
        ticker = _open(settings)
    except ConfigError as error:
        sys.stderr.write(f"nrem: {error}\n")
        return 2
    clock = _schedule(ticker)
    clock.start()
    stop.wait()
    clock.shutdown()
    ticker.nudger.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
