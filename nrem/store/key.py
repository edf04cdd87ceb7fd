"""API keys: `nrem_<env>_<id>_<secret><checksum>`, shown once, stored as a digest.

The secret has 256 random bits, so a keyed digest is as good as a slow hash. The checksum lets a
typing error be refused without a look-up.
"""

import hmac
import secrets
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from nrem.digest import Digest
from nrem.errors import ConflictError
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
SCOPES: Final = (*API_SCOPES, *ADMIN_SCOPES, *PURGE_SCOPES)

_PREFIX: Final = "nrem"
_ID_BYTES: Final = 6
_SECRET_BYTES: Final = 32
_CHECKSUM_LETTERS: Final = 8
_PARTS: Final = 4
_ANY: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who is asking: the org comes from the key and from nowhere else."""

    org_id: int
    key_row_id: int
    scopes: frozenset[str]
    # requests per minute of the key and of its org; None: the server's default, 0: no bound
    rate_per_minute: int | None = None
    org_rate_per_minute: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a key says of itself; whether it opens anything, the database knows."""

    key_id: str
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A key as it is kept: all but its secret."""

    key_row_id: int
    # the third part of the key, which may be shown
    key_id: str
    scopes: tuple[str, ...]
    rate_per_minute: int | None
    replaces_id: int | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    # None: it never asked, or nothing is counted
    used_at: datetime | None
    # neither revoked nor expired
    is_valid: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A new key, the only time it can be seen."""

    key_row_id: int
    key: str


def create(
    conn: Connection,
    org_id: int,
    scopes: Sequence[str],
    *,
    digest: Digest,
    environment: str,
    lives_seconds: float | None = None,
    rate_per_minute: int | None = None,
    replaces_id: int | None = None,
) -> Made:
    """Store a new key for an org; without `lives_seconds` it never expires."""
    key_id, secret = secrets.token_hex(_ID_BYTES), secrets.token_hex(_SECRET_BYTES)
    number = conn.execute(
        statement("key_add"),
        {
            "org_id": org_id,
            "key_id": key_id,
            "secret_hash": digest.of("api-key", key_id, secret),
            "scopes": list(scopes),
            "rate_per_minute": rate_per_minute,
            "replaces_id": replaces_id,
            "lives_seconds": lives_seconds,
        },
    ).scalar_one()
    text = f"{_PREFIX}_{environment}_{key_id}_{secret}{_checksum(key_id + secret)}"
    return Made(key_row_id=number, key=text)


def parse(key: str) -> Parts | None:
    """The parts of a key; None when it is mistyped, which its checksum tells."""
    parts = key.split("_")
    if len(parts) != _PARTS or parts[0] != _PREFIX or not key.isascii():
        return None
    key_id, secret = parts[2], parts[3][:-_CHECKSUM_LETTERS]
    if _checksum(key_id + secret) != parts[3][-_CHECKSUM_LETTERS:]:
        return None
    return Parts(key_id=key_id, secret=secret)


def find(conn: Connection, parts: Parts, *, digest: Digest) -> Caller | None:
    """Who holds this key, or None: unknown, expired and revoked look the same."""
    row = conn.execute(statement("key_find"), {"key_id": parts.key_id}).one_or_none()
    given = digest.of("api-key", parts.key_id, parts.secret)
    # An unknown key costs the same comparison as a wrong one.
    stored = bytes(row.secret_hash) if row else bytes(len(given))
    if not hmac.compare_digest(stored, given) or row is None or not row.is_valid:
        return None
    return Caller(
        org_id=row.org_id,
        key_row_id=row.key_row_id,
        scopes=frozenset(row.scopes),
        rate_per_minute=row.rate_per_minute,
        org_rate_per_minute=row.org_rate_per_minute,
    )


def listed(conn: Connection, org_id: int, *, after_id: int = 0, limit: int = _ANY) -> list[Kept]:
    """Keys of an org, oldest first; those that open nothing any more, too."""
    return _read(conn, org_id, after_id=after_id, until_id=_ANY, limit=limit)


def read(conn: Connection, org_id: int, key_row_id: int) -> Kept | None:
    """One key of an org."""
    found = _read(conn, org_id, after_id=key_row_id - 1, until_id=key_row_id, limit=1)
    return found[0] if found else None


def rotate(
    conn: Connection,
    org_id: int,
    key_row_id: int,
    *,
    digest: Digest,
    environment: str,
    overlap_seconds: float,
) -> Made:
    """Make a key in the place of one, which then opens for `overlap_seconds` at most.

    The new one has the scopes and the rate of the old one, and will live as long as that was to.

    Raises: ConflictError when the old one opens nothing any more. It must be a key of the org.
    """
    asked = {"org_id": org_id, "key_row_id": key_row_id}
    lives_seconds = conn.execute(statement("key_lock"), asked).one().lives_seconds
    old = read(conn, org_id, key_row_id)
    if old is None or not old.is_valid:
        raise ConflictError("the key has expired or is revoked", code="key_ended")
    made = create(
        conn,
        org_id,
        old.scopes,
        digest=digest,
        environment=environment,
        lives_seconds=lives_seconds,
        rate_per_minute=old.rate_per_minute,
        replaces_id=key_row_id,
    )
    conn.execute(statement("key_lapse"), {**asked, "overlap_seconds": overlap_seconds})
    return made


def revoke(conn: Connection, org_id: int, key_row_id: int) -> bool:
    """End a key; the next request that brings it is refused. Says whether it was not yet ended."""
    asked = {"org_id": org_id, "key_row_id": key_row_id}
    return conn.execute(statement("key_revoke"), asked).scalar_one_or_none() is not None


def is_same(conn: Connection, org_id: int, key_row_id: int, other_id: int | None) -> bool:
    """Whether two keys of an org are one: the same, or one rotated into the other."""
    asked = {"org_id": org_id, "key_row_id": key_row_id, "other_id": other_id}
    found: bool = conn.execute(statement("key_is_same"), asked).scalar_one()
    return found


def may_be_given(scopes: Sequence[str], by: Sequence[str] | frozenset[str]) -> bool:
    """Whether a key with the scopes `by` may give these: those of the API, and its own.

    One that may request erasures and confirm them gives neither right: it could make the second
    key itself. So nobody who may request an erasure can give himself the right to confirm it.
    """
    own = set(by)
    if {PURGE_REQUEST, PURGE_CONFIRM} <= own:
        own -= {PURGE_REQUEST, PURGE_CONFIRM}
    return set(scopes) <= {*API_SCOPES, *own}


def _read(conn: Connection, org_id: int, *, after_id: int, until_id: int, limit: int) -> list[Kept]:
    asked = {"org_id": org_id, "after_id": after_id, "until_id": until_id, "limit": limit}
    return [_kept(row) for row in conn.execute(statement("key_list"), asked)]


def _kept(row: Any) -> Kept:  # noqa: ANN401 - a row
    return Kept(
        key_row_id=row.id,
        key_id=row.key_id,
        scopes=tuple(row.scopes),
        rate_per_minute=row.rate_per_minute,
        replaces_id=row.replaces_id,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        used_at=row.used_at,
        is_valid=row.is_valid,
    )


def _checksum(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"
