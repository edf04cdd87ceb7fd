"""Keys: every route but health and its own description asks for one, and says nothing about it."""

from typing import Any

import pytest

from api.app import admin_app, app
from nrem.store import key
from tests.api.routing import routes_of
from tests.api.serving import Caller, Service

WITHOUT_KEY = {"/livez", "/readyz", "/v1/health", "/v1/ready", "/docs", "/openapi.json"}


ROUTES = [(verb, path.translate(str.maketrans("", "", "{}"))) for verb, path in routes_of(app)]


def _body(answer: Any) -> dict[str, Any]:  # noqa: ANN401
    body: dict[str, Any] = answer.json()
    assert body.pop("request_id")
    return body


def test_routes_are_found() -> None:
    assert ("POST", "/v1/events") in ROUTES
    assert len(ROUTES) > len(WITHOUT_KEY)


@pytest.mark.parametrize(("method", "path"), [r for r in ROUTES if r[1] not in WITHOUT_KEY])
def test_route_needs_a_key(service: Service, method: str, path: str) -> None:
    with service.client() as client:
        answer = client.request(method, path)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert _body(answer)["error"] == "authentication_failed"


@pytest.mark.parametrize("path", sorted(WITHOUT_KEY))
def test_route_about_the_process_needs_none(service: Service, path: str) -> None:
    with service.client() as client:
        assert client.get(path).status_code == 200


def _mistyped(given: str) -> str:
    letter = given[30]
    return f"{given[:30]}{'1' if letter == '0' else '0'}{given[31:]}"


@pytest.mark.parametrize(
    "given",
    [
        "",
        "Bearer",
        "Bearer x",
        "Bearer nrem_dev_x",
        "Bearer nrem_dev_abc_",
        "Bearer nrem_dev__",
        "Bearer \u00e9_\u00e9_\u00e9_\u00e9",
        f"Bearer nrem_dev_{'0' * 12}_{'0' * 72}",
        f"Bearer {'nrem_' * 5_000}",
        "Basic bnJlbTpucmVt",
    ],
)
def test_what_is_no_key_is_answered_as_a_missing_one(service: Service, given: str) -> None:
    with service.client() as client:
        missing = client.get("/v1/agents")
        answer = client.get("/v1/agents", headers={b"Authorization": given.encode("latin-1")})

    assert answer.status_code == 401
    assert _body(answer) == _body(missing)


@pytest.mark.parametrize("state", ["mistyped", "unknown", "expired", "revoked"])
def test_key_that_does_not_open_is_answered_as_a_missing_one(
    service: Service, caller: Caller, state: str
) -> None:
    given = caller.key
    if state == "mistyped":
        given = _mistyped(given)
    elif state == "unknown":
        caller.world.do("DELETE FROM api_keys WHERE org_id = %(o)s", o=caller.org)
    else:
        column = {"expired": "expires_at", "revoked": "revoked_at"}[state]
        caller.world.do(
            f"UPDATE api_keys SET {column} = clock_timestamp() WHERE org_id = %(o)s",  # noqa: S608
            o=caller.org,
        )
    with service.client() as client, service.client(given) as other:
        missing = client.get("/v1/agents")
        answer = other.get("/v1/agents")

    assert answer.status_code == 401
    assert _body(answer) == _body(missing)


def test_key_opens_before_it_expires(caller: Caller) -> None:
    caller.world.do(
        "UPDATE api_keys SET expires_at = clock_timestamp() + interval '1 hour' "
        "WHERE org_id = %(o)s",
        o=caller.org,
    )

    assert caller.get("/v1/agents").status_code == 200


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_scheme_is_read_in_any_case(service: Service, caller: Caller, scheme: str) -> None:
    with service.client() as client:
        answer = client.get("/v1/agents", headers={"Authorization": f"{scheme} {caller.key}"})

    assert answer.status_code == 200


