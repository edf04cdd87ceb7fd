"""Sessions that a request starts: under an id of their own or a chosen one, once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.api.serving import Caller


def start(caller: Caller, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    answer = caller.post("/v1/sessions", {"agent_id": "agent", **fields})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def end(caller: Caller, name: str) -> dict[str, Any]:
    answer = caller.client.post(f"/v1/sessions/{name}/end")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_started_session_is_there_under_both_names_of_its_id(caller: Caller) -> None:
    made = start(caller, session_type="task", user_id="u", metadata={"channel": "mail"})

    found = caller.get(f"/v1/sessions/{made['session_id']}").json()
    assert found == made
    assert made["id"] == made["session_id"]
    assert made["id"].startswith("ses_")
    assert (made["session_type"], made["user_id"], made["state"]) == ("task", "u", "open")
    assert made["metadata"] == {"channel": "mail"}


def test_two_starts_are_two_sessions(caller: Caller) -> None:
    assert start(caller)["id"] != start(caller)["id"]


def test_start_sent_again_under_its_key_answers_the_same_session(caller: Caller) -> None:
    body = {"agent_id": "agent"}
    first = caller.post("/v1/sessions", body, Idempotency_Key="k").json()

    again = caller.post("/v1/sessions", body, Idempotency_Key="k").json()
    other = caller.post("/v1/sessions", {"agent_id": "b"}, Idempotency_Key="k")

    assert again == first
    assert caller.count("sessions") == 1
    assert (other.status_code, other.json()["field"]) == (409, "Idempotency-Key")


def test_start_under_a_chosen_id_keeps_it_and_may_be_sent_again(caller: Caller) -> None:
    made = start(caller, session_id="mine")

    assert made["id"] == "mine"
    assert start(caller, session_id="mine") == made


@pytest.mark.parametrize("key", [None, "k"])
def test_ended_session_is_not_started_again(caller: Caller, key: str | None) -> None:
    start(caller, session_id="mine")
    end(caller, "mine")
    headers = {"Idempotency_Key": key} if key else {}

    answer = caller.post("/v1/sessions", {"agent_id": "agent", "session_id": "mine"}, **headers)

    assert (answer.status_code, answer.json()["error"]) == (409, "session_ended")
    assert answer.json()["field"] == "session_id"


@pytest.mark.parametrize("key", [None, "k"])
def test_session_of_another_agent_is_not_started(caller: Caller, key: str | None) -> None:
    start(caller, session_id="mine")
    headers = {"Idempotency_Key": key} if key else {}

    answer = caller.post("/v1/sessions", {"agent_id": "b", "session_id": "mine"}, **headers)

    assert (answer.status_code, answer.json()["field"]) == (409, "session_id")


def test_unknown_fields_of_a_start_are_named_and_left_alone(caller: Caller) -> None:
    answer = caller.post("/v1/sessions", {"agent_id": "agent", "colour": 1})

    assert answer.status_code == 200
    assert answer.headers["x-nrem-ignored-fields"] == "colour"


def test_metadata_of_a_session_is_answered_as_text(caller: Caller) -> None:
    made = start(caller, metadata={"n": 1, "list": ["a"], "text": "t", "none": None})

    assert made["metadata"] == {"n": "1", "list": '["a"]', "text": "t", "none": "null"}


def test_ends_at_the_same_time_end_it_once(caller: Caller) -> None:
    start(caller, session_id="s")

    with ThreadPoolExecutor(8) as pool:
        ended = list(pool.map(lambda _: end(caller, "s")["ended_at"], range(8)))

    assert len(set(ended)) == 1
    operations = caller.world.ask(
        "SELECT operation FROM audit WHERE org_id = %(org)s ORDER BY id", org=caller.org
    )
    assert [row.operation for row in operations] == ["session_start", "session_end"]
