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

from nrem.config import own_directory
from nrem.errors import ConfigError

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_VERSION: Final = b"\x01"


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

    def _path(self, org_id: int, subject_id: int | None) -> Path:
        return self._directory / f"{org_id}-{subject_id or 0}.key"

    def _key(self, org_id: int, subject_id: int | None) -> bytes:
        path = self._path(org_id, subject_id)
        if not path.exists():
            self._make(path)
        return _read(path)

    def _make(self, path: Path) -> None:
        own_directory(self._directory)
        draft = self._directory / f".{path.name}-{secrets.token_hex(8)}"
        with open(draft, "xb", opener=_owner_only) as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link fails when the name is taken: the first of several processes wins.
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_mode & 0o077:
            raise ConfigError(f"{path} can be read by others; run: chmod 600 {path}")
        key = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    if len(key) != _KEY_BYTES:
        raise ConfigError(f"{path} is no key: it has {len(key)} bytes, not {_KEY_BYTES}")
    return key


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)
