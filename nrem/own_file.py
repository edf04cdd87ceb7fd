"""Files and directories that nobody but their owner may read."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from nrem.errors import ConfigError


def own_directory(path: Path) -> Path:
    """Make `path` if missing, as a directory only its owner may enter (mode 0700), and return it.

    What lacks above it is made so too: that may be the data directory. An empty directory is closed
    to others; one with files in it may be anybody's, so its mode stays as it is.

    Raises: ConfigError when it belongs to somebody else, is open to others, or cannot be made.
    """
    try:
        above = [one for one in path.parents if not one.exists()]
        for one in (*reversed(above), path):
            one.mkdir(mode=0o700, exist_ok=True)
        status = path.stat()
        if status.st_uid != os.geteuid():
            raise ConfigError(
                f"{path} belongs to user {status.st_uid}: run as that user, or choose another "
                "directory with --data or NREM_DATA_DIR"
            )
        if status.st_mode & 0o077:
            if any(path.iterdir()):
                raise ConfigError(
                    f"{path} is open to other users and not empty; choose another directory, or, "
                    f"if it is nrem's, run: chmod 700 {path}"
                )
            path.chmod(0o700)
    except OSError as error:
        raise ConfigError(
            f"{path}: {error.strerror}; choose another directory with --data or NREM_DATA_DIR"
        ) from None
    return path


def owner_only(path: str, flags: int) -> int:
    """Open a file for its owner alone (mode 0600); the `opener` of open()."""
    return os.open(path, flags, mode=0o600)


def read_or_make(path: Path, make: Callable[[], bytes]) -> bytes:
    """What the file holds; `make` says what to write, durably, when it is missing.

    Processes that start together agree on one. Its directory is made when missing.

    Raises: ConfigError when others may read it or its directory; OSError.
    """
    own_directory(path.parent)
    if not path.exists():
        draft = path.parent / f".{path.name}-{secrets.token_hex(8)}"
        with open(draft, "xb", opener=owner_only) as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link fails when the name is taken: the first of several processes wins.
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return read(path)


def read(path: Path) -> bytes:
    """What the file holds.

    Raises: ConfigError when others may read it; OSError.
    """
    if path.stat().st_mode & 0o077:
        raise ConfigError(f"{path} can be read by others; run: chmod 600 {path}")
    return path.read_bytes()
