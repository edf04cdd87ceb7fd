"""Orgs over HTTP: an operator's administrators make and bound them, others see their own alone."""

from collections.abc import Iterator
from typing import Any

import pytest

from nrem import ids
from nrem.store import engine, org
from tests.api.admin import admin, administrator
from tests.api.serving import Caller, Service

__all__ = ["admin"]

PATH = "/v1/admin/orgs"


@pytest.fixture
def operator(service: Service, stranger: Caller) -> Iterator[Caller]:
    """An administrator of an operator's org."""
    with engine.begin(service.world.admin) as conn:
        org.make_operator(conn, stranger.org)
    with administrator(service, stranger.org) as made:
        yield made


def make(operator: Caller, name: str, **fields: object) -> dict[str, Any]:
    answer = operator.post(PATH, {"name": name, **fields})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_operator_makes_an_org_and_gets_its_first_key(service: Service, operator: Caller) -> None:
    made = make(operator, "made", rate_limit_per_minute=5)

    with administrator(service, operator.org) as asking:
        asking.client.headers["Authorization"] = f"Bearer {made['admin_key']}"
        seen = asking.get(PATH).json()["orgs"]
        first = asking.post("/v1/admin/keys", {"scopes": ["memory:read"]})

    assert [one["id"] for one in seen] == [made["id"]]
    assert seen[0]["rate_limit_per_minute"] == 5
    assert seen[0]["is_operator"] is False
    assert first.status_code == 201


def test_name_that_is_taken_is_409_and_makes_no_key(service: Service, operator: Caller) -> None:
    made = make(operator, "taken")

    answer = operator.post(PATH, {"name": "taken"})

    assert (answer.status_code, answer.json()["error"]) == (409, "org_exists")
    ((keys,),) = operator.world.ask(
        "SELECT count(*) FROM api_keys WHERE org_id = %(org)s", org=ids.decode(ids.ORG, made["id"])
    )
    assert keys == 1


def test_others_may_not_make_orgs_and_learn_no_names(admin: Caller, operator: Caller) -> None:
    make(operator, "somebody else's")

    answers = [
        admin.client.post(PATH, json={"name": name}, headers={"X-Request-ID": "same"})
        for name in ("somebody else's", "free")
    ]

    assert [one.status_code for one in answers] == [403, 403]
    assert answers[0].content == answers[1].content
    assert not operator.world.ask("SELECT 1 FROM orgs WHERE name = 'free'")


def test_others_see_their_own_org_alone(admin: Caller, operator: Caller) -> None:
    own, foreign = (ids.encode(ids.ORG, one.org) for one in (admin, operator))

    answers = [
        admin.client.get(f"{PATH}/{one}", headers={"X-Request-ID": "same"})
        for one in (foreign, ids.encode(ids.ORG, 987_654_321), "org_x")
    ]

    assert [one["id"] for one in admin.get(PATH).json()["orgs"]] == [own]
    assert admin.get(f"{PATH}/{own}").json()["id"] == own
    assert {(one.status_code, one.content) for one in answers} == {(404, answers[0].content)}


def test_operator_sees_all_orgs_page_by_page(admin: Caller, operator: Caller) -> None:
    found: list[str] = []
    asked = {"limit": "3"}
    while True:
        page = operator.get(PATH, **asked).json()
        found += [one["id"] for one in page["orgs"]]
        if page["next_cursor"] is None:
            break
        asked["cursor"] = page["next_cursor"]

    everyone = operator.world.ask("SELECT id FROM orgs ORDER BY id")
    assert found == [ids.encode(ids.ORG, row[0]) for row in everyone]


def test_operator_says_how_often_an_org_may_ask(admin: Caller, operator: Caller) -> None:
    path = f"{PATH}/{ids.encode(ids.ORG, admin.org)}"

    answer = operator.patch(path, {"rate_limit_per_minute": 1})

    assert answer.json()["rate_limit_per_minute"] == 1
    assert [admin.get(PATH).status_code for _ in range(2)] == [200, 429]


def test_org_does_not_say_how_often_it_may_ask_itself(admin: Caller) -> None:
    answer = admin.patch(f"{PATH}/{ids.encode(ids.ORG, admin.org)}", {"rate_limit_per_minute": 0})

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"name": " "}, {"name": "a", "is_operator": True}]
)
def test_wrong_field_is_422(operator: Caller, body: dict[str, object]) -> None:
    assert operator.post(PATH, body).status_code == 422


def test_trails_tell_of_it(service: Service, operator: Caller) -> None:
    made = make(operator, "told")

    rows = operator.world.ask(
        "SELECT org_id, operation, details FROM audit WHERE details ->> 'about_org' = %(org)s "
        "OR org_id = %(number)s",
        org=made["id"],
        number=ids.decode(ids.ORG, made["id"]),
    )

    assert {(row[0], row[1]) for row in rows} == {
        (operator.org, "org_create"),
        (ids.decode(ids.ORG, made["id"]), "key_create"),
    }
