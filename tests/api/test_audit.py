"""GET /v1/audit, and what the routes of sessions, holds, policy and passes write into the trail."""

from typing import Any

import pytest

from nrem import ids
from nrem.store import audit, engine
from nrem.store.audit import Entry, Operation
from tests.api.admin import admin
from tests.api.serving import Caller, Service

__all__ = ["admin"]

CANARY = "a canary that sings of Canaan"


def trail(caller: Caller, **params: str) -> dict[str, Any]:
    answer = caller.get("/v1/audit", **params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def write(caller: Caller, *entries: Entry) -> None:
    with engine.begin(caller.world.api, org_id=caller.org) as conn:
        audit.add(conn, caller.org, entries)


def told(caller: Caller, operation: str) -> list[dict[str, Any]]:
    """Details of the entries of an operation, oldest first."""
    entries = trail(caller, operation=operation, page_size="1000")["entries"]
    return [one["details"] for one in reversed(entries)]


def test_entry_has_both_names_of_each_field(caller: Caller) -> None:
    caller.post("/v1/sessions", {"agent_id": "agent", "user_id": "u"})

    (entry,) = trail(caller)["entries"]

    assert entry["operation"] == entry["event_type"] == "session_start"
    assert entry["created_at"] == entry["timestamp"]
    assert (entry["agent_id"], entry["user_id"]) == ("agent", "u")
    assert entry["ip_address"] == "127.0.0.1"
    assert entry["key_id"].startswith("key_")
    assert isinstance(entry["id"], int)
    assert entry["memory_id"] is entry["memory_type"] is entry["run_id"] is None


def test_pages_are_told_apart(caller: Caller) -> None:
    write(caller, *(Entry(operation=Operation.STORE, memory_id=n) for n in range(1, 6)))

    pages = [trail(caller, page=str(n), page_size="2") for n in (1, 2, 3, 4)]

    numbers = [[ids.decode(ids.MEMORY, e["memory_id"]) for e in p["entries"]] for p in pages]
    assert numbers == [[5, 4], [3, 2], [1], []]
    assert [p["has_next"] for p in pages] == [True, True, False, False]
    assert {(p["total"], p["page_size"]) for p in pages} == {(5, 2)}
    assert [p["page"] for p in pages] == [1, 2, 3, 4]


def test_limit_is_another_name_of_page_size(caller: Caller) -> None:
    write(caller, *(Entry(operation=Operation.STORE, memory_id=n) for n in range(1, 4)))

    assert trail(caller, limit="2") == trail(caller, page_size="2")
    assert trail(caller)["page_size"] == 50


@pytest.mark.parametrize("asked", ["store", "STORE", "Store"])
@pytest.mark.parametrize("field", ["operation", "event_type"])
def test_operation_is_asked_in_any_case_by_either_name(
    caller: Caller, field: str, asked: str
) -> None:
    write(caller, Entry(operation=Operation.STORE), Entry(operation=Operation.FORGET))

    found = trail(caller, **{field: asked})

    assert [one["operation"] for one in found["entries"]] == ["store"]
    assert found["total"] == 1


@pytest.mark.parametrize("asked", ["quarantine", "export", "gdpr_delete", "pin", "distill"])
def test_operation_of_the_peer_is_known(caller: Caller, asked: str) -> None:
    assert trail(caller, operation=asked)["total"] == 0


@pytest.mark.parametrize("field", ["operation", "event_type"])
def test_unknown_operation_is_refused_and_the_known_are_named(caller: Caller, field: str) -> None:
    answer = caller.get("/v1/audit", **{field: CANARY})

    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert "store, recall, update, forget" in answer.json()["detail"]
    assert CANARY not in answer.text


@pytest.mark.parametrize(
    "params",
    [
        {"operation": "store", "event_type": "recall"},
        {"page_size": "1", "limit": "2"},
        {"page": "0"},
        {"page_size": "0"},
        {"page_size": "1001"},
        {"agent_id": "a\0b"},
    ],
)
def test_query_that_means_nothing_is_refused(caller: Caller, params: dict[str, str]) -> None:
    assert caller.get("/v1/audit", **params).status_code == 422


@pytest.mark.parametrize(
    "params",
    [{"agent_id": "nobody"}, {"user_id": "nobody"}, {"memory_id": "agent-1"}, {"page": "999999"}],
)
def test_what_is_not_there_is_an_empty_page(caller: Caller, params: dict[str, str]) -> None:
    caller.post("/v1/sessions", {"agent_id": "agent"})

    assert trail(caller, **params)["entries"] == []


def test_recall_is_found_by_every_memory_it_answered(caller: Caller) -> None:
    write(caller, Entry(operation=Operation.RECALL, memory_ids=(3, 4)))
    wanted = [ids.encode(ids.MEMORY, n) for n in (3, 4, 5)]

    found = [trail(caller, memory_id=one) for one in wanted]

    assert [one["total"] for one in found] == [1, 1, 0]
    assert found[0]["entries"][0]["details"] == {"memory_ids": wanted[:2]}


def test_agent_and_user_of_an_entry_are_asked_by_the_callers_ids(caller: Caller) -> None:
    caller.post("/v1/sessions", {"agent_id": "a", "user_id": "u"})
    caller.post("/v1/sessions", {"agent_id": "b", "user_id": "u"})

    assert trail(caller, agent_id="b")["total"] == 1
    assert trail(caller, user_id="u")["total"] == 2
    assert trail(caller, agent_id="a", user_id="u")["total"] == 1


def test_trail_of_another_org_is_not_shown(caller: Caller, stranger: Caller) -> None:
    caller.post("/v1/sessions", {"agent_id": "agent"})

    assert trail(stranger)["total"] == 0
    assert trail(caller)["total"] == 1


def test_trail_is_readable_with_the_scope_to_read_memories_alone(
    service: Service, caller: Caller
) -> None:
    with (
        service.caller(caller.org, ["memory:read"]) as reader,
        service.caller(caller.org, ["memory:write"]) as writer,
    ):
        assert reader.get("/v1/audit").status_code == 200
        assert writer.get("/v1/audit").status_code == 403


def test_session_is_told_from_start_to_end_without_its_words(caller: Caller) -> None:
    body = {"agent_id": "agent", "session_id": CANARY, "metadata": {"a": CANARY}}
    caller.post("/v1/sessions", {**body, "session_type": CANARY})
    caller.client.post(f"/v1/sessions/{CANARY}/end")
    caller.client.post(f"/v1/sessions/{CANARY}/end")

    found = trail(caller)

    assert [one["operation"] for one in found["entries"]] == ["session_end", "session_start"]
    assert CANARY not in str(found)


def test_conversation_is_told_without_its_words(caller: Caller) -> None:
    kept = caller.store(CANARY)
    body = {"agent_id": "agent", "title": CANARY, "metadata": {"a": CANARY}}
    talk = caller.post("/v1/conversations", body).json()["id"]
    turn = {"memory_id": kept["id"], "turn_role": "tool"}
    caller.post(f"/v1/conversations/{talk}/turns", turn)

    (entry,) = trail(caller, memory_id=kept["id"], operation="turn_add")["entries"]

    assert entry["details"] == {"conversation_id": talk, "turn_index": 1, "turn_role": "tool"}
    assert told(caller, "conversation_create") == [{"conversation_id": talk}]
    assert CANARY not in str(trail(caller))


def test_holds_are_told_without_the_name_of_the_case(caller: Caller, admin: Caller) -> None:
    kept = caller.store("statement")
    body = {"kind": "memory", "ref": kept["id"], "reference": CANARY}
    hold = admin.post("/v1/admin/holds", body).json()["id"]
    for _ in range(2):
        admin.post(f"/v1/admin/holds/{hold}:lift", {})

    found = trail(caller, memory_id=kept["id"])["entries"]

    operations = [e["operation"] for e in found if e["operation"].startswith("hold")]
    assert operations == ["hold_lift", "hold_place"]
    assert told(caller, "hold_place") == [{"hold_id": hold, "kind": "memory"}]
    assert CANARY not in str(found)


def test_hold_over_an_agent_names_it(caller: Caller, admin: Caller) -> None:
    caller.store("statement")
    admin.post("/v1/admin/holds", {"kind": "agent", "ref": "agent", "reference": "case"})

    assert trail(caller, agent_id="agent", operation="hold_place")["total"] == 1


def test_change_of_the_policy_is_told_by_its_settings(caller: Caller, admin: Caller) -> None:
    change = {"changes": {"tiers": {"short_idle_days": 14}}}
    for _ in range(2):
        assert admin.patch("/v1/admin/policy", change).status_code == 200
    admin.post("/v1/admin/policy:rollback", {"version": 0})

    assert [one["version"] for one in told(caller, "policy_change")] == [1, 2]
    assert told(caller, "policy_change")[1]["rolled_back_to"] == 0
    assert {tuple(one["settings"]) for one in told(caller, "policy_change")} == {
        ("tiers.short_idle_days",)
    }


def test_change_of_a_schedule_is_told(caller: Caller, admin: Caller) -> None:
    admin.client.put("/v1/admin/schedules/decay", json={"cron": "0 3 * * *"})
    for _ in range(2):
        admin.post("/v1/admin/schedules/decay:pause", {})
    admin.post("/v1/admin/schedules/decay:resume", {})

    assert [(one["action"], one["policy_version"]) for one in told(caller, "schedule_change")] == [
        ("set", 1),
        ("pause", 2),
        ("resume", 3),
    ]


def test_request_for_a_run_is_told_with_the_cause_of_the_run(caller: Caller, admin: Caller) -> None:
    asked = admin.post("/v1/admin/passes/decay:run", {}).json()

    assert told(caller, "run_request") == [{"pass": "decay", "cause": asked["cause"]}]
