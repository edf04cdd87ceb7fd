"""The shapes of requests and answers about API keys and orgs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, Field

from nrem import ids
from nrem.wire.field import no_nul
from nrem.wire.request import Lax, Strict

ScopeName = Literal[
    "events:write",
    "memory:read",
    "memory:write",
    "memory:forget",
    "admin:read",
    "admin:write",
    "purge:request",
    "purge:confirm",
]
MAX_DAYS: Final = 3_650
MAX_OVERLAP_HOURS: Final = 720

_Days = Annotated[int, Field(strict=True, ge=1, le=MAX_DAYS)]
_Rate = Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]
_Scopes = Annotated[list[ScopeName], Field(min_length=1, max_length=8)]


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("is blank; name the org")
    return value


class KeyIn(Strict):
    """What a new key opens, until when, and how often it may ask."""

    scopes: _Scopes
    expires_in_days: _Days | None = None
    # requests; left out: the server's default, 0: no bound of its own
    rate_limit_per_minute: _Rate | None = None


class ApiKeyIn(Lax):
    """As KeyIn, where other clients ask: without scopes it opens what the API needs."""

    scopes: _Scopes | None = None
    expires_in_days: _Days | None = None


class RotateIn(Strict):
    """For how long the old key still opens."""

    overlap_hours: Annotated[int, Field(strict=True, ge=0, le=MAX_OVERLAP_HOURS)] = 24


class KeyQuery(Strict):
    """Which keys, or orgs, to list."""

    limit: Annotated[int, Field(ge=1, le=1_000)] = 100
    # `next_cursor` of the page before
    cursor: Annotated[str, Field(max_length=64)] | None = None


class KeyOut(BaseModel):
    """A key, without its secret."""

    id: str
    # the part that names it; other clients show it as its name
    prefix: str
    name: str
    scopes: list[str]
    rate_limit_per_minute: int | None
    # the key whose place it took
    replaces: str | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    # null: it never asked, or nothing is counted
    last_used_at: datetime | None
    is_valid: bool

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """A row of the store, by the names that it has there."""
        replaced = kept["replaces_id"]
        return cls(
            id=ids.encode(ids.KEY, kept["key_row_id"]),
            prefix=kept["key_id"],
            name=kept["key_id"],
            scopes=list(kept["scopes"]),
            rate_limit_per_minute=kept["rate_per_minute"],
            replaces=ids.encode(ids.KEY, replaced) if replaced else None,
            created_at=kept["created_at"],
            expires_at=kept["expires_at"],
            revoked_at=kept["revoked_at"],
            last_used_at=kept["used_at"],
            is_valid=kept["is_valid"],
        )


class KeyMade(KeyOut):
    """A new key, the only time it is shown."""

    key: str


class KeyPage(BaseModel):
    """A page of keys, oldest first."""

    keys: list[KeyOut]
    next_cursor: str | None


class OrgIn(Strict):
    """A new org."""

    name: Annotated[
        str,
        Field(min_length=1, max_length=200),
        AfterValidator(no_nul),
        AfterValidator(_not_blank),
    ]
    rate_limit_per_minute: _Rate | None = None


class OrgPatchIn(Strict):
    """How often all keys of an org may ask together; null: the server's default, 0: no bound."""

    rate_limit_per_minute: _Rate | None


class OrgOut(BaseModel):
    """An org."""

    id: str
    name: str
    created_at: datetime
    is_operator: bool
    rate_limit_per_minute: int | None

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """A row of the store, by the names that it has there."""
        return cls(
            id=ids.encode(ids.ORG, kept["org_id"]),
            name=kept["name"],
            created_at=kept["created_at"],
            is_operator=kept["is_operator"],
            rate_limit_per_minute=kept["rate_per_minute"],
        )


class OrgMade(OrgOut):
    """A new org and its first key, an administrator's, the only time it is shown."""

    admin_key: str


class OrgPage(BaseModel):
    """A page of orgs, oldest first."""

    orgs: list[OrgOut]
    next_cursor: str | None
