"""`nrem import`: what is carried over, what is not, and that a repeat changes nothing."""

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from nrem.cli import app
from nrem.command.import_ledger import Ledger
from nrem.config import Settings
from nrem.own_file import own_directory
from tests.api.serving import Caller
from tests.postgres import Database

ORG = "00000000-0000-0000-0000-00000000000a"
AGENT = "00000000-0000-0000-0000-0000000000a1"
TABLES = ("memories", "memory_versions", "edges", "conversations", "conversation_turns", "events")


@pytest.fixture
def z3rno(empty_database: Database) -> str:
    """The address of a Z3rno database with two orgs."""
    sql = Path(__file__).with_name("z3rno.sql").read_text(encoding="utf-8")
    with psycopg.connect(empty_database.admin_url, autocommit=True) as connection:
        connection.execute(sql.encode())
    return empty_database.admin_url


def _import(*given: str) -> tuple[int, dict[str, Any]]:
    ran = CliRunner().invoke(app, ["import", *given, "--json"])
    return ran.exit_code, json.loads(ran.stdout or "{}")


def _from_z3rno(dsn: str) -> dict[str, Any]:
    code, found = _import("z3rno", "--dsn", dsn, "--org", ORG)
    assert code == 0
    return found


def _rows(caller: Caller) -> dict[str, int]:
    return {table: caller.count(table) for table in TABLES}


def _memories(caller: Caller) -> dict[str, dict[str, Any]]:
    """Memories by the last digit of their id in the source."""
    found = caller.get("/v1/memories").json()["memories"]
    return {one["metadata"]["z3rno_id"][-1]: one for one in found}


def test_what_could_be_recalled_is_carried(settings: Settings, caller: Caller, z3rno: str) -> None:
    found = _from_z3rno(z3rno)

    names = ("memories", "versions", "relationships", "conversations", "turns", "uses")
    assert [found[name] for name in names] == [4, 5, 1, 1, 2, 3]
    assert found["refused"] == []
    assert found["left_out"] == {
        "forgotten_memories": 1,
        "quarantined_memories": 1,
        "superseded_memories": 1,
        "expired_memories": 1,
        "names_of_agents": 1,
        "deleted_conversations": 1,
        "audit_entries": 1,
    }


def test_a_memory_is_what_it_was(settings: Settings, caller: Caller, z3rno: str) -> None:
    _from_z3rno(z3rno)
    caller.run("reinforce")

    seen = _memories(caller)
    tea, plant, water, kettle = (seen[name] for name in "1234")
    assert tea["agent_id"] == AGENT
    assert tea["user_id"] == "00000000-0000-0000-0000-0000000000d1"
    assert (tea["content"], tea["importance"], tea["recall_count"]) == (
        "I like green tea.",
        0.75,
        3,
    )
    assert tea["metadata"] == {"cups": 3, "z3rno_id": "00000000-0000-0000-0000-000000000001"}
    assert tea["occurred_at"] == "2025-03-01T11:00:00Z"
    assert [one["memory_type"] for one in (tea, plant, water, kettle)] == [
        "episodic",
        "semantic",
        "procedural",
        "working",
    ]
    assert (tea["pinned"], plant["pinned"]) == (False, True)
    assert plant["metadata"]["z3rno_summary"] == "a plant"
    assert (tea["expires_at"], bool(kettle["expires_at"])) == (None, True)


def test_history_edges_and_turns_are_carried(
    settings: Settings, caller: Caller, z3rno: str
) -> None:
    _from_z3rno(z3rno)

    seen = _memories(caller)
    path = f"/v1/memories/{seen['1']['id']}"
    told = [one["content"] for one in caller.get(f"{path}/history").json()["versions"]]
    (edge,) = caller.get(f"{path}/relationships").json()["relationships"]
    turns = caller.world.ask(
        "SELECT turn_index, role FROM conversation_turns WHERE org_id = %(org)s ORDER BY 1",
        org=caller.org,
    )
    assert told == ["I like tea.", "I like green tea."]
    assert (edge["target_memory_id"], edge["weight"]) == (seen["2"]["id"], 0.5)
    assert [tuple(one) for one in turns] == [(1, "user"), (2, "assistant")]


def test_a_repeat_changes_nothing(settings: Settings, caller: Caller, z3rno: str) -> None:
    _from_z3rno(z3rno)
    before = _rows(caller)

    again = _from_z3rno(z3rno)

    assert _rows(caller) == before
    assert (again["memories"], again["done_before"]) == (0, 6)


