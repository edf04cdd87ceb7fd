"""Pinned, archived, forgotten, restored, purged: who sees a memory, and what can undo it."""

import pytest

from tests.api.changing import NAMED, OTHER, TEXT, age, crossings, do, edit, history
from tests.api.serving import Caller


def test_archived_memory_is_edited_and_stays_archived(caller: Caller) -> None:
    stored = caller.store(TEXT)
    archived = do(caller, stored, "archive")

    found = edit(caller, stored, content=OTHER)

    assert (found["state"], found["content"]) == ("archived", OTHER)
    assert (found["state_since"], found["due_at"]) == (archived["state_since"], archived["due_at"])
    assert caller.recall("cello") == []
    do(caller, stored, "restore")
    assert [one["memory_id"] for one in caller.recall("cello")] == [stored["id"]]


def test_forgotten_memory_can_only_be_restored(caller: Caller) -> None:
    stored = caller.store(TEXT)
    do(caller, stored, "forget")
    path = f"/v1/memories/{stored['id']}"

    answers = [
        caller.patch(path, {"content": OTHER}),
        caller.patch(path, {}),
        caller.post(f"{path}:pin", {}),
        caller.post(f"{path}:unpin", {}),
        caller.post(f"{path}:archive", {}),
        caller.post(f"{path}/rollback", {"version": 1}),
    ]

    assert {one.status_code for one in answers} == {409}
    assert {one.json()["error"] for one in answers} == {"memory_forgotten"}
    assert {"restore" in one.json()["remedy"] for one in answers} == {True}
    assert do(caller, stored, "restore")["state"] == "live"


def test_pinned_memory_counts_as_permanent_until_it_is_unpinned(caller: Caller) -> None:
    stored = caller.store(TEXT, tier="short")

    pinned = do(caller, stored, "pin")
    unpinned = do(caller, stored, "unpin")

    assert (pinned["tier"], pinned["pinned"], pinned["due_at"]) == ("permanent", True, None)
    assert (unpinned["tier"], unpinned["pinned"]) == ("short", False)
    assert unpinned["due_to"] == stored["due_to"]
    assert [one["pinned"] for one in history(caller, stored)] == [False, True, False]
    assert crossings(caller) == []


@pytest.mark.parametrize("name", NAMED)
def test_repeated_change_changes_nothing_more(caller: Caller, name: str) -> None:
    stored = caller.store(TEXT)
    first = do(caller, stored, name)
    told = crossings(caller)

    again = do(caller, stored, name)

    fading = {"importance_score"}
    assert {k: v for k, v in again.items() if k not in fading} == {
        k: v for k, v in first.items() if k not in fading
    }
    assert crossings(caller) == told


@pytest.mark.parametrize("pinned", [False, True])
def test_archived_memory_leaves_recall_and_stays_listed(caller: Caller, pinned: bool) -> None:  # noqa: FBT001
    stored = caller.store(TEXT)
    if pinned:
        do(caller, stored, "pin")

    found = do(caller, stored, "archive")

    assert (found["state"], found["state_reason"]) == ("archived", "requested")
    assert caller.recall("nurse") == []
    assert len(caller.get("/v1/memories").json()["memories"]) == 1
    assert caller.get(f"/v1/memories/{stored['id']}").status_code == 200
    assert crossings(caller) == [("state", "live", "archived", "requested")]


def test_forgotten_memory_is_seen_only_by_its_history_and_on_request(caller: Caller) -> None:
    stored = caller.store(TEXT)

    found = do(caller, stored, "forget")

    assert (found["state"], found["due_to"]) == ("forgotten", "purged")
    assert caller.recall("nurse") == []
    assert caller.get(f"/v1/memories/{stored['id']}").status_code == 404
    assert caller.get("/v1/memories").json()["memories"] == []
    assert len(caller.get("/v1/memories", state="forgotten").json()["memories"]) == 1
    assert len(history(caller, stored)) == 1
    assert crossings(caller) == [("state", "live", "forgotten", "requested")]


