"""What the routes of the policy refuse: every fault at once, and nobody but administrators."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nrem.policy.params import Policy
from nrem.store import key
from tests.api.admin import admin, administrator
from tests.api.serving import Caller, Service

__all__ = ["admin"]

PATH = "/v1/admin/policy"
DEFAULT = Policy.default().to_json()
ROUTES = [
    ("GET", PATH, key.ADMIN_READ),
    ("GET", f"{PATH}/versions", key.ADMIN_READ),
    ("GET", f"{PATH}/versions/1", key.ADMIN_READ),
    ("POST", f"{PATH}:preview", key.ADMIN_READ),
    ("PUT", PATH, key.ADMIN_WRITE),
    ("PATCH", PATH, key.ADMIN_WRITE),
    ("POST", f"{PATH}:rollback", key.ADMIN_WRITE),
]


@pytest.mark.parametrize(("verb", "field"), [("PUT", "policy"), ("PATCH", "changes")])
def test_every_fault_of_a_policy_is_told_at_once(admin: Caller, verb: str, field: str) -> None:
    wrong: dict[str, Any] = {
        "tiers": {"short_idle_days": 40, "long_at_accesses": "two"},
        "decay": {"episodic": {"kind": "cubic", "floor": 2}, "steep": 1, "se cret": 1},
        "recall": 5,
    }

    answer = admin.client.request(verb, PATH, json={field: wrong})

    found = answer.json()
    assert (answer.status_code, found["error"]) == (422, "invalid_policy")
    assert {one["field"] for one in found["errors"]} == {
        f"{field}.tiers.long_idle_days",
        f"{field}.tiers.long_at_accesses",
        f"{field}.decay.episodic.kind",
        f"{field}.decay.episodic.floor",
        f"{field}.decay.steep",
        f"{field}.?",
        f"{field}.recall",
    }
    details = {one["field"]: one["detail"] for one in found["errors"]}
    assert details[f"{field}.decay.episodic.floor"] == "must be a number, 0 to 1"
    assert "cret" not in answer.text
    assert "cubic" not in answer.text
    assert admin.get(PATH).json()["version"] == 0


@pytest.mark.parametrize(
    ("verb", "path", "value", "field"),
    [
        ("PUT", PATH, {}, "policy"),
        ("PUT", PATH, {"policy": []}, "policy"),
        ("PUT", PATH, {"policy": {}, "x": 1}, "x"),
        ("PUT", PATH, {"policy": {}, "expected_version": -1}, "expected_version"),
        ("PUT", PATH, {"policy": {}, "expected_version": "1"}, "expected_version"),
        ("PUT", PATH, {"policy": {"x": "\u0000"}}, "policy"),
        ("PATCH", PATH, {"policy": {}}, "changes"),
        ("POST", f"{PATH}:rollback", {"version": True}, "version"),
        ("POST", f"{PATH}:rollback", {"version": 2**31}, "version"),
        ("POST", f"{PATH}:preview", {}, "body"),
        ("POST", f"{PATH}:preview", {"policy": {}, "changes": {}}, "body"),
        ("POST", f"{PATH}:preview", {"policy": {}, "limit": 0}, "limit"),
        ("POST", f"{PATH}:preview", {"policy": {}, "limit": 200_001}, "limit"),
        ("POST", f"{PATH}:preview", {"policy": {}, "cursor": "x"}, "cursor"),
        ("POST", f"{PATH}:preview", {"policy": {"tiers": 1}}, "policy.tiers"),
    ],
)
def test_wrong_body_is_422_and_names_its_field(
    admin: Caller, verb: str, path: str, value: object, field: str
) -> None:
    answer = admin.client.request(verb, path, json=value)

    assert answer.status_code == 422, answer.text
    found = answer.json()
    assert field in {found["field"], *(one["field"] for one in found.get("errors", []))}


def test_deeply_nested_setting_is_422(admin: Caller) -> None:
    deep: object = 1
    for _ in range(400):
        deep = [deep]

    wrong = {"policy": {"tiers": {"short_idle_days": deep}}}

    assert admin.client.put(PATH, json=wrong).status_code == 422


@pytest.mark.parametrize("cursor", ["x", "-1", "\u0661", "1" * 11])
def test_what_is_no_cursor_is_422(admin: Caller, cursor: str) -> None:
    answer = admin.get(f"{PATH}/versions", cursor=cursor)

    assert (answer.status_code, answer.json()["field"]) == (422, "cursor")


@pytest.mark.parametrize(("verb", "path", "scope"), ROUTES)
def test_route_needs_its_scope(service: Service, verb: str, path: str, scope: str) -> None:
    others = {*key.API_SCOPES, *key.ADMIN_SCOPES, *key.PURGE_SCOPES} - {scope}

    with administrator(service, scopes=sorted(others)) as caller:
        answer = caller.client.request(verb, path, json={})

    assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")
    assert scope in answer.json()["remedy"]


@pytest.mark.parametrize(("verb", "path", "scope"), ROUTES)
@pytest.mark.parametrize("sent", [{}, {"Authorization": "Bearer nrem_test_x"}])
def test_route_needs_a_key(
    service: Service, verb: str, path: str, scope: str, sent: dict[str, str]
) -> None:
    with service.client() as client:
        answer = client.request(verb, f"{service.admin_url}{path}", headers=sent)

    assert answer.status_code == 401


@pytest.mark.parametrize(("verb", "path", "scope"), ROUTES)
def test_public_listener_has_no_such_route(
    admin: Caller, service: Service, verb: str, path: str, scope: str
) -> None:
    with service.client(admin.key) as client:
        assert client.request(verb, path, json={}).status_code == 404


@pytest.mark.parametrize(
    "text", ['{"policy": NaN}', '{"policy": {"tiers": {"short_idle_days": 1e999}}}']
)
def test_number_that_is_not_finite_is_422(admin: Caller, text: str) -> None:
    assert admin.client.put(PATH, content=text).status_code == 422
    assert json.dumps(admin.get(PATH).json()["policy"]) == json.dumps(DEFAULT)


_NAMES = st.sampled_from(
    [
        "decay",
        "tiers",
        "episodic",
        "episodic_long",
        "kind",
        "steps",
        "short_idle_days",
        "x",
        "\ud800",
    ]
)
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("step")
_TREES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=5),
    max_leaves=10,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    route=st.sampled_from(ROUTES[3:]),
    name=st.sampled_from(["policy", "changes", "version"]),
    value=_TREES,
)
def test_no_json_value_is_answered_with_5xx(
    admin: Caller, route: tuple[str, str, str], name: str, value: object
) -> None:
    verb, path, _ = route

    answer = admin.client.request(verb, path, content=json.dumps({name: value}))

    assert answer.status_code < 500, value
