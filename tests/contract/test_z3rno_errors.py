"""What the unmodified client makes of nrem's errors."""

import pytest
import z3rno

from tests.contract.driving import Driver
from tests.faults.system import System


@pytest.mark.parametrize("colour", ["sync", "async"])
@pytest.mark.parametrize("key", ["nrem_dev_000000000000_0", "", "z3rno_sk_anything"])
def test_a_wrong_key_is_told_as_such(system: System, colour: str, key: str) -> None:
    client = Driver(colour, system.stack.endpoints.api, key or "none")

    with pytest.raises(z3rno.AuthenticationError, match="Authentication failed"):
        client.recall(agent_id="a")
    client.close()


def test_bad_values_are_told_with_their_field(client: Driver, agent: str) -> None:
    with pytest.raises(z3rno.ValidationError, match="memory_type") as refused:
        client.store(agent_id=agent, content="A fact.", memory_type="dream")

    assert refused.value.status_code == 422


@pytest.mark.parametrize("content", ["", " \n"])
def test_nothing_is_no_content(client: Driver, agent: str, content: str) -> None:
    with pytest.raises(z3rno.ValidationError, match="content"):
        client.store(agent_id=agent, content=content)


def test_a_character_that_no_text_holds_is_left_out(client: Driver, agent: str) -> None:
    assert client.store(agent_id=agent, content="a\x00b").content == "ab"


@pytest.mark.parametrize("agent_id", ["agent-1", "alice@example.org", "mem_a1b2c3d4", "é" * 256])
def test_any_text_up_to_256_letters_is_an_id(client: Driver, agent_id: str) -> None:
    made = client.store(agent_id=agent_id, content="A fact.", user_id=agent_id)

    assert made.agent_id == agent_id


def test_a_client_that_nobody_answers_says_so() -> None:
    client = Driver("sync", "http://127.0.0.1:1", "none", max_retries=1)

    with pytest.raises(z3rno.Z3rnoConnectionError):
        client.recall(agent_id="a")
    client.close()
