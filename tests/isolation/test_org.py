"""What an org sees of itself; what it reaches of others is in test_matrix.py."""

import pytest

from tests.isolation.trying import DENIED, GARBAGE, ROLES, VISIBLE, attempt
from tests.world import Org, World


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
