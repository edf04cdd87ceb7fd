"""Rewriting the files below the tables: what was deleted then lies neither there nor in the log.

A deleted row keeps its bytes in its table, in its indexes and in the write-ahead log. Each table
with content is rewritten (VACUUM FULL), what the planner knows of it is taken away, and the log is
cycled. The role that does it reads no row of a tenant table. What is done is noted table by table,
so that a killed rewrite goes on where it stopped, and erasures that wait together share one.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from nrem.errors import ConfigError, Deferred
from nrem.store.schema import CONTENT_COLUMNS
from nrem.store.statement import statement

# Rewritten by every erasure; most of them hold something of every person.
TABLES: Final = tuple(sorted({table for table, _ in CONTENT_COLUMNS}))
# Samples of columns; those of columns with content are never taken, and cleared all the same.
STATISTICS: Final = "pg_statistic"
# The name under which the log is noted; no table has it.
LOG: Final = "pg_wal"
# Any constant will do, as long as every rewrite of a database takes the same one.
_LOCK: Final = 0x6E72656D_0001
# How often a table is waited for before all of it is put off.
_ROUNDS: Final = 3
_LOG_ROUNDS: Final = 64
_SOON_SECONDS: Final = 2.0
_LATER_SECONDS: Final = 30.0
# Not had in time, or given up so that another one could go on.
_LOCKED: Final = frozenset(("55P03", "40P01"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """What a rewrite did, or found done."""

    # of this call; others were rewritten since already
    tables: int
    # when the last of it was done
    at: datetime


def mark(conn: Connection, org_id: int, erasure_id: int) -> int:
    """What a rewrite must reach so that everything deleted and committed by now is gone.

    The first answer for an erasure stands until `unmark`.
    """
    asked = {"org_id": org_id, "erasure_id": erasure_id}
    conn.execute(statement("rewrite_mark"), asked)
    found: int = conn.execute(statement("rewrite_marked"), asked).scalar_one()
    return found


def unmark(conn: Connection, org_id: int, erasure_id: int) -> None:
    """The rewrite that an erasure waited for is done."""
    asked = {"org_id": org_id, "erasure_id": erasure_id}
    conn.execute(statement("rewrite_unmark"), asked)


def rewrite(database: Engine, since: int) -> Rewritten:
    """Rewrite until nothing is left of what was deleted before the `mark` since; safe to repeat.

    `database` is one of `engine.maintenance_engine`. Raises: ConfigError when the role lacks a
    right; Deferred when somebody else rewrites, still sees what was deleted, holds a table, or
    keeps the log.
    """
    with database.connect() as conn:
        _require_rights(conn)
        if not conn.execute(statement("rewrite_lock"), {"lock": _LOCK}).scalar_one():
            raise Deferred("another_rewrites", retry_after_seconds=_SOON_SECONDS)
        count = _tables(conn, since)
        known = _known(conn)
        if known.get(LOG, (0, None))[0] < since:
            cycle_log(conn, since)
        ended: datetime = _known(conn)[LOG][1]
        return Rewritten(tables=count, at=ended)


def _require_rights(conn: Connection) -> None:
    asked = {"names": list(TABLES)}
    lacking = list(conn.execute(statement("rewrite_refused"), asked).scalars())
    if lacking:
        raise ConfigError(
            f"nrem_maintain lacks {', '.join(lacking)}: have an administrator of the database "
            "grant it"
        )


def _known(conn: Connection) -> dict[str, tuple[int, datetime]]:
    rows = conn.execute(statement("rewrite_known"))
    return {row.name: (row.before_xid, row.ended_at) for row in rows}


def _tables(conn: Connection, since: int) -> int:
    """Rewrite what was not rewritten since; answers how many tables that were."""
    known = _known(conn)
    left = [name for name in TABLES if known.get(name, (0, None))[0] < since]
    if not left:
        return 0
    count = len(left)
    if _horizon(conn) < since:
        raise Deferred("still_seen", retry_after_seconds=_SOON_SECONDS)
    for _ in range(_ROUNDS):
        left = [name for name in left if not _is_rewritten(conn, name)]
    if left:
        raise Deferred("in_use", retry_after_seconds=_LATER_SECONDS)
    _forget_statistics(conn)
    return count


def _horizon(conn: Connection) -> int:
    found: int = conn.execute(statement("rewrite_horizon")).scalar_one()
    return found


def _is_rewritten(conn: Connection, name: str) -> bool:
    """Whether the table could be had; what is noted is what nobody saw before it began."""
    horizon = _horizon(conn)
    if not _is_vacuumed(conn, name):
        return False
    conn.execute(statement("rewrite_note"), {"name": name, "before_xid": horizon})
    return True


def _is_vacuumed(conn: Connection, name: str) -> bool:
    try:
        conn.exec_driver_sql(_vacuum(name))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) in _LOCKED:
            return False
        raise
    return True


def _vacuum(name: str) -> str:
    """Of a table that stands in a list of this module: a name cannot be bound."""
    return f"VACUUM (FULL) {name}"


def _forget_statistics(conn: Connection) -> None:
    names, attributes = zip(*CONTENT_COLUMNS, strict=True)
    given = {"names": list(names), "attributes": list(attributes)}
    conn.execute(statement("rewrite_forget_statistics"), given)
    asked = {"names": [STATISTICS]}
    if not list(conn.execute(statement("rewrite_refused"), asked)):
        _is_vacuumed(conn, STATISTICS)


def cycle_log(conn: Connection, since: int) -> None:
    """Write on in new segments until those with the old bytes are gone."""
    place = conn.execute(statement("rewrite_place")).one()
    if not any(_is_cycled(conn, place.place, place.at) for _ in range(_LOG_ROUNDS)):
        raise Deferred("log_is_kept", retry_after_seconds=_LATER_SECONDS)
    conn.execute(statement("rewrite_note"), {"name": LOG, "before_xid": since})


def _is_cycled(conn: Connection, place: str, at: datetime) -> bool:
    conn.execute(statement("rewrite_switch"))
    conn.exec_driver_sql("CHECKPOINT")
    return not conn.execute(statement("rewrite_left"), {"place": place, "at": at}).scalar_one()
