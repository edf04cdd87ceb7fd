"""Orgs: tenants of this installation. One that is an operator's may found others."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from nrem.store.statement import statement

_ANY: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Org:
    """An org, as its operator sees it."""

    org_id: int
    name: str
    created_at: datetime
    is_operator: bool
    # requests per minute of all its keys; None: the server's default, 0: no bound
    rate_per_minute: int | None


def ensure(conn: Connection, name: str) -> int:
    """The org of this name, made when missing; needs the role nrem_admin."""
    conn.execute(statement("org_add"), {"name": name})
    return int(conn.execute(statement("org_find"), {"name": name}).scalar_one())


def find(conn: Connection, name: str) -> int | None:
    """The org of this name, or None; needs the role nrem_admin."""
    number: int | None = conn.execute(statement("org_find"), {"name": name}).scalar_one_or_none()
    return number


def named(conn: Connection, name: str) -> int | None:
    """The org of this name, or None; the role nrem_api may ask."""
    found: int | None = conn.execute(statement("org_named"), {"name": name}).scalar_one()
    return found


def name_of(conn: Connection, org_id: int) -> str:
    """What the org of this transaction is called."""
    return str(conn.execute(statement("org_name"), {"org_id": org_id}).scalar_one())


def find_all(conn: Connection) -> list[int]:
    """Every org's number."""
    return list(conn.execute(statement("org_all")).scalars())


def is_operator(conn: Connection) -> bool:
    """Whether the org of this transaction may found others."""
    return bool(conn.execute(statement("org_is_operator")).scalar_one())


def found(conn: Connection, name: str) -> int | None:
    """Make an org from an operator's one; None when the name is taken or no operator asks."""
    number: int | None = conn.execute(statement("org_found"), {"name": name}).scalar_one()
    return number


def seen(conn: Connection, *, after_id: int = 0, limit: int = _ANY) -> list[Org]:
    """Orgs that this transaction's one may know of, oldest first: itself, or an operator all."""
    return _seen(conn, after_id=after_id, until_id=_ANY, limit=limit)


def seen_one(conn: Connection, org_id: int) -> Org | None:
    """One of these."""
    rows = _seen(conn, after_id=org_id - 1, until_id=org_id, limit=1)
    return rows[0] if rows else None


def bound(conn: Connection, org_id: int, per_minute: int | None) -> bool:
    """Say how often an org may ask, from an operator's one; False when there is none to bound."""
    asked = {"bound_id": org_id, "per_minute": per_minute}
    return conn.execute(statement("org_bound"), asked).scalar_one() is not None


def listed(conn: Connection) -> list[Org]:
    """Every org; needs the role nrem_admin."""
    return [_org(row) for row in conn.execute(statement("org_list"))]


def make_operator(conn: Connection, org_id: int, *, is_operator: bool = True) -> None:
    """Let an org found others, or not any more; needs the role nrem_admin."""
    _set(conn, org_id, is_operator=is_operator, sets_rate=False, rate_per_minute=None)


def set_rate(conn: Connection, org_id: int, per_minute: int | None) -> None:
    """Say how often an org may ask; needs the role nrem_admin."""
    _set(conn, org_id, is_operator=None, sets_rate=True, rate_per_minute=per_minute)


def _set(conn: Connection, org_id: int, **given: bool | int | None) -> None:
    conn.execute(statement("org_set"), {"org_id": org_id, **given})


def _seen(conn: Connection, *, after_id: int, until_id: int, limit: int) -> list[Org]:
    asked = {"after_id": after_id, "until_id": until_id, "limit": limit}
    return [_org(row) for row in conn.execute(statement("org_seen"), asked)]


def _org(row: Any) -> Org:  # noqa: ANN401 - a row
    return Org(
        org_id=row.id,
        name=row.name,
        created_at=row.created_at,
        is_operator=row.is_operator,
        rate_per_minute=row.rate_per_minute,
    )
