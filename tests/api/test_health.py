"""The two listeners: who serves what, and what they say of themselves."""

import tomllib

import httpx2
import pytest

from api.app import app
from nrem import __version__
from nrem.store.schema import SCHEMA_VERSION
from tests.api.serving import Caller, Service, serve
from tests.house.project import ROOT
from tests.postgres import Database

CANARY = "a canary that sings of Canaan"


@pytest.fixture
def admin(service: Service) -> httpx2.Client:
    return httpx2.Client(base_url=service.admin_url, trust_env=False)


def test_process_says_that_it_lives(service: Service) -> None:
    with service.client() as client:
        assert client.get("/livez").json()["status"] == "ok"


def test_process_says_that_it_can_serve(service: Service) -> None:
    with service.client() as client:
        assert client.get("/readyz").json()["status"] == "ok"


@pytest.mark.parametrize(("here", "there"), [("/livez", "/v1/health"), ("/readyz", "/v1/ready")])
def test_health_is_told_in_two_places(service: Service, here: str, there: str) -> None:
    with service.client() as client:
        assert client.get(there).json() == client.get(here).json()


def test_version_is_the_same_wherever_it_is_told(service: Service) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    with service.client() as client:
        told = [client.get(path).json()["version"] for path in ("/v1/health", "/v1/ready")]
        document = client.get("/openapi.json").json()["info"]["version"]

    assert {*told, document, project["version"]} == {__version__}


def test_database_at_another_version_is_not_served(database: Database) -> None:
    with serve(database) as service, service.client() as client:
        service.world.do("UPDATE alembic_version SET version_num = '9999'")
        answer = client.get("/v1/ready")
        lives = client.get("/livez")
        service.world.do("UPDATE alembic_version SET version_num = %(v)s", v=SCHEMA_VERSION)
        again = client.get("/readyz")

    assert answer.status_code == 503
    assert "alembic upgrade head" in answer.json()["detail"]
    assert answer.headers["retry-after"] == "1"
    assert (lives.status_code, again.status_code) == (200, 200)


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics", "/docs"])
def test_admin_listener_serves(admin: httpx2.Client, path: str) -> None:
    with admin:
        assert admin.get(path).status_code == 200


def test_admin_listener_does_not_serve_v1(admin: httpx2.Client, caller: Caller) -> None:
    key = {"Authorization": f"Bearer {caller.key}"}
    with admin:
        assert admin.get("/v1/agents", headers=key).status_code == 404
        assert admin.post("/v1/events", json={}, headers=key).status_code == 404


def test_public_listener_does_not_serve_metrics(caller: Caller) -> None:
    answer = caller.get("/metrics")

    assert answer.status_code == 404
    assert answer.json()["error"] == "not_found"


def test_metrics_tell_of_due_work_without_its_content(admin: httpx2.Client, caller: Caller) -> None:
    turn = {"type": "turn", "agent_id": CANARY, "role": "user", "content": CANARY}
    caller.send({**turn, "user_id": CANARY, "session_id": CANARY})
    with admin:
        waiting = admin.get("/metrics").text
        caller.run()
        done = admin.get("/metrics").text

    for name in ("nrem_due", "nrem_oldest_due_seconds", "nrem_parked"):
        assert f'{name}{{duty="score"}}' in waiting
    assert 'nrem_runs{duty="score",outcome="applied"}' in done
    assert CANARY not in waiting + done


@pytest.mark.parametrize(
    ("given", "answered"),
    [("mine", "mine"), ("a" * 65, "a" * 64), ("a\tb", "ab"), ("\u00e9", None), ("", None)],
)
def test_request_id_is_the_callers_cut_to_size(
    caller: Caller, given: str, answered: str | None
) -> None:
    headers = {b"X-Request-ID": given.encode("latin-1")}

    found = caller.client.get("/v1/agents", headers=headers).headers["x-request-id"]

    assert found == answered if answered else found.startswith("req_")


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("GET", "/", 404, "not_found"),
        ("GET", "/v1/nothing", 404, "not_found"),
        ("POST", "/v1/events/", 404, "not_found"),
        ("PUT", "/v1/events", 405, "method_not_allowed"),
        ("DELETE", "/v1/memories", 405, "method_not_allowed"),
    ],
)
def test_route_that_is_not_there_is_an_error_object(
    caller: Caller, method: str, path: str, status: int, error: str
) -> None:
    answer = caller.client.request(method, path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["error"] == error
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


def test_no_route_redirects() -> None:
    assert not app.router.redirect_slashes
