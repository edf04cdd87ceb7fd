"""Connections: a transaction carries its org and instant, and the next one inherits nothing."""

from datetime import timedelta

import pytest

from nrem.embedded.postgres import SUPERUSER
from nrem.errors import SchemaVersionError, UnsafeRoleError
from nrem.store import engine
from nrem.store.schema import SCHEMA_VERSION
from tests.postgres import Database
from tests.world import NOW, Org, World, memory


def test_transaction_works_at_the_given_instant(org: Org) -> None:
    with org.begin(now=NOW) as conn:
        found = engine.instant(conn)

    assert found == NOW


def test_instant_not_given_is_the_databases_and_stays_for_the_transaction(world: World) -> None:
    with engine.begin(world.worker) as conn:
        first = engine.instant(conn)
        again = engine.instant(conn)
        (clock,) = conn.exec_driver_sql("SELECT clock_timestamp()").one()

    assert first == again
    assert first < clock < first + timedelta(minutes=1)


def test_error_rolls_everything_back(org: Org) -> None:
    org.append(memory("fact"))

    def fail() -> None:
        with org.begin() as conn:
            conn.exec_driver_sql("DELETE FROM inbox")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert org.column("SELECT count(*) FROM inbox") == [1]


@pytest.mark.parametrize("ending", ["commit", "rollback"])
def test_pooled_connection_brings_nothing_along(database: Database, org: Org, ending: str) -> None:
    org.append(memory("fact"))
    pool = engine.sync_engine(database.worker_url, engine.WORKER, pool_size=1)

    with pool.connect() as conn:
        engine.enter(conn, org_id=org.number, now=NOW)
        seen = conn.exec_driver_sql("SELECT count(*), pg_backend_pid() FROM events").one()
        getattr(conn, ending)()
    with pool.begin() as conn:
        setting = conn.exec_driver_sql(
            "SELECT coalesce(current_setting('app.org_id', true), ''), "
            "coalesce(current_setting('app.now', true), '')"
        ).one()
        after = conn.exec_driver_sql("SELECT count(*), pg_backend_pid() FROM events").one()
    pool.dispose()

    assert tuple(setting) == ("", "")
    assert (seen[0], after[0]) == (1, 0)
    assert seen[1] == after[1]


@pytest.mark.parametrize("role", [engine.API, engine.WORKER, engine.ADMIN])
def test_runtime_roles_pass_the_check(database: Database, role: str) -> None:
    pool = engine.sync_engine(database.admin_url, role, pool_size=1)

    with pool.begin() as conn:
        engine.check(conn)

    pool.dispose()


def test_superuser_is_refused(world: World) -> None:
    with world.superuser.begin() as conn, pytest.raises(UnsafeRoleError):
        engine.check(conn)


def test_role_that_owns_tables_is_refused(database: Database) -> None:
    pool = engine.sync_engine(database.admin_url, "nrem_owner", pool_size=1)

    with pool.begin() as conn, pytest.raises(UnsafeRoleError):
        engine.check(conn)

    pool.dispose()


def test_another_schema_version_is_refused_with_the_remedy(world: World) -> None:
    world.do("UPDATE alembic_version SET version_num = '9999'")

    with world.worker.begin() as conn, pytest.raises(SchemaVersionError) as refusal:
        engine.check(conn)

    assert "9999" in str(refusal.value)
    assert SCHEMA_VERSION in str(refusal.value)
    assert "alembic upgrade head" in str(refusal.value)


def test_database_without_a_schema_is_refused_with_the_remedy(empty_database: Database) -> None:
    pool = engine.sync_engine(empty_database.worker_url, engine.WORKER, pool_size=1)

    with pool.begin() as conn, pytest.raises(SchemaVersionError, match="alembic upgrade head"):
        engine.check(conn)

    pool.dispose()


def test_errors_do_not_repeat_what_was_said(org: Org) -> None:
    with pytest.raises(Exception, match="permission denied") as refusal, org.begin() as conn:
        conn.exec_driver_sql(
            "UPDATE policies SET body = jsonb_build_object('content', %(said)s::text)",
            {"said": "my secret"},
        )

    assert "my secret" not in str(refusal.value)


def test_login_may_be_a_member_of_the_role(database: Database) -> None:
    pool = engine.sync_engine(database.admin_url, engine.WORKER, pool_size=1)

    with pool.begin() as conn:
        (role,) = conn.exec_driver_sql("SELECT current_user").one()

    pool.dispose()
    assert SUPERUSER in database.admin_url
    assert role == engine.WORKER
