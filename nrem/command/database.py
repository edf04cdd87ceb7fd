"""Commands of the operator's that no HTTP route serves yet: they connect as the worker role."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from nrem.config import Settings
from nrem.embedded import stack
from nrem.store import engine


@contextmanager
def connected(settings: Settings) -> Iterator[Connection]:
    """One transaction on the system's database, over all orgs' control tables."""
    database = engine.sync_engine(stack.urls(settings).worker, engine.WORKER, pool_size=1)
    try:
        with engine.begin(database) as conn:
            yield conn
    finally:
        database.dispose()
