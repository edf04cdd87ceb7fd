"""Tools against the application: what a model stores and finds, and whose it is."""

import asyncio
from typing import Any

import pytest

from nrem import sdk
from tests.api.serving import Caller, Service

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 9}, "city": {"type": "string"}},
}
ANA: dict[str, Any] = {"agent_id": "agent-1", "user_id": "ana"}


@pytest.fixture
def tools(real: sdk.Client) -> sdk.Tools:
    """The tools of an agent with cards that talks with Ana."""
    real.set_card_schema(agent_id="agent-1", schema=SCHEMA)
    return real.tools(**ANA)


def _run(tools: sdk.Tools, tool: str, /, **given: Any) -> dict[str, Any]:  # noqa: ANN401
    return tools.run({"type": "tool_use", "id": f"toolu_{tool}", "name": tool, "input": given})


def _lines(tools: sdk.Tools, query: str, **given: Any) -> list[str]:  # noqa: ANN401
    found: str = _run(tools, "recall", query=query, **given)["content"]
    return [line.removeprefix("- ").rpartition(" (")[0] for line in found.splitlines()]


def test_what_is_remembered_is_recalled(tools: sdk.Tools, real: sdk.Client) -> None:
    stored = _run(tools, "remember", text="Ana is allergic to walnuts.", tier="permanent")

    assert stored["content"] == "remembered: permanent"
    assert _lines(tools, "allergic to walnuts") == ["Ana is allergic to walnuts."]
    (memory,) = real.browse(**ANA)
    assert (memory.tier, memory.user_id) == ("permanent", "ana")


def test_wish_that_is_carried_out_again_stores_nothing(tools: sdk.Tools, real: sdk.Client) -> None:
    for _ in range(2):
        _run(tools, "remember", text="Ana likes tea.")

    assert len(list(real.browse(**ANA))) == 1


def test_nobody_elses_memories_are_found(tools: sdk.Tools, real: sdk.Client) -> None:
    real.store(agent_id="agent-1", user_id="bob", content="Bob likes tea.")
    real.store(agent_id="agent-1", content="Somebody likes tea.")
    real.store(agent_id="agent-2", user_id="ana", content="Ana likes green tea.")

    assert _run(tools, "recall", query="likes tea")["content"] == "nothing is remembered of that"


def test_recall_answers_the_rows_of_every_other_surface(tools: sdk.Tools, real: sdk.Client) -> None:
    stored = [
        real.store(**ANA, content=f"Ana likes tea number {number}.").id for number in range(6)
    ]
    real.archive(stored[0])
    real.forget_memory(stored[1])

    found = _lines(tools, "likes tea", k=4)

    same = real.recall(**ANA, query="likes tea", top_k=4, include_turns=False)
    assert sorted(found) == sorted(one.content for one in same)
    assert len(found) == 4


@pytest.mark.parametrize("memory", ["user", "knowledge", "all"])
def test_rows_that_hold_no_more_are_no_answer(
    tools: sdk.Tools, real: sdk.Client, memory: str
) -> None:
    archived, forgotten, _ = (
        real.store(**ANA, content=f"Ana {what} tea.", memory_type="semantic").id
        for what in ("drinks", "buys", "likes")
    )

    real.archive(archived)
    real.forget_memory(forgotten)

    assert _lines(tools, "tea", memory=memory) == ["Ana likes tea."]


def test_memory_says_where_to_look(tools: sdk.Tools, real: sdk.Client, caller: Caller) -> None:
    real.store(**ANA, content="Ana likes tea.", memory_type="semantic")
    real.store(**ANA, content="Ana had tea today.")
    real.send_event({"type": "turn", **ANA, "role": "user", "content": "Tea, please."})
    caller.run("score", "embed")

    assert set(_lines(tools, "tea")) == {"Ana likes tea.", "Ana had tea today."}
    assert _lines(tools, "tea", memory="knowledge") == ["Ana likes tea."]
    assert "Tea, please." in _lines(tools, "tea", memory="all")


def test_card_is_written_cleared_and_left(tools: sdk.Tools, real: sdk.Client) -> None:
    first = _run(tools, "update_working_memory", city="Porto", name="Ana")
    second = _run(tools, "update_working_memory", city="", name=None)

    assert first["content"] == "updated: name, city"
    assert second["content"] == "updated: city"
    assert real.get_card(**ANA).values == {"name": "Ana"}


def test_unknown_field_leaves_the_card_as_it_is(tools: sdk.Tools, real: sdk.Client) -> None:
    result = _run(tools, "update_working_memory", name="Ana", shoe="42")

    assert result["content"].startswith("invalid: shoe: ")
    assert result["is_error"]
    assert real.get_card(**ANA).version == 0


def test_field_that_the_schema_has_lost_is_told_to_the_model(
    tools: sdk.Tools, real: sdk.Client
) -> None:
    less = {"type": "object", "properties": {"city": {"type": "string"}}}
    real.set_card_schema(agent_id="agent-1", schema=less)

    result = _run(tools, "update_working_memory", name="Ana", city="Porto")

    assert result["content"].startswith("invalid: name: ")
    assert real.get_card(**ANA).values == {}


@pytest.mark.parametrize("name", ["Ana\x00", "An\na"])
def test_odd_letters_are_stored_or_told(tools: sdk.Tools, real: sdk.Client, name: str) -> None:
    result = _run(tools, "update_working_memory", name=name)

    is_stored = real.get_card(**ANA).values == {"name": name}
    assert is_stored != result.get("is_error", False)
    assert is_stored or result["content"].startswith("invalid: name: ")


def test_handlers_raise_what_is_wrong(tools: sdk.Tools) -> None:
    with pytest.raises(sdk.ValidationError):
        tools.remember("tea", tier="forever")
    with pytest.raises(sdk.ValidationError):
        tools.recall("tea", k=0)
    with pytest.raises(sdk.ValidationError) as caught:
        tools.update_working_memory(name="Ana", shoe="42")

    assert caught.value.field == "fields.shoe"


def test_async_tools_do_the_same(service: Service, caller: Caller) -> None:
    async def talk() -> list[str]:
        async with sdk.AsyncClient(service.url, caller.key) as client:
            tools = await client.tools(**ANA)
            uses: tuple[tuple[str, dict[str, Any]], ...] = (
                ("remember", {"text": "Ana likes tea."}),
                ("recall", {"query": "likes tea"}),
                ("recall", {}),
            )
            return [
                (
                    await tools.run(
                        {"type": "tool_use", "id": f"toolu_{at}", "name": name, "input": given}
                    )
                )["content"]
                for at, (name, given) in enumerate(uses)
            ]

    stored, found, refused = asyncio.run(talk())

    assert stored == "remembered: long"
    assert found.startswith("- Ana likes tea. (")
    assert refused == "invalid: query: is missing; send it"
