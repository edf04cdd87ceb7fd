"""Each migration after the first, on a database that holds rows from the time before it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from nrem.embedded.postgres import EmbeddedPostgres
from tests.extent import full_only
from tests.house.project import ROOT
from tests.postgres import Database, created, migrate

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
LATER = [
    script.revision
    for script in ScriptDirectory.from_config(Config(ROOT / "alembic.ini")).walk_revisions()
    if script.down_revision
][::-1]

_ROWS = (Path(__file__).parent / "rows_0001.sql").read_text(encoding="utf-8")


def _ask(database: Database, question: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.admin_url) as conn:
        return conn.execute(question.encode()).fetchall()


def _do(database: Database, order: str, **parameters: object) -> None:
    with psycopg.connect(database.admin_url) as conn:
        # One by one: a server-side bind takes a single statement.
        for part in order.strip().removesuffix(";").split(";\n"):
            conn.execute(part.encode(), parameters)


@pytest.fixture(scope="module")
def original(cluster: EmbeddedPostgres) -> Iterator[Database]:
    """The first schema with rows, one of them at its second version."""
    with created(cluster, "template0") as database:
        migrate(database, "upgrade", "0001")
        _do(database, _ROWS, now=NOW)
        _do(
            database,
            "SELECT set_config('app.now', %(later)s::text, true);\n"
            "SELECT set_config('app.org_id', '1', true);\n"
            "UPDATE memories SET importance = 0.7 WHERE content = 'fact 2' AND org_id = 1",
            later=NOW + DAY,
        )
        yield database


@pytest.fixture
def populated(cluster: EmbeddedPostgres, original: Database) -> Iterator[Database]:
    """A copy of it."""
    with created(cluster, original.name) as database:
        yield database


@pytest.fixture(scope="module")
def second(cluster: EmbeddedPostgres, original: Database) -> Iterator[Database]:
    """What the second migration made of it; only to be read."""
    with created(cluster, original.name) as database:
        migrate(database, "upgrade", "0002")
        yield database


@pytest.fixture(scope="module")
def third(cluster: EmbeddedPostgres, second: Database) -> Iterator[Database]:
    """What the third migration made of that; only to be read."""
    with created(cluster, second.name) as database:
        migrate(database, "upgrade", "0003")
        yield database


_VERSIONS = "SELECT id, version, valid_from FROM memories ORDER BY id"


def _rows(database: Database) -> dict[str, int]:
    tables = [row[0] for row in _ask(database, "SELECT relname FROM pg_stat_user_tables")]
    return {name: _ask(database, f"SELECT count(*) FROM {name}")[0][0] for name in tables}  # noqa: S608


@pytest.mark.parametrize(
    "revision", [*(pytest.param(one, marks=full_only) for one in LATER[:-1]), LATER[-1]]
)
def test_migration_keeps_every_row_up_and_down(populated: Database, revision: str) -> None:
    before = _rows(populated)

    migrate(populated, "upgrade", revision)
    up = _rows(populated)
    migrate(populated, "downgrade", "0001")

    assert {name: min(up[name], count) for name, count in before.items()} == before
    assert _rows(populated) == before


def test_second_migration_dates_what_decides_a_memory_from_its_birth(second: Database) -> None:
    rows = _ask(
        second,
        "SELECT DISTINCT facts_since = recorded_at, text_since = recorded_at FROM memories",
    )

    assert rows == [(True, True)]


def test_second_migration_makes_forgotten_memories_due_to_be_looked_at(second: Database) -> None:
    rows = _ask(second, "SELECT state, due_at::text FROM memories WHERE org_id = 1 ORDER BY id")

    assert [state for state, _ in rows] == ["live", "live", "archived", "forgotten"]
    assert rows[3][1] == "2026-03-05 09:00:00+00"


def test_second_migration_tells_the_crossings_that_are_known(second: Database) -> None:
    rows = _ask(
        second,
        "SELECT before, after, at, reason FROM crossings WHERE org_id = 2 ORDER BY memory_id",
    )

    assert rows == [
        ("live", "archived", NOW + 2 * DAY, "idle"),
        ("live", "forgotten", NOW + 3 * DAY, "faded"),
    ]


def test_second_migration_makes_no_version(original: Database, second: Database) -> None:
    assert _ask(second, _VERSIONS) == _ask(original, _VERSIONS)


def test_third_migration_has_promote_look_at_every_live_memory(third: Database) -> None:
    waiting = _ask(third, "SELECT org_id, memory_id FROM promote_queue ORDER BY 1, 2")

    assert waiting == _ask(
        third, "SELECT org_id, id FROM memories WHERE state = 'live' ORDER BY 1, 2"
    )
    assert waiting


def test_third_migration_gives_whom_waits_a_lease(third: Database) -> None:
    leases = _ask(
        third,
        "SELECT l.org_id, s.ref_id FROM leases AS l JOIN streams AS s ON s.id = l.stream_id "
        "WHERE l.pass = 'promote' AND s.kind = 'subject' ORDER BY 1",
    )

    assert leases == _ask(third, "SELECT org_id, id FROM subjects ORDER BY 1")


def test_third_migration_makes_no_version(original: Database, third: Database) -> None:
    assert _ask(third, _VERSIONS) == _ask(original, _VERSIONS)
