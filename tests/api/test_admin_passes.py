"""Previews over the admin listener: ask, look, approve, and what is refused."""

from collections.abc import Iterator
from typing import Any

import pytest

from api.routes import admin_passes
from nrem.store import key
from tests.api.admin import administrator
from tests.api.previewing import at_work
from tests.api.serving import Caller, Service

ASK = "/v1/admin/passes/consolidate:preview"
LISBON = "I moved to Lisbon on 3 May 2025."


@pytest.fixture
def admin(service: Service, caller: Caller) -> Iterator[Caller]:
    """The administrator of the caller's org, and a worker that answers."""
    with administrator(service, caller.org) as made, at_work(made):
        yield made


@pytest.fixture
def alone(service: Service, caller: Caller, monkeypatch: pytest.MonkeyPatch) -> Iterator[Caller]:
    """An administrator whom no worker answers, and who does not wait long."""
    monkeypatch.setattr(admin_passes, "_SECONDS", 0.0)
    with administrator(service, caller.org) as made:
        yield made


def tell(caller: Caller, *said: str, session: str = "s", user: str = "user") -> None:
    """An ended, scored session."""
    place = {"agent_id": "agent", "user_id": user, "session_id": session}
    turns = [{"type": "turn", "role": "user", "content": one, **place} for one in said]
    caller.send(*turns, {"type": "session.end", **place})
    caller.run("score", "embed")


