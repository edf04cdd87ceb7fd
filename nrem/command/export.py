"""`nrem export`: everything that is kept about a person, over the admin listener."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nrem.command.server import Server
from nrem.errors import ConfigError, NremError
from nrem.own_file import owner_only


def lines(admin: Server, user: str) -> Iterator[str]:
    """The lines of an export as they come in.

    Raises: AnswerError when there is no such user; NremError when it was cut short.
    """
    last = ""
    for last in admin.lines("/v1/admin/export", {"user_id": user}):
        yield last
    if "end" not in _object(last):
        raise NremError("the export was cut short: ask again")


def _object(line: str) -> dict[str, Any]:
    return dict(json.loads(line)) if line else {}


def into(path: Path, found: Iterator[str]) -> int:
    """Write lines into a new file for its owner only; answers how many.

    Raises: ConfigError when the file is there already or cannot be made.
    """
    try:
        with open(path, "x", encoding="utf-8", opener=owner_only) as file:
            count = sum(1 for line in found if file.write(f"{line}\n"))
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise ConfigError(f"{path} is there already; choose another file") from None
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    return count
