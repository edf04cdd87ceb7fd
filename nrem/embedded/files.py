"""Places of the embedded stack: wheels, the socket directory, locks, small JSON files."""

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import re
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from nrem import clock
from nrem.errors import ConfigError

# A unix socket's path holds at most 107 bytes on Linux; the longest name in the directory is
# Postgres's ".s.PGSQL.5432".
_SOCKET_PATH_BYTES: Final = 107
_LONGEST_NAME: Final = "/.s.PGSQL.5432"
# Paths of other letters would need quoting in three kinds of URL, each with its own rules.
_PLAIN_PATH: Final = re.compile(r"[A-Za-z0-9/._-]+")
_POLL_SECONDS: Final = 0.05


def wheel(package: str) -> Path | None:
    """The folder of an installed package, found without importing it, or None."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent


def socket_dir(data_dir: Path) -> Path:
    """A directory only we may enter whose path is short enough for sockets; made when missing.

    DATA/run, or a name under /tmp that follows from the data directory and the user, so that
    every process finds the same one.

    Raises: ConfigError when somebody else holds that name.
    """
    path = data_dir / "run"
    if len(os.fsencode(f"{path}{_LONGEST_NAME}")) > _SOCKET_PATH_BYTES or not _PLAIN_PATH.fullmatch(
        str(path)
    ):
        digest = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:12]
        path = Path("/tmp") / f"nrem-{os.geteuid()}-{digest}"  # noqa: S108 - checked below
    path.mkdir(mode=0o700, exist_ok=True)
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise ConfigError(
            f"{path} must be a directory of your own with mode 0700; remove it, or choose another "
            "data directory with --data or NREM_DATA_DIR"
        )
    return path


def leave_socket_dir(data_dir: Path) -> None:
    """Remove a socket directory outside the data directory, unless somebody still uses it."""
    path = socket_dir(data_dir)
    if path.parent != data_dir:
        with contextlib.suppress(OSError):
            path.rmdir()


def acquire(path: Path, *, wait_seconds: float) -> int | None:
    """An exclusive lock as an open file descriptor, or None when it is held for `wait_seconds`.

    The lock lasts until the last copy of the descriptor is closed, in any process.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = clock.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if clock.monotonic() >= deadline:
                os.close(descriptor)
                return None
            clock.sleep(_POLL_SECONDS)
        else:
            return descriptor


def is_locked(path: Path) -> bool:
    """Whether some process holds the lock now."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        # Shared, so that two who only look do not see each other.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def write_json(path: Path, value: Mapping[str, object]) -> None:
    """Replace the file in one step, owner-only, so that a reader never sees half of it."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(value, file)
        file.write("\n")
    draft.replace(path)
