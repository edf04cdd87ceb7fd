"""Keys over HTTP: made, listed, rotated and revoked, for one's own org and scopes."""

from typing import Any

import pytest

from nrem import ids
from nrem.store import key
from tests.api.admin import admin, administrator
from tests.api.serving import Caller, Service

__all__ = ["admin"]

PATH = "/v1/admin/keys"
READ = ["memory:read"]


def make(admin: Caller, scopes: list[str] = READ, **fields: object) -> dict[str, Any]:
    answer = admin.post(PATH, {"scopes": scopes, **fields})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def listed(admin: Caller) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in admin.get(PATH).json()["keys"]}


def status(service: Service, made: str, path: str = "/v1/agents") -> int:
    with service.client(made) as client:
        return client.get(path).status_code


def rotate(admin: Caller, key_id: str, **fields: object) -> dict[str, Any]:
    answer = admin.post(f"{PATH}/{key_id}:rotate", fields)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_key_opens_what_its_scopes_say(service: Service, admin: Caller) -> None:
    made = make(admin)

    assert status(service, made["key"]) == 200
    assert status(service, made["key"], "/v1/api-keys") == 403


def test_key_is_shown_once_and_without_its_secret_from_then_on(admin: Caller) -> None:
    made = make(admin, expires_in_days=1, rate_limit_per_minute=7)

    shown = admin.get(PATH).text
    secret = made.pop("key").split("_")[3]

    assert secret not in shown
    assert listed(admin)[made["id"]] == made
    assert made["is_valid"] is True
    assert made["rate_limit_per_minute"] == 7
    assert made["expires_at"] > made["created_at"]
    assert made["replaces"] is made["revoked_at"] is made["last_used_at"] is None


def test_listing_says_when_a_key_was_used(service: Service, admin: Caller) -> None:
    made = make(admin)
    status(service, made["key"])

    found = listed(admin)[made["id"]]

    assert found["last_used_at"] > found["created_at"]


def test_keys_are_listed_page_by_page(admin: Caller) -> None:
    made = [make(admin)["id"] for _ in range(3)]

    first = admin.get(PATH, limit="2").json()
    rest = admin.get(PATH, limit="100", cursor=first["next_cursor"]).json()

    found = [one["id"] for one in first["keys"] + rest["keys"]]
    assert found[-3:] == made
    assert len(first["keys"]) == 2
    assert rest["next_cursor"] is None


def test_revoked_key_opens_nothing_in_any_process_from_its_next_request_on(
    service: Service, admin: Caller
) -> None:
    made = make(admin)
    with service.beside() as beside:
        assert status(beside, made["key"]) == 200

        answer = admin.client.post(f"{PATH}/{made['id']}:revoke")

        assert answer.status_code == 200
        assert answer.json()["is_valid"] is False
        assert [status(one, made["key"]) for one in (service, beside)] == [401, 401]


def test_revoking_again_changes_nothing(admin: Caller) -> None:
    made = make(admin)

    first, again = (admin.client.post(f"{PATH}/{made['id']}:revoke") for _ in range(2))

    assert first.json() == again.json()


def test_both_keys_open_during_the_overlap_of_a_rotation(service: Service, admin: Caller) -> None:
    old = make(admin, rate_limit_per_minute=9)

    new = rotate(admin, old["id"])

    assert [status(service, one["key"]) for one in (old, new)] == [200, 200]
    assert (new["replaces"], new["scopes"]) == (old["id"], old["scopes"])
    assert new["rate_limit_per_minute"] == 9
    assert new["expires_at"] is None
    assert listed(admin)[old["id"]]["expires_at"] is not None


def test_old_key_opens_nothing_after_the_overlap(service: Service, admin: Caller) -> None:
    old = make(admin)

    new = rotate(admin, old["id"], overlap_hours=0)

    assert [status(service, one["key"]) for one in (old, new)] == [401, 200]


def test_overlap_does_not_lengthen_a_life(admin: Caller) -> None:
    old = make(admin, expires_in_days=1)

    rotate(admin, old["id"], overlap_hours=720)

    assert listed(admin)[old["id"]]["expires_at"] == old["expires_at"]


def test_new_key_lives_as_long_as_the_old_one_was_to(admin: Caller) -> None:
    old = make(admin, expires_in_days=1)
    admin.world.do(
        "UPDATE api_keys SET created_at = created_at - interval '1 hour', "
        "expires_at = expires_at - interval '1 hour' WHERE id = %(id)s",
        id=ids.decode(ids.KEY, old["id"]),
    )

    new = rotate(admin, old["id"])

    ((days,),) = admin.world.ask(
        "SELECT round(extract(epoch FROM expires_at - created_at) / 86400, 3) FROM api_keys "
        "WHERE id = %(id)s",
        id=ids.decode(ids.KEY, new["id"]),
    )
    assert float(days) == 1.0


