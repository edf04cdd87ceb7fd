"""Connections: which role they run as, and the transaction that carries org and instant.

Every transaction sets `app.org_id` (row-level security reads it; unset means no rows) and
`app.now` (the instant that carries meaning) with local effect, so that a pooled connection
brings nothing along. This module and the runner are the only ones that commit.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, NullPool, create_engine
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from nrem.errors import SchemaVersionError, UnsafeRoleError
from nrem.server_url import sqlalchemy_url
from nrem.store.schema import SCHEMA_VERSION
from nrem.store.statement import statement

API: Final = "nrem_api"
WORKER: Final = "nrem_worker"
ADMIN: Final = "nrem_admin"
MAINTAIN: Final = "nrem_maintain"

# force_custom_plan: the planner must see which org a statement is about (a tenfold and more on
# the largest and the smallest orgs). iterative_scan: a filtered vector search returns k rows.
# No parallel workers: starting them costs more than these small statements.
_SESSION: Final = (
    ("jit", "off"),
    ("max_parallel_workers_per_gather", "0"),
    ("timezone", "UTC"),
    ("plan_cache_mode", "force_custom_plan"),
    ("hnsw.iterative_scan", "relaxed_order"),
    ("statement_timeout", "30s"),
    ("lock_timeout", "5s"),
    ("idle_in_transaction_session_timeout", "15s"),
    ("tcp_user_timeout", "15s"),
)

_GIVE_WAY_MILLISECONDS: Final = "800"
# Rewriting a large table takes minutes. All others wait behind who waits for one: not for long.
_MAINTENANCE: Final = (
    ("timezone", "UTC"),
    ("statement_timeout", "1h"),
    ("lock_timeout", "2s"),
    ("tcp_user_timeout", "15s"),
)


def _options(role: str, session: tuple[tuple[str, str], ...] = _SESSION) -> dict[str, Any]:
    settings = " ".join(f"-c {name}={value}" for name, value in (("role", role), *session))
    return {"options": settings, "connect_timeout": 10, "application_name": role}


# hide_parameters: an error's text must not repeat what a person said.
# use_native_hstore: there is none, and the first connection of each engine would look for it.
_USUAL: Final = {"hide_parameters": True, "use_native_hstore": False}


def _pool(size: int) -> dict[str, Any]:
    return {
        **_USUAL,
        "pool_size": size,
        "max_overflow": 0,
        "pool_timeout": 10,
        "pool_pre_ping": True,
    }


def sync_engine(url: str, role: str, *, pool_size: int = 4) -> Engine:
    """A pool of connections that act as `role`, whichever login the URL names.

    The login must be `role` itself or a member of it.
    """
    return create_engine(sqlalchemy_url(url), connect_args=_options(role), **_pool(pool_size))


def maintenance_engine(url: str) -> Engine:
    """Connections of the role that rewrites tables and reads none; each ends with its use.

    Every statement is a transaction of its own, as a rewrite has to be.
    """
    return create_engine(
        sqlalchemy_url(url),
        connect_args=_options(MAINTAIN, _MAINTENANCE),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        **_USUAL,
    )


def async_engine(url: str, role: str, *, pool_size: int = 10) -> AsyncEngine:
    """As `sync_engine`, for the API's event loop."""
    return create_async_engine(sqlalchemy_url(url), connect_args=_options(role), **_pool(pool_size))


def enter(conn: Connection, *, org_id: int | None, now: datetime | None = None) -> datetime:
    """Set org and instant for the current transaction; answers the instant.

    Without `now` it is the database's clock. May be called again to change the org.
    """
    found: datetime = conn.execute(
        statement("transaction_enter"),
        {"org_id": "" if org_id is None else str(org_id), "now": now},
    ).scalar_one()
    return found


def instant(conn: Connection) -> datetime:
    """The instant of the current transaction, as `enter` set it."""
    found: datetime = conn.execute(statement("transaction_instant")).scalar_one()
    return found


def give_way(conn: Connection) -> None:
    """Have this transaction fail rather than hold up others: it never waits long for a lock.

    Less than the second after which Postgres ends a deadlock, so that it is the one to lose it.
    """
    conn.execute(statement("engine_give_way"), {"milliseconds": _GIVE_WAY_MILLISECONDS})


@contextmanager
def begin(
    engine: Engine, *, org_id: int | None = None, now: datetime | None = None
) -> Iterator[Connection]:
    """One transaction for one org: commits at the end, rolls back on any error."""
    with engine.begin() as conn:
        enter(conn, org_id=org_id, now=now)
        yield conn


@asynccontextmanager
async def begin_async(engine: AsyncEngine, *, org_id: int | None) -> AsyncIterator[AsyncConnection]:
    """As `begin`, for the API; HTTP requests never choose the instant."""
    async with engine.begin() as conn:
        await conn.run_sync(enter, org_id=org_id)
        yield conn


def check(conn: Connection) -> None:
    """Refuse to work on a database that is not safe or not at this version.

    Raises: UnsafeRoleError when the role could bypass row-level security or owns a table;
    SchemaVersionError when another migration is the newest.
    """
    role = conn.execute(statement("engine_role")).mappings().one()
    if role["bypasses"] or role["owns"]:
        raise UnsafeRoleError
    try:
        found = conn.execute(statement("engine_version")).scalar_one_or_none()
    except ProgrammingError as error:
        raise SchemaVersionError(
            "the database has no nrem schema; run `alembic upgrade head`"
        ) from error
    if found != SCHEMA_VERSION:
        raise SchemaVersionError(
            f"the database is at schema version {found}, this program needs {SCHEMA_VERSION}; "
            "run `alembic upgrade head`"
        )
