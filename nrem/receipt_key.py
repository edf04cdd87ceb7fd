"""The key that signs receipts: in the data directory, made at first use, for its owner only."""

from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nrem.errors import ConfigError
from nrem.own_file import read_or_make

# Of the data directory: 32 bytes, mode 0600.
KEY_FILE: Final = "receipts/signing_key"
KEY_BYTES: Final = 32
_KEY_ID_LETTERS: Final = 16


class Signer:
    """The signing key of an installation; made at first use."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def public(self) -> bytes:
        """The public key, 32 bytes.

        Raises: ConfigError when the key cannot be read or made.
        """
        return self._key().public_key().public_bytes_raw()

    def sign(self, body: bytes) -> bytes:
        """The signature; equal bytes, equal signature.

        Raises: ConfigError as `public` does.
        """
        return self._key().sign(body)

    def _key(self) -> Ed25519PrivateKey:
        try:
            raw = read_or_make(self._path, _fresh)
        except OSError as error:
            raise ConfigError(f"{self._path}: {error.strerror}") from None
        if len(raw) != KEY_BYTES:
            raise ConfigError(f"{self._path} is no key: it has {len(raw)} bytes, not {KEY_BYTES}")
        return Ed25519PrivateKey.from_private_bytes(raw)


def _fresh() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes_raw()


def key_id(public: bytes) -> str:
    """The name of a public key: the beginning of its SHA-256."""
    return sha256(public).hexdigest()[:_KEY_ID_LETTERS]
