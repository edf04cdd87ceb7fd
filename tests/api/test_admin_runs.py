"""Runs over the admin listener: every execution can be found by pass, outcome and cause."""

from collections.abc import Iterator

import httpx2
import pytest

from nrem.store import key
from tests.api.serving import Caller, Service


@pytest.fixture
def admin(service: Service, caller: Caller) -> Iterator[httpx2.Client]:
    """A client of the admin listener, with an admin key of the caller's org."""
    with service.caller(caller.org, key.ADMIN_SCOPES) as holder:
        holder.client.base_url = httpx2.URL(service.admin_url)
        yield holder.client


def _list(admin: httpx2.Client, **params: str) -> list[dict[str, object]]:
    answer = admin.get("/v1/admin/runs", params=params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["runs"])


def _remember(caller: Caller, content: str = "I like tea.") -> None:
    caller.send({"type": "memory", "agent_id": "agent", "content": content})
    caller.run("score", "embed")


def test_run_says_what_it_did_and_for_how_long(admin: httpx2.Client, caller: Caller) -> None:
    _remember(caller)

    (run,) = _list(admin, **{"pass": "score"})

    assert run == {
        **run,
        "pass": "score",
        "cause": "command",
        "task_id": None,
        "read": 1,
        "proposed": 1,
        "changed": 1,
        "outcome": "applied",
        "reason": None,
        "engine": None,
        "reverted_at": None,
        "reverted_by": None,
        "reverts": None,
    }
    assert isinstance(run["duration_ms"], float)
    assert admin.get(f"/v1/admin/runs/{run['id']}").json() == {**run, "changes": []}


def test_memories_in_a_run_have_the_ids_of_the_wire(admin: httpx2.Client, caller: Caller) -> None:
    _remember(caller)

    (run,) = _list(admin, **{"pass": "score"})

    (memory,) = caller.get("/v1/memories").json()["memories"]
    assert run["detail"] == {"memories": [memory["id"]]}


@pytest.mark.parametrize(
    ("params", "passes"),
    [
        ({}, ["decay", "embed", "score"]),
        ({"pass": "decay"}, ["decay"]),
        ({"outcome": "applied"}, ["embed", "score"]),
        ({"outcome": "failed"}, []),
        ({"cause": "comm"}, ["decay", "embed", "score"]),
        ({"cause": "tick"}, []),
        ({"pass": "dream"}, []),
    ],
    ids=str,
)
def test_runs_are_listed_newest_first_as_asked_for(
    admin: httpx2.Client, caller: Caller, params: dict[str, str], passes: list[str]
) -> None:
    _remember(caller)
    caller.run("decay")

    assert [run["pass"] for run in _list(admin, **params)] == passes


def test_pages_lead_through_all_runs(admin: httpx2.Client, caller: Caller) -> None:
    for number in range(5):
        _remember(caller, f"fact {number}")
    everything = [run["id"] for run in _list(admin)]

    found: list[object] = []
    params = {"limit": "4"}
    while params:
        page = admin.get("/v1/admin/runs", params=params).json()
        found += [run["id"] for run in page["runs"]]
        params = {"limit": "4", "cursor": page["next_cursor"]} if page["next_cursor"] else {}

    assert len(everything) == 10
    assert found == everything


@pytest.mark.parametrize(
    "params",
    [
        {"limit": "0"},
        {"limit": "501"},
        {"outcome": "dreamt"},
        {"cursor": "mem_0000000000000"},
        {"cause": ""},
        {"pass": "a\x00b"},
        {"colour": "1"},
    ],
    ids=str,
)
def test_wrong_filter_is_refused(admin: httpx2.Client, params: dict[str, str]) -> None:
    answer = admin.get("/v1/admin/runs", params=params)

    assert answer.status_code == 422
    assert answer.json()["field"] in params


def test_foreign_and_unknown_runs_are_the_same(
    service: Service, admin: httpx2.Client, stranger: Caller
) -> None:
    _remember(stranger)
    (row,) = stranger.world.ask(
        "SELECT id FROM runs WHERE org_id = %(org)s AND pass = 'score'", org=stranger.org
    )
    with service.caller(stranger.org, key.ADMIN_SCOPES) as holder:
        holder.client.base_url = httpx2.URL(service.admin_url)
        foreign = _list(holder.client, **{"pass": "score"})[0]["id"]

    answers = [
        admin.get(f"/v1/admin/runs/{one}") for one in (foreign, "run_0000000000001", row[0], "x")
    ]

    problems = [{**answer.json(), "request_id": ""} for answer in answers]
    assert {answer.status_code for answer in answers} == {404}
    assert all(problem == problems[0] for problem in problems)
    assert _list(admin) == []


def test_reading_needs_its_scope(service: Service, caller: Caller) -> None:
    answer = caller.client.get(f"{service.admin_url}/v1/admin/runs")

    assert answer.status_code == 403
