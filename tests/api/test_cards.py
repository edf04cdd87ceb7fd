"""Cards over HTTP: schemas, patches, versions and history; renaming an agent."""

from typing import Any

import pytest

from tests.api.admin import admin
from tests.api.serving import Caller

SCHEMA = {
    "type": "object",
    "properties": {
        "zip": {"type": "string", "maxLength": 5},
        "name": {"type": "string", "description": "How to call them"},
        "city": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None, "title": "City"},
    },
}
__all__ = ["admin"]

CARD = "/v1/cards/agent/ana@example.org"


@pytest.fixture
def owner(caller: Caller) -> Caller:
    """Somebody whose agent has cards."""
    answer = caller.client.put("/v1/agents/agent/card-schema", json={"schema": SCHEMA})
    assert answer.status_code == 200, answer.text
    return caller


def values(caller: Caller, **params: str) -> dict[str, Any]:
    fields = caller.get(CARD, **params).json()["fields"]
    return {name: one["value"] for name, one in fields.items()}


def patch(caller: Caller, **fields: str | None) -> dict[str, Any]:
    answer = caller.patch(CARD, {"fields": fields})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_fields_keep_the_order_declared(owner: Caller) -> None:
    schema = owner.get("/v1/agents/agent/card-schema").json()["schema"]

    assert list(schema["properties"]) == list(SCHEMA["properties"])
    assert list(values(owner)) == ["zip", "name", "city"]


def test_patch_writes_clears_and_leaves(owner: Caller) -> None:
    patch(owner, name="Ana", city="Lisbon", zip="1000")

    done = patch(owner, name="", city=None)

    assert done["changed"] == ["name"]
    assert values(owner) == {"zip": "1000", "name": None, "city": "Lisbon"}


def test_unknown_field_is_refused_and_nothing_is_written(owner: Caller) -> None:
    answer = owner.patch(CARD, {"fields": {"name": "Ana", "shoe": "42"}})

    assert (answer.status_code, answer.json()["error"]) == (422, "unknown_field")
    assert answer.json()["field"] == "fields.shoe"
    assert owner.get(CARD).json()["version"] == 0


@pytest.mark.parametrize(("length", "status"), [(5, 200), (6, 422)])
def test_value_is_as_long_as_its_field_allows(owner: Caller, length: int, status: int) -> None:
    assert owner.patch(CARD, {"fields": {"zip": "1" * length}}).status_code == status


def test_without_a_schema_every_field_is_unknown(caller: Caller) -> None:
    answer = caller.patch(CARD, {"fields": {"name": "Ana"}})

    assert (answer.status_code, answer.json()["error"]) == (422, "unknown_field")
    assert caller.get(CARD).status_code == 404


def test_version_grows_with_what_changes(owner: Caller) -> None:
    versions = [patch(owner, name=name)["version"] for name in ("Ana", "Ana", "Eva")]

    assert versions == [1, 1, 2]


@pytest.mark.parametrize(("expected", "status"), [(0, 409), (1, 200), (2, 409)])
def test_write_is_made_at_the_version_expected_only(
    owner: Caller, expected: int, status: int
) -> None:
    patch(owner, name="Ana")

    body = {"fields": {"name": "Eva"}, "expected_version": expected}
    answer = owner.patch(CARD, body)

    assert answer.status_code == status
    assert values(owner)["name"] == ("Eva" if status == 200 else "Ana")


def test_tag_of_an_answer_is_what_if_match_takes(owner: Caller) -> None:
    patch(owner, name="Ana")
    tag = owner.get(CARD).headers["ETag"]

    first = owner.patch(CARD, {"fields": {"name": "Eva"}}, If_Match=tag)
    second = owner.patch(CARD, {"fields": {"name": "Ida"}}, If_Match=tag)

    assert (first.status_code, second.status_code) == (200, 409)
    assert second.json()["error"] == "version_mismatch"


def test_tag_that_is_none_is_refused(owner: Caller) -> None:
    answer = owner.patch(CARD, {"fields": {}}, If_Match='"x"')

    assert (answer.status_code, answer.json()["field"]) == (422, "If-Match")