NEEDS = {
    ("POST", "/v1/events"): key.EVENTS_WRITE,
    ("GET", "/v1/events/event_id"): key.MEMORY_READ,
    ("POST", "/v1/memories"): key.MEMORY_WRITE,
    ("GET", "/v1/memories"): key.MEMORY_READ,
    ("GET", "/v1/memories/memory_id"): key.MEMORY_READ,
    ("GET", "/v1/memories/memory_id/explain"): key.MEMORY_READ,
    ("GET", "/v1/memories/memory_id/promote-explain"): key.MEMORY_READ,
    ("POST", "/v1/memories/batch"): key.MEMORY_WRITE,
    ("PATCH", "/v1/memories/memory_id"): key.MEMORY_WRITE,
    ("POST", "/v1/memories/memory_id:pin"): key.MEMORY_WRITE,
    ("POST", "/v1/memories/memory_id:unpin"): key.MEMORY_WRITE,
    ("POST", "/v1/memories/memory_id:archive"): key.MEMORY_FORGET,
    ("POST", "/v1/memories/memory_id:forget"): key.MEMORY_FORGET,
    ("POST", "/v1/memories/memory_id:restore"): key.MEMORY_WRITE,
    ("POST", "/v1/memories/memory_id/rollback"): key.MEMORY_WRITE,
    ("GET", "/v1/memories/memory_id/history"): key.MEMORY_READ,
    ("GET", "/v1/memories/memory_id/diff"): key.MEMORY_READ,
    ("GET", "/v1/memories/memory_id/relationships"): key.MEMORY_READ,
    ("POST", "/v1/memories/memory_id/relationships"): key.MEMORY_WRITE,
    ("DELETE", "/v1/memories/memory_id/relationships"): key.MEMORY_WRITE,
    ("DELETE", "/v1/memories/memory_id/relationships/relationship_id"): key.MEMORY_WRITE,
    ("POST", "/v1/memories/recall"): key.MEMORY_READ,
    ("POST", "/v1/memories/recall/stream"): key.MEMORY_READ,
    ("POST", "/v1/sessions"): key.EVENTS_WRITE,
    ("POST", "/v1/conversations"): key.MEMORY_WRITE,
    ("GET", "/v1/conversations/conversation_id"): key.MEMORY_READ,
    ("DELETE", "/v1/conversations/conversation_id"): key.MEMORY_WRITE,
    ("POST", "/v1/conversations/conversation_id/turns"): key.MEMORY_WRITE,
    ("GET", "/v1/conversations/conversation_id/turns"): key.MEMORY_READ,
    ("POST", "/v1/memories/forget"): key.MEMORY_FORGET,
    ("POST", "/v1/memories/forget_all"): key.MEMORY_FORGET,
    ("POST", "/v1/ingest"): key.MEMORY_WRITE,
    ("GET", "/v1/ingest/job_id"): key.MEMORY_READ,
    ("POST", "/v1/distill"): key.MEMORY_WRITE,
    ("GET", "/v1/distill/job_id"): key.MEMORY_READ,
    ("POST", "/v1/refine"): key.MEMORY_WRITE,
    ("GET", "/v1/refine/job_id"): key.MEMORY_READ,
    ("GET", "/v1/audit"): key.MEMORY_READ,
    ("GET", "/v1/tenants/me/budgets"): key.MEMORY_READ,
    ("PUT", "/v1/tenants/me/budgets"): key.MEMORY_WRITE,
    ("GET", "/v1/tenants/org_id/budgets"): key.ADMIN_READ,
    ("PUT", "/v1/tenants/org_id/budgets"): key.ADMIN_WRITE,
    ("GET", "/v1/usage"): key.MEMORY_READ,
    ("GET", "/v1/limits"): key.MEMORY_READ,
    ("GET", "/v1/sessions/session_id"): key.MEMORY_READ,
    ("POST", "/v1/sessions/session_id/end"): key.EVENTS_WRITE,
    ("GET", "/v1/agents"): key.MEMORY_READ,
    ("POST", "/v1/api-keys"): key.ADMIN_WRITE,
    ("GET", "/v1/api-keys"): key.ADMIN_READ,
    ("DELETE", "/v1/api-keys/key_id"): key.ADMIN_WRITE,
    ("PUT", "/v1/agents/agent/card-schema"): key.MEMORY_WRITE,
    ("GET", "/v1/agents/agent/card-schema"): key.MEMORY_READ,
    ("GET", "/v1/cards/agent/user"): key.MEMORY_READ,
    ("PATCH", "/v1/cards/agent/user"): key.MEMORY_WRITE,
    ("DELETE", "/v1/cards/agent/user"): key.MEMORY_WRITE,
    ("GET", "/v1/cards/agent/user/history"): key.MEMORY_READ,
    ("GET", "/v1/context"): key.MEMORY_READ,
    ("GET", "/v1/observations"): key.MEMORY_READ,
    ("POST", "/v1/observations/observation_id:restore"): key.MEMORY_WRITE,
}


def test_scope_of_every_route_is_stated_here() -> None:
    assert set(NEEDS) == {one for one in ROUTES if one[1] not in WITHOUT_KEY}


@pytest.mark.parametrize(("route", "scope"), NEEDS.items())
def test_key_without_the_scope_is_refused(
    service: Service, route: tuple[str, str], scope: str
) -> None:
    others = sorted({*key.API_SCOPES, *key.ADMIN_SCOPES} - {scope})
    with service.caller(scopes=others) as caller:
        answer = caller.client.request(*route)

    assert answer.status_code == 403
    assert answer.json()["error"] == "forbidden"
    assert scope in answer.json()["remedy"]


@pytest.mark.parametrize(("route", "scope"), NEEDS.items())
def test_key_with_that_scope_alone_is_let_in(
    service: Service, route: tuple[str, str], scope: str
) -> None:
    with service.caller(scopes=[scope]) as caller:
        answer = caller.client.request(*route)

    assert answer.status_code in (200, 201, 202, 404, 422)


def test_key_is_not_stored_as_it_is_sent(caller: Caller) -> None:
    rows = caller.world.ask("SELECT row_to_json(k)::text FROM api_keys AS k")

    secret = caller.key.split("_")[3]
    assert all(secret not in row[0] for row in rows)


def test_admin_listener_has_no_route_of_the_public_one() -> None:
    paths = {path for _, path in routes_of(admin_app)}

    assert "/metrics" in paths
    assert not {p for p in paths if p.startswith("/v1") and not p.startswith("/v1/admin/")}