@pytest.mark.parametrize("column", ["expires_at", "revoked_at"])
def test_key_that_has_ended_is_not_rotated(admin: Caller, column: str) -> None:
    old = make(admin)
    admin.world.do(
        f"UPDATE api_keys SET {column} = now() WHERE id = %(id)s",  # noqa: S608
        id=ids.decode(ids.KEY, old["id"]),
    )

    answer = admin.post(f"{PATH}/{old['id']}:rotate", {})

    assert (answer.status_code, answer.json()["error"]) == (409, "key_ended")


@pytest.mark.parametrize("scope", key.SCOPES)
def test_key_gives_the_scopes_of_the_api_and_its_own(admin: Caller, scope: str) -> None:
    answer = admin.post(PATH, {"scopes": [scope]})

    expected = 403 if scope == key.PURGE_CONFIRM else 201
    assert answer.status_code == expected


@pytest.mark.parametrize("scope", [key.PURGE_REQUEST, key.PURGE_CONFIRM])
def test_key_that_may_request_and_confirm_gives_nobody_either(
    service: Service, admin: Caller, scope: str
) -> None:
    with administrator(service, admin.org, key.SCOPES) as both:
        answers = [both.post(PATH, {"scopes": given}) for given in ([scope], [key.ADMIN_READ])]

    assert [one.status_code for one in answers] == [403, 201]


def test_key_without_a_right_cannot_get_it_by_rotating_one_that_has_it(
    service: Service, admin: Caller
) -> None:
    with service.caller(admin.org, [key.PURGE_CONFIRM]):
        confirming = next(
            one["id"] for one in listed(admin).values() if one["scopes"] == [key.PURGE_CONFIRM]
        )

        answer = admin.post(f"{PATH}/{confirming}:rotate", {})

    assert answer.status_code == 403
    assert listed(admin)[confirming]["expires_at"] is None


@pytest.mark.parametrize("verb", ["rotate", "revoke"])
def test_key_of_another_org_is_as_one_that_is_not_there(
    service: Service, admin: Caller, stranger: Caller, verb: str
) -> None:
    with administrator(service, stranger.org) as other:
        foreign = make(other)
        answers = [
            admin.client.post(f"{PATH}/{one}:{verb}", headers={"X-Request-ID": "same"})
            for one in (foreign["id"], ids.encode(ids.KEY, 987_654_321), "key_x")
        ]

        assert [one.status_code for one in answers] == [404, 404, 404]
        assert len({one.content for one in answers}) == 1
        assert listed(other)[foreign["id"]]["is_valid"] is True
    assert foreign["id"] not in listed(admin)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"scopes": []},
        {"scopes": ["memory:all"]},
        {"scopes": READ, "expires_in_days": 0},
        {"scopes": READ, "expires_in_days": 3_651},
        {"scopes": READ, "rate_limit_per_minute": -1},
        {"scopes": READ, "org_id": "org_x"},
    ],
    ids=str,
)
def test_wrong_field_is_422(admin: Caller, body: dict[str, object]) -> None:
    assert admin.post(PATH, body).status_code == 422


@pytest.mark.parametrize(("hours", "status"), [(-1, 422), (0, 201), (720, 201), (721, 422)])
def test_overlap_lasts_up_to_thirty_days(admin: Caller, hours: int, status: int) -> None:
    made = make(admin)

    answer = admin.post(f"{PATH}/{made['id']}:rotate", {"overlap_hours": hours})

    assert answer.status_code == status


def test_trail_tells_of_keys_and_of_no_secret(admin: Caller, caller: Caller) -> None:
    made = make(admin)
    new = rotate(admin, made["id"])
    admin.client.post(f"{PATH}/{made['id']}:revoke")

    text = caller.get("/v1/audit").text
    told = {
        one["operation"]: one["details"]["about_key"]
        for one in caller.get("/v1/audit").json()["entries"]
    }

    assert told == {
        "key_create": made["id"],
        "key_rotate": new["id"],
        "key_revoke": made["id"],
    }
    assert not any(one["key"].split("_")[3] in text for one in (made, new))


class TestApiKeys:
    """The routes that other clients know, on the public listener."""

    @staticmethod
    def test_key_is_made_listed_and_ended(service: Service, admin: Caller) -> None:
        with service.caller(admin.org, key.ADMIN_SCOPES) as asking:
            answer = asking.post("/v1/api-keys", {"name": "laptop"})
            made = answer.json()
            listed_there = asking.get("/v1/api-keys").json()
            opens = status(service, made["key"])
            ended = [asking.client.delete(f"/v1/api-keys/{made['id']}") for _ in range(2)]

            assert answer.status_code == 201
            assert answer.headers["x-nrem-ignored-fields"] == "name"
            assert made["scopes"] == list(key.API_SCOPES)
            assert made["id"] in {one["id"] for one in listed_there}
            assert opens == 200
            assert [one.status_code for one in ended] == [204, 204]
            assert status(service, made["key"]) == 401
            assert made["id"] not in {one["id"] for one in asking.get("/v1/api-keys").json()}

    @staticmethod
    def test_public_listener_makes_no_administrators(service: Service) -> None:
        with service.caller(scopes=key.SCOPES) as asking:
            answer = asking.post("/v1/api-keys", {"scopes": ["admin:read"]})

        assert answer.status_code == 403
