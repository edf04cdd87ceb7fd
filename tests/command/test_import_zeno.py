"""The command `nrem import zeno`, from a folder to the system of a data directory."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner
from zeno.memory.sqlite.working_memory_store import SqliteWorkingMemoryStore

from nrem.cli import app
from nrem.config import Settings
from tests.api.serving import Caller, Service


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a card that Zeno's own store wrote."""
    made = tmp_path / "zeno"
    made.mkdir()
    cards = SqliteWorkingMemoryStore(made / "memory.db")
    asyncio.run(cards.update("ana", "root", {"city": "Graz"}))
    return made


def test_command_carries_to_the_org_it_names(
    settings: Settings,
    service: Service,
    caller: Caller,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NREM_DATABASE_URL", service.database.api_url)
    ((org,),) = caller.world.ask("SELECT name FROM orgs WHERE id = %(org)s", org=caller.org)
    given = ["import", "zeno", "--dir", str(folder), "--org", org, "--json"]

    ran = CliRunner().invoke(app, given)

    assert ran.exit_code == 0
    assert json.loads(ran.stdout)["written"]["fields"] == 1
    assert caller.count("card_values") == 1


@pytest.mark.parametrize(
    ("org", "told"), [("nobody", "there is no org of this name"), (None, "no SQLite file")]
)
def test_command_says_what_it_lacks(
    settings: Settings,
    service: Service,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    org: str | None,
    told: str,
) -> None:
    monkeypatch.setenv("NREM_DATABASE_URL", service.database.api_url)
    empty = folder.parent / "none"
    empty.mkdir()
    chosen = folder if org else empty
    given = ["import", "zeno", "--dir", str(chosen), *(["--org", org] if org else [])]

    ran = CliRunner().invoke(app, given)

    assert ran.exit_code == 2
    assert told in ran.stderr
