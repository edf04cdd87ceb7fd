"""The poll loop: finds due work by itself, so that a dead broker means slower, never stopped.

Start: `python -m worker.poll`. It runs every pass in the order of a memory's life, then waits a
second or so; a stop signal ends it between two passes.
"""

import random
import signal
import sys
from threading import Event, Thread
from types import FrameType
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from nrem.clock import monotonic
from nrem.config import Settings
from nrem.errors import ConfigError
from nrem.telemetry import configure
from worker.passes import PASSES
from worker.process import Process, open_process
from worker.runner import Cause

_log = structlog.get_logger("poll")

# Between two rounds that found nothing; the jitter keeps several loops apart.
_PAUSE_SECONDS: Final = (0.5, 1.0)
_AFTER_FAULT_SECONDS: Final = 2.0
_BEAT_SECONDS: Final = 5.0
_UPKEEP_SECONDS: Final = 1.0
_OF_SYSTEM: Final = tuple(duty for duty in PASSES if duty.sweep is not None)
OF_ORGS: Final = tuple(duty for duty in PASSES if duty.sweep is None)
# Long enough for a nudge to reach a worker that is free; a dead broker costs a tick as much.
_GRACE_SECONDS: Final = 5.0


def poll(process: Process, stop: Event) -> None:
    """Run every pass round after round until `stop` is set.

    What the whole system needs every few seconds runs beside that: no long pass holds it up.
    """
    beside = Thread(target=_keep_up, args=(process, stop), name="upkeep", daemon=True)
    beside.start()
    try:
        _go_round(process, stop)
    finally:
        stop.set()
        beside.join()


def _keep_up(process: Process, stop: Event) -> None:
    try:
        while not stop.wait(_UPKEEP_SECONDS):
            try:
                for duty in _OF_SYSTEM:
                    process.run(duty, Cause(name="poll"))
            except (DBAPIError, PoolTimeout) as error:
                _log.warning("poll.database_away", error=type(error).__name__)
                stop.wait(_AFTER_FAULT_SECONDS)
    finally:
        # Without it the process is not whole: it ends, and is started again.
        stop.set()


def _go_round(process: Process, stop: Event) -> None:
    next_beat = 0.0
    while not stop.is_set():
        try:
            worked = _round(process, stop)
            if monotonic() >= next_beat:
                process.beat(has_progress=worked)
                next_beat = monotonic() + _BEAT_SECONDS
        except (DBAPIError, PoolTimeout) as error:
            # The database is away or restarting: wait for it, for as long as it takes.
            _log.warning("poll.database_away", error=type(error).__name__)
            stop.wait(_AFTER_FAULT_SECONDS)
            continue
        if not worked:
            stop.wait(random.uniform(*_PAUSE_SECONDS))  # noqa: S311 - jitter, not a secret


def _round(process: Process, stop: Event) -> bool:
    worked = False
    for duty in OF_ORGS:
        if stop.is_set():
            break
        # With a broker, what a tick or a request asked for is Celery's for a moment.
        grace = _GRACE_SECONDS if process.nudger.has_broker else 0.0
        outcomes = process.run(duty, Cause(name="poll"), grace_seconds=grace)
        worked = worked or any(its.outcome != "noop" and its.org_id for its in outcomes)
    return worked


def main() -> int:
    """Poll until SIGTERM or SIGINT; 2 when the settings or the database do not fit."""
    stop = Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    try:
        settings = Settings()
        configure("poll", settings.log_level)
        process = open_process("poll", settings)
    except ConfigError as error:
        sys.stderr.write(f"nrem: {error}\n")
        return 2
    try:
        poll(process, stop)
    finally:
        process.nudger.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
