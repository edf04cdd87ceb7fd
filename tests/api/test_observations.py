"""Observations over HTTP: what was noted, what it rests on, and bringing one back."""

from datetime import datetime, timedelta
from typing import Any

from tests.api.serving import Caller
from tests.api.test_context import LISBON, WALNUTS, observe

WHOSE = {"agent_id": "agent", "user_id": "user"}
TICK = timedelta(microseconds=1)


def listed(caller: Caller, **given: str) -> list[dict[str, Any]]:
    answer = caller.get("/v1/observations", agent_id="agent", user_id="user", **given)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["observations"])


def restore(caller: Caller, observation_id: str) -> tuple[int, dict[str, Any]]:
    answer = caller.post(f"/v1/observations/{observation_id}:restore", {})
    return answer.status_code, dict(answer.json())


def archive(caller: Caller, ordinal: int) -> None:
    caller.world.do(
        "UPDATE observations SET archived_at = now(), archived_reason = 'covered', archived_by = 1 "
        "WHERE org_id = %(org)s AND ordinal = %(ordinal)s",
        org=caller.org,
        ordinal=ordinal,
    )


def test_observation_is_listed_with_its_turns_and_its_run(caller: Caller) -> None:
    observe(caller, WALNUTS)

    (found,) = listed(caller)

    assert found["text"] == f"User: {WALNUTS}"
    assert (found["ordinal"], found["priority"], found["trust"]) == (1, "high", "user")
    assert found["sources"][0].startswith("evt_")
    assert found["run_id"].startswith("run_")


def test_archived_ones_are_listed_when_asked_for(caller: Caller) -> None:
    observe(caller, WALNUTS, LISBON)
    archive(caller, 1)

    found = {state: len(listed(caller, state=state)) for state in ("active", "archived", "all")}

    assert found == {"active": 1, "archived": 1, "all": 2}


def test_pages_hold_every_observation_once(caller: Caller) -> None:
    observe(caller, WALNUTS, LISBON)

    first = caller.get("/v1/observations", agent_id="agent", user_id="user", limit="1").json()
    second = listed(caller, limit="1", cursor=str(first["next_cursor"]))

    assert [one["ordinal"] for one in (*first["observations"], *second)] == [1, 2]


def test_nobody_has_no_observations(caller: Caller) -> None:
    assert listed(caller) == []


def test_archived_observation_is_restored(caller: Caller) -> None:
    observe(caller, WALNUTS)
    archive(caller, 1)
    (found,) = listed(caller, state="archived")

    status, answer = restore(caller, found["id"])

    assert (status, answer["archived_at"]) == (200, None)
    assert len(listed(caller)) == 1


def test_restoring_what_is_active_changes_nothing(caller: Caller) -> None:
    observe(caller, WALNUTS)
    (found,) = listed(caller)

    assert restore(caller, found["id"]) == (200, found)


def test_what_is_active_in_another_row_is_not_restored(caller: Caller) -> None:
    observe(caller, WALNUTS)
    archive(caller, 1)
    observe(caller, WALNUTS, session="t")
    (found,) = listed(caller, state="archived")

    status, answer = restore(caller, found["id"])

    assert (status, answer["error"]) == (409, "repeats_another")


def test_foreign_observation_is_not_found(caller: Caller, stranger: Caller) -> None:
    observe(caller, WALNUTS)
    (found,) = listed(caller)

    assert restore(stranger, found["id"])[0] == restore(stranger, "obs_nothing")[0] == 404


def test_what_was_noted_goes_with_what_was_said(caller: Caller) -> None:
    observe(caller, WALNUTS, LISBON)
    caller.run("score", "embed", "consolidate")
    (memory,) = [
        one for one in caller.recall("walnuts", include_turns=False) if "walnuts" in one["content"]
    ]

    body = {"agent_id": "agent", "memory_ids": [memory["memory_id"]], "hard_delete": True}
    answer = caller.post("/v1/memories/forget", body)

    assert answer.status_code == 200, answer.text
    assert [one["text"] for one in listed(caller, state="all")] == [f"User: {LISBON}"]
    assert caller.world.ask(
        "SELECT tokens FROM observation_logs WHERE org_id = %(org)s", org=caller.org
    ) == [(listed(caller)[0]["tokens"],)]


def test_restored_observation_was_archived_for_as_long_as_it_was(caller: Caller) -> None:
    observe(caller, WALNUTS)
    archive(caller, 1)
    (found,) = listed(caller, state="archived")
    gone = found["archived_at"]
    restore(caller, found["id"])
    archive(caller, 1)
    (found,) = listed(caller, state="archived")
    restore(caller, found["id"])
    again = datetime.fromisoformat(found["archived_at"])

    shown = {
        at: WALNUTS in caller.get("/v1/context", **WHOSE, as_of=at).json()["text"]
        for at in (found["created_at"], gone, (again - TICK).isoformat(), again.isoformat())
    }

    assert list(shown.values()) == [True, False, True, False]
    assert WALNUTS in caller.get("/v1/context", **WHOSE).json()["text"]
