"""Engines that tests lend each other: each new one would look at its server and compile anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event, make_url
from sqlalchemy.engine.interfaces import Dialect

from nrem.embedded.children import API_ROLE, WORKER_ROLE
from nrem.embedded.postgres import SUPERUSER
from nrem.store import engine
from tests.postgres import Database

# Who logs in, the role taken, how many connections at once.
_KINDS = (
    (API_ROLE, engine.API, 8),
    (WORKER_ROLE, engine.WORKER, 8),
    (SUPERUSER, engine.ADMIN, 1),
    (SUPERUSER, SUPERUSER, 2),
)


class _Engines:
    """One of each kind, all connected to the database of whoever has them."""

    def __init__(self) -> None:
        self.database: Database | None = None
        self.all = [self._made(*kind) for kind in _KINDS]

    def _made(self, login: str, role: str, size: int) -> Engine:
        pool = engine.sync_engine("postgresql://", role, pool_size=size)

        @event.listens_for(pool, "do_connect")
        def lead(dialect: Dialect, _record: object, _: object, parameters: dict[str, Any]) -> None:
            assert self.database, "nobody has these engines"
            parameters.update(dialect.create_connect_args(make_url(self.database.url(login)))[1])

        return pool


_idle: list[_Engines] = []


@contextmanager
def lent(database: Database) -> Iterator[list[Engine]]:
    """Engines of the API, the worker, the admin and the superuser; no connection outlives it."""
    its = _idle.pop() if _idle else _Engines()
    its.database = database
    try:
        yield its.all
    finally:
        for pool in its.all:
            pool.dispose()
        its.database = None
        _idle.append(its)
