"""`nrem audit verify`: the answer for machines, over all orgs or one."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from nrem.command.audit import describe, verify
from nrem.config import Settings
from nrem.errors import ConfigError
from nrem.heads import FILE, Heads
from nrem.store import audit, engine, seal
from nrem.store.audit import Entry, Operation
from tests.api.serving import PEPPER
from tests.postgres import Database
from tests.world import Org, World, world

__all__ = ["world"]


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database.worker_url,
        broker_url=None,
        data_dir=tmp_path / "data",
        pepper=PEPPER,
    )


@pytest.fixture
def orgs(world: World) -> list[Org]:
    """Two orgs with three lines each, sealed."""
    found = [world.found(name) for name in ("a", "b")]
    for org in found:
        with engine.begin(world.api, org_id=org.number) as conn:
            audit.add(conn, org.number, [Entry(operation=Operation.STORE)] * 3)
    world.drain("seal")
    return found


def asked(settings: Settings, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    return verify(settings, **{"only_org": None, "heads": None, **changes})


def keep(orgs: list[Org], path: Path) -> None:
    with orgs[0].begin() as conn:
        Heads(path).keep(seal.heads_after(conn, {}))


def test_whole_trails_are_valid(settings: Settings, orgs: list[Org]) -> None:
    keep(orgs, settings.data_dir / FILE)

    found = asked(settings)

    assert found == {
        "valid": True,
        "first_bad": None,
        "rows": 6,
        "waiting": 0,
        "faults": [],
        "orgs_gone": [],
    }
    assert describe(found) == "whole: 6 entries, 0 of them not sealed yet"


def test_first_bad_entry_is_named_by_the_id_that_the_trail_shows(
    settings: Settings, orgs: list[Org]
) -> None:
    (bad,) = orgs[1].column("SELECT max(id) - 1 FROM audit WHERE org_id = %(org)s")
    orgs[1].world.do("UPDATE audit SET operation = 'pin' WHERE id = %(id)s", id=bad)

    found = asked(settings)

    fault = {"org_id": orgs[1].number, "code": "changed", "place": 2, "first_bad": bad}
    assert (found["valid"], found["first_bad"], found["faults"]) == (False, bad, [fault])
    assert f"org {orgs[1].number}: changed at place 2, entry {bad}" in describe(found)


def test_one_org_is_looked_over_alone(settings: Settings, orgs: list[Org]) -> None:
    orgs[1].world.do("DELETE FROM audit WHERE org_id = %(org)s", org=orgs[1].number)

    one, other = (asked(settings, only_org=org.number) for org in orgs)

    assert (one["valid"], one["rows"]) == (True, 3)
    assert not other["valid"]


@pytest.mark.parametrize("is_elsewhere", [False, True])
def test_cut_tail_is_found_by_the_file(
    settings: Settings,
    orgs: list[Org],
    tmp_path: Path,
    is_elsewhere: bool,  # noqa: FBT001
) -> None:
    path = (tmp_path / "elsewhere" if is_elsewhere else settings.data_dir) / FILE
    keep(orgs, path)
    orgs[0].world.do("DELETE FROM seals WHERE place = 3")
    orgs[0].world.do("DELETE FROM audit WHERE id NOT IN (SELECT audit_id FROM seals)")

    found = asked(settings, heads=path if is_elsewhere else None)

    assert [(one["code"], one["place"]) for one in found["faults"]] == [("cut", 3)] * 2


def test_file_that_is_missing_is_refused(settings: Settings, orgs: list[Org]) -> None:
    with pytest.raises(ConfigError, match="missing"):
        asked(settings, heads=settings.data_dir / "nowhere.json")


def test_another_pepper_fits_no_seal(settings: Settings, orgs: list[Org]) -> None:
    other = settings.model_copy(update={"pepper": SecretStr("another pepper of the tests")})

    assert {one["place"] for one in asked(other)["faults"]} == {1}


def test_org_that_is_gone_is_told_and_no_fault(settings: Settings, orgs: list[Org]) -> None:
    keep(orgs, settings.data_dir / FILE)
    orgs[1].world.do("DELETE FROM orgs WHERE id = %(org)s", org=orgs[1].number)

    found = asked(settings)

    assert (found["valid"], found["orgs_gone"]) == (True, [orgs[1].number])
