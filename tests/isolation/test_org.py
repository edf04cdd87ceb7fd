"""Isolation between orgs: whatever is set, a runtime role sees and changes its own org only."""

import json

import pytest

from tests.isolation.trying import BY_ORG, DENIED, GARBAGE, ROLES, TENANT, VISIBLE, attempt
from tests.world import Org, World


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
        name: attempt(world, role, setting, f"SELECT count(*) FROM {name}")  # noqa: S608
        for name in VISIBLE[role]
    }

    assert {name: rows for name, rows in seen.items() if rows not in ([(0,)], DENIED)} == {}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("setting", ["garbage", "1 OR true", "1; --", "NULL"])
def test_garbage_for_an_org_is_refused(
    world: World, orgs: tuple[Org, Org], role: str, setting: str
) -> None:
    seen = {
        name: attempt(world, role, setting, f"SELECT count(*) FROM {name}")  # noqa: S608
        for name in VISIBLE[role]
    }

    assert set(seen.values()) <= {GARBAGE, DENIED}


@pytest.mark.parametrize("role", ROLES)
def test_an_org_sees_its_own_rows_and_no_others(
    world: World, orgs: tuple[Org, Org], role: str
) -> None:
    intruder = str(orgs[1].number)

    seen = {
        name: attempt(world, role, intruder, f"SELECT DISTINCT org_id FROM {name}")  # noqa: S608
        for name in VISIBLE[role]
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
        (name, order[:6]): attempt(world, role, given, order.format(name), org=victim.number)
        for name in VISIBLE[role]
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
        name: attempt(
            world,
            role,
            str(intruder.number),
            f"UPDATE {name} SET org_id = %(victim)s",  # noqa: S608
            victim=victim.number,
        )
        for name in VISIBLE[role]
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
        for name in VISIBLE[role]
    }

    done = {
        name: attempt(
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
