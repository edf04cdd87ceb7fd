"""Cards, the context of a person, and observations, against the application."""

from typing import Any

import pydantic
import pytest

from nrem import sdk
from tests.api.serving import Caller
from tests.sdk import samples
from tests.sdk.stub import Stub

ANA: dict[str, Any] = {"agent_id": "agent-1", "user_id": "ana@example.org"}


class Profile(pydantic.BaseModel):
    """What is kept in mind of a person."""

    name: str | None = pydantic.Field(default=None, description="How to call them", max_length=40)
    city: str | None = pydantic.Field(default=None, alias="town")


@pytest.fixture
def client_of_cards(real: sdk.Client) -> sdk.Client:
    """A client whose agent has cards."""
    real.set_card_schema(agent_id="agent-1", schema=Profile)
    return real


def test_schema_is_a_class_whose_fields_are_texts(client_of_cards: sdk.Client) -> None:
    schema = client_of_cards.get_card_schema(agent_id="agent-1")

    assert schema.version == 1
    assert schema.json_schema["properties"] == {
        "name": {"type": "string", "description": "How to call them", "maxLength": 40},
        "city": {"type": "string", "maxLength": 10_000},
    }


def test_class_with_another_field_is_refused_by_its_place(real: sdk.Client) -> None:
    class Wrong(pydantic.BaseModel):
        age: int

    with pytest.raises(sdk.ValidationError) as caught:
        real.set_card_schema(agent_id="agent-1", schema=Wrong)

    assert caught.value.field == "schema.properties.age"


def test_card_is_written_read_and_cleared(client_of_cards: sdk.Client) -> None:
    client = client_of_cards
    first = client.update_card(**ANA, fields={"name": "Ana", "city": "Porto"})
    second = client.update_card(**ANA, fields={"name": None, "city": ""}, expected_version=1)

    assert first.values == {"name": "Ana", "city": "Porto"}
    assert (second.changed, second.version) == (["city"], 2)
    assert client.get_card(**ANA).fields["city"].value is None
    assert client.clear_card(**ANA, expected_version=2).values == {}
    past = [(one.field, one.value) for one in client.card_history(**ANA)]
    assert sorted(past) == [("city", "Porto"), ("name", "Ana")]


def test_card_of_another_version_is_a_conflict(client_of_cards: sdk.Client) -> None:
    client_of_cards.update_card(**ANA, fields={"name": "Ana"})

    with pytest.raises(sdk.ConflictError):
        client_of_cards.update_card(**ANA, fields={"name": "Bea"}, expected_version=0)
    with pytest.raises(sdk.ConflictError):
        client_of_cards.clear_card(**ANA, expected_version=0)

    assert client_of_cards.get_card(**ANA).values == {"name": "Ana"}


def test_unknown_field_is_named_and_nothing_is_written(client_of_cards: sdk.Client) -> None:
    with pytest.raises(sdk.ValidationError) as caught:
        client_of_cards.update_card(**ANA, fields={"name": "Ana", "shoe": "42"})

    assert caught.value.field == "fields.shoe"
    assert client_of_cards.get_card(**ANA).version == 0


def test_expected_version_of_a_clearing_goes_as_a_header(client: sdk.Client, stub: Stub) -> None:
    stub.answers(samples.CARD)

    client.clear_card(**ANA, expected_version=3)
    with_one = stub.last.headers.get("if-match")
    client.clear_card(**ANA)

    assert (with_one, stub.last.headers.get("if-match")) == ('"3"', None)


def test_context_shows_the_card_and_what_was_observed(
    client_of_cards: sdk.Client, caller: Caller
) -> None:
    client_of_cards.update_card(**ANA, fields={"name": "Ana"})
    with client_of_cards.session(**ANA) as session:
        said = {"type": "turn", **ANA, "session_id": session.id, "role": "user"}
        client_of_cards.send_event({**said, "content": "I am allergic to walnuts."})
    caller.run("observe")

    context = client_of_cards.get_context(**ANA)

    (noted,) = client_of_cards.list_observations(**ANA)
    ended = client_of_cards.get_session(session.id)
    assert (ended.observations, ended.observing and ended.observing.state) == (1, "done")
    assert "allergic to walnuts" in noted.text
    assert context.text == context.card + context.observations
    assert "- name: Ana (updated " in context.card
    assert noted.text in context.observations
    assert context.shown == [noted.ordinal]
    assert client_of_cards.restore_observation(noted.id).archived_at is None


def test_context_keeps_to_its_budget(client_of_cards: sdk.Client) -> None:
    whole = client_of_cards.get_context(**ANA)

    assert whole.tokens > 5
    assert client_of_cards.get_context(**ANA, budget_tokens=5).text == ""


def test_cards_go_along_when_an_agent_is_renamed(client_of_cards: sdk.Client) -> None:
    client_of_cards.update_card(**ANA, fields={"name": "Ana"})

    renamed = client_of_cards.admin.rename_agent("agent-1", "agent-2")

    assert renamed.new == "agent-2"
    moved = client_of_cards.get_card(agent_id="agent-2", user_id=ANA["user_id"])
    assert moved.values == {"name": "Ana"}
