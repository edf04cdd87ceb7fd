"""GET /v1/events/{id}: what became of an event, and why."""

from typing import Any

import pytest

from nrem.store import park
from nrem.store.inbox import Item
from tests.api.serving import Caller

PREFERENCE = "I prefer green tea to coffee every morning."


def turn(content: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "type": "turn",
        "agent_id": "agent",
        "user_id": "u",
        "session_id": "s",
        "role": "user",
        "content": content,
        **fields,
    }


END = {"type": "session.end", "agent_id": "agent", "user_id": "u", "session_id": "s"}
MEMORY = {"type": "memory", "agent_id": "agent", "content": "Ann moved to Kyiv."}


def test_event_is_accepted_before_any_pass_ran(caller: Caller) -> None:
    (event,) = caller.send(turn(PREFERENCE))

    found = caller.get(f"/v1/events/{event}").json()

    assert (found["event_id"], found["type"]) == (event, "turn")
    assert (found["status"], found["reason"], found["memory_ids"]) == ("accepted", None, [])


def test_instant_of_an_event_is_the_one_given(caller: Caller) -> None:
    (event,) = caller.send(turn(PREFERENCE, occurred_at="2023-05-08T15:56:00+02:00"))

    found = caller.get(f"/v1/events/{event}").json()

    assert found["occurred_at"] == "2023-05-08T13:56:00Z"


def test_turn_is_scored_by_the_pass(caller: Caller) -> None:
    (event,) = caller.send(turn(PREFERENCE))

    caller.run("score")

    assert caller.become(event) == ("scored", None)


def test_memory_event_names_its_memory_once_scored(caller: Caller) -> None:
    (event,) = caller.send(MEMORY)

    caller.run("score")

    (memory,) = caller.get(f"/v1/events/{event}").json()["memory_ids"]
    assert caller.get(f"/v1/memories/{memory}").json()["content"] == MEMORY["content"]


def test_turn_is_consolidated_into_a_memory(caller: Caller) -> None:
    event, _ = caller.send(turn(PREFERENCE, turn_id="D1:1"), END)

    caller.run()

    found = caller.get(f"/v1/events/{event}").json()
    assert found["status"] == "consolidated"
    assert caller.get(f"/v1/memories/{found['memory_ids'][0]}").json()["sources"] == ["D1:1"]


def test_greeting_is_dropped_with_a_reason(caller: Caller) -> None:
    event, _, _ = caller.send(turn("Hello!"), turn(PREFERENCE), END)

    caller.run()

    status, reason = caller.become(event)
    assert status == "dropped"
    assert reason


def test_repetition_is_merged_into_the_memory_that_is_there(caller: Caller) -> None:
    first, _ = caller.send(turn(PREFERENCE), END)
    caller.run()
    again, _ = caller.send(turn(PREFERENCE, session_id="t"), {**END, "session_id": "t"})

    caller.run()

    found = [caller.get(f"/v1/events/{one}").json() for one in (first, again)]
    assert found[1]["reason"] == "merged"
    assert found[0]["memory_ids"] == found[1]["memory_ids"]


def test_parked_event_says_why(caller: Caller) -> None:
    (event,) = caller.send(MEMORY)
    ((number,),) = caller.world.ask("SELECT id FROM events WHERE org_id = %(o)s", o=caller.org)
    item = Item(kind="event", item_id=number, session_id=None, attempts=5)
    with caller.world.worker.begin() as conn:
        conn.exec_driver_sql(
            "SELECT set_config('app.org_id', %(org)s, true)", {"org": str(caller.org)}
        )
        park.add(conn, caller.org, "score", [item], reason="crashed", error_class=None)

    assert caller.become(event) == ("parked", "crashed")


@pytest.mark.parametrize(
    "wrong",
    [
        "evt_0000000000000",
        "evt_zzzzzzzzzzzzz",
        "evt_",
        "evt_1",
        "1",
        "nothing",
        "%00",
        "evt_\u00e9",
    ],
)
def test_unknown_or_malformed_id_is_not_found(caller: Caller, wrong: str) -> None:
    answer = caller.get(f"/v1/events/{wrong}")

    assert answer.status_code == 404
    assert answer.json()["error"] == "not_found"


def test_event_of_another_org_is_not_found(caller: Caller, stranger: Caller) -> None:
    (event,) = caller.send(MEMORY)

    assert stranger.get(f"/v1/events/{event}").status_code == 404
    assert stranger.get(f"/v1/events/{event}").json() | {"request_id": ""} == (
        stranger.get("/v1/events/evt_0000000000000").json() | {"request_id": ""}
    )
