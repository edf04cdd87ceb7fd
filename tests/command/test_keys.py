"""`nrem keys` and `nrem orgs`, on a database of the operator's: no process of nrem has to run."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from nrem.cli import app
from nrem.digest import Digest
from nrem.store import engine, key
from tests.postgres import Database
from tests.world import World, connected, world

__all__ = ["world"]

PEPPER = "the pepper of this file"


@pytest.fixture(autouse=True)
def place(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "NREM_DATABASE_URL": database.admin_url,
        "NREM_DATA_DIR": str(tmp_path),
        "NREM_PEPPER": PEPPER,
    }.items():
        monkeypatch.setenv(name, value)


def nrem(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def told(*words: str) -> dict[str, Any]:
    found = nrem(*words, "--json")
    assert found.exit_code == 0, found.stderr
    return dict(json.loads(found.stdout))


def opens(database: Database, made: str) -> frozenset[str] | None:
    """The scopes of a key that opens, or None."""
    parts = key.parse(made)
    assert parts is not None
    with connected(database) as world, engine.begin(world.api) as conn:
        caller = key.find(conn, parts, digest=Digest(PEPPER.encode()))
    return caller.scopes if caller else None


def trail(world: World) -> list[str]:
    return [row[0] for row in world.ask("SELECT operation FROM audit ORDER BY id")]


@pytest.mark.parametrize(
    ("words", "scopes"),
    [
        ((), key.API_SCOPES),
        (("--kind", "admin"), key.ADMIN_SCOPES),
        (("--kind", "purge"), key.PURGE_SCOPES),
        (("--scope", "memory:read", "--scope", "admin:read"), ("memory:read", "admin:read")),
    ],
    ids=str,
)
def test_key_is_printed_alone_and_opens_what_was_asked(
    database: Database, words: tuple[str, ...], scopes: tuple[str, ...]
) -> None:
    found = nrem("keys", "create", "--org", "shop", *words)

    assert found.exit_code == 0, found.stderr
    assert opens(database, found.stdout.strip()) == frozenset(scopes)


def test_unknown_scope_is_2_and_makes_nothing(world: World) -> None:
    found = nrem("keys", "create", "--org", "shop", "--scope", "memory:all")

    assert found.exit_code == 2
    assert "memory:all" in found.stderr
    assert trail(world) == []


def test_key_is_listed_without_its_secret(world: World) -> None:
    made = told("keys", "create", "--org", "shop", "--expires-days", "2", "--rate", "7")

    found = told("keys", "list", "--org", "shop")

    secret = made.pop("key").split("_")[3]
    assert found == {"keys": [made]}
    assert made["rate_limit_per_minute"] == 7
    assert made["expires_at"] is not None
    assert secret not in nrem("keys", "list", "--org", "shop").stdout


@pytest.mark.parametrize(("hours", "is_open"), [("0", False), ("0.5", True)])
def test_rotated_key_opens_for_the_overlap(
    database: Database, hours: str, *, is_open: bool
) -> None:
    old = told("keys", "create", "--org", "shop")

    new = told("keys", "rotate", old["id"], "--org", "shop", "--overlap-hours", hours)

    assert opens(database, new["key"]) == frozenset(key.API_SCOPES)
    assert (opens(database, old["key"]) is not None) is is_open
    assert new["replaces"] == old["id"]


def test_revoked_key_opens_nothing(database: Database, world: World) -> None:
    made = told("keys", "create", "--org", "shop")

    found = told("keys", "revoke", made["id"], "--org", "shop")

    assert found["is_valid"] is False
    assert opens(database, made["key"]) is None
    assert trail(world) == ["key_create", "key_revoke"]


@pytest.mark.parametrize("verb", ["rotate", "revoke"])
def test_key_of_another_org_is_not_there(database: Database, verb: str) -> None:
    foreign = told("keys", "create", "--org", "victim")
    told("orgs", "create", "shop")

    found = nrem("keys", verb, foreign["id"], "--org", "shop")

    assert found.exit_code == 2
    assert "nrem keys list" in found.stderr
    assert opens(database, foreign["key"]) is not None


def test_org_that_is_not_there_is_2() -> None:
    found = nrem("keys", "list", "--org", "nobody")

    assert found.exit_code == 2
    assert "nrem orgs list" in found.stderr


def test_orgs_are_made_listed_and_bounded(world: World) -> None:
    first = told("orgs", "create", "first", "--rate", "5")
    second = told("orgs", "create", "second", "--operator")

    bounded = told("orgs", "limit", "first")

    assert (first["rate_limit_per_minute"], bounded["rate_limit_per_minute"]) == (5, None)
    assert (first["is_operator"], second["is_operator"]) == (False, True)
    assert told("orgs", "list") == {"orgs": [bounded, second]}
    assert trail(world) == ["org_create", "org_create", "org_bound"]


def test_lines_of_keys_and_orgs_wait_for_their_seal_and_get_it(world: World) -> None:
    told("orgs", "create", "shop")
    made = told("keys", "create", "--org", "shop")
    told("keys", "revoke", made["id"], "--org", "shop")
    queued = [row[0] for row in world.ask("SELECT audit_id FROM seal_queue ORDER BY audit_id")]

    world.drain("seal")

    sealed = [row[0] for row in world.ask("SELECT audit_id FROM seals ORDER BY place")]
    assert queued == sealed
    assert len(sealed) == len(trail(world)) == 3


def test_second_org_of_a_name_is_1() -> None:
    nrem("orgs", "create", "shop")

    found = nrem("orgs", "create", "shop")

    assert found.exit_code == 1
    assert "already" in found.stderr
