"""Sealing what was said about a person, with a key that lies outside of the database.

One file per person in a directory of the data directory, mode 0600, 32 random bytes. Without it,
what it sealed cannot be read any more, wherever copies of the database are: a lost key is an erased
one. AES-256-GCM; the row that a text belongs to is sealed along.
"""

import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from nrem.errors import ConfigError
from nrem.own_file import read, read_or_make

# Of the data directory.
FOLDER: Final = "subject_keys"
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_VERSION: Final = b"\x01"


def place(call_id: int, part: str) -> str:
    """Where a body of a call of a model lies: it is sealed for that place."""
    return f"llm_calls:{call_id}:{part}"


class SubjectKeys:
    """The keys of an installation's persons; made at first use."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def seal(self, org_id: int, subject_id: int | None, place: str, text: bytes) -> bytes:
        """The text sealed for the person (None: for the org) and the place where it will lie.

        Raises: ConfigError when the key cannot be read or made.
        """
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self._key(org_id, subject_id)).encrypt(nonce, text, place.encode())
        return _VERSION + nonce + sealed

    def unseal(
        self, org_id: int, subject_id: int | None, place: str, sealed: bytes
    ) -> bytes | None:
        """The text, or None when its key is gone or another, or it was sealed for another place.

        Raises: ConfigError when the key cannot be read.
        """
        path = self._path(org_id, subject_id)
        if not path.exists() or not sealed.startswith(_VERSION):
            return None
        nonce, rest = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return AESGCM(_read(path)).decrypt(nonce, rest, place.encode())
        except InvalidTag:
            return None

    def destroy(self, org_id: int, subject_id: int | None) -> bool:
        """Destroy a key, durably: what it sealed is unreadable then. Says whether there was one.

        Raises: ConfigError when it cannot be destroyed.
        """
        path = self._path(org_id, subject_id)
        try:
            with path.open("r+b") as file:
                file.write(bytes(_KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
            directory = os.open(self._directory, os.O_RDONLY)
            try:
                os.fsync(directory)
            finally:
                os.close(directory)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise ConfigError(f"{path}: {error.strerror}") from None
        return True

    def _path(self, org_id: int, subject_id: int | None) -> Path:
        return self._directory / f"{org_id}-{subject_id or 0}.key"

    def _key(self, org_id: int, subject_id: int | None) -> bytes:
        def fresh() -> bytes:
            return secrets.token_bytes(_KEY_BYTES)

        path = self._path(org_id, subject_id)
        try:
            return _checked(path, read_or_make(path, fresh))
        except OSError as error:
            raise ConfigError(f"{path}: {error.strerror}") from None


def _read(path: Path) -> bytes:
    try:
        return _checked(path, read(path))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None


def _checked(path: Path, key: bytes) -> bytes:
    if len(key) != _KEY_BYTES:
        raise ConfigError(f"{path} is no key: it has {len(key)} bytes, not {_KEY_BYTES}")
    return key
