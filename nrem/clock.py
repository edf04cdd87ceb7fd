"""The one home of wall-clock reads outside the database.

Leases, due times and decay never use this clock: they compare the database's own
(`store.engine.begin` sets `app.now`). What is here serves log lines, client-side
waiting and the defaults of the command line.
"""

import time
from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present instant of this machine, aware, in UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds on a clock that never goes back; only differences mean anything."""
    return time.monotonic()


def sleep(seconds: float) -> None:
    """Wait for `seconds`; used by command line, supervisor and client, never by a pass."""
    time.sleep(seconds)