def ask(admin: Caller, **asked: str) -> dict[str, Any]:
    answer = admin.post(ASK, asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_preview_shows_words_and_evidence_and_writes_no_memory(
    admin: Caller, caller: Caller
) -> None:
    tell(caller, LISBON)

    shown = ask(admin)

    (line,) = shown["changes"]
    assert shown == {
        **shown,
        "pass": "consolidate",
        "state": "ready",
        "read": 1,
        "proposed": 1,
        "outcome": "applied",
        "reason": None,
        "run_ids": [],
    }
    assert line["after"] == f"User: {LISBON}"
    assert (line["id"], line["name"], line["before"]) == (None, "new 1", None)
    assert [caller.get(f"/v1/events/{one}").status_code for one in line["evidence"]] == [200]
    assert caller.count("memories") == 0


def test_approved_preview_is_applied_and_names_its_runs(admin: Caller, caller: Caller) -> None:
    tell(caller, LISBON)
    shown = ask(admin)

    answer = admin.post(f"/v1/admin/previews/{shown['preview_id']}:approve", {})

    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "applied"
    (run_id,) = answer.json()["run_ids"]
    run = admin.get(f"/v1/admin/runs/{run_id}").json()
    assert (run["pass"], run["cause"]) == ("consolidate", f"preview:{shown['preview_id']}")
    (memory,) = caller.get("/v1/memories").json()["memories"]
    assert (memory["content"], memory["run_id"]) == (shown["changes"][0]["after"], run_id)


def test_approving_twice_changes_nothing_and_answers_the_same(
    admin: Caller, caller: Caller
) -> None:
    tell(caller, LISBON)
    path = f"/v1/admin/previews/{ask(admin)['preview_id']}:approve"
    first = admin.post(path, {})

    again = admin.post(path, {})

    assert again.status_code == 200
    assert again.json() == first.json()
    assert caller.count("memories") == 1


def test_approval_is_refused_when_its_sources_changed(admin: Caller, caller: Caller) -> None:
    place = {"agent_id": "agent", "user_id": "user", "session_id": "s"}
    caller.send({"type": "memory", "memory_type": "working", "content": "Call Ada.", **place})
    tell(caller, LISBON)
    path = f"/v1/admin/previews/{ask(admin)['preview_id']}:approve"
    (working,) = caller.get("/v1/memories").json()["memories"]
    caller.patch(f"/v1/memories/{working['id']}", {"content": "Call Bea."})

    refused = [admin.post(path, {}) for _ in range(2)]

    assert [one.status_code for one in refused] == [409, 409]
    assert {one.json()["error"] for one in refused} == {"preview_stale"}
    assert "new preview" in refused[0].json()["remedy"]
    assert caller.count("memories") == 1


def test_preview_of_one_subject_leaves_the_others_out(admin: Caller, caller: Caller) -> None:
    tell(caller, LISBON, user="ana", session="1")
    tell(caller, "I sold the car in June.", user="ben", session="2")

    shown = ask(admin, agent_id="agent", user_id="ben")

    assert [one["after"] for one in shown["changes"]] == ["User: I sold the car in June."]


def test_preview_of_nothing_says_so(admin: Caller) -> None:
    shown = ask(admin)

    assert (shown["state"], shown["outcome"], shown["reason"]) == ("ready", "noop", "nothing_due")
    assert shown["changes"] == []


def test_what_takes_too_long_is_answered_where_to_look(alone: Caller, caller: Caller) -> None:
    tell(caller, LISBON)

    asked = alone.post(ASK, {})
    place = asked.headers["location"]
    early = alone.post(f"{place}:approve", {})
    caller.run("preview")
    approved = alone.post(f"{place}:approve", {})
    caller.run("preview")

    assert (asked.status_code, asked.json()["state"]) == (202, "asked")
    assert (early.status_code, early.json()["error"]) == (409, "not_ready")
    assert (approved.status_code, approved.json()["state"]) == (202, "approved")
    assert approved.headers["location"] == place
    assert alone.get(place).json()["state"] == "applied"


def test_preview_whose_time_is_over_shows_nothing_and_is_refused(
    admin: Caller, caller: Caller
) -> None:
    tell(caller, LISBON)
    number = ask(admin)["preview_id"]
    ended = "UPDATE previews SET expires_at = clock_timestamp() WHERE org_id = %(o)s"
    caller.world.do(ended, o=caller.org)

    shown = admin.get(f"/v1/admin/previews/{number}").json()
    refused = admin.post(f"/v1/admin/previews/{number}:approve", {})

    assert (shown["state"], shown["changes"]) == ("expired", [])
    assert (refused.status_code, refused.json()["error"]) == (409, "preview_expired")


@pytest.mark.parametrize("name", ["observe", "decay", "score", "dream"])
def test_pass_that_cannot_be_shown_is_not_found(alone: Caller, name: str) -> None:
    answer = alone.post(f"/v1/admin/passes/{name}:preview", {})

    assert answer.status_code == 404
    assert "consolidate, promote" in answer.json()["remedy"]


@pytest.mark.parametrize(
    ("asked", "status", "field"),
    [
        ({"agent_id": "nobody"}, 404, "agent_id"),
        ({"agent_id": "agent", "user_id": "nobody"}, 404, "agent_id"),
        ({"user_id": "user"}, 422, "agent_id"),
        ({"agent_id": ""}, 422, "agent_id"),
        ({"subject": "x"}, 422, "subject"),
    ],
)
def test_wrong_subject_is_refused(
    alone: Caller, caller: Caller, asked: dict[str, str], status: int, field: str
) -> None:
    tell(caller, LISBON)

    answer = alone.post(ASK, asked)

    assert (answer.status_code, answer.json()["field"]) == (status, field)
    assert caller.count("previews") == 0


def test_preview_of_another_org_is_not_found(
    service: Service, alone: Caller, caller: Caller
) -> None:
    number = alone.post(ASK, {}).json()["preview_id"]

    with administrator(service) as other:
        answers = [
            other.get(f"/v1/admin/previews/{number}"),
            other.post(f"/v1/admin/previews/{number}:approve", {}),
            alone.get("/v1/admin/previews/prv_0000000000000"),
            alone.get("/v1/admin/previews/x"),
        ]

    assert {one.status_code for one in answers} == {404}
    assert len({(one.json()["error"], one.json()["detail"]) for one in answers}) == 1


ROUTES = [
    ("POST", ASK, key.ADMIN_WRITE),
    ("GET", "/v1/admin/previews/x", key.ADMIN_READ),
    ("POST", "/v1/admin/previews/x:approve", key.ADMIN_WRITE),
]


@pytest.mark.parametrize(("method", "path", "scope"), ROUTES)
def test_key_without_the_scope_is_refused(
    service: Service, method: str, path: str, scope: str
) -> None:
    others = sorted({*key.API_SCOPES, *key.ADMIN_SCOPES} - {scope})
    with administrator(service, scopes=others) as caller:
        answer = caller.client.request(method, path)

    assert answer.status_code == 403
    assert scope in answer.json()["remedy"]


def test_pass_that_rests_is_shown_all_the_same(admin: Caller, caller: Caller) -> None:
    tell(caller, LISBON)
    for name in ("consolidate", "preview"):
        assert admin.post(f"/v1/admin/schedules/{name}:pause", {}).status_code == 200

    shown = ask(admin)

    assert len(shown["changes"]) == 1
