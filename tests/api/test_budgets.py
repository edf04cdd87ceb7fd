"""Budgets: set as a whole by the org or its administrator, seen by nobody else."""

from collections.abc import Iterator
from typing import Any

import pytest

from nrem import ids
from nrem.embedded.postgres import EmbeddedPostgres
from tests.api.admin import administrator
from tests.api.serving import Caller, Service, serve
from tests.postgres import Database, created

MINE = "/v1/tenants/me/budgets"
COUNTED = ("tokens", "llm_calls", "embeddings")
NAMES = [f"{span}_{what}" for span in ("daily", "monthly") for what in COUNTED]
NONE = dict.fromkeys(NAMES, 0)


@pytest.fixture
def operator(service: Service, caller: Caller) -> Iterator[Caller]:
    """Somebody with the scopes of an administrator, on the public listener."""
    with service.caller(caller.org, ["admin:read", "admin:write"]) as made:
        yield made


def put(caller: Caller, value: object, path: str = MINE) -> dict[str, Any]:
    answer = caller.client.put(path, json=value)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def named(org: str) -> str:
    return f"/v1/tenants/{org}/budgets"


def public_id(caller: Caller) -> str:
    return ids.encode(ids.ORG, caller.org)


def test_org_that_set_nothing_has_no_bound(caller: Caller) -> None:
    assert caller.get(MINE).json() == {
        "org_id": public_id(caller),
        "overrides": NONE,
        "effective": NONE,
    }


def test_put_replaces_all_budgets(caller: Caller) -> None:
    put(caller, {"daily_tokens": 5, "monthly_llm_calls": 7})

    found = put(caller, {"daily_embeddings": 3, "monthly_llm_calls": None})

    assert found["overrides"] == {**NONE, "daily_embeddings": 3}
    assert caller.get(MINE).json() == found


def test_default_of_the_server_applies_where_the_org_has_no_bound(
    cluster: EmbeddedPostgres, template: Database
) -> None:
    with (
        created(cluster, template.name) as database,
        serve(database, budget_daily_tokens=100, budget_monthly_tokens=900) as service,
        service.caller() as caller,
    ):
        found = put(caller, {"daily_tokens": 5, "daily_llm_calls": 6})

    assert found["effective"] == {
        **NONE,
        "daily_tokens": 5,
        "daily_llm_calls": 6,
        "monthly_tokens": 900,
    }


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [-1, 2**53, 1.5, "many"])
def test_budget_that_means_nothing_is_refused(caller: Caller, name: str, value: object) -> None:
    answer = caller.client.put(MINE, json={name: value})

    assert (answer.status_code, answer.json()["field"]) == (422, name)


def test_unknown_budget_is_named_and_left_alone(caller: Caller) -> None:
    answer = caller.client.put(MINE, json={"weekly_tokens": 1})

    assert answer.status_code == 200
    assert answer.headers["x-nrem-ignored-fields"] == "weekly_tokens"


def test_administrator_reads_and_sets_them_by_id_and_name(caller: Caller, operator: Caller) -> None:
    (name,) = caller.world.ask("SELECT name FROM orgs WHERE id = %(org)s", org=caller.org)

    put(operator, {"daily_tokens": 5}, named(public_id(caller)))

    assert operator.get(named(name[0])).json() == caller.get(MINE).json()
    assert caller.get(MINE).json()["overrides"]["daily_tokens"] == 5


def test_key_of_an_agent_is_no_administrators(caller: Caller) -> None:
    path = named(public_id(caller))

    assert caller.get(path).status_code == 403
    assert caller.client.put(path, json={}).status_code == 403


def test_other_orgs_are_answered_as_unknown_ones(
    operator: Caller, caller: Caller, stranger: Caller
) -> None:
    (name,) = caller.world.ask("SELECT name FROM orgs WHERE id = %(org)s", org=stranger.org)

    answers = [
        {**operator.client.request(verb, named(org), json=body).json(), "request_id": ""}
        for verb, body in (("GET", None), ("PUT", {"daily_tokens": 1}))
        for org in (public_id(stranger), name[0], "nobody", "org_nothing", str(caller.org))
    ]

    assert {one["error"] for one in answers} == {"not_found"}
    assert all(one == answers[0] for one in answers)
    assert stranger.get(MINE).json()["overrides"] == NONE


def test_administrator_key_of_the_admin_listener_opens_the_public_one(service: Service) -> None:
    with administrator(service) as admin, service.client(admin.key) as client:
        assert client.get(named(public_id(admin))).status_code == 200


def test_set_budgets_are_told_in_the_trail(caller: Caller) -> None:
    put(caller, {"daily_tokens": 5})

    (entry,) = caller.get("/v1/audit").json()["entries"]

    assert entry["operation"] == "budget_set"
    assert entry["details"] == {**NONE, "daily_tokens": 5}
