"""Fixtures: an embedded cluster per test process, a migrated template, a copy of it per test."""

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from nrem.embedded.children import API_ROLE, CHECKOUT, WORKER_ROLE
from nrem.embedded.postgres import SUPERUSER, EmbeddedPostgres
from tests.interpreter import for_python

_TEMPLATE = "template_nrem"
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """One database of the test cluster, with a URL for each role that psycopg takes too."""

    name: str
    cluster: EmbeddedPostgres

    def url(self, role: str) -> str:
        return self.cluster.url(role, self.name).replace("+psycopg", "", 1)

    @property
    def api_url(self) -> str:
        return self.url(API_ROLE)

    @property
    def worker_url(self) -> str:
        return self.url(WORKER_ROLE)

    @property
    def admin_url(self) -> str:
        return self.url(SUPERUSER)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """Postgres for the whole test process; what it stores need not survive."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("cluster"), durable=False) as running:
        yield running


@pytest.fixture
def empty_database(cluster: EmbeddedPostgres) -> Iterator[Database]:
    """A database with nothing in it, for tests of the migrations."""
    with created(cluster, "template0") as database:
        yield database


@pytest.fixture(scope="session")
def template(cluster: EmbeddedPostgres) -> Database:
    """A database migrated once, which others are copied from; nobody may stay connected to it."""
    template = Database(name=_TEMPLATE, cluster=cluster)
    with _administrator(cluster) as connection:
        connection.execute(f"CREATE DATABASE {_TEMPLATE}")
    migrate(template, "upgrade", "head")
    return template


@pytest.fixture
def database(cluster: EmbeddedPostgres, template: Database) -> Iterator[Database]:
    """A fresh copy of the migrated template, dropped after the test with whoever is connected."""
    with created(cluster, template.name) as database:
        yield database


def migrate(database: Database, *command: str) -> str:
    """Run `alembic COMMAND…` on a database, as its own process, and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "alembic", *command],
        cwd=CHECKOUT,
        env={
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(CHECKOUT),
            **for_python(),
            "NREM_MIGRATE_DATABASE_URL": database.admin_url,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _administrator(cluster: EmbeddedPostgres) -> psycopg.Connection[tuple[Any, ...]]:
    url = Database(name=SUPERUSER, cluster=cluster).admin_url
    return psycopg.connect(url, autocommit=True)


@contextmanager
def created(cluster: EmbeddedPostgres, source: str) -> Iterator[Database]:
    """A copy of a database, dropped at the end with whoever is connected."""
    database = Database(name=f"test_{next(_numbers)}", cluster=cluster)
    with _administrator(cluster) as connection:
        # Copying files is four times as fast as writing them through the log, here without fsync.
        connection.execute(f"CREATE DATABASE {database.name} TEMPLATE {source} STRATEGY FILE_COPY")
        try:
            yield database
        finally:
            connection.execute(f"DROP DATABASE {database.name} WITH (FORCE)")