@pytest.mark.parametrize("name", ["archive", "forget"])
def test_restore_makes_it_live_as_if_just_used(caller: Caller, name: str) -> None:
    stored = caller.store(TEXT)
    age(caller, 5)
    gone = do(caller, stored, name)

    found = do(caller, stored, "restore")

    assert (found["state"], found["state_reason"], found["recall_count"]) == ("live", None, 0)
    assert found["state_since"] == found["last_access"] > gone["state_since"]
    assert found["importance_score"] == pytest.approx(found["importance"], abs=1e-3)
    assert found["version"] == 1
    assert [one["memory_id"] for one in caller.recall("nurse")] == [stored["id"]]
    assert crossings(caller)[-1] == ("state", gone["state"], "live", "restored")


def test_what_idleness_archived_is_restored(caller: Caller) -> None:
    stored = caller.store(TEXT, tier="short", importance=0.9)
    age(caller, 8)

    found = do(caller, stored, "restore")

    assert found["state"] == "live"
    assert crossings(caller) == [
        ("state", "live", "archived", "idle"),
        ("state", "archived", "live", "restored"),
    ]


def test_restore_after_the_end_of_a_ttl_needs_a_new_one(caller: Caller) -> None:
    stored = caller.store(TEXT, ttl_seconds=60)
    age(caller, 1)
    path = f"/v1/memories/{stored['id']}:restore"

    refused = caller.post(path, {})

    assert refused.status_code == 409
    assert (refused.json()["error"], refused.json()["field"]) == ("expired", "ttl_seconds")
    assert "ttl_seconds" in refused.json()["remedy"]
    found = do(caller, stored, "restore", ttl_seconds=60)
    assert (found["state"], found["due_to"]) == ("live", "forgotten")
    assert do(caller, stored, "restore", ttl_seconds=None)["expires_at"] is None


@pytest.mark.parametrize(("days", "status"), [(29.9, 200), (30, 404)])
def test_forgotten_memory_is_restored_until_its_retention_ends(
    caller: Caller, days: float, status: int
) -> None:
    stored = caller.store(TEXT)
    do(caller, stored, "forget")
    age(caller, days)
    path = f"/v1/memories/{stored['id']}"

    assert caller.get(f"{path}/history").status_code == status
    assert caller.get(f"{path}/diff", **{"from": "1", "to": "1"}).status_code == status
    assert caller.post(f"{path}:restore", {}).status_code == status


def test_hold_keeps_a_memory_restorable(caller: Caller) -> None:
    stored = caller.store(TEXT)
    do(caller, stored, "forget")
    age(caller, 31)
    caller.world.do(
        "INSERT INTO holds (org_id, kind, reference, placed_at) VALUES (%(o)s, 'org', 'x', now())",
        o=caller.org,
    )

    assert do(caller, stored, "restore")["state"] == "live"


def test_purged_memory_is_gone_for_every_change(caller: Caller) -> None:
    stored = caller.store(TEXT)
    do(caller, stored, "forget")
    age(caller, 31)
    caller.world.do(
        "INSERT INTO org_work (org_id, pass, due_at) VALUES (%(o)s, 'expire', '-infinity') "
        "ON CONFLICT (org_id, pass) DO UPDATE SET due_at = excluded.due_at",
        o=caller.org,
    )
    caller.run("expire")
    path = f"/v1/memories/{stored['id']}"

    answers = [caller.post(f"{path}:{name}", {}) for name in NAMED]
    answers += [caller.patch(path, {"content": OTHER}), caller.get(f"{path}/history")]
    answers += [caller.post(f"{path}/rollback", {"version": 1})]

    assert caller.world.ask(
        "SELECT state, content FROM memories WHERE org_id = %(o)s", o=caller.org
    ) == [("purged", "")]
    assert {one.status_code for one in answers} == {404}


@pytest.mark.parametrize("name", NAMED)
def test_named_change_needs_no_body(caller: Caller, name: str) -> None:
    stored = caller.store(TEXT)

    answer = caller.client.post(f"/v1/memories/{stored['id']}:{name}")

    assert answer.status_code == 200
