"""Sessions: read, ended once, handed over."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest

from tests.api.serving import Caller

PREFERENCE = "I prefer green tea to coffee every morning."


def turn(content: str = PREFERENCE, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    event = {"type": "turn", "agent_id": "agent", "session_id": "s", "role": "user"}
    return {**event, "user_id": "u", "content": content, **fields}


def end(caller: Caller, name: str = "s") -> dict[str, Any]:
    answer = caller.client.post(f"/v1/sessions/{name}/end")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_session_is_opened_by_its_first_event(caller: Caller) -> None:
    caller.send(turn(occurred_at="2023-05-08T13:56:00Z"), turn("And you?"))

    found = caller.get("/v1/sessions/s").json()

    assert (found["session_id"], found["agent_id"], found["user_id"]) == ("s", "agent", "u")
    assert (found["state"], found["turns"], found["ended_at"]) == ("open", 2, None)
    assert found["started_at"] == "2023-05-08T13:56:00Z"


def test_session_keeps_what_its_start_said(caller: Caller) -> None:
    start = {"type": "session.start", "agent_id": "agent", "session_id": "s"}
    caller.send({**start, "metadata": {"channel": "mail"}})

    assert caller.get("/v1/sessions/s").json()["metadata"] == {"channel": "mail"}


def test_end_answers_the_ended_session(caller: Caller) -> None:
    caller.send(turn())

    found = end(caller)

    assert found["state"] == "ended"
    assert found["ended_at"]


def test_ending_again_changes_nothing(caller: Caller) -> None:
    caller.send(turn())
    first = end(caller)

    again = end(caller)

    assert again == first
    assert caller.count("events") == 2


def test_concurrent_ends_are_one(caller: Caller) -> None:
    caller.send(turn())
    with ThreadPoolExecutor(10) as many:
        found = list(many.map(lambda _: end(caller)["ended_at"], range(10)))

    assert len(set(found)) == 1
    assert caller.count("events") == 2


def test_end_by_an_event_carries_its_own_date(caller: Caller) -> None:
    ended = {"type": "session.end", "agent_id": "agent", "session_id": "s"}
    caller.send(turn(), {**ended, "occurred_at": "2023-05-08T14:00:00Z"})

    found = caller.get("/v1/sessions/s").json()

    assert (found["state"], found["ended_at"]) == ("ended", "2023-05-08T14:00:00Z")


def test_end_wakes_consolidation(caller: Caller) -> None:
    caller.send(turn())
    caller.run()
    assert caller.get("/v1/sessions/s").json()["state"] == "open"
    end(caller)

    caller.run("consolidate")

    found = caller.get("/v1/sessions/s").json()
    assert (found["state"], found["memories"]) == ("consolidated", 1)
    assert found["run_id"].startswith("run_")


def test_transitioned_count_is_the_working_memories_handed_over(caller: Caller) -> None:
    caller.begin("s", user_id="u")
    for n in range(3):
        text = f"Ann keeps ticket number {n} in drawer {n * 7}."
        caller.store(text, user_id="u", session_id="s", memory_type="working")
    caller.store("Ann has a cat.", user_id="u", session_id="s")
    promised = end(caller)["transitioned_count"]

    caller.run("consolidate")

    assert promised == 3
    assert end(caller)["transitioned_count"] == 3


def test_handed_over_working_memory_is_not_recalled(caller: Caller) -> None:
    text = "Ann keeps her ticket in the upper drawer."
    caller.begin("s", user_id="u")
    caller.store(text, user_id="u", session_id="s", memory_type="working")
    end(caller)

    caller.run("consolidate")

    types = {one["memory_type"] for one in caller.recall("ticket")}
    assert types == {"episodic"}


@pytest.mark.parametrize("name", ["a/b", "a b?c#d", "сессия", "end", "x/end", "%"])
def test_session_of_any_name_is_reached(caller: Caller, name: str) -> None:
    caller.send(turn(session_id=name))
    there = quote(name, safe="")

    assert caller.get(f"/v1/sessions/{there}").json()["session_id"] == name
    assert end(caller, there)["state"] == "ended"


@pytest.mark.parametrize("name", ["nothing", "%00", "a" * 300])
def test_unknown_session_is_not_found(caller: Caller, name: str) -> None:
    assert caller.get(f"/v1/sessions/{name}").status_code == 404
    assert caller.client.post(f"/v1/sessions/{name}/end").status_code == 404


def test_session_of_another_org_is_not_found(caller: Caller, stranger: Caller) -> None:
    caller.send(turn())

    assert stranger.get("/v1/sessions/s").status_code == 404
    assert stranger.client.post("/v1/sessions/s/end").status_code == 404
    assert caller.get("/v1/sessions/s").json()["state"] == "open"


def test_two_orgs_may_use_one_name(caller: Caller, stranger: Caller) -> None:
    caller.send(turn())
    stranger.send(turn(), turn())

    assert caller.get("/v1/sessions/s").json()["turns"] == 1
    assert stranger.get("/v1/sessions/s").json()["turns"] == 2


def test_end_needs_no_body(caller: Caller) -> None:
    caller.send(turn())
    headers = {"Content-Length": "0", "Content-Type": "application/json"}

    answer = caller.client.post("/v1/sessions/s/end", headers=headers)

    assert answer.status_code == 200
    assert answer.json()["id"] == answer.json()["session_id"] == "s"


def test_working_memory_that_is_not_scored_yet_counts_as_handed_over(caller: Caller) -> None:
    memory = {"type": "memory", "agent_id": "agent", "session_id": "s", "content": "a ticket"}
    caller.send({**memory, "memory_type": "working"}, memory)

    assert end(caller)["transitioned_count"] == 1


def test_consolidation_of_a_session_is_told(caller: Caller) -> None:
    caller.send(turn())
    before = caller.get("/v1/sessions/s").json()["consolidation"]
    waiting = end(caller)["consolidation"]
    caller.run()

    done = caller.get("/v1/sessions/s").json()["consolidation"]

    assert before is None
    assert waiting == {"state": "waiting", "reason": None}
    assert done == {"state": "done", "reason": None}


def _consolidate_is(caller: Caller, assignments: str) -> None:
    caller.world.do(
        f"UPDATE leases SET {assignments} WHERE org_id = %(org)s AND pass = 'consolidate'",  # noqa: S608
        org=caller.org,
    )


def test_failed_consolidation_of_a_session_is_told(caller: Caller) -> None:
    caller.send(turn())
    end(caller)
    caller.world.do(
        "INSERT INTO runs (org_id, pass, cause, owner, stream_id, read, proposed, changed, "
        "outcome, reason, started_at) "
        "SELECT org_id, pass, 'poll', 'w', stream_id, 1, 0, 0, 'failed', 'ValueError', now() "
        "FROM leases WHERE org_id = %(org)s AND pass = 'consolidate'",
        org=caller.org,
    )
    first_try = caller.get("/v1/sessions/s").json()["consolidation"]
    _consolidate_is(caller, "attempts = 1")

    found = caller.get("/v1/sessions/s").json()["consolidation"]

    assert first_try["state"] == "waiting"
    assert found == {"state": "failed", "reason": "ValueError"}


def test_parked_consolidation_of_a_session_is_told(caller: Caller) -> None:
    caller.send(turn())
    end(caller)
    _consolidate_is(caller, "state = 'parked'")
    caller.world.do(
        "INSERT INTO parked (org_id, pass, item_kind, item_id, reason, error_class, attempts) "
        "SELECT org_id, pass, 'stream', stream_id, 'failed', 'ValueError', 5 "
        "FROM leases WHERE org_id = %(org)s AND pass = 'consolidate'",
        org=caller.org,
    )

    found = caller.get("/v1/sessions/s").json()["consolidation"]

    assert found == {"state": "parked", "reason": "ValueError"}
