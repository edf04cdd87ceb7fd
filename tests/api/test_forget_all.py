"""Forgetting all of an agent, deleting for good over HTTP, and what a hold or a key makes of it."""

from typing import Any

import pytest

from api.routes import forget as route
from nrem import ids
from tests.api.admin import admin
from tests.api.serving import Caller
from tests.store.forgetting import hits

__all__ = ["admin"]

ONE, ALL = "/v1/memories/forget", "/v1/memories/forget_all"
WORD = "Quorvax"


def _post(caller: Caller, path: str, **body: Any) -> dict[str, Any]:  # noqa: ANN401
    answer = caller.post(path, {"agent_id": "agent", **body})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def _fill(caller: Caller) -> None:
    """Five memories of two users and nobody, and one of another agent."""
    for user in ("ann", "ann", "ben", None, None):
        caller.store(f"a fact of {user}", **({"user_id": user} if user else {}))
    caller.store("another agent's", agent_id="other")


def _agents(caller: Caller) -> list[str]:
    rows = caller.world.ask(
        "SELECT a.external_id FROM memories AS m JOIN agents AS a USING (org_id) "
        "WHERE m.org_id = %(org)s AND a.id = m.agent_id AND m.state = 'live'",
        org=caller.org,
    )
    return [row[0] for row in rows]


def _trail(caller: Caller) -> list[dict[str, Any]]:
    rows = caller.world.ask(
        "SELECT details FROM audit WHERE org_id = %(org)s AND operation = 'forget' ORDER BY id",
        org=caller.org,
    )
    return [row[0] for row in rows]


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route, "_BATCH", 2)
    monkeypatch.setattr(route, "_EVENTS", 2)


@pytest.mark.parametrize("how", [{}, {"hard": True}])
@pytest.mark.usefixtures("small_batches")
def test_all_of_an_agent_is_forgotten_over_several_batches(
    caller: Caller, how: dict[str, bool]
) -> None:
    _fill(caller)

    done = _post(caller, ALL, **how)

    assert (done["deleted_count"], len(done["memory_ids"])) == (5, 5)
    assert done["hard_deleted"] is bool(how)
    assert _agents(caller) == ["other"]
    assert [one["cause"] for one in _trail(caller)] == ["all"] * 5
    assert _post(caller, ALL, **how)["deleted_count"] == 0
    assert len(_trail(caller)) == 5


@pytest.mark.parametrize("how", [{}, {"hard_delete": True}])
def test_all_that_an_agent_knows_about_one_user_is_forgotten(
    caller: Caller, how: dict[str, bool]
) -> None:
    _fill(caller)

    assert _post(caller, ALL, user_id="ann", **how)["deleted_count"] == 2
    assert len(_agents(caller)) == 4
    assert _post(caller, ALL, user_id="nobody", **how)["deleted_count"] == 0


def test_unknown_agent_has_nothing_to_forget(caller: Caller) -> None:
    _fill(caller)

    assert _post(caller, ALL, agent_id="nobody", hard=True)["deleted_count"] == 0
    assert len(_agents(caller)) == 6


@pytest.mark.usefixtures("small_batches")
def test_hard_one_erases_what_was_said_and_counts_each_memory_once(caller: Caller) -> None:
    for at in range(3):
        turns = [f"My teacher showed me {WORD} on day {at}.", f"I bought {WORD} for {at} euros."]
        said = [
            {"type": "turn", "role": "user", "content": one, "agent_id": "agent"} for one in turns
        ]
        placed: list[dict[str, Any]] = [{**one, "session_id": f"s{at}"} for one in said]
        last = {"type": "session.end", "agent_id": "agent", "session_id": f"s{at}"}
        caller.send(*placed, *([last] if at else []))
    caller.run()
    memories = caller.count("memories")
    assert memories
    assert hits(caller.world, WORD)

    done = _post(caller, ALL, hard=True)

    assert done["deleted_count"] == memories
    assert done["remade_ids"] == []
    assert hits(caller.world, WORD) == {}
    caller.run()
    assert caller.count("memories") == 0
    assert caller.recall(WORD) == []
    assert sum(one.get("events", 0) for one in _trail(caller)) == 2


def test_soft_one_leaves_turns_alone(caller: Caller) -> None:
    caller.send({"type": "turn", "role": "user", "content": "tea", "agent_id": "agent"})
    caller.run("score")

    _post(caller, ALL)

    assert [one["content"] for one in caller.recall("tea")] == ["tea"]


