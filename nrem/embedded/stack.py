"""The whole system on one machine: servers from wheels or the operator's own, and nrem's processes.

Owns who starts when, what a data directory tells others about its running system, and how it all
ends: orderly on SIGINT, SIGTERM and SIGHUP, and by the kernel's hand when we are killed.
"""

import contextlib
import dataclasses
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg

from nrem.config import Settings
from nrem.embedded import files, postgres, valkey
from nrem.embedded.children import (
    API_ROLE,
    MAINTAIN_ROLE,
    WORKER_ROLE,
    Child,
    Urls,
    choose_port,
    reachable,
)
from nrem.embedded.interrupt import interruptible
from nrem.embedded.postgres import EmbeddedPostgres
from nrem.embedded.supervisor import Supervisor
from nrem.embedded.valkey import EmbeddedValkey
from nrem.erasure_ledger import ledger_of
from nrem.errors import ConfigError
from nrem.own_file import own_directory
from nrem.server_url import without_password
from nrem.store import engine, erasure_line

# Who makes work stops first, who stores it last; those of one stage stop together.
_STOP_STAGES: Final = (("scheduler", "worker", "poll"), ("api",), ("valkey",), ("postgres",))
_LOCK: Final = "nrem.lock"
# Long enough to outlast somebody who only looks whether the lock is held.
_LOCK_SECONDS: Final = 1.0
_API_READY_SECONDS: Final = 120.0
_CONNECT_SECONDS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """The base URLs of a running system's two listeners."""

    api: str
    admin: str


