"""Orgs: tenants of this installation."""

from sqlalchemy import Connection

from nrem.store.statement import statement


def ensure(conn: Connection, name: str) -> int:
    """The org of this name, made when missing; needs the role nrem_admin."""
    conn.execute(statement("org_add"), {"name": name})
    return int(conn.execute(statement("org_find"), {"name": name}).scalar_one())


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