def test_answer_names_a_thousand_and_counts_all(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(route, "MAX_IDS", 3)
    _fill(caller)

    done = _post(caller, ALL)

    assert (done["deleted_count"], len(done["memory_ids"])) == (5, 3)


@pytest.mark.usefixtures("small_batches")
def test_hold_over_the_last_of_it_refuses_all_of_it(caller: Caller, admin: Caller) -> None:
    _fill(caller)
    last = caller.recall(top_k=100)[0]["memory_id"]
    placed = admin.post("/v1/admin/holds", {"kind": "memory", "ref": last, "reference": "case 1"})
    assert placed.status_code == 201, placed.text

    answer = caller.post(ALL, {"agent_id": "agent", "hard": True})

    assert (answer.status_code, answer.json()["error"]) == (409, "legal_hold")
    assert answer.json()["remedy"]
    assert caller.count("memories") == 6
    assert _post(caller, ALL, agent_id="other", hard=True)["deleted_count"] == 1
    assert _post(caller, ALL)["deleted_count"] == 5


def test_hold_refuses_a_hard_forget_and_lets_a_soft_one_pass(caller: Caller, admin: Caller) -> None:
    first, other = caller.store("tea")["id"], caller.store("coffee")["id"]
    admin.post("/v1/admin/holds", {"kind": "memory", "ref": first, "reference": "case 1"})

    refused = caller.post(ONE, {"agent_id": "agent", "memory_ids": [other, first], "hard": True})

    assert (refused.status_code, refused.json()["error"]) == (409, "legal_hold")
    assert caller.count("memories") == 2
    assert not _trail(caller)
    assert _post(caller, ONE, memory_ids=[other, first])["deleted_count"] == 2


def test_without_ids_all_is_forgotten_where_the_policy_says_so(
    caller: Caller, admin: Caller
) -> None:
    _fill(caller)
    assert caller.post(ONE, {"agent_id": "agent"}).status_code == 422
    changed = admin.patch(
        "/v1/admin/policy", {"changes": {"forget": {"without_ids_forgets_agent": True}}}
    )
    assert changed.status_code == 200, changed.text

    done = _post(caller, ONE)

    assert done["deleted_count"] == 5
    assert _agents(caller) == ["other"]


def test_store_of_what_was_erased_is_not_repeated_by_its_key(caller: Caller) -> None:
    body = {"agent_id": "agent", "content": "tea"}
    first = caller.post("/v1/memories", body, Idempotency_Key="k").json()["id"]
    _post(caller, ONE, memory_id=first, hard=True)

    again = caller.post("/v1/memories", body, Idempotency_Key="k")

    assert again.status_code == 404
    assert "erased" in again.json()["detail"]
    assert caller.count("memories") == 0


def test_event_that_was_erased_is_not_repeated_by_its_key(caller: Caller) -> None:
    said = {"type": "memory", "agent_id": "agent", "content": "tea", "idempotency_key": "k"}
    (event,) = caller.send(said)
    caller.run("score")
    _post(caller, ALL, hard=True)

    assert caller.send(said) == [event]
    caller.run("score")
    assert caller.count("memories") == 0
    assert caller.get(f"/v1/events/{event}").status_code == 200


def test_history_of_what_was_deleted_is_gone_and_as_of_does_not_know_it(caller: Caller) -> None:
    stored = caller.store(WORD)
    caller.patch(f"/v1/memories/{stored['id']}", {"content": f"{WORD} again"})

    _post(caller, ONE, memory_id=stored["id"], hard=True)

    path = f"/v1/memories/{stored['id']}"
    for route_path in (path, f"{path}/history", f"{path}/explain"):
        assert caller.get(route_path).status_code == 404
    assert caller.recall(WORD, as_of=stored["created_at"]) == []
    assert hits(caller.world, WORD) == {}


def test_run_that_had_made_it_can_still_be_shown(caller: Caller, admin: Caller) -> None:
    said = {"type": "turn", "role": "user", "content": "I moved to Lisbon in May."}
    caller.send(
        {**said, "agent_id": "agent", "session_id": "s"},
        {"type": "session.end", "agent_id": "agent", "session_id": "s"},
    )
    caller.run()
    (made,) = caller.recall(include_turns=False)
    (run,) = caller.world.ask(
        "SELECT id FROM runs WHERE org_id = %(org)s AND pass = 'consolidate'", org=caller.org
    )

    _post(caller, ONE, memory_id=made["memory_id"], hard=True)

    shown = admin.get(f"/v1/admin/runs/{ids.encode(ids.RUN, run[0])}")
    assert shown.status_code == 200
    assert "Lisbon" not in shown.text
