"""Runs migrations as the database's administrator, one process at a time.

The connection comes from NREM_MIGRATE_DATABASE_URL, else NREM_DATABASE_URL. Objects belong to
the role nrem_owner, which cannot log in; the runtime roles own nothing.
"""

from typing import Any

from alembic import context
from sqlalchemy import create_engine, pool, text

from nrem.config import Settings
from nrem.errors import ConfigError
from nrem.server_url import sqlalchemy_url
from nrem.store.schema import metadata

# Any constant will do, as long as every migration run takes the same one.
_ONE_AT_A_TIME = 0x6E72656D

_SESSION = text(
    "SELECT set_config('lock_timeout', '4s', false), "
    "set_config('statement_timeout', '60s', false), "
    "pg_advisory_lock(cast(:key AS bigint))"
)


def _url() -> str:
    settings = Settings()
    url = settings.migrate_database_url or settings.database_url
    if not url:
        raise ConfigError(
            "NREM_MIGRATE_DATABASE_URL is not set: give the URL of the database to migrate, "
            "with a login that may create roles"
        )
    return sqlalchemy_url(url)


def _is_ours(_object: object, name: str | None, kind: str, *_rest: object) -> bool:
    """Leave out what autogenerate cannot compare: indexes with operator classes."""
    return not (kind == "index" and name is not None and name.endswith("_hnsw_idx"))


def _configure(**options: Any) -> None:  # noqa: ANN401 - passed through to Alembic as it is
    context.configure(target_metadata=metadata, include_object=_is_ours, **options)


def run_offline() -> None:
    """Print the SQL instead of running it (`alembic upgrade head --sql`)."""
    _configure(url="postgresql+psycopg://", literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    """Run what is missing, in one transaction per migration, under one lock."""
    engine = create_engine(_url(), poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(_SESSION, {"key": _ONE_AT_A_TIME})
        connection.commit()
        _configure(connection=connection, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
