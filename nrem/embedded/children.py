"""nrem's own processes: how each is started, with which environment, and when it is ready.

`compose.yaml` starts the same commands; a test holds the two equal.
"""

import http.client
import os
import secrets
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nrem.config import Settings
from nrem.embedded.process import Command
from nrem.errors import ConfigError

CHECKOUT: Final = Path(__file__).resolve().parents[2]
# Arguments of the Python interpreter; -P keeps the working directory out of the import path.
ARGUMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "migrate": ("-P", "-m", "alembic", "upgrade", "head"),
    "api": ("-P", "-m", "api"),
    "worker": (
        *("-P", "-m", "celery", "-A", "worker.app", "worker", "--concurrency", "1"),
        # Workers need not know of each other: the database is the queue of record. The heartbeat
        # event would freeze the worker, and its stop, for as long as the broker is away.
        *("--loglevel", "WARNING"),
        *("--without-gossip", "--without-heartbeat", "--without-mingle"),
    ),
    "poll": ("-P", "-m", "worker.poll"),
    "scheduler": ("-P", "-m", "scheduler"),
}
API_ROLE: Final = "nrem_api"
WORKER_ROLE: Final = "nrem_worker"
MAINTAIN_ROLE: Final = "nrem_maintain"
# Another interpreter's, or another process's, affair.
_NOT_INHERITED: Final = (
    *("PYTHONHOME", "PYTHONSTARTUP"),
    *("NREM_MIGRATE_DATABASE_URL", "NREM_MAINTAIN_DATABASE_URL"),
)
# Those that carry out erasures.
_WORKERS: Final = ("worker", "poll")
# Celery then takes SIGTERM as "finish soon", not as "finish every task, however long".
_WORKER_ENVIRONMENT: Final = {"REMAP_SIGTERM": "SIGQUIT"}
_BOUNDS: Final = tuple(
    name for name in Settings.model_fields if name.startswith(("budget_", "rate_"))
)
_OPTIONAL: Final = ("erasure_ledger", "backup_days", "llm_retention_days")
_PROBE_SECONDS: Final = 2.0
_FIRST_PORT: Final = 20_000
_PORT_ATTEMPTS: Final = 100


# No repr: operators' URLs hold passwords.
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Urls:
    """Where the children find their servers; a broker of None means there is none."""

    api: str
    worker: str
    maintain: str
    migrate: str
    broker: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One of nrem's processes, for the supervisor."""

    name: str
    settings: Settings
    urls: Urls
    # (host, port) pairs that must answer GET /livez before the child counts as ready.
    listens_on: tuple[tuple[str, int], ...] = ()

    def prepare(self) -> None:
        """Nothing comes before a start."""

    def command(self) -> Command:
        """The interpreter of this process with the child's arguments, in the checkout."""
        return Command(
            name=self.name,
            argv=(sys.executable, *ARGUMENTS[self.name]),
            env=self._environment(),
            cwd=CHECKOUT,
            log=self.settings.data_dir / "logs" / f"{self.name}.log",
        )

    def is_ready(self) -> bool:
        """Whether every listener answers."""
        return all(answers(host, port) for host, port in self.listens_on)

    def release(self) -> None:
        """Nothing is held."""

    def _environment(self) -> dict[str, str]:
        settings = self.settings
        environment = {k: v for k, v in os.environ.items() if k not in _NOT_INHERITED}
        environment |= {
            "PYTHONPATH": str(CHECKOUT),
            "PYTHONUNBUFFERED": "1",
            "NREM_DATABASE_URL": self.urls.api if self.name == "api" else self.urls.worker,
            "NREM_BROKER_URL": self.urls.broker or "none",
            "NREM_DATA_DIR": str(settings.data_dir),
            "NREM_EMBEDDER": settings.embedder,
            "NREM_LOG_LEVEL": settings.log_level,
            "NREM_POLL_ENABLED": str(int(settings.poll_enabled)),
            "NREM_API_HOST": settings.api_host,
            "NREM_API_PORT": str(settings.api_port),
            "NREM_ADMIN_HOST": settings.admin_host,
            "NREM_ADMIN_PORT": str(settings.admin_port),
            "NREM_POOL_SIZE": str(settings.pool_size),
            "NREM_INGEST_HOSTS": ",".join(settings.ingest_hosts),
            "NREM_INGEST_PRIVATE_NETWORKS": ",".join(map(str, settings.ingest_private_networks)),
            **{f"NREM_{name}".upper(): str(getattr(settings, name)) for name in _BOUNDS},
            **{
                f"NREM_{name}".upper(): "" if value is None else str(value)
                for name in _OPTIONAL
                for value in [getattr(settings, name)]
            },
        }
        if settings.pepper is not None:
            environment["NREM_PEPPER"] = settings.pepper.get_secret_value()
        if self.name == "worker":
            environment |= _WORKER_ENVIRONMENT
        if self.name in _WORKERS:
            environment["NREM_MAINTAIN_DATABASE_URL"] = self.urls.maintain
        if self.name == "migrate":
            environment["NREM_MIGRATE_DATABASE_URL"] = self.urls.migrate
        return environment


def reachable(host: str) -> str:
    """The address under which a listener on `host` is reached from this machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - compared, not bound


def choose_port(host: str, port: int, *, option: str) -> int:
    """`port` itself when it is free, or for 0 any free one.

    A port of our own choosing lies below those the kernel gives to outgoing connections, so that
    none of these takes it while the API restarts.

    Raises: ConfigError when the port is taken or not allowed; `option` says how to choose another.
    """
    if port:
        _try_port(host, port, option=option)
        return port
    choice = _own_ports()
    for _ in range(_PORT_ATTEMPTS):
        candidate = secrets.choice(choice)
        try:
            _try_port(host, candidate, option=option)
        except ConfigError:
            continue
        return candidate
    raise ConfigError(f"no free port was found on {host}; choose one with {option}")


def _own_ports() -> range:
    text = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii")
    first_outgoing = int(text.split()[0])
    # A machine that gives nearly all ports to outgoing connections leaves us no safe ones.
    if first_outgoing <= _FIRST_PORT:
        return range(_FIRST_PORT, 65_536)
    return range(_FIRST_PORT, first_outgoing)


def _try_port(host: str, port: int, *, option: str) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as listener:
            # Ports of connections closed a moment ago are free for a server.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {host} port {port}: {error.strerror}; choose another port with "
            f"{option} (0 means any free one)"
        ) from None


def answers(host: str, port: int) -> bool:
    """Whether an HTTP server there says that it lives."""
    connection = http.client.HTTPConnection(reachable(host), port, timeout=_PROBE_SECONDS)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
