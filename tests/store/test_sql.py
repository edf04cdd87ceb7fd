"""Every SQL file, held against the migrated database as the role that will run it."""

import re
from pathlib import Path
from typing import Any

import psycopg
import pytest

from nrem.store.statement import DIRECTORY
from tests.house.project import PACKAGES, python_files, read
from tests.postgres import Database

PATHS = sorted(DIRECTORY.iterdir())
NAMES = [path.stem for path in PATHS]
HEADER = re.compile(r"-- (?P<name>\w+): \S.*")
INDEX = re.compile(r"^-- Index: (?P<index>none \(.+\)|\w+(?:, \w+)*)$", re.MULTILINE)
ROLE = re.compile(r"^-- Role: (nrem_\w+)$", re.MULTILINE)
# As SQLAlchemy finds binds in text().
BIND = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")


def _text(name: str) -> str:
    return (DIRECTORY / f"{name}.sql").read_text(encoding="utf-8")


def _numbered(text: str) -> str:
    """The statement with $1, $2 … for its binds, one number per name."""
    numbers: dict[str, int] = {}
    return BIND.sub(lambda bind: f"${numbers.setdefault(bind[1], len(numbers) + 1)}", text)


def _indexes(name: str) -> list[str]:
    found = INDEX.search(_text(name))
    named = found["index"] if found else ""
    return [] if named.startswith("none") else named.split(", ")


def _connect(database: Database, name: str) -> psycopg.Connection[tuple[Any, ...]]:
    """A connection as the statement's role, with an org set for the transaction."""
    role = ROLE.search(_text(name))
    conn = psycopg.connect(database.url(role[1] if role else "nrem_api"))
    conn.execute("SELECT set_config('app.org_id', '1', true)")
    return conn


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_file_is_a_statement_by_its_name(path: Path) -> None:
    first = HEADER.fullmatch(path.read_text(encoding="utf-8").partition("\n")[0])

    assert path.suffix == ".sql"
    assert first
    assert first["name"] == path.stem


@pytest.mark.parametrize("name", NAMES)
def test_header_names_the_index(name: str) -> None:
    assert INDEX.search(_text(name))


@pytest.mark.parametrize("name", NAMES)
def test_binds_are_cast(name: str) -> None:
    text = _text(name)
    binds = BIND.findall(text)

    cast = re.findall(r"\bcast\(:(\w+) AS ", text)

    # `:name::type` is no bind to SQLAlchemy, which then sends it as it stands.
    assert not re.search(r":\w+::", text)
    assert binds == cast


@pytest.mark.parametrize("name", NAMES)
def test_code_names_the_file(name: str) -> None:
    quoted = f'"{name}"'

    assert any(quoted in read(path) for path in python_files(*PACKAGES))


@pytest.mark.parametrize("name", NAMES)
def test_tenant_tables_are_asked_with_their_org(name: str) -> None:
    text = _text(name)

    touches_rows = re.search(r"\b(?:FROM|JOIN|UPDATE|INTO) (?!pg_|unnest|alembic)\w+", text)

    # Row-level security hides the org from the planner; the statement says it too.
    assert not touches_rows or "org_id" in text or ROLE.search(text) or not _indexes(name)


def test_statements_are_prepared_and_explained_as_their_role(database: Database) -> None:
    refused = {}

    for name in NAMES:
        with _connect(database, name) as conn:
            try:
                conn.execute(f"PREPARE checked AS {_numbered(_text(name))}".encode())
                conn.execute(f"EXPLAIN (GENERIC_PLAN) {_numbered(_text(name))}".encode())
            except psycopg.Error as error:
                refused[name] = str(error)

    assert not refused


def test_indexes_that_headers_name_exist(database: Database) -> None:
    named = {index for name in NAMES for index in _indexes(name)}

    with psycopg.connect(database.url("nrem_api")) as conn:
        rows = conn.execute("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'")
        existing = {index for (index,) in rows}

    assert named <= existing


def test_no_table_is_read_without_an_index(database: Database) -> None:
    scanned = {}

    for name in filter(_indexes, NAMES):
        with _connect(database, name) as conn:
            # Tables are empty here: what is scanned all the same has no index that fits.
            conn.execute("SET LOCAL enable_seqscan = off")
            rows = conn.execute(f"EXPLAIN (GENERIC_PLAN) {_numbered(_text(name))}".encode())
            plan = "\n".join(line for (line,) in rows)
        if "Seq Scan" in plan:
            scanned[name] = plan

    assert not scanned, "\n\n".join(f"{name}: {plan}" for name, plan in scanned.items())
