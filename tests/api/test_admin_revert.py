"""Undoing a run over the admin listener, and looking at what a run did."""

from typing import Any

import httpx2
import pytest

from nrem import ids
from nrem.store import key
from tests.api.admin import admin, administrator
from tests.api.serving import Caller, Service

__all__ = ["admin"]

LISBON = "I moved to Lisbon on 3 May 2025."
PEANUTS = "I'm allergic to peanuts."


def _talk(caller: Caller, session: str, *said: str) -> list[str]:
    turns = [
        {
            "type": "turn",
            "agent_id": "agent",
            "user_id": "user",
            "session_id": session,
            "role": "user",
            "content": content,
        }
        for content in said
    ]
    sent = caller.send(*turns, {"type": "session.end", "agent_id": "agent", "session_id": session})
    caller.run()
    return sent[:-1]


def _last(admin: Caller, name: str = "consolidate") -> str:
    runs = admin.get("/v1/admin/runs", **{"pass": name, "outcome": "applied"}).json()["runs"]
    return str(next(one["id"] for one in runs if one["reverts"] is None))


def _revert(admin: Caller, run_id: str, **body: object) -> httpx2.Response:
    return admin.post(f"/v1/admin/runs/{run_id}:revert", body)


def _done(admin: Caller, run_id: str, **body: object) -> dict[str, Any]:
    answer = _revert(admin, run_id, **body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def _live(caller: Caller) -> list[str]:
    return [one["content"] for one in caller.get("/v1/memories").json()["memories"]]


def test_what_a_run_made_is_not_recalled_any_more(admin: Caller, caller: Caller) -> None:
    (event_id,) = _talk(caller, "s", LISBON)
    run_id = _last(admin)
    assert len(_live(caller)) == 1

    done = _done(admin, run_id)

    assert _live(caller) == []
    assert caller.become(event_id) == ("scored", None)
    assert caller.get("/v1/sessions/s").json()["state"] == "ended"
    assert done == {
        "run_id": run_id,
        "reverted_by": done["reverted_by"],
        "reverted": {
            "created": 1,
            "merged": 0,
            "closed": 0,
            "superseded": 0,
            "supported": 0,
            "edges": 0,
            "sessions": 1,
            "archived": 0,
        },
        "kept": [],
        "dependents": [],
        "already": False,
    }


def test_runs_tell_who_undid_whom(admin: Caller, caller: Caller) -> None:
    _talk(caller, "s", LISBON)
    run_id = _last(admin)

    done = _done(admin, run_id)

    undone = admin.get(f"/v1/admin/runs/{run_id}").json()
    by = admin.get(f"/v1/admin/runs/{done['reverted_by']}").json()
    assert (undone["reverted_by"], undone["reverts"]) == (by["id"], None)
    assert undone["reverted_at"] is not None
    assert (by["reverts"], by["cause"], by["pass"]) == (run_id, f"revert:{run_id}", "consolidate")
    assert by["detail"]["created"] == 1
    assert [one["what"] for one in by["changes"]] == ["reverted"]


def test_undoing_twice_answers_as_the_first_time(admin: Caller, caller: Caller) -> None:
    _talk(caller, "s", LISBON, PEANUTS)
    run_id = _last(admin)
    first_memory = caller.get("/v1/memories").json()["memories"][0]["id"]
    caller.patch(f"/v1/memories/{first_memory}", {"content": "I moved to Porto."})
    first = _done(admin, run_id)

    second = _done(admin, run_id)

    assert second == {**first, "already": True}
    assert _live(caller) == ["I moved to Porto."]


def test_what_a_person_edited_is_kept_and_told(admin: Caller, caller: Caller) -> None:
    _talk(caller, "s", LISBON)
    (stored,) = caller.get("/v1/memories").json()["memories"]
    caller.patch(f"/v1/memories/{stored['id']}", {"importance": 0.9})

    done = _done(admin, _last(admin))

    assert done["kept"] == [
        {"memory_id": stored["id"], "field": None, "reason": "edited since", "run_id": None}
    ]
    assert done["reverted"]["created"] == 0
    assert _live(caller) == [stored["content"]]


def test_what_a_later_run_stands_by_is_told_with_that_run(admin: Caller, caller: Caller) -> None:
    _talk(caller, "s1", PEANUTS)
    first = _last(admin)
    _talk(caller, "s2", PEANUTS)
    second = _last(admin)

    done = _done(admin, first)

    assert [(one["reason"], one["run_id"]) for one in done["kept"]] == [
        ("evidence of another run", second)
    ]
    assert done["dependents"] == [second]


@pytest.mark.parametrize("at_once", [True, False])
def test_asked_for_again_the_session_is_consolidated_anew(
    admin: Caller, caller: Caller, *, at_once: bool
) -> None:
    _talk(caller, "s", LISBON)
    run_id = _last(admin)
    if not at_once:
        _done(admin, run_id)
        caller.run("consolidate")
        assert _live(caller) == []

    _done(admin, run_id, again=True)
    caller.run("consolidate")

    assert len(_live(caller)) == 1
    assert caller.get("/v1/sessions/s").json()["state"] == "consolidated"
    assert _last(admin) != run_id


def test_run_shows_what_it_did_to_each_memory(admin: Caller, caller: Caller) -> None:
    _talk(caller, "s1", PEANUTS)
    _talk(caller, "s2", PEANUTS, LISBON)
    known, made = caller.get("/v1/memories").json()["memories"]

    merged, created = admin.get(f"/v1/admin/runs/{_last(admin)}").json()["changes"]

    assert merged == {
        "memory_id": known["id"],
        "what": "merged",
        "version_before": 1,
        "version_after": known["version"],
        "content_before": known["content"],
        "content_after": known["content"],
        "before": merged["before"],
        "after": merged["after"],
    }
    assert {"importance", "last_access"} <= merged["before"].keys() == merged["after"].keys()
    assert created == {
        "memory_id": made["id"],
        "what": "created",
        "version_before": None,
        "version_after": 1,
        "content_before": None,
        "content_after": made["content"],
        "before": {},
        "after": {},
    }


def test_words_of_a_run_are_those_of_its_version(admin: Caller, caller: Caller) -> None:
    _talk(caller, "s", LISBON)
    (stored,) = caller.get("/v1/memories").json()["memories"]
    caller.patch(f"/v1/memories/{stored['id']}", {"content": "I moved to Porto."})

    (created,) = admin.get(f"/v1/admin/runs/{_last(admin)}").json()["changes"]

    assert created["content_after"] == stored["content"]


def test_revert_of_a_revert_is_409_with_the_remedy(admin: Caller, caller: Caller) -> None:
    _talk(caller, "s", LISBON)
    run_id = _last(admin)
    done = _done(admin, run_id)

    answer = _revert(admin, done["reverted_by"])

    assert (answer.status_code, answer.json()["error"]) == (409, "is_a_revert")
    assert run_id in answer.json()["remedy"]


def test_run_of_another_pass_is_409(admin: Caller, caller: Caller) -> None:
    _talk(caller, "s", LISBON)

    answer = _revert(admin, _last(admin, "score"))

    assert (answer.status_code, answer.json()["error"]) == (409, "not_revertible")
    assert "consolidate" in answer.json()["remedy"]


def test_foreign_and_unknown_runs_are_the_same(
    service: Service, admin: Caller, caller: Caller, stranger: Caller
) -> None:
    _talk(stranger, "s", LISBON)
    with administrator(service, stranger.org) as theirs:
        foreign = _last(theirs)

    answers = [
        _revert(admin, one)
        for one in (foreign, ids.encode(ids.RUN, 987_654_321), "run_0000000000001", "x", "mem_x")
    ]

    problems = [{**answer.json(), "request_id": ""} for answer in answers]
    assert {answer.status_code for answer in answers} == {404}
    assert all(problem == problems[0] for problem in problems)
    assert len(_live(stranger)) == 1


@pytest.mark.parametrize(
    "body", [{"again": 1}, {"again": "yes"}, {"force": True}, [], "again"], ids=str
)
def test_wrong_body_is_refused(admin: Caller, caller: Caller, body: object) -> None:
    _talk(caller, "s", LISBON)

    answer = admin.post(f"/v1/admin/runs/{_last(admin)}:revert", body)

    assert answer.status_code == 422
    assert len(_live(caller)) == 1


def test_no_body_is_needed(admin: Caller, caller: Caller) -> None:
    _talk(caller, "s", LISBON)

    answer = admin.client.post(f"/v1/admin/runs/{_last(admin)}:revert")

    assert answer.status_code == 200


@pytest.mark.parametrize("scopes", [[key.ADMIN_READ], list(key.API_SCOPES)], ids=str)
def test_undoing_needs_its_scope(
    service: Service, admin: Caller, caller: Caller, scopes: list[str]
) -> None:
    _talk(caller, "s", LISBON)
    run_id = _last(admin)

    with administrator(service, caller.org, scopes) as holder:
        answer = _revert(holder, run_id)

    assert answer.status_code == 403
    assert key.ADMIN_WRITE in answer.json()["remedy"]
    assert len(_live(caller)) == 1
