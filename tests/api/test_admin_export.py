"""GET /v1/admin/export: everything of a person, nothing of anybody else, and where it came from."""

import json
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from nrem.command import export as command
from nrem.command.server import AnswerError, Server
from nrem.errors import ConfigError, NremError
from nrem.store import export, key
from nrem.store.schema import CONTROL_TABLES, TENANT_TABLES
from tests.api.admin import admin, administrator
from tests.api.exporting import Told, live, read
from tests.api.serving import Caller, Service

__all__ = ["admin"]

PATH = "/v1/admin/export"


@pytest.fixture(scope="module")
def people(service: Service) -> Iterator[tuple[Caller, Caller]]:
    """A caller and the administrator of an org in which two people have rows everywhere."""
    with service.caller() as caller, administrator(service, caller.org) as found:
        for user, word in (("ana", "Aardvark"), ("ben", "Buffalo")):
            live(service, caller, found, user, word)
        yield caller, found


@pytest.fixture(scope="module")
def told(people: tuple[Caller, Caller]) -> Told:
    """The export of one of the two."""
    return read(people[1], "ana")


def test_every_table_is_exported_or_left_out_for_a_reason() -> None:
    tables = {table.name for table in (*TENANT_TABLES, *CONTROL_TABLES)}

    assert export.EXPORTED | set(export.LEFT_OUT) == tables
    assert not export.EXPORTED & set(export.LEFT_OUT)
    assert all(export.LEFT_OUT.values())


def test_every_table_that_is_exported_has_rows_of_the_person(told: Told) -> None:
    found = {table for table, _ in told.rows}

    assert found == export.EXPORTED
    assert told.end["rows"] == dict(Counter(table for table, _ in told.rows))


def test_first_line_says_whose_it_is_and_what_is_not_in_it(
    told: Told, people: tuple[Caller, Caller]
) -> None:
    assert told.head["user_id"] == "ana"
    assert told.head["org_id"].startswith("org_")
    assert told.head["left_out"] == export.LEFT_OUT


def test_no_word_of_anybody_else_is_in_it(told: Told) -> None:
    assert "Aardvark" in told.text
    assert "Buffalo" not in told.text
    assert "ben" not in re.findall(r'"(\w+)"', told.text)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("users", "external_id"),
        ("sessions", "external_id"),
        ("threads", "external_id"),
        ("events", "body"),
        ("memories", "content"),
        ("memory_versions", "content"),
        ("observations", "text"),
        ("card_values", "value"),
        ("conversations", "title"),
        ("holds", "reference"),
        ("previews", "changes"),
        ("dataset_memories", "dataset"),
        ("zeno_sessions", "last_summary"),
        ("llm_calls", "request"),
        ("llm_calls", "reply"),
    ],
)
def test_words_are_in_it_as_they_were_written(told: Told, table: str, column: str) -> None:
    values = [row[column] for row in told.of(table)]

    assert any("Aardvark" in json.dumps(value) or value == "ana" for value in values), values


def test_history_is_in_it(told: Told) -> None:
    versions = {row["content"] for row in told.of("memory_versions")}
    cards = [row["value"] for row in told.of("card_values")]

    assert "Aardvark works as a nurse." in versions
    assert "Aardvark works as a doctor." in {row["content"] for row in told.of("memories")}
    assert sorted(cards) == ["Aardvark city", "Aardvark town"]


def test_memories_lead_to_the_events_and_runs_they_came_from(told: Told) -> None:
    events = {row["id"] for row in told.of("events")}
    runs = {row["id"]: row for row in told.of("runs")}
    made = [row for row in told.of("memories") if row["derived_by"] == "consolidate"]

    sources = {(row["child_id"], row["event_id"]) for row in told.of("derivations")}

    assert made
    for one in made:
        assert {event for child, event in sources if child == one["id"]} <= events
        assert any(child == one["id"] for child, _ in sources)
        assert runs[one["run_id"]]["pass"] == "consolidate"


def test_ids_are_those_that_callers_know(told: Told, people: tuple[Caller, Caller]) -> None:
    caller, _ = people
    for row in told.of("memories"):
        answer = caller.get(f"/v1/memories/{row['id']}")
        assert answer.status_code == 200
        assert (row["agent_id"], row["user_id"]) == ("agent", "ana")
    edge = next(row for row in told.of("edges") if row["drawn_by"] is None)
    assert {edge["source_id"], edge["target_id"]} <= {row["id"] for row in told.of("memories")}


