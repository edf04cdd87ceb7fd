"""What a scan looks for after an erasure, kept outside of the database until it has been scanned.

Keyed digests and vectors, never words: one file for an erasure, sealed with a key of its own that
lies beside it and is destroyed first. Both are for their owner only.
"""

import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from nrem.errors import ConfigError
from nrem.own_file import own_directory, owner_only, read, read_or_make

# Of the data directory.
FOLDER: Final = "erasures"
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class Probes:
    """The probes of an installation's erasures under way."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def keep(self, org_id: int, erasure_id: int, content: bytes) -> None:
        """Seal and write a probe, durably; one that is there is replaced.

        Raises: ConfigError when the directory or the key cannot be read or made.
        """
        path = self._path(org_id, erasure_id)
        try:
            own_directory(self._directory)
            nonce = secrets.token_bytes(_NONCE_BYTES)
            sealed = AESGCM(self._key(path)).encrypt(nonce, content, path.name.encode())
            draft = path.with_suffix(".new")
            with open(draft, "wb", opener=owner_only) as file:
                file.write(nonce + sealed)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError as error:
            raise ConfigError(f"{path}: {error.strerror}") from None

    def read(self, org_id: int, erasure_id: int) -> bytes | None:
        """What was kept; None when there is none, or its key is gone or another.

        Raises: ConfigError when it cannot be read.
        """
        path = self._path(org_id, erasure_id)
        try:
            sealed, key = read(path), read(path.with_suffix(".key"))
            return AESGCM(key).decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], path.name.encode()
            )
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ConfigError(f"{path}: {error.strerror}") from None
        except (InvalidTag, ValueError):
            return None

    def destroy(self, org_id: int, erasure_id: int) -> None:
        """Take the key away, then what it sealed; nothing is fine, too.

        Raises: ConfigError when they cannot be deleted.
        """
        path = self._path(org_id, erasure_id)
        try:
            for name in (path.with_suffix(".key"), path.with_suffix(".new"), path):
                name.unlink(missing_ok=True)
        except OSError as error:
            raise ConfigError(f"{path}: {error.strerror}") from None

    def _path(self, org_id: int, erasure_id: int) -> Path:
        return self._directory / f"{org_id}-{erasure_id}.probe"

    def _key(self, path: Path) -> bytes:
        return read_or_make(path.with_suffix(".key"), lambda: secrets.token_bytes(_KEY_BYTES))
