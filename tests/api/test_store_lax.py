"""What other clients send is taken: letter case, list names, fields that nobody knows."""

from typing import Any

import pytest

from nrem import ids
from nrem.wire.field import MAX_LAX_BODY_BYTES
from tests.api.changing import NOBODY
from tests.api.serving import Caller

BODY = {"agent_id": "agent", "content": "Ann has a cat."}


@pytest.mark.parametrize(
    "name", ["semantic", "SEMANTIC", "MemoryType.SEMANTIC", "memorytype.Semantic"]
)
def test_type_is_read_in_any_case_and_with_its_list(caller: Caller, name: str) -> None:
    assert caller.store("a cat", memory_type=name)["memory_type"] == "semantic"
    assert len(caller.recall("cat", memory_type=name)) == 1


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("RELATES_TO", "relates_to"),
        ("related_to", "relates_to"),
        ("RelationshipType.RELATED_TO", "relates_to"),
        ("RelationshipType.derived_from", "derived_from"),
        ("Follows", "follows"),
    ],
)
def test_kind_of_an_edge_is_read_likewise(caller: Caller, name: str, kind: str) -> None:
    target = caller.store("a cat")
    edge = {"target_memory_id": target["id"], "relationship_type": name, "metadata": None}

    stored = caller.store("a dog", relationships=[edge])

    drawn = caller.get(f"/v1/memories/{stored['id']}/relationships").json()["relationships"]
    assert [one["relationship_type"] for one in drawn] == [kind]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"memory_type": "dream"}, "memory_type"),
        (
            {"relationships": [{"target_memory_id": NOBODY, "relationship_type": "hates"}]},
            "relationships[0].relationship_type",
        ),
    ],
)
def test_unknown_name_is_refused_with_the_known_ones(
    caller: Caller, fields: dict[str, Any], named: str
) -> None:
    answer = caller.post("/v1/memories", {**BODY, **fields})

    assert (answer.status_code, answer.json()["field"]) == (422, named)
    assert "semantic" in answer.json()["detail"] or "follows" in answer.json()["detail"]


def test_unknown_and_foreign_targets_are_not_told_apart(caller: Caller, stranger: Caller) -> None:
    foreign = caller.store("a cat")["id"]

    def answer(target: str) -> tuple[int, dict[str, Any]]:
        edge = {"target_memory_id": target, "relationship_type": "supports"}
        found = stranger.post("/v1/memories", {**BODY, "relationships": [edge]})
        return found.status_code, found.json() | {"request_id": ""}

    assert answer(foreign) == answer(NOBODY) == answer("some-id") == answer("évènement 1")
    assert answer(foreign)[0] == 404
    assert stranger.count("memories") == 0


def test_nul_is_taken_out_of_what_is_said(caller: Caller) -> None:
    stored = caller.store("A\x00nn has\x00 a cat.")
    changed = caller.patch(f"/v1/memories/{stored['id']}", {"content": "Bob\x00."}).json()

    assert (stored["content"], changed["content"]) == ("Ann has a cat.", "Bob.")
    assert caller.recall("b\x00ob")[0]["content"] == "Bob."


def test_fields_that_nobody_knows_are_named(caller: Caller) -> None:
    target = caller.store("a dog")["id"]
    edge = {"target_memory_id": target, "relationship_type": "supports", "since": 1}
    item = {**BODY, "colour": "red", "relationships": [edge], "not a name": 1}

    def named(path: str, value: object, verb: str = "POST") -> str:
        answer = caller.client.request(verb, path, json=value)
        assert answer.status_code == 200, answer.text
        return answer.headers.get("x-nrem-ignored-fields", "")

    assert named("/v1/memories", BODY) == ""
    assert named("/v1/memories", item) == "?, colour, relationships[].since"
    assert named("/v1/memories/batch", {"memories": [BODY, item], "agent_id": "agent"}) == (
        "agent_id, memories[].?, memories[].colour, memories[].relationships[].since"
    )
    assert named("/v1/memories/recall", {"agent_id": "a", "filterz": {}}) == "filterz"
    assert named(f"/v1/memories/{target}", {"user_id": "u"}, "PATCH") == "user_id"
    assert named(f"/v1/memories/{target}/rollback", {"version": 1, "x": 1}) == "x"


