"""Legal holds over HTTP: named by the callers' ids, one per thing, and for administrators only."""

from typing import Any

import httpx2
import pytest

from nrem import ids
from nrem.store import key
from tests.api.admin import admin, administrator
from tests.api.serving import Caller, Service

__all__ = ["admin"]

PATH = "/v1/admin/holds"
UNKNOWN = {"agent": "nobody", "user": "nobody", "memory": ids.encode(ids.MEMORY, 987_654_321)}
ROUTES = [
    ("GET", PATH, key.ADMIN_READ),
    ("POST", PATH, key.ADMIN_WRITE),
    ("POST", f"{PATH}/{ids.encode(ids.HOLD, 1)}:lift", key.ADMIN_WRITE),
]


def _place(admin: Caller, kind: str, ref: object = None, **more: object) -> httpx2.Response:
    body = {"kind": kind, "reference": "case 1", **({} if ref is None else {"ref": ref}), **more}
    return admin.post(PATH, body)


def _list(admin: Caller, **asked: str) -> dict[str, Any]:
    answer = admin.get(PATH, **asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def _lift(admin: Caller, hold_id: str) -> httpx2.Response:
    return admin.client.post(f"{PATH}/{hold_id}:lift")


@pytest.mark.parametrize("kind", ["org", "agent", "user", "memory"])
def test_hold_is_placed_listed_and_lifted_by_the_callers_ids(
    admin: Caller, caller: Caller, kind: str
) -> None:
    stored = caller.store("fact", user_id="ann@example.org")
    ref = {"agent": "agent", "user": "ann@example.org", "memory": stored["id"]}.get(kind)

    answer = _place(admin, kind, ref)

    assert answer.status_code == 201, answer.text
    placed = answer.json()
    assert placed["id"].startswith("hld_")
    assert (placed["kind"], placed["ref"]) == (kind, ref)
    assert (placed["reference"], placed["lifted_at"]) == ("case 1", None)
    assert _list(admin)["holds"] == [placed]
    lifted = _lift(admin, placed["id"]).json()
    assert lifted["lifted_at"] >= placed["placed_at"]
    assert _list(admin)["holds"] == [lifted]


@pytest.mark.parametrize("kind", ["org", "agent"])
def test_second_standing_hold_over_the_same_is_409(
    admin: Caller, caller: Caller, kind: str
) -> None:
    caller.store("fact")
    ref = None if kind == "org" else "agent"
    placed = _place(admin, kind, ref).json()

    again = _place(admin, kind, ref)

    assert (again.status_code, again.json()["error"]) == (409, "hold_exists")
    _lift(admin, placed["id"])
    assert _place(admin, kind, ref).status_code == 201


def test_lifting_again_answers_the_same(admin: Caller) -> None:
    placed = _place(admin, "org").json()

    first, again = (_lift(admin, placed["id"]).json() for _ in range(2))

    assert first == again


@pytest.mark.parametrize("kind", sorted(UNKNOWN))
def test_hold_over_what_is_not_there_is_404(admin: Caller, kind: str) -> None:
    answer = _place(admin, kind, UNKNOWN[kind])

    assert (answer.status_code, answer.json()["field"]) == (404, "ref")
    assert UNKNOWN[kind] not in answer.text


@pytest.mark.parametrize("kind", sorted(UNKNOWN))
def test_what_another_org_has_is_answered_as_unknown(
    admin: Caller, caller: Caller, stranger: Caller, kind: str
) -> None:
    stored = stranger.store("fact", agent_id="theirs", user_id="their user")
    theirs = {"agent": "theirs", "user": "their user", "memory": stored["id"]}

    found, unknown = (_place(admin, kind, ref).json() for ref in (theirs[kind], UNKNOWN[kind]))

    assert {**found, "request_id": ""} == {**unknown, "request_id": ""}


def test_purged_memory_cannot_be_held(admin: Caller, caller: Caller) -> None:
    stored = caller.store("fact")
    caller.world.do(
        "UPDATE memories SET state = 'purged', content = '' WHERE org_id = %(o)s", o=caller.org
    )

    assert _place(admin, "memory", stored["id"]).status_code == 404


def test_hold_of_another_org_is_neither_listed_nor_lifted(admin: Caller, service: Service) -> None:
    placed = _place(admin, "org").json()

    with administrator(service) as other:
        assert _list(other)["holds"] == []
        assert _lift(other, placed["id"]).status_code == 404

    assert _list(admin)["holds"] == [placed]


@pytest.mark.parametrize("hold_id", ["hld_0000000000000", "mem_zzzzzzzzzzzzz", "1", "hld_"])
def test_lifting_what_is_no_hold_is_404(admin: Caller, hold_id: str) -> None:
    assert _lift(admin, hold_id).status_code == 404


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"kind": "org"}, "reference"),
        ({"kind": "org", "reference": " "}, "reference"),
        ({"kind": "org", "reference": "a\u0000b"}, "reference"),
        ({"kind": "org", "reference": "x" * 1_001}, "reference"),
        ({"kind": "session", "reference": "x", "ref": "y"}, "kind"),
        ({"kind": "org", "reference": "x", "ref": "y"}, "body"),
        ({"kind": "agent", "reference": "x"}, "body"),
        ({"kind": "org", "reference": "x", "until": "2027-01-01"}, "until"),
        ([], "body"),
    ],
)
def test_wrong_body_is_422_and_names_its_field(admin: Caller, value: object, field: str) -> None:
    answer = admin.post(PATH, value)

    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_pages_list_every_hold_once(admin: Caller, caller: Caller) -> None:
    for name in ("a", "b", "c"):
        caller.store("fact", agent_id=name)
        _place(admin, "agent", name)
    _lift(admin, _list(admin)["holds"][1]["id"])

    first = _list(admin, limit="2")
    rest = _list(admin, limit="2", cursor=first["next_cursor"])

    assert [one["ref"] for one in first["holds"] + rest["holds"]] == ["a", "b", "c"]
    assert rest["next_cursor"] is None
    assert [one["ref"] for one in _list(admin, standing="true")["holds"]] == ["a", "c"]
    assert [one["ref"] for one in _list(admin, standing="false")["holds"]] == ["b"]
    assert admin.get(PATH, cursor="x").status_code == 422


@pytest.mark.parametrize(("verb", "path", "scope"), ROUTES)
def test_route_needs_its_scope(service: Service, verb: str, path: str, scope: str) -> None:
    others = {*key.API_SCOPES, *key.ADMIN_SCOPES, *key.PURGE_SCOPES} - {scope}

    with administrator(service, scopes=sorted(others)) as caller:
        answer = caller.client.request(verb, path, json={})

    assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")


@pytest.mark.parametrize(("verb", "path", "scope"), ROUTES)
def test_route_needs_a_key(service: Service, verb: str, path: str, scope: str) -> None:
    with service.client() as client:
        assert client.request(verb, f"{service.admin_url}{path}").status_code == 401
