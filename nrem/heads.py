"""The ends of the audit trails' chains, kept in a file outside of the database.

A chain that was cut, or written anew from somewhere on, does not fit the end that is kept here. All
processes of a machine share the file; it is replaced as a whole, and no chain gets shorter in it.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

from nrem.errors import ConfigError
from nrem.own_file import own_directory, owner_only

# Of the data directory.
FILE: Final = "audit/heads.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of one org's chain: place and number of its last line, and the hash of it all."""

    org_id: int
    place: int
    audit_id: int
    hash: bytes
    sealed_at: datetime

    def as_json(self) -> dict[str, Any]:
        """As it stands in the file."""
        return {
            **asdict(self),
            "hash": self.hash.hex(),
            "sealed_at": self.sealed_at.isoformat(),
        }

    @classmethod
    def of_json(cls, value: dict[str, Any]) -> Self:
        """What `as_json` made.

        Raises: KeyError, TypeError, ValueError when it is something else.
        """
        return cls(
            org_id=int(value["org_id"]),
            place=int(value["place"]),
            audit_id=int(value["audit_id"]),
            hash=bytes.fromhex(value["hash"]),
            sealed_at=datetime.fromisoformat(value["sealed_at"]),
        )


class Heads:
    """The file of one installation, mode 0600."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # orgs whose chain does not go through the end that is kept; told once per process
        self.disputed: set[int] = set()

    def read(self) -> dict[int, Head]:
        """The end of each chain that was kept, by org; none when there is no file yet.

        Raises: ConfigError when it cannot be read, or is no such file.
        """
        try:
            found = json.loads(self.path.read_bytes())
            heads = [Head.of_json(one) for one in found["heads"]]
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise ConfigError(f"{self.path}: {error.strerror}") from None
        except (KeyError, TypeError, ValueError):
            raise ConfigError(
                f"{self.path} does not hold the ends of audit trails; put it away, and the next "
                "seal makes it anew"
            ) from None
        return {one.org_id: one for one in heads}

    def keep(self, heads: Iterable[Head]) -> None:
        """Replace the ends of these orgs' chains, unless the file knows a later one.

        Raises: ConfigError as `read` does, OSError when it cannot be written.
        """
        own_directory(self.path.parent)
        with self._alone():
            kept = self.read()
            for one in heads:
                known = kept.get(one.org_id)
                if known is None or known.place < one.place:
                    kept[one.org_id] = one
            self._write([kept[number].as_json() for number in sorted(kept)])

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # Not the file itself, which is replaced; the lock goes with whoever holds it.
        with open(self.path.with_suffix(".lock"), "w", opener=owner_only) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _write(self, heads: list[dict[str, Any]]) -> None:
        draft = self.path.with_suffix(".new")
        with open(draft, "w", encoding="utf-8", opener=owner_only) as file:
            json.dump({"heads": heads}, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)