def test_history_tells_every_value_and_how_long_it_held(owner: Caller) -> None:
    for name in ("Ana", "Eva", ""):
        patch(owner, name=name)

    past = owner.get(f"{CARD}/history").json()["values"]

    assert [(one["value"], one["version"]) for one in past] == [("Eva", 2), ("Ana", 1)]
    assert past[1]["valid_to"] == past[0]["valid_from"]
    assert past[0]["valid_to"] is not None


def test_card_is_told_as_it_was(owner: Caller) -> None:
    patch(owner, name="Ana")
    then = owner.get(CARD).json()["updated_at"]
    patch(owner, name="Eva")

    assert values(owner, as_of=then)["name"] == "Ana"


def test_delete_clears_every_field_and_keeps_the_history(owner: Caller) -> None:
    patch(owner, name="Ana", city="Lisbon")

    answer = owner.client.delete(CARD)

    assert answer.json()["changed"] == ["city", "name"]
    assert set(values(owner).values()) == {None}
    assert len(owner.get(f"{CARD}/history").json()["values"]) == 2


def test_field_that_a_schema_leaves_out_is_stored_and_comes_back(owner: Caller) -> None:
    patch(owner, name="Ana")
    less = {"type": "object", "properties": {"city": {"type": "string"}}}

    owner.client.put("/v1/agents/agent/card-schema", json={"schema": less})
    hidden = values(owner)
    owner.client.put("/v1/agents/agent/card-schema", json={"schema": SCHEMA})

    assert hidden == {"city": None}
    assert values(owner)["name"] == "Ana"


@pytest.mark.parametrize(
    ("schema", "field"),
    [
        ({}, "schema.type"),
        ({"type": "object"}, "schema.properties"),
        ({"type": "object", "properties": {}}, "schema.properties"),
        ({"type": "object", "properties": {"a b": {"type": "string"}}}, "schema.properties"),
        ({"type": "object", "properties": {"a": {"type": "integer"}}}, "schema.properties.a"),
        ({"type": "object", "properties": {"a": {"type": "object"}}}, "schema.properties.a"),
        (
            {"type": "object", "properties": {"a": {"type": "string", "enum": ["x"]}}},
            "schema.properties.a.enum",
        ),
        (
            {"type": "object", "properties": {"a": {"type": "string", "maxLength": 0}}},
            "schema.properties.a.maxLength",
        ),
        (
            {"type": "object", "properties": {"a": {"type": "string", "default": ["x"]}}},
            "schema.properties.a.default",
        ),
        ({**SCHEMA, "additionalProperties": True}, "schema.additionalProperties"),
        ({**SCHEMA, "oneOf": []}, "schema.oneOf"),
    ],
    ids=[str(at) for at in range(11)],
)
def test_schema_that_is_not_flat_is_refused_by_its_place(
    caller: Caller, schema: object, field: str
) -> None:
    answer = caller.client.put("/v1/agents/agent/card-schema", json={"schema": schema})

    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_another_org_has_other_cards(owner: Caller, stranger: Caller) -> None:
    patch(owner, name="Ana")

    assert stranger.get(CARD).status_code == 404
    assert stranger.get(f"{CARD}/history").json()["values"] == []


def test_writing_a_card_is_audited_without_its_words(owner: Caller) -> None:
    patch(owner, name="Ana")

    entries = owner.get("/v1/audit").json()["entries"]

    assert [one["operation"] for one in entries][:2] == ["card_change", "card_schema_set"]
    assert "Ana" not in str(entries)


def test_renamed_agent_keeps_its_cards(owner: Caller, admin: Caller) -> None:
    patch(owner, name="Ana")

    answer = admin.post("/v1/admin/agents:rename", {"old": "agent", "new": "butler"})

    assert answer.json() == {"old": "agent", "new": "butler"}
    found = owner.get("/v1/cards/butler/ana@example.org").json()
    assert found["fields"]["name"]["value"] == "Ana"
    assert owner.get(CARD).status_code == 404


def test_agent_is_not_renamed_to_one_that_exists(owner: Caller, admin: Caller) -> None:
    owner.store("A fact.", agent_id="butler")

    answer = admin.post("/v1/admin/agents:rename", {"old": "agent", "new": "butler"})

    assert (answer.status_code, answer.json()["error"]) == (409, "agent_exists")


def test_agent_that_is_not_there_is_not_renamed(admin: Caller) -> None:
    assert admin.post("/v1/admin/agents:rename", {"old": "x", "new": "y"}).status_code == 404
