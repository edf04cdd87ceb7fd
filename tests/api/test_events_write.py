"""POST /v1/events: what is accepted, once per key, all or nothing."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.api.serving import Caller


def turn(content: str = "I like tea.", **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"type": "turn", "agent_id": "agent", "role": "user", "content": content, **fields}


EVENTS = [
    turn(turn_id="D1:1", speaker="Ann", thread_id="t", metadata={"a": [1, {"b": None}]}),
    {"type": "memory", "agent_id": "agent", "user_id": "u", "content": "Ann likes tea."},
    {"type": "memory", "agent_id": "a", "content": "x", "importance": 1, "ttl_seconds": 1},
    {"type": "session.start", "agent_id": "agent", "session_id": "s", "metadata": {"k": "v"}},
    {"type": "session.end", "agent_id": "agent", "session_id": "s"},
]


@pytest.mark.parametrize("event", EVENTS)
def test_single_event_is_accepted(caller: Caller, event: dict[str, Any]) -> None:
    answer = caller.post("/v1/events", event)

    assert answer.status_code == 202
    assert answer.json()["accepted"] == len(answer.json()["event_ids"]) == 1


def test_access_to_a_memory_is_accepted(caller: Caller) -> None:
    memory = caller.store("Ann likes tea.")

    answer = caller.post(
        "/v1/events", {"type": "access", "agent_id": "agent", "memory_id": memory["id"]}
    )

    assert answer.status_code == 202


def test_event_is_committed_when_the_answer_arrives(caller: Caller) -> None:
    caller.send(turn())

    assert caller.count("events") == 1


def test_batch_answers_ids_in_the_order_sent(caller: Caller) -> None:
    ids = caller.send(*(turn(f"Number {number}.", session_id="s") for number in range(50)))

    query = "SELECT array_agg(body ->> 'content' ORDER BY seq) FROM events WHERE org_id = %(org)s"
    assert len(set(ids)) == 50
    assert caller.world.ask(query, org=caller.org)[0][0] == [f"Number {n}." for n in range(50)]


def test_batch_of_a_thousand_is_accepted(caller: Caller) -> None:
    answer = caller.post("/v1/events", {"events": [turn()] * 1_000})

    assert answer.status_code == 202
    assert caller.count("events") == 1_000


def test_batch_of_a_thousand_and_one_is_refused(caller: Caller) -> None:
    answer = caller.post("/v1/events", {"events": [turn()] * 1_001})

    assert answer.status_code == 422
    assert answer.json()["field"] == "events"
    assert caller.count("events") == 0


def test_empty_batch_is_refused(caller: Caller) -> None:
    assert caller.post("/v1/events", {"events": []}).json()["field"] == "events"


def test_header_key_answers_the_same_ids_again(caller: Caller) -> None:
    batch = {"events": [turn("One."), turn("Two.")]}
    first = caller.post("/v1/events", batch, Idempotency_Key="k")

    again = caller.post("/v1/events", batch, Idempotency_Key="k")

    assert again.status_code == 202
    assert again.json() == first.json()
    assert caller.count("events") == 2


def test_same_body_without_a_key_is_stored_twice(caller: Caller) -> None:
    assert caller.send(turn()) != caller.send(turn())


def test_event_key_answers_the_same_id_in_another_batch(caller: Caller) -> None:
    known = caller.send(turn("One.", idempotency_key="1"))

    ids = caller.send(turn("Zero."), turn("One.", idempotency_key="1"))

    assert ids[1:] == known
    assert caller.count("events") == 2


def test_key_twice_in_one_batch_is_stored_once(caller: Caller) -> None:
    ids = caller.send(*[turn("One.", idempotency_key="1")] * 2)

    assert ids[0] == ids[1]
    assert caller.count("events") == 1


def test_keys_of_two_orgs_do_not_meet(caller: Caller, stranger: Caller) -> None:
    caller.send(turn("One.", idempotency_key="1"))

    stranger.send(turn("Two.", idempotency_key="1"))

    assert stranger.count("events") == 1


def test_header_key_with_another_body_names_the_header(caller: Caller) -> None:
    caller.post("/v1/events", turn("One."), Idempotency_Key="k")

    answer = caller.post("/v1/events", turn("Two."), Idempotency_Key="k")

    assert answer.status_code == 409
    assert answer.json()["error"] == "idempotency_conflict"
    assert answer.json()["field"] == "Idempotency-Key"
    assert caller.count("events") == 1


def test_event_key_with_another_body_names_the_event(caller: Caller) -> None:
    caller.send(turn("One.", idempotency_key="1"))

    answer = caller.post("/v1/events", {"events": [turn(), turn("Two.", idempotency_key="1")]})

    assert answer.status_code == 409
    assert answer.json()["field"] == "events[1].idempotency_key"
    assert answer.json()["remedy"]


def test_single_event_key_with_another_body_names_the_field(caller: Caller) -> None:
    caller.send(turn("One.", idempotency_key="1"))

    answer = caller.post("/v1/events", turn("Two.", idempotency_key="1"))

    assert answer.json()["field"] == "idempotency_key"


@pytest.mark.parametrize("changed", ["role", "speaker", "user_id", "occurred_at", "session_id"])
def test_another_body_is_one_with_any_field_changed(caller: Caller, changed: str) -> None:
    values = {"role": "tool", "occurred_at": "2023-05-08T13:56:00Z"}
    caller.send(turn(idempotency_key="1"))

    other = turn(idempotency_key="1") | {changed: values.get(changed, "other")}
    answer = caller.post("/v1/events", other)

    assert answer.status_code == 409


def test_one_bad_event_stores_nothing_of_its_batch(caller: Caller) -> None:
    answer = caller.post("/v1/events", {"events": [turn(), turn(), turn(""), turn()]})

    assert answer.status_code == 422
    assert answer.json()["field"] == "events[2].content"
    assert caller.count("events") == 0


def test_one_conflicting_event_stores_nothing_of_its_batch(caller: Caller) -> None:
    caller.send(turn("One.", idempotency_key="1"))

    caller.post("/v1/events", {"events": [turn(), turn("Two.", idempotency_key="1")]})

    assert caller.count("events") == 1


def test_every_bad_event_of_a_batch_is_reported_at_once(caller: Caller) -> None:
    answer = caller.post("/v1/events", {"events": [turn(""), turn(), turn(role="king")]})

    assert [fault["field"] for fault in answer.json()["errors"]] == [
        "events[0].content",
        "events[2].role",
    ]


def test_concurrent_resends_of_one_header_key_store_one_batch(caller: Caller) -> None:
    batch = {"events": [turn("One."), turn("Two.")]}
    with ThreadPoolExecutor(20) as many:
        answers = list(
            many.map(lambda _: caller.post("/v1/events", batch, Idempotency_Key="k"), range(20))
        )

    assert {answer.status_code for answer in answers} == {202}
    assert len({tuple(answer.json()["event_ids"]) for answer in answers}) == 1
    assert caller.count("events") == 2


def test_concurrent_resends_of_event_keys_in_any_order_store_each_once(caller: Caller) -> None:
    events = [turn(f"Number {n}.", idempotency_key=str(n), session_id=f"s{n}") for n in range(6)]

    def send(turned: int) -> dict[str, str]:
        order = events[turned % 6 :] + events[: turned % 6]
        ids = caller.send(*order)
        return {event["content"]: one for event, one in zip(order, ids, strict=True)}

    with ThreadPoolExecutor(20) as many:
        found = list(many.map(send, range(20)))

    assert all(one == found[0] for one in found)
    assert caller.count("events") == 6


def test_ended_session_takes_no_more_turns(caller: Caller) -> None:
    caller.send(
        turn(session_id="s"), {"type": "session.end", "agent_id": "agent", "session_id": "s"}
    )

    answer = caller.post("/v1/events", turn(session_id="s"))

    assert answer.status_code == 409
    assert (answer.json()["error"], answer.json()["field"]) == ("session_ended", "session_id")


def test_session_of_another_agent_is_refused(caller: Caller) -> None:
    caller.send(turn(session_id="s"))

    answer = caller.post("/v1/events", {"events": [turn(agent_id="other", session_id="s")]})

    assert answer.status_code == 409
    assert answer.json()["field"] == "events[0].session_id"
