"""What a model is shown of the tools, and how its wishes are read; no server is asked."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from anthropic.types import ToolParam
from pydantic import TypeAdapter

from nrem import sdk
from tests.sdk import samples
from tests.sdk.samples import TOOL_SCHEMA
from tests.sdk.stub import Reply, Stub

WITH_CARD = samples.CARD_SCHEMA | {"schema": TOOL_SCHEMA}
WHOSE: dict[str, Any] = {"agent_id": "agent-1", "user_id": "ana"}


@pytest.fixture
def tools(client: sdk.Client, stub: Stub) -> sdk.Tools:
    """Tools of an agent with cards; the stub was asked nothing since."""
    stub.answers(WITH_CARD)
    made = client.tools(**WHOSE)
    stub.begin()
    return made


def _use(name: str, given: object, use_id: str = "toolu_1") -> dict[str, Any]:
    return {"type": "tool_use", "id": use_id, "name": name, "input": given}


def _refusal(field: str | None) -> dict[str, Any]:
    return {"error": "validation_error", "detail": "is gone", "remedy": "do", "field": field}


def test_definitions_are_what_the_messages_api_takes(tools: sdk.Tools) -> None:
    found = TypeAdapter(list[ToolParam]).validate_python(tools.definitions)

    assert [one["name"] for one in found] == ["remember", "recall", "update_working_memory"]
    for one in tools.definitions:
        assert set(one) == {"name", "description", "input_schema"}
        assert one["input_schema"]["additionalProperties"] is False
        assert json.loads(json.dumps(one)) == one


def test_every_field_of_the_card_is_a_text_or_null(tools: sdk.Tools) -> None:
    schema = tools.definitions[2]["input_schema"]

    assert list(schema["properties"]) == ["name", "city"]
    assert schema["properties"]["name"] == {
        "type": ["string", "null"],
        "description": "How to call them",
        "maxLength": 9,
    }
    assert "required" not in schema


def test_agent_without_cards_has_no_tool_for_them(client: sdk.Client, stub: Stub) -> None:
    stub.answers({"error": "not_found", "detail": "no schema"}, 404)

    tools = client.tools(**WHOSE)

    assert tools.names == ["remember", "recall"]
    assert tools.run(_use("update_working_memory", {}))["is_error"]


def test_definitions_are_the_callers_own(tools: sdk.Tools) -> None:
    tools.definitions[0]["cache_control"] = {"type": "ephemeral"}
    tools.definitions[0]["input_schema"].clear()

    assert set(tools.definitions[0]) == {"name", "description", "input_schema"}
    assert tools.definitions[0]["input_schema"]["required"] == ["text"]


def test_no_tool_takes_a_person_or_an_agent(tools: sdk.Tools) -> None:
    fields = {name for one in tools.definitions for name in one["input_schema"]["properties"]}

    assert fields == {"text", "tier", "query", "k", "memory", "name", "city"}


def test_tools_of_nobody_are_refused(client: sdk.Client, stub: Stub) -> None:
    stub.answers(WITH_CARD)

    with pytest.raises(sdk.ValidationError) as caught:
        client.tools(agent_id="agent-1", user_id="")

    assert caught.value.field == "user_id"


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("remember", {}, "text: is missing; send it"),
        ("remember", {"text": None}, "text: is missing; send it"),
        ("remember", {"text": " \n"}, "text: is blank; send some text"),
        ("remember", {"text": 7}, "text: is no text; send a text of valid Unicode"),
        ("remember", {"text": "\ud800"}, "text: is no text; send a text of valid Unicode"),
        (
            "remember",
            {"text": "x" * 10_001},
            "text: is longer than 10000 characters; send a shorter text",
        ),
        (
            "remember",
            {"text": "x", "tier": "forever"},
            "tier: is none of its values; send short, long or permanent",
        ),
        (
            "remember",
            {"text": "x", "user_id": "bob"},
            "user_id: there is no such field; use text or tier",
        ),
        ("remember", {"text": "x", "a b": 1}, "input: there is no such field; use text or tier"),
        ("remember", "tea", "input: is no object; send an object with text or tier"),
        ("remember", None, "input: is no object; send an object with text or tier"),
        *(
            (
                "recall",
                {"query": "tea", "k": k},
                "k: is no whole number that is accepted; send one from 1 to 50",
            )
            for k in (0, 51, 2.5, "5", True)
        ),
        (
            "recall",
            {"query": "tea", "memory": "bob's"},
            "memory: is none of its values; send user, knowledge or all",
        ),
        (
            "update_working_memory",
            {"name": "Ana", "shoe": "42"},
            "shoe: there is no such field; use name or city",
        ),
        (
            "update_working_memory",
            {"name": "x" * 10},
            "name: is longer than 9 characters; send a shorter text",
        ),
        (
            "forget_everything",
            {},
            "name: there is no such tool; use remember, recall or update_working_memory",
        ),
    ],
)
def test_bad_input_is_told_to_the_model_and_nothing_is_sent(
    tools: sdk.Tools, stub: Stub, name: str, given: object, told: str
) -> None:
    result = tools.run(_use(name, given))

    assert result == {
        "type": "tool_result",
        "tool_use_id": "toolu_1",
        "content": f"invalid: {told}",
        "is_error": True,
    }
    assert not stub.asked


def test_block_of_the_official_client_is_read_by_its_attributes(
    tools: sdk.Tools, stub: Stub
) -> None:
    stub.answers(samples.RECALL)

    result = tools.run(SimpleNamespace(**_use("recall", {"query": "tea"})))

    assert result == {
        "type": "tool_result",
        "tool_use_id": "toolu_1",
        "content": "- likes tea",
    }


@pytest.mark.parametrize("block", [None, {}, {"type": "text", "text": "x"}, {"type": "tool_use"}])
def test_what_is_no_wish_is_the_programs_fault(tools: sdk.Tools, block: object) -> None:
    with pytest.raises(sdk.ValidationError) as caught:
        tools.run(block)

    assert caught.value.field == "block"


def test_null_is_what_was_left_out(tools: sdk.Tools, stub: Stub) -> None:
    stub.answers(samples.RECALL)

    tools.run(_use("recall", {"query": "tea", "k": None, "memory": None}))

    assert stub.last.body == WHOSE | {"query": "tea", "top_k": 5, "include_turns": False}


@pytest.mark.parametrize(
    ("memory", "sent"),
    [
        ("user", {"include_turns": False}),
        ("knowledge", {"include_turns": False, "memory_type": "semantic"}),
        ("all", {}),
    ],
)
def test_memory_says_where_to_look(
    tools: sdk.Tools, stub: Stub, memory: str, sent: dict[str, Any]
) -> None:
    stub.answers(samples.RECALL)

    tools.run(_use("recall", {"query": "tea", "k": 3, "memory": memory}), turn_id="t1")

    assert stub.last.body == WHOSE | {"query": "tea", "top_k": 3, "turn_id": "t1"} | sent


def test_wish_that_is_answered_again_has_the_same_key(tools: sdk.Tools, stub: Stub) -> None:
    stub.answers(samples.MEMORY)

    for text, use_id in (("tea", "1"), ("tea", "1"), ("cake", "1"), ("tea", "2")):
        tools.run(_use("remember", {"text": text}, use_id))

    first, again, other_text, other_use = (one.headers["idempotency-key"] for one in stub.asked)
    assert first == again
    assert len({first, other_text, other_use}) == 3


def test_nothing_to_write_is_not_sent(tools: sdk.Tools, stub: Stub) -> None:
    results = [tools.run(_use("update_working_memory", one)) for one in ({}, {"name": None})]

    assert [one["content"] for one in results] == ["updated: (no fields)"] * 2
    assert not stub.asked


def test_fields_are_told_in_the_order_declared(tools: sdk.Tools, stub: Stub) -> None:
    stub.answers(samples.CARD)

    result = tools.run(_use("update_working_memory", {"city": "", "name": "Ana"}))

    assert result["content"] == "updated: name, city"
    assert tools.update_working_memory(city="", name="Ana") == "updated: name, city"
    assert stub.last.body == {"fields": {"name": "Ana", "city": ""}}


def test_servers_refusal_is_told_where_the_model_is_at_fault(tools: sdk.Tools, stub: Stub) -> None:
    stub.answers(_refusal("fields.name"), 422)

    result = tools.run(_use("update_working_memory", {"name": "Ana"}))

    assert result["content"] == "invalid: name: is gone; do"


@pytest.mark.parametrize("field", ["agent_id", "fields", None])
def test_servers_refusal_is_raised_where_the_program_is_at_fault(
    tools: sdk.Tools, stub: Stub, field: str | None
) -> None:
    stub.answers(_refusal(field), 422)

    with pytest.raises(sdk.ValidationError):
        tools.run(_use("update_working_memory", {"name": "Ana"}))


def test_what_is_no_fault_of_the_models_is_raised(tools: sdk.Tools, stub: Stub) -> None:
    stub.will(Reply(status=401, body={"error": "authentication_failed", "detail": "no"}))

    with pytest.raises(sdk.AuthenticationError):
        tools.run(_use("recall", {"query": "tea"}))


def test_recall_of_nothing_says_so(tools: sdk.Tools, stub: Stub) -> None:
    stub.answers({"results": [], "total": 0})

    result = tools.run(_use("recall", {"query": "tea"}))

    assert result["content"] == "nothing is remembered of that"
