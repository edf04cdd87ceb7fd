"""Isolation between orgs: whatever is set, a runtime role sees and changes its own org only.

Nothing here commits, so all tests share one world.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from nrem.embedded.postgres import EmbeddedPostgres
from nrem.store import engine
from nrem.store.schema import CONTROL_TABLES, TENANT_TABLES
from tests.postgres import Database, created
from tests.world import NOW, Org, World, connected, end, memory, turn

ROLES = ("nrem_api", "nrem_worker")
TENANT = [table.name for table in TENANT_TABLES]
# Workers look over all orgs here, to choose one; the api does not.
BY_ORG = [table.name for table in CONTROL_TABLES if "org_id" in table.columns]
MODES = {"nrem_api": TENANT + BY_ORG, "nrem_worker": TENANT}
DENIED = "42501"
GARBAGE = "22P02"


def _live(org: Org) -> None:
    """Leave rows of this org in every table."""
    org.append(turn("I moved to Lisbon.", session="s", thread="t"), end("s"))
    org.append(memory("fact", importance=0.5))
    org.append(turn("I like tea.", session="open"))
    org.world.settle()
    org.do("UPDATE memories SET importance = 0.6")
    org.world.do(
        "INSERT INTO policies (org_id, version, body) VALUES (%(org)s, 1, '{}')", org=org.number
    )
    org.world.do(
        "INSERT INTO parked (org_id, pass, item_kind, item_id, reason, attempts) "
        "VALUES (%(org)s, 'score', 'event', 1, 'failed', 5)",
        org=org.number,
    )
    org.world.do(
        "INSERT INTO api_keys (org_id, key_id, secret_hash, scopes) "
        "VALUES (%(org)s, %(key)s, 'x', '{}')",
        org=org.number,
        key=f"key{org.number}",
    )


@pytest.fixture(scope="module")
def world(cluster: EmbeddedPostgres, template: Database) -> Iterator[World]:
    with created(cluster, template.name) as database, connected(database) as world:
        yield world


@pytest.fixture(scope="module")
def orgs(world: World) -> tuple[Org, Org]:
    """Two orgs with rows in every table: one to protect, one to try it from."""
    found = world.found("victim"), world.found("intruder")
    for org in found:
        _live(org)
    for org in found:
        org.append(memory("waits to be scored"))
    return found


def _engine(world: World, role: str) -> Engine:
    return {"nrem_api": world.api, "nrem_worker": world.worker}[role]


def _try(
    world: World,
    role: str,
    setting: str | None,
    order: str,
    /,
    **parameters: object,
) -> Any:  # noqa: ANN401
    """What a statement of a role answers: its rows or their number, or the code of the refusal."""
    with _engine(world, role).connect() as conn:
        if setting is not None:
            _set(conn, setting)
        try:
            answer = conn.exec_driver_sql(order, parameters)
        except DBAPIError as error:
            return getattr(error.orig, "sqlstate", None)
        return [tuple(row) for row in answer] if answer.returns_rows else answer.rowcount


def _set(conn: Connection, org: str) -> None:
    conn.exec_driver_sql("SELECT set_config('app.org_id', %(org)s, true)", {"org": org})


def _contents(world: World, org: Org) -> dict[str, list[str]]:
    """Every row of an org, as text."""
    return {
        name: sorted(
            row[0]
            for row in world.ask(
                f"SELECT t::text FROM {name} AS t WHERE org_id = %(org)s",  # noqa: S608
                org=org.number,
            )
        )
        for name in TENANT + BY_ORG
    }


def test_every_table_has_rows_to_protect(world: World, orgs: tuple[Org, Org]) -> None:
    assert [name for name, rows in _contents(world, orgs[0]).items() if not rows] == []


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("setting", [None, "", "0", "-1", "987654321"])
def test_without_an_org_no_row_is_seen(
    world: World, orgs: tuple[Org, Org], role: str, setting: str | None
) -> None:
    seen = {
        name: _try(world, role, setting, f"SELECT count(*) FROM {name}")  # noqa: S608
        for name in MODES[role]
    }

    assert {name: rows for name, rows in seen.items() if rows not in ([(0,)], DENIED)} == {}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("setting", ["garbage", "1 OR true", "1; --", "NULL"])
def test_garbage_for_an_org_is_refused(
    world: World, orgs: tuple[Org, Org], role: str, setting: str
) -> None:
    seen = {
        name: _try(world, role, setting, f"SELECT count(*) FROM {name}")  # noqa: S608
        for name in MODES[role]
    }

    assert set(seen.values()) <= {GARBAGE, DENIED}


@pytest.mark.parametrize("role", ROLES)
def test_an_org_sees_its_own_rows_and_no_others(
    world: World, orgs: tuple[Org, Org], role: str
) -> None:
    intruder = str(orgs[1].number)

    seen = {
        name: _try(world, role, intruder, f"SELECT DISTINCT org_id FROM {name}")  # noqa: S608
        for name in MODES[role]
    }

    assert {
        name: rows for name, rows in seen.items() if rows not in ([(orgs[1].number,)], DENIED)
    } == {}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("setting", [None, "", "intruder"])
def test_foreign_rows_are_neither_changed_nor_deleted(
    world: World, orgs: tuple[Org, Org], role: str, setting: str | None
) -> None:
    victim, intruder = orgs
    given = str(intruder.number) if setting == "intruder" else setting
    before = _contents(world, victim)
    orders = (
        "UPDATE {} SET org_id = org_id WHERE org_id = %(org)s",
        "DELETE FROM {} WHERE org_id = %(org)s",
    )

    done = {
        (name, order[:6]): _try(world, role, given, order.format(name), org=victim.number)
        for name in MODES[role]
        for order in orders
    }

    assert set(done.values()) <= {0, DENIED}
    assert _contents(world, victim) == before


@pytest.mark.parametrize("role", ROLES)
def test_own_rows_cannot_be_given_to_another_org(
    world: World, orgs: tuple[Org, Org], role: str
) -> None:
    victim, intruder = orgs

    done = {
        name: _try(
            world,
            role,
            str(intruder.number),
            f"UPDATE {name} SET org_id = %(victim)s",  # noqa: S608
            victim=victim.number,
        )
        for name in MODES[role]
    }

    assert set(done.values()) == {DENIED}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("setting", [None, "", "intruder"])
def test_rows_cannot_be_put_into_another_org(
    world: World, orgs: tuple[Org, Org], role: str, setting: str | None
) -> None:
    victim, intruder = orgs
    given = str(intruder.number) if setting == "intruder" else setting
    rows = {
        name: world.ask(
            f"SELECT to_jsonb(t) FROM {name} AS t WHERE org_id = %(org)s LIMIT 1",  # noqa: S608
            org=victim.number,
        )[0][0]
        for name in MODES[role]
    }

    done = {
        name: _try(
            world,
            role,
            given,
            f"INSERT INTO {name} OVERRIDING SYSTEM VALUE "  # noqa: S608
            f"SELECT * FROM jsonb_populate_record(NULL::{name}, %(row)s::jsonb)",
            row=json.dumps(row),
        )
        for name, row in rows.items()
    }

    assert set(done.values()) == {DENIED}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "order", ["TRUNCATE {} CASCADE", "ALTER TABLE {} DISABLE ROW LEVEL SECURITY"]
)
def test_tables_are_neither_emptied_nor_opened(
    world: World, orgs: tuple[Org, Org], role: str, order: str
) -> None:
    intruder = str(orgs[1].number)

    done = {_try(world, role, intruder, order.format(name)) for name in TENANT + BY_ORG}

    assert done == {DENIED}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "order", ["SET ROLE nrem_owner", "SET ROLE nrem_lookup", "SET row_security = off"]
)
def test_role_cannot_step_out_of_itself(
    world: World, orgs: tuple[Org, Org], role: str, order: str
) -> None:
    with _engine(world, role).connect() as conn:
        try:
            conn.exec_driver_sql(order)
            conn.exec_driver_sql("SELECT count(*) FROM memories")
        except DBAPIError as error:
            refusal = getattr(error.orig, "sqlstate", None)
        else:
            refusal = None

    assert refusal == DENIED


def test_key_is_found_by_its_id_and_by_nothing_else(world: World, orgs: tuple[Org, Org]) -> None:
    victim, intruder = orgs

    found = _try(
        world,
        "nrem_api",
        str(intruder.number),
        f"SELECT org_id FROM api_key_find('key{victim.number}')",  # noqa: S608
    )
    listed = _try(world, "nrem_api", str(intruder.number), "SELECT DISTINCT org_id FROM api_keys")
    by_worker = _try(world, "nrem_worker", None, "SELECT * FROM api_key_find('key1')")

    assert found == [(victim.number,)]
    assert listed in ([(intruder.number,)], DENIED)
    assert by_worker == DENIED


def test_event_cannot_name_a_row_of_another_org(world: World, orgs: tuple[Org, Org]) -> None:
    victim, intruder = orgs
    (subject,) = victim.column("SELECT min(id) FROM subjects WHERE org_id = %(org)s")

    refusal = _try(
        world,
        "nrem_worker",
        str(intruder.number),
        "INSERT INTO sessions (org_id, subject_id, started_at, last_event_at) "
        "VALUES (%(org)s, %(subject)s, %(now)s, %(now)s)",
        org=intruder.number,
        subject=subject,
        now=NOW,
    )

    assert refusal == "23503"


def test_search_for_equal_content_stays_in_the_org(world: World, orgs: tuple[Org, Org]) -> None:
    victim, intruder = orgs

    hashes = {
        org.number: set(org.column("SELECT content_hash FROM memories WHERE org_id = %(org)s"))
        for org in orgs
    }

    assert not hashes[victim.number] & hashes[intruder.number]


def test_backlog_over_all_orgs_names_none(world: World, orgs: tuple[Org, Org]) -> None:
    with engine.begin(world.api) as conn:
        columns = set(conn.exec_driver_sql("SELECT * FROM backlog_read()").keys())

    assert columns == {"pass", "waiting", "oldest_due_seconds", "parked"}
