"""The policy over HTTP: versions, all faults at once, and nobody but administrators."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from nrem.policy.params import Policy
from tests.api.admin import admin, administrator
from tests.api.serving import Caller, Service

__all__ = ["admin"]

PATH = "/v1/admin/policy"
DEFAULT = Policy.default().to_json()


def _idle(days: float) -> dict[str, Any]:
    return {"tiers": {"short_idle_days": days}}


def _put(admin: Caller, policy: object, **more: object) -> httpx2.Response:
    return admin.client.put(PATH, json={"policy": policy, **more})


def _patch(admin: Caller, changes: object, **more: object) -> httpx2.Response:
    return admin.client.patch(PATH, json={"changes": changes, **more})


def _roll_back(admin: Caller, version: object, **more: object) -> httpx2.Response:
    return admin.post(f"{PATH}:rollback", {"version": version, **more})


def _versions(admin: Caller, **asked: str) -> dict[str, Any]:
    answer = admin.get(f"{PATH}/versions", **asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_org_that_set_nothing_has_the_defaults(admin: Caller) -> None:
    assert admin.get(PATH).json() == {
        "version": 0,
        "in_force_since": None,
        "rolled_back_to": None,
        "policy": DEFAULT,
    }


def test_put_sets_the_whole_policy_and_defaults_what_is_left_out(admin: Caller) -> None:
    _put(admin, {"decay": {"forget_below": 0.2}})

    answer = _put(admin, _idle(3))

    assert answer.status_code == 200
    found = answer.json()
    assert (found["version"], found["changed"]) == (2, True)
    assert found["policy"]["tiers"]["short_idle_days"] == 3
    assert found["policy"]["decay"] == DEFAULT["decay"]
    assert admin.get(PATH).json() == {k: v for k, v in found.items() if k != "changed"}


def test_patch_changes_what_it_names_and_nothing_else(admin: Caller) -> None:
    _put(admin, {"decay": {"forget_below": 0.2}})

    found = _patch(admin, _idle(3)).json()

    assert found["policy"]["decay"]["forget_below"] == 0.2
    assert found["policy"]["tiers"] == {**DEFAULT["tiers"], "short_idle_days": 3}  # type: ignore[dict-item]


def test_policy_that_is_in_force_is_no_new_version(admin: Caller) -> None:
    first = _put(admin, _idle(3)).json()

    again = _patch(admin, _idle(3)).json()

    assert again == {**first, "changed": False}


def test_rollback_is_a_new_version_that_equals_the_old_one(admin: Caller) -> None:
    first = _put(admin, _idle(3)).json()
    _put(admin, _idle(4))

    found = _roll_back(admin, 1).json()

    assert (found["version"], found["rolled_back_to"]) == (3, 1)
    assert found["policy"] == first["policy"]
    assert found["in_force_since"] > first["in_force_since"]


def test_rollback_to_version_0_is_the_defaults(admin: Caller) -> None:
    _put(admin, _idle(3))

    found = _roll_back(admin, 0).json()

    assert (found["version"], found["rolled_back_to"], found["policy"]) == (2, 0, DEFAULT)


def test_history_tells_what_each_version_changed(admin: Caller) -> None:
    _put(admin, _idle(3))
    _patch(admin, {"decay": {"episodic": {"kind": "logarithmic"}}})
    _roll_back(admin, 1)

    found = _versions(admin)["versions"]

    assert [(one["version"], one["rolled_back_to"]) for one in found] == [
        (3, 1),
        (2, None),
        (1, None),
    ]
    assert [one["changes"] for one in found] == [
        [{"path": "decay.episodic.kind", "before": "logarithmic", "after": "exponential"}],
        [{"path": "decay.episodic.kind", "before": "exponential", "after": "logarithmic"}],
        [{"path": "tiers.short_idle_days", "before": 7.0, "after": 3.0}],
    ]


def test_pages_of_the_history_tell_the_same_as_one_page(admin: Caller) -> None:
    for days in (1, 2, 3, 4):
        _put(admin, _idle(days))
    whole = _versions(admin)

    first = _versions(admin, limit="3")
    rest = _versions(admin, limit="3", cursor=first["next_cursor"])

    assert [len(first["versions"]), len(rest["versions"])] == [3, 1]
    assert first["versions"] + rest["versions"] == whole["versions"]
    assert (rest["next_cursor"], whole["next_cursor"]) == (None, None)


@pytest.mark.parametrize(("number", "days"), [(0, 7), (1, 3), (2, 4)])
def test_each_version_can_be_read(admin: Caller, number: int, days: float) -> None:
    _put(admin, _idle(3))
    _put(admin, _idle(4))

    found = admin.get(f"{PATH}/versions/{number}").json()

    assert found["version"] == number
    assert found["policy"]["tiers"]["short_idle_days"] == days


@pytest.mark.parametrize("number", ["2", "-1", "1.0", "x", "9999999999", "\u0661"])
def test_version_that_is_not_there_is_404(admin: Caller, number: str) -> None:
    _put(admin, _idle(3))

    answer = admin.get(f"{PATH}/versions/{number}")

    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


def test_rollback_to_a_version_that_is_not_there_is_404(admin: Caller) -> None:
    assert _roll_back(admin, 1).status_code == 404


@pytest.mark.parametrize("change", [_put, _patch])
def test_version_that_is_not_the_expected_one_is_409(admin: Caller, change: Any) -> None:  # noqa: ANN401
    _put(admin, _idle(3), expected_version=0)

    answer = change(admin, _idle(4), expected_version=0)

    assert (answer.status_code, answer.json()["error"]) == (409, "version_conflict")
    assert answer.json()["field"] == "expected_version"
    assert admin.get(PATH).json()["version"] == 1


def test_rollback_expects_a_version_too(admin: Caller) -> None:
    _put(admin, _idle(3))

    assert _roll_back(admin, 0, expected_version=0).status_code == 409
    assert _roll_back(admin, 0, expected_version=1).status_code == 200


def test_writers_at_once_lose_no_change(admin: Caller) -> None:
    names = list(DEFAULT["score"])  # type: ignore[call-overload]

    with ThreadPoolExecutor(4) as writers:
        answers = list(writers.map(lambda name: _patch(admin, {"score": {name: 1}}), names))

    assert {answer.status_code for answer in answers} == {200}
    assert admin.get(PATH).json()["policy"]["score"] == dict.fromkeys(names, 1.0)
    assert admin.get(PATH).json()["version"] == len(names)


def test_of_writers_with_one_expectation_one_succeeds(admin: Caller) -> None:
    with ThreadPoolExecutor(4) as writers:
        answers = list(
            writers.map(lambda days: _put(admin, _idle(days), expected_version=0), range(1, 7))
        )

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]
    assert admin.get(PATH).json()["version"] == 1


def test_change_makes_the_due_times_follow(admin: Caller, caller: Caller) -> None:
    before = caller.store("fact", memory_type="episodic", tier="short", importance=1)

    _put(admin, _idle(2))

    found = caller.get(f"/v1/memories/{before['id']}").json()
    assert found["due_at"] < before["due_at"]
    caller.run("redue")
    ((due_at,),) = caller.world.ask(
        "SELECT due_at FROM memories WHERE org_id = %(o)s", o=caller.org
    )
    assert due_at.isoformat().replace("+00:00", "Z") == found["due_at"]


def test_org_sees_no_policy_of_another(admin: Caller, service: Service) -> None:
    _put(admin, _idle(3))

    with administrator(service) as other:
        assert other.get(PATH).json()["version"] == 0
        assert other.get(f"{PATH}/versions/1").status_code == 404
        assert _versions(other)["versions"] == []
        assert _roll_back(other, 1).status_code == 404


def test_listing_by_state_follows_at_once(admin: Caller, caller: Caller) -> None:
    stored = caller.store("fact", memory_type="episodic", tier="short", importance=1)

    _put(admin, _idle(0))

    listed = caller.get("/v1/memories", state="archived").json()["memories"]
    assert [one["id"] for one in listed] == [stored["id"]]
    assert caller.get("/v1/memories", state="live").json()["memories"] == []
