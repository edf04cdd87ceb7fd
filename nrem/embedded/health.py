"""Says by its exit status whether a process of nrem gets its work done: for containers.

Start: `python -m nrem.embedded.health api|worker|poll|scheduler`, with the process's environment.
What counts is progress, not a pid: the API answers on both ports, the others wrote lately that
they live.
"""

import socket
import sys
from typing import Final

import psycopg

from nrem.config import Settings
from nrem.embedded.children import answers
from nrem.errors import ConfigError

# Workers beat at least every few seconds, and ticks nudge Celery as often; this allows for one
# long run between two beats.
_LATEST_SECONDS: Final = 120
_CONNECT_SECONDS: Final = 5
_KINDS: Final = {"worker": "celery", "poll": "poll"}
_BEAT: Final = """
SELECT 1 FROM heartbeats
WHERE kind = %(kind)s AND starts_with(process, %(kind)s || ':' || %(host)s || ':')
  AND beat_at > clock_timestamp() - make_interval(secs => %(seconds)s)
LIMIT 1
"""
# Of several schedulers the first to write a tick is named in it, so any of them counts.
_TICK: Final = """
SELECT 1 FROM ticks WHERE at > clock_timestamp() - make_interval(secs => %(seconds)s) LIMIT 1
"""


def is_healthy(name: str, settings: Settings) -> bool:
    """Whether the process `name` of this host works.

    Raises: ConfigError without a database URL; KeyError for an unknown name.
    """
    if name == "api":
        return answers(settings.api_host, settings.api_port) and answers(
            settings.admin_host, settings.admin_port
        )
    values = {"host": socket.gethostname(), "seconds": _LATEST_SECONDS}
    if name == "scheduler":
        return _finds(settings, _TICK, values)
    return _finds(settings, _BEAT, values | {"kind": _KINDS[name]})


def _finds(settings: Settings, query: str, values: dict[str, object]) -> bool:
    url = settings.require_database_url().replace("+psycopg", "", 1)
    try:
        with psycopg.connect(url, connect_timeout=_CONNECT_SECONDS) as connection:
            return connection.execute(query, values).fetchone() is not None
    except psycopg.Error:
        return False


def main() -> int:
    """0 when healthy, 1 when not, 2 on wrong usage."""
    if sys.argv[1:] not in (["api"], ["worker"], ["poll"], ["scheduler"]):
        sys.stderr.write(f"{(__doc__ or '').splitlines()[2]}\n")
        return 2
    try:
        return 0 if is_healthy(sys.argv[1], Settings()) else 1
    except ConfigError as error:
        sys.stderr.write(f"nrem: {error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