def running(data_dir: Path) -> Endpoints | None:
    """The endpoints of the system that serves in `data_dir`; None when none does, or not yet."""
    if not files.is_locked(data_dir / _LOCK):
        return None
    try:
        found = json.loads((data_dir / "endpoints.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Endpoints(api=found["api"], admin=found["admin"])


def urls(settings: Settings) -> Urls:
    """The servers of a system with these settings, whether it runs or not.

    Given URLs win; else they name the embedded servers of the data directory.
    """
    given = settings.database_url
    broker = settings.broker_url
    if broker is None and not settings.broker_is_off and valkey.is_installed():
        broker = valkey.url(settings.data_dir)
    return Urls(
        api=given or postgres.url(settings.data_dir, API_ROLE),
        worker=given or postgres.url(settings.data_dir, WORKER_ROLE),
        maintain=settings.maintain_database_url
        or given
        or postgres.url(settings.data_dir, MAINTAIN_ROLE),
        migrate=settings.migrate_database_url
        or given
        or postgres.url(settings.data_dir, postgres.SUPERUSER),
        broker=broker,
    )


class RunningStack:
    """A system that serves; made by `start`."""

    def __init__(
        self, settings: Settings, progress: Callable[[str], None], *, durable: bool
    ) -> None:
        own_directory(settings.data_dir)
        ports = {
            "api_port": choose_port(settings.api_host, settings.api_port, option="--port"),
            "admin_port": choose_port(
                settings.admin_host, settings.admin_port, option="--admin-port"
            ),
        }
        self.settings = settings.model_copy(update=ports)
        self.urls = urls(settings)
        self.endpoints = Endpoints(
            api=f"http://{_netloc(settings.api_host, ports['api_port'])}",
            admin=f"http://{_netloc(settings.admin_host, ports['admin_port'])}",
        )
        self._durable = durable
        self._progress = progress
        self._supervisor = Supervisor(self._write_pids, progress)
        self._pids: Mapping[str, int] = {}
        self._is_ready = threading.Event()
        self._has_ended = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._main, name="supervisor", daemon=True)

    @property
    def data_dir(self) -> Path:
        """The one directory with everything the system keeps."""
        return self.settings.data_dir

    @property
    def pids(self) -> Mapping[str, int]:
        """The process id of each child, as of now."""
        return dict(self._pids)

    def wait(self) -> None:
        """Return when SIGINT, SIGTERM or SIGHUP asks to stop.

        Raises: the error that ended the supervisor, if one did.
        """
        with contextlib.suppress(KeyboardInterrupt):
            self._has_ended.wait()
        if self._error is not None:
            raise self._error

    def _begin(self) -> None:
        self._thread.start()
        self._is_ready.wait()
        if self._error is not None:
            raise self._error

    def _end(self) -> None:
        self._supervisor.request_stop()
        if self._thread.ident is not None:
            self._thread.join()

    def _main(self) -> None:
        try:
            self._error = self._supervisor.live(self._start_all, _STOP_STAGES)
            _forget(self.data_dir)
        finally:
            self._has_ended.set()
            self._is_ready.set()

    def _start_all(self) -> None:
        settings, supervisor = self.settings, self._supervisor
        settings.load_pepper()
        if settings.database_url is None:
            self._progress("starting Postgres")
            supervisor.start(EmbeddedPostgres(settings.data_dir, durable=self._durable))
        else:
            _check_database(self.urls.migrate)
        if settings.broker_url is None and self.urls.broker is not None:
            self._progress("starting Valkey")
            supervisor.start(EmbeddedValkey(settings.data_dir))
        self._progress("migrating the database")
        supervisor.run(self._child("migrate").command())
        _check_ledger(self.urls.api, settings)
        self._progress("starting nrem")
        for name in self._names():
            supervisor.start(self._child(name), ready_seconds=_API_READY_SECONDS)
        files.write_json(self.data_dir / "endpoints.json", dataclasses.asdict(self.endpoints))
        self._is_ready.set()

    def _names(self) -> Iterator[str]:
        # The API last: it is waited for, and the others get ready meanwhile.
        if self.urls.broker is not None:
            yield "worker"
        if self.settings.poll_enabled:
            yield "poll"
        yield "scheduler"
        yield "api"

    def _child(self, name: str) -> Child:
        settings = self.settings
        listens_on = (
            (settings.api_host, settings.api_port),
            (settings.admin_host, settings.admin_port),
        )
        return Child(
            name=name,
            settings=settings,
            urls=self.urls,
            listens_on=listens_on if name == "api" else (),
        )

    def _write_pids(self, pids: Mapping[str, int]) -> None:
        self._pids = pids
        files.write_json(self.data_dir / "stack.json", pids)


@contextlib.contextmanager
def start(
    settings: Settings,
    *,
    progress: Callable[[str], None] = lambda _line: None,
    durable: bool = True,
) -> Iterator[RunningStack]:
    """The system with these settings, serving from entering to leaving.

    In the main thread the first SIGINT, SIGTERM or SIGHUP raises KeyboardInterrupt, at any moment;
    `RunningStack.wait` turns it into a return. `progress` is called with a line for each step, in
    the supervisor's thread. Without `durable` a crash of the machine may lose data: for tests.

    Raises: ConfigError when another system uses the data directory, a port is taken or a server
    cannot be reached; NremError when a part does not come up.
    """
    if sys.platform != "linux":
        raise ConfigError("the supervisor needs Linux; start the parts as compose.yaml does")
    data_dir = own_directory(settings.data_dir)
    lock = files.acquire(data_dir / _LOCK, wait_seconds=_LOCK_SECONDS)
    if lock is None:
        raise ConfigError(
            f"another nrem runs in {data_dir}; stop it, or choose another directory with --data "
            "or NREM_DATA_DIR"
        )
    try:
        _forget(data_dir)
        with interruptible() as ignore_further:
            stack = RunningStack(settings, progress, durable=durable)
            try:
                stack._begin()  # noqa: SLF001 - the other half of this context manager
                yield stack
            finally:
                ignore_further()
                stack._end()  # noqa: SLF001 - likewise
    finally:
        os.close(lock)


def _forget(data_dir: Path) -> None:
    """Remove what tells others about a running system; a killed one leaves it behind."""
    for name in ("endpoints.json", "stack.json"):
        (data_dir / name).unlink(missing_ok=True)


def _netloc(host: str, port: int) -> str:
    host = reachable(host)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _check_database(url: str) -> None:
    """Raises: ConfigError when nobody answers under the operator's URL."""
    try:
        psycopg.connect(url.replace("+psycopg", "", 1), connect_timeout=_CONNECT_SECONDS).close()
    except psycopg.Error as error:
        # The driver's message may repeat the user's name, never the password; the URL is ours.
        raise ConfigError(
            f"no connection to {without_password(url)} ({type(error).__name__}): check "
            "NREM_DATABASE_URL and NREM_MIGRATE_DATABASE_URL, and that the server runs"
        ) from None


def _check_ledger(url: str, settings: Settings) -> None:
    """Raises: RestoredError, LedgerError: each process would refuse to start, so say it once."""
    database = engine.sync_engine(url, engine.API, pool_size=1)
    try:
        with engine.begin(database) as conn:
            erasure_line.check(conn, ledger_of(settings))
    finally:
        database.dispose()


@contextlib.contextmanager
def database_alone(settings: Settings, progress: Callable[[str], None]) -> Iterator[Urls]:
    """The servers of a system that serves, else its database alone, for as long as this lasts.

    Raises: ConfigError when another system uses the data directory and does not serve.
    """
    data_dir = own_directory(settings.data_dir)
    if running(data_dir) is not None:
        yield urls(settings)
        return
    lock = files.acquire(data_dir / _LOCK, wait_seconds=_LOCK_SECONDS)
    if lock is None:
        raise ConfigError(f"another nrem starts or stops in {data_dir}; try again")
    try:
        with contextlib.ExitStack() as stack:
            if settings.database_url is None:
                progress("starting Postgres")
                stack.enter_context(EmbeddedPostgres(data_dir))
            yield dataclasses.replace(urls(settings), broker=None)
    finally:
        os.close(lock)