def test_no_digest_and_no_number_of_the_org_is_in_it(told: Told) -> None:
    columns = {name for _, row in told.rows for name in row}

    assert not {
        name for name in columns if name.endswith(("_hash", "_key")) and name != "thread_key"
    }
    assert "org_id" not in columns


def test_trail_names_the_persons_memories_alone(told: Told, people: tuple[Caller, Caller]) -> None:
    own = {row["id"] for row in told.of("memories")}
    entries = told.of("audit")

    named = {one for row in entries for one in [*row["memory_ids"], row["memory_id"]] if one}

    assert {"store", "update", "archive", "run"} <= {row["operation"] for row in entries}
    assert named
    assert named <= own


def test_export_is_audited_with_whose_it_was(people: tuple[Caller, Caller]) -> None:
    caller, found = people
    before = caller.get("/v1/audit", operation="export", user_id="ben").json()["total"]

    read(found, "ben")

    page = caller.get("/v1/audit", operation="export", user_id="ben").json()
    assert page["total"] == before + 1
    assert page["entries"][0]["key_id"].startswith("key_")


def test_bodies_whose_key_is_gone_are_null(service: Service, people: tuple[Caller, Caller]) -> None:
    _, found = people
    folder = service.state.settings.data_dir / "subject_keys"
    kept = {path: path.read_bytes() for path in folder.iterdir()}
    for path in kept:
        path.unlink()
    try:
        (call,) = read(found, "ben").of("llm_calls")
    finally:
        for path, raw in kept.items():
            path.touch(mode=0o600)
            path.write_bytes(raw)

    assert (call["request"], call["reply"]) == (None, None)


def test_pages_hold_every_row_once(
    people: tuple[Caller, Caller], told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "PAGE", 1)

    again = read(people[1], "ana")

    def rows(its: Told) -> list[str]:
        return sorted(json.dumps(one) for one in its.rows if one[0] != "audit")

    assert rows(again) == rows(told)


@pytest.mark.parametrize("user", ["nobody", "Ana", "usr_1"])
def test_nobody_of_that_name_is_404(admin: Caller, user: str) -> None:
    answer = admin.get(PATH, user_id=user)

    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


def test_person_of_another_org_is_404_as_one_who_is_nobody(
    people: tuple[Caller, Caller], admin: Caller
) -> None:
    foreign, unknown = (admin.get(PATH, user_id=one) for one in ("ana", "nobody"))

    assert (foreign.status_code, foreign.json()["detail"]) == (404, unknown.json()["detail"])


@pytest.mark.parametrize("params", [{}, {"user_id": ""}, {"user_id": "a", "extra": "b"}])
def test_wrong_query_is_422(admin: Caller, params: dict[str, str]) -> None:
    assert admin.get(PATH, **params).status_code == 422


def test_route_needs_a_key_and_its_scope(service: Service) -> None:
    others = {*key.API_SCOPES, *key.ADMIN_SCOPES, *key.PURGE_SCOPES} - {key.ADMIN_READ}

    with administrator(service, scopes=sorted(others)) as caller:
        assert caller.get(PATH, user_id="ana").status_code == 403
    with service.client() as client:
        assert client.get(f"{service.admin_url}{PATH}").status_code == 401


@pytest.fixture
def asked(service: Service, people: tuple[Caller, Caller]) -> Iterator[Server]:
    """The admin listener as a command asks it."""
    with Server(service.admin_url, people[1].key) as server:
        yield server


def test_command_hands_on_every_line(asked: Server, told: Told) -> None:
    lines = [json.loads(one) for one in command.lines(asked, "ana")]

    assert "export" in lines[0]
    assert lines[-1]["end"]["rows"]["memories"] == told.end["rows"]["memories"]


def test_command_writes_a_file_for_its_owner_only(
    asked: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("out") / "ana.jsonl"

    count = command.into(path, command.lines(asked, "ana"))

    assert path.stat().st_mode & 0o777 == 0o600
    assert len(path.read_text(encoding="utf-8").splitlines()) == count
    with pytest.raises(ConfigError, match="is there already"):
        command.into(path, iter(()))


def test_command_says_that_nobody_is_called_so(asked: Server) -> None:
    with pytest.raises(AnswerError, match="no such user"):
        list(command.lines(asked, "nobody"))


def test_export_that_was_cut_short_is_no_export(
    asked: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = list(command.lines(asked, "ana"))
    monkeypatch.setattr(Server, "lines", lambda *_: iter(whole[:-1]))

    with pytest.raises(NremError, match="cut short"):
        list(command.lines(asked, "ana"))
