"""Every relation of the catalogue, held against a role and every setting of the org.

What is tried is read from the catalogue alone, so a table that is made tomorrow is tried, too.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from nrem.server_url import sqlalchemy_url
from tests.world import Org, World

ROLES: Final = (
    "nrem_admin",
    "nrem_api",
    "nrem_lookup",
    "nrem_maintain",
    "nrem_owner",
    "nrem_worker",
)
INTRUDER: Final = "the intruder's"
# None first, for once it was set it is empty: nobody's; no numbers; a number beyond all; an org's.
SETTINGS: Final = (
    *(None, "", "0", "987654321"),
    *("garbage", "1 OR true", "NULL", "9" * 30),
    INTRUDER,
)
# What a refusal may be: not permitted; no number; a number too large.
REFUSALS: Final = {"42501", "22P02", "22003"}
# How a trigger refuses to change one's own row, before anybody asks whose it will be.
IMMUTABLE: Final = "23000"

_RELATIONS: Final = """
SELECT c.oid::regclass::text, c.relkind IN ('r', 'p', 'f'),
       array_agg(a.attname::text ORDER BY a.attnum),
       array_agg(a.attname::text ORDER BY a.attnum) FILTER (
         WHERE has_column_privilege(%(role)s, c.oid, a.attnum, 'INSERT')),
       array_agg(a.attname::text ORDER BY a.attnum) FILTER (
         WHERE has_column_privilege(%(role)s, c.oid, a.attnum, 'UPDATE') AND a.attidentity <> 'a')
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND c.relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
GROUP BY c.oid, c.relkind
ORDER BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A table, partition, view or foreign table, and what a role may write of it."""

    name: str
    # the column that says whose a row is
    owner: str | None
    is_table: bool
    columns: tuple[str, ...]
    inserted: tuple[str, ...]
    updated: tuple[str, ...]


@contextmanager
def unsettled(world: World) -> Iterator[Connection]:
    """A superuser's connection that nobody used before, in a transaction that is undone."""
    database = create_engine(sqlalchemy_url(world.database.admin_url), poolclass=NullPool)
    with database.connect() as conn:
        yield conn
        conn.rollback()


def relations(conn: Connection, role: str) -> list[Relation]:
    """Every relation outside of the system's schemas, extensions' included."""
    return [
        Relation(
            name=name,
            owner="id" if name == "orgs" else "org_id" if "org_id" in columns else None,
            is_table=is_table,
            columns=tuple(columns),
            inserted=tuple(inserted or columns),
            updated=tuple(updated or columns),
        )
        for name, is_table, columns, inserted, updated in conn.exec_driver_sql(
            _RELATIONS, {"role": role}
        )
    ]


def reached(
    conn: Connection, role: str, victim: Org, intruder: Org, *, only: str | None = None
) -> dict[str, set[str]]:
    """Per relation what a role did to rows of others, whatever org it set or did not set."""
    tried = [one for one in relations(conn, role) if one.owner and only in (None, one.name)]
    orders = {one.name: list(_orders(conn, one, victim, intruder)) for one in tried}
    found: dict[str, set[str]] = {}
    for setting in SETTINGS:
        if setting is not None:
            org = str(intruder.number) if setting == INTRUDER else setting
            conn.exec_driver_sql("SELECT set_config('app.org_id', %(org)s, true)", {"org": org})
        for name, its in orders.items():
            verbs = {verb for verb, order, row in its if _touches(conn, role, verb, order, row)}
            if verbs:
                found.setdefault(name, set()).update(verbs)
    return found


def _orders(
    conn: Connection, relation: Relation, victim: Org, intruder: Org
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What is tried: verb, statement, and the row that is put into the victim's org."""
    name, owner = relation.name, relation.owner
    foreign = f"{owner} <> {intruder.number}"
    column = next((one for one in reversed(relation.updated) if one != owner), owner)
    yield "select", f"SELECT 1 FROM {name} WHERE {foreign} LIMIT 1", {}  # noqa: S608
    yield "update", f'UPDATE {name} SET "{column}" = "{column}" WHERE {foreign}', {}  # noqa: S608
    yield "delete", f"DELETE FROM {name} WHERE {foreign}", {}  # noqa: S608
    if not relation.is_table:
        return
    if owner == "org_id":
        given = f"org_id = {victim.number} WHERE org_id = {intruder.number}"
        yield "give away", f"UPDATE {name} SET {given}", {}  # noqa: S608
    columns = ", ".join(f'"{one}"' for one in relation.inserted)
    order = (
        f"INSERT INTO {name} ({columns}) OVERRIDING SYSTEM VALUE "  # noqa: S608
        f"SELECT {columns} FROM jsonb_populate_record(NULL::{name}, %(row)s::jsonb)"
    )
    yield "insert", order, {"row": _row(conn, relation, victim)}


def _row(conn: Connection, relation: Relation, victim: Org) -> str:
    """A row of the victim's, as JSON; without one a test would be of nothing."""
    order = f"SELECT to_jsonb(t) FROM {relation.name} AS t WHERE {relation.owner} = %(org)s LIMIT 1"  # noqa: S608
    found = conn.exec_driver_sql(order, {"org": victim.number}).scalar_one_or_none()
    assert found is not None, f"{relation.name} has no row to protect"
    return json.dumps(found)


def _touches(conn: Connection, role: str, verb: str, order: str, values: dict[str, Any]) -> bool:
    """Whether a statement of a role reached a row; it is undone."""
    conn.exec_driver_sql("SAVEPOINT trial")
    conn.exec_driver_sql(f"SET LOCAL ROLE {role}")
    try:
        answer = conn.exec_driver_sql(order, values)
        return (len(answer.all()) if answer.returns_rows else answer.rowcount) > 0
    except DBAPIError as error:
        refusal = getattr(error.orig, "sqlstate", None)
        # Refused for something else, it had passed what guards the org.
        return refusal not in REFUSALS and (verb, refusal) != ("give away", IMMUTABLE)
    finally:
        conn.exec_driver_sql("ROLLBACK TO SAVEPOINT trial")
