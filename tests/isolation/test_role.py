"""Isolation between roles: what no runtime role may do, with whatever org set."""

import pytest
from sqlalchemy.exc import DBAPIError

from nrem.store import engine
from tests.isolation.trying import BY_ORG, DENIED, ROLES, TENANT, attempt, pool_of
from tests.world import NOW, Org, World


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "order", ["TRUNCATE {} CASCADE", "ALTER TABLE {} DISABLE ROW LEVEL SECURITY"]
)
def test_tables_are_neither_emptied_nor_opened(
    world: World, orgs: tuple[Org, Org], role: str, order: str
) -> None:
    intruder = str(orgs[1].number)

    done = {attempt(world, role, intruder, order.format(name)) for name in TENANT + BY_ORG}

    assert done == {DENIED}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "order", ["SET ROLE nrem_owner", "SET ROLE nrem_lookup", "SET row_security = off"]
)
def test_role_cannot_step_out_of_itself(
    world: World, orgs: tuple[Org, Org], role: str, order: str
) -> None:
    with pool_of(world, role).connect() as conn:
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
    asking = str(intruder.number)

    found = attempt(
        world,
        "nrem_api",
        asking,
        "SELECT org_id FROM api_key_find(%(key)s)",
        key=f"key{victim.number}",
    )
    listed = attempt(world, "nrem_api", asking, "SELECT DISTINCT org_id FROM api_keys")
    by_worker = attempt(world, "nrem_worker", None, "SELECT * FROM api_key_find('key1')")

    assert found == [(victim.number,)]
    assert listed in ([(intruder.number,)], DENIED)
    assert by_worker == DENIED


def test_event_cannot_name_a_row_of_another_org(world: World, orgs: tuple[Org, Org]) -> None:
    victim, intruder = orgs
    (subject,) = victim.column("SELECT min(id) FROM subjects WHERE org_id = %(org)s")

    refusal = attempt(
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