def test_own_routes_refuse_what_they_do_not_know(caller: Caller) -> None:
    stored = caller.store("a cat")

    answer = caller.post(f"/v1/memories/{stored['id']}:pin", {"colour": "red"})

    assert (answer.status_code, answer.json()["field"]) == (422, "colour")


@pytest.mark.parametrize("field", ["metadata", "relationships", "ttl_seconds", "importance"])
def test_null_is_as_if_left_out(caller: Caller, field: str) -> None:
    stored = caller.store("a cat", **{field: None})

    assert (stored["metadata"], stored["expires_at"]) == ({}, None)


def test_null_changes_nothing(caller: Caller) -> None:
    stored = caller.store("a cat", metadata={"k": 1}, ttl_seconds=60)

    found = caller.patch(
        f"/v1/memories/{stored['id']}", {"content": None, "metadata": None, "importance": None}
    ).json()

    assert found["version"] == 1
    assert (found["metadata"], found["expires_at"]) == ({"k": 1}, stored["expires_at"])


def test_naive_instants_are_of_utc(caller: Caller) -> None:
    stored = caller.store("a cat", occurred_at="2026-03-01T09:30:00")

    assert stored["occurred_at"] == "2026-03-01T09:30:00Z"
    assert caller.recall("cat", as_of="2026-03-01T09:30:00") == []


def test_metadata_may_hold_many_keys(caller: Caller) -> None:
    given = {f"key {n}": n for n in range(1_000)}

    assert caller.store("a cat", metadata=given)["metadata"] == given


@pytest.mark.parametrize(("length", "status"), [(1, 200), (256, 200), (257, 422), (0, 422)])
def test_id_is_any_text_of_1_to_256_letters(caller: Caller, length: int, status: int) -> None:
    name = ("é/?# @" * 50)[:length]

    for fields in ({"agent_id": name}, {"user_id": name}):
        assert caller.post("/v1/memories", {**BODY, **fields}).status_code == status
        asked = {"agent_id": "agent", **fields}
        assert caller.post("/v1/memories/recall", asked).status_code == status


@pytest.mark.parametrize("spare", [0, -1])
def test_body_holds_at_most_ten_mebibytes(caller: Caller, spare: int) -> None:
    bare = b'{"agent_id": "a", "content": "c", "x": ""}'
    padding = b"x" * (MAX_LAX_BODY_BYTES - len(bare) - spare)

    answer = caller.client.post("/v1/memories", content=bare[:-2] + padding + b'"}')

    assert answer.status_code == (200 if spare == 0 else 413)


@pytest.mark.parametrize(
    "path", ["/v1/memories", "/v1/memories/batch", "/v1/memories/recall", f"/v1/memories/{NOBODY}"]
)
def test_body_that_says_it_is_no_json_is_refused(caller: Caller, path: str) -> None:
    verb = "PATCH" if path.endswith(NOBODY) else "POST"

    answer = caller.client.request(
        verb, path, content=b"agent_id=a", headers={"Content-Type": "text/plain"}
    )

    assert (answer.status_code, answer.json()["error"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("wrong", ["some-id", "mem_", ids.encode(ids.EVENT, 1), "x" * 256, "é"])
def test_unknown_memory_is_not_found_whatever_its_id(caller: Caller, wrong: str) -> None:
    path = f"/v1/memories/{wrong}"

    assert caller.get(path).status_code == 404
    assert caller.get(f"{path}/history").status_code == 404
    assert caller.patch(path, {"content": "x"}).status_code == 404
    assert caller.post(f"{path}/rollback", {"version": 1}).status_code == 404
