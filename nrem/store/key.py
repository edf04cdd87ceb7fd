"""API keys: `nrem_<env>_<id>_<secret><checksum>`, shown once, stored as a digest.

The secret has 256 random bits, so a keyed digest is as good as a slow hash. The checksum lets a
typing error be refused without a look-up.
"""

import hmac
import secrets
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from nrem.digest import Digest
from nrem.store.statement import statement

EVENTS_WRITE: Final = "events:write"
MEMORY_READ: Final = "memory:read"
MEMORY_WRITE: Final = "memory:write"
MEMORY_FORGET: Final = "memory:forget"
ADMIN_READ: Final = "admin:read"
ADMIN_WRITE: Final = "admin:write"
PURGE_REQUEST: Final = "purge:request"
PURGE_CONFIRM: Final = "purge:confirm"
API_SCOPES: Final = (EVENTS_WRITE, MEMORY_READ, MEMORY_WRITE, MEMORY_FORGET)
ADMIN_SCOPES: Final = (ADMIN_READ, ADMIN_WRITE, PURGE_REQUEST)
PURGE_SCOPES: Final = (PURGE_CONFIRM,)

_PREFIX: Final = "nrem"
_ID_BYTES: Final = 6
_SECRET_BYTES: Final = 32
_CHECKSUM_LETTERS: Final = 8
_PARTS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who is asking: the org comes from the key and from nowhere else."""

    org_id: int
    key_row_id: int
    scopes: frozenset[str]


def create(
    conn: Connection, org_id: int, scopes: Sequence[str], *, digest: Digest, environment: str
) -> str:
    """Store a new key for an org and answer it, the only time it can be seen."""
    key_id, secret = secrets.token_hex(_ID_BYTES), secrets.token_hex(_SECRET_BYTES)
    conn.execute(
        statement("key_add"),
        {
            "org_id": org_id,
            "key_id": key_id,
            "secret_hash": digest.of("api-key", key_id, secret),
            "scopes": list(scopes),
        },
    )
    return f"{_PREFIX}_{environment}_{key_id}_{secret}{_checksum(key_id + secret)}"


def find(conn: Connection, key: str, *, digest: Digest) -> Caller | None:
    """Who holds this key, or None: unknown, mistyped, expired and revoked look the same."""
    parts = key.split("_")
    if len(parts) != _PARTS or parts[0] != _PREFIX:
        return None
    key_id, secret = parts[2], parts[3][:-_CHECKSUM_LETTERS]
    if not key.isascii() or _checksum(key_id + secret) != parts[3][-_CHECKSUM_LETTERS:]:
        return None
    row = conn.execute(statement("key_find"), {"key_id": key_id}).one_or_none()
    given = digest.of("api-key", key_id, secret)
    # An unknown key costs the same comparison as a wrong one.
    stored = bytes(row.secret_hash) if row else bytes(len(given))
    if not hmac.compare_digest(stored, given) or row is None or not row.is_valid:
        return None
    return Caller(org_id=row.org_id, key_row_id=row.key_row_id, scopes=frozenset(row.scopes))


def _checksum(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"