def test_a_repeat_without_its_ledger_changes_nothing(
    settings: Settings, caller: Caller, z3rno: str
) -> None:
    _from_z3rno(z3rno)
    before = _rows(caller)
    for path in (settings.data_dir / "imports").iterdir():
        path.unlink()

    again = _from_z3rno(z3rno)

    assert _rows(caller) == before
    assert again["done_before"] == 0


def test_what_a_crash_left_half_written_is_sent_again(
    settings: Settings, caller: Caller, z3rno: str
) -> None:
    _from_z3rno(z3rno)
    before = _rows(caller)
    (path,) = (settings.data_dir / "imports").iterdir()
    path.write_text(path.read_text()[:-10])

    again = _from_z3rno(z3rno)

    assert _rows(caller) == before
    assert again["done_before"] == 5
    assert _from_z3rno(z3rno)["done_before"] == 6


def test_data_directory_that_only_an_import_used_is_fit_for_everything(tmp_path: Path) -> None:
    Ledger(tmp_path / "data", "from", "to")

    assert own_directory(tmp_path / "data") == tmp_path / "data"


def test_what_was_changed_here_since_stays(settings: Settings, caller: Caller, z3rno: str) -> None:
    _from_z3rno(z3rno)
    path = f"/v1/memories/{_memories(caller)['1']['id']}"
    caller.patch(path, {"content": "I like coffee."})
    for ledger in (settings.data_dir / "imports").iterdir():
        ledger.unlink()

    _from_z3rno(z3rno)

    assert caller.get(path).json()["content"] == "I like coffee."


def test_one_org_of_several_has_to_be_named(settings: Settings, z3rno: str) -> None:
    ran = CliRunner().invoke(app, ["import", "z3rno", "--dsn", z3rno])

    assert ran.exit_code == 2
    assert "--org" in ran.stderr


def test_an_address_that_leads_nowhere_is_not_repeated(settings: Settings) -> None:
    dsn = "postgresql://nobody:secret@127.0.0.1:9/z3rno"

    ran = CliRunner().invoke(app, ["import", "z3rno", "--dsn", dsn])

    assert ran.exit_code == 2
    assert "secret" not in ran.stderr


def _file(folder: Path, *lines: object) -> str:
    path = folder / "memories.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return str(path)


def test_lines_become_memories_with_their_edges(
    settings: Settings, caller: Caller, tmp_path: Path
) -> None:
    edge = {"target": "b", "type": "supports", "weight": 0.25}
    tea = {"id": "a", "agent_id": "agent", "content": "tea", "relationships": [edge], "mood": 1}
    path = _file(tmp_path, tea, {"id": "b", "agent_id": "agent", "content": "water"})

    code, found = _import("jsonl", path)

    assert code == 0
    assert (found["memories"], found["relationships"]) == (2, 1)
    assert found["left_out"] == {"field mood": 1}
    assert caller.count("edges") == 1


def test_lines_without_an_id_are_carried_once(
    settings: Settings, caller: Caller, tmp_path: Path
) -> None:
    path = _file(tmp_path, {"agent_id": "agent", "content": "tea"})

    _import("jsonl", path)
    _import("jsonl", path)

    assert caller.count("memories") == 1


def test_what_the_server_refuses_is_told_and_the_rest_is_carried(
    settings: Settings, caller: Caller, tmp_path: Path
) -> None:
    path = _file(
        tmp_path,
        {"id": "bad", "agent_id": "agent", "content": "x", "importance": 2},
        {"id": "good", "agent_id": "agent", "content": "tea"},
    )

    code, found = _import("jsonl", path)

    assert code == 1
    assert [one["source_id"] for one in found["refused"]] == ["bad"]
    assert caller.count("memories") == 1


@pytest.mark.parametrize("line", ["{", "[]", '{"content": "tea"}'])
def test_a_line_that_is_no_memory_is_named(settings: Settings, tmp_path: Path, line: str) -> None:
    path = tmp_path / "memories.jsonl"
    path.write_text(f'{{"agent_id": "a", "content": "tea"}}\n{line}\n')

    ran = CliRunner().invoke(app, ["import", "jsonl", str(path)])

    assert ran.exit_code == 2
    assert "line 2" in ran.stderr
