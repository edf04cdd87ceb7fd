"""What was deleted lies neither in the files below the tables nor in the write-ahead log."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine

from nrem.embedded.postgres import EmbeddedPostgres
from nrem.errors import ConfigError, Deferred
from nrem.store import engine, rewrite
from nrem.store.rewrite import LOG, TABLES
from nrem.store.schema import CONTENT_COLUMNS
from tests.postgres import Database
from tests.world import Org, World

CANARY = "canary-7f3a91c5"
_ROWS = 200


@pytest.fixture
def maintain(database: Database) -> Iterator[Engine]:
    pool = engine.maintenance_engine(database.url(engine.MAINTAIN))
    yield pool
    pool.dispose()


def _plant(org: Org) -> None:
    """Rows whose words stand in a table, its toast and an index, some of them on shared pages."""
    org.world.do(
        "INSERT INTO users (org_id, external_id) "
        "SELECT %(org)s, CASE WHEN n %% 2 = 0 THEN %(word)s ELSE 'other' END || n "
        "FROM generate_series(1, %(rows)s) AS n",
        org=org.number,
        word=CANARY,
        rows=_ROWS,
    )


def _delete(org: Org) -> int:
    org.world.do("DELETE FROM users WHERE external_id LIKE %(word)s", word=f"{CANARY}%")
    with org.begin() as conn:
        rewrite.unmark(conn, org.number, 1)
        return rewrite.mark(conn, org.number, 1)


def _hits(folder: Path) -> int:
    word = CANARY.encode()
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sum(path.read_bytes().count(word) for path in files if path.exists())


def _places(world: World, cluster: EmbeddedPostgres) -> tuple[Path, Path]:
    ((folder,),) = world.ask("SELECT current_setting('data_directory')")
    world.do("CHECKPOINT")
    return Path(folder) / "base", Path(folder) / "pg_wal"


def test_deleted_words_lie_in_files_until_they_are_rewritten(
    world: World, org: Org, maintain: Engine, cluster: EmbeddedPostgres
) -> None:
    _plant(org)
    since = _delete(org)
    files, log = _places(world, cluster)
    before = _hits(files), _hits(log)

    rewrite.rewrite(maintain, since)

    assert min(before) > 0
    assert (_hits(files), _hits(log)) == (0, 0)


def test_rewrite_leaves_the_rows_that_are_there(world: World, org: Org, maintain: Engine) -> None:
    _plant(org)

    rewrite.rewrite(maintain, _delete(org))

    assert world.ask("SELECT count(*), min(external_id) FROM users") == [(_ROWS // 2, "other1")]


def test_every_table_with_content_is_rewritten(world: World, org: Org, maintain: Engine) -> None:
    def files() -> set[tuple[str, int]]:
        return {
            (row.relname, row.relfilenode)
            for row in world.ask(
                "SELECT relname, relfilenode FROM pg_class WHERE relname = ANY(%(names)s)",
                names=sorted({table for table, _ in CONTENT_COLUMNS}),
            )
        }

    before = files()

    done = rewrite.rewrite(maintain, _delete(org))

    assert done.tables == len(before)
    assert not before & files()


def test_what_was_rewritten_since_is_not_rewritten_again(org: Org, maintain: Engine) -> None:
    earlier, later = _delete(org), _delete(org)
    first = rewrite.rewrite(maintain, later)

    again = [rewrite.rewrite(maintain, since) for since in (earlier, later)]

    assert first.tables == len(TABLES)
    assert [one.tables for one in again] == [0, 0]
    assert {one.at for one in again} == {first.at}


def test_what_was_deleted_after_it_is_rewritten_again(org: Org, maintain: Engine) -> None:
    rewrite.rewrite(maintain, _delete(org))
    _plant(org)

    again = rewrite.rewrite(maintain, _delete(org))

    assert again.tables == len(TABLES)


def test_mark_of_an_erasure_stands_until_it_is_taken_away(org: Org) -> None:
    first = _delete(org)
    _plant(org)
    with org.begin() as conn:
        again = rewrite.mark(conn, org.number, 1)

    assert again == first
    assert _delete(org) > first


def test_rewrite_goes_on_where_it_stopped(world: World, org: Org, maintain: Engine) -> None:
    since = _delete(org)
    rewrite.rewrite(maintain, since)
    world.do("DELETE FROM rewrites WHERE name = ANY(%(names)s)", names=[LOG, *TABLES[3:]])

    assert rewrite.rewrite(maintain, since).tables == len(TABLES) - 3


def test_rewrite_waits_for_who_still_sees_what_was_deleted(
    world: World, org: Org, maintain: Engine
) -> None:
    _plant(org)
    with world.api.connect() as reader:
        reader.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        reader.exec_driver_sql("SELECT count(*) FROM users")
        since = _delete(org)

        with pytest.raises(Deferred, match="still_seen"):
            rewrite.rewrite(maintain, since)

    assert rewrite.rewrite(maintain, since).tables == len(TABLES)


def test_table_that_is_held_is_rewritten_later_and_the_others_at_once(
    world: World, org: Org, maintain: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewrite, "_ROUNDS", 1)
    since = _delete(org)
    with world.superuser.connect() as holder:
        holder.exec_driver_sql("LOCK TABLE card_schemas IN ROW EXCLUSIVE MODE")

        with pytest.raises(Deferred, match="in_use"):
            rewrite.rewrite(maintain, since)

    assert rewrite.rewrite(maintain, since).tables == 1


def test_one_rewrites_at_a_time(org: Org, maintain: Engine) -> None:
    since = _delete(org)
    with maintain.connect() as other:
        other.exec_driver_sql(f"SELECT pg_advisory_lock({0x6E72656D_0001})")

        with pytest.raises(Deferred, match="another_rewrites"):
            rewrite.rewrite(maintain, since)


def test_right_that_is_missing_is_named(world: World, org: Org, maintain: Engine) -> None:
    world.do("REVOKE MAINTAIN ON memories FROM nrem_maintain")
    world.do("REVOKE EXECUTE ON FUNCTION pg_switch_wal() FROM nrem_maintain")

    with pytest.raises(ConfigError, match=r"MAINTAIN ON memories, .*pg_switch_wal\(\)"):
        rewrite.rewrite(maintain, _delete(org))


def test_log_that_somebody_keeps_is_not_called_gone(
    world: World, org: Org, maintain: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewrite, "_LOG_ROUNDS", 3)
    world.ask("SELECT pg_create_physical_replication_slot('keeper', true)")
    since = _delete(org)
    try:
        with pytest.raises(Deferred, match="log_is_kept"):
            rewrite.rewrite(maintain, since)
    finally:
        world.ask("SELECT pg_drop_replication_slot('keeper')")

    assert rewrite.rewrite(maintain, since).tables == 0


def _refusals(database: Database, orders: list[str]) -> list[Any]:
    found: list[Any] = []
    with psycopg.connect(database.url(engine.MAINTAIN), autocommit=True) as conn:
        for order in orders:
            try:
                conn.execute(order.encode())
                found.append(None)
            except psycopg.Error as error:
                found.append(error.sqlstate)
    return found


def test_role_that_rewrites_reads_and_writes_no_table_with_content(
    database: Database, org: Org
) -> None:
    _plant(org)
    orders = [f"SELECT {column} FROM {table}" for table, column in CONTENT_COLUMNS]  # noqa: S608
    orders += [f"DELETE FROM {table}" for table in TABLES]  # noqa: S608
    orders += [f"COPY {table} TO STDOUT" for table in TABLES]

    assert set(_refusals(database, orders)) == {"42501"}


def test_role_that_rewrites_sees_no_statistics_of_content(
    database: Database, world: World, org: Org
) -> None:
    _plant(org)
    world.do("ALTER TABLE users ALTER COLUMN external_id SET STATISTICS 100")
    world.do("ANALYZE users")

    with psycopg.connect(database.url(engine.MAINTAIN)) as conn:
        seen = conn.execute("SELECT * FROM pg_stats WHERE tablename = 'users'").fetchall()

    assert not seen
    assert _refusals(database, ["SELECT * FROM pg_statistic"]) == ["42501"]


def test_statistics_of_content_that_were_taken_all_the_same_go_too(
    world: World, org: Org, maintain: Engine, cluster: EmbeddedPostgres
) -> None:
    _plant(org)
    world.do("ALTER TABLE users ALTER COLUMN external_id SET STATISTICS 100")
    world.do("ANALYZE users")
    since = _delete(org)

    rewrite.rewrite(maintain, since)

    files, log = _places(world, cluster)
    assert (_hits(files), _hits(log)) == (0, 0)
