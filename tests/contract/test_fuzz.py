"""The generator of requests: repeatable, and it counts what it finds."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from schemathesis import GenerationMode

from nrem import Client
from nrem.store import key
from tests.api.serving import Caller, Service
from tests.contract.documents import ADMIN, PUBLIC, cases, operations
from tests.contract.fuzz import fuzz, known, targets

REQUESTS = 120


class _Broken(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(500)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_given: object) -> None:
        """Say nothing."""


@pytest.fixture
def broken() -> Iterator[str]:
    """The address of a server that knows one answer."""
    with HTTPServer(("127.0.0.1", 0), _Broken) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.timeout(300)
def test_no_request_is_answered_with_5xx(service: Service, caller: Caller) -> None:
    with service.caller(caller.org, key.ADMIN_SCOPES) as admin:
        asked = targets({PUBLIC: (service.url, caller.key), ADMIN: (service.admin_url, admin.key)})
        with Client(service.url, caller.key) as client:
            named = known(client)

        found = fuzz(asked, named, most=REQUESTS, seed=1).shown()

    assert found["requests"] == REQUESTS
    assert found["faults"] == []
    assert set(found["by_status"]) == {"2xx", "4xx"}


def test_a_server_error_is_told_with_its_operation_and_seed(broken: str) -> None:
    asked = targets({PUBLIC: (broken, "key")}, "GET /livez")

    found = fuzz(asked, {}, most=2, seed=5).shown()

    assert found["server_errors"] == 2
    assert {(one["operation"], one["status"], one["seed"]) for one in found["faults"]} == {
        ("GET /livez", "500", 5),
        ("GET /livez", "500", 6),
    }


def test_what_gets_no_answer_counts_as_a_server_error() -> None:
    asked = targets({PUBLIC: ("http://127.0.0.1:9", "key")}, "GET /livez")

    assert fuzz(asked, {}, most=1, seed=1).shown()["by_status"] == {"none": 1}


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_the_same_seed_makes_the_same_requests(mode: GenerationMode) -> None:
    operation = operations(PUBLIC)["POST /v1/memories"]

    made = [
        [case.body for case in cases(operation, mode, most=5, chance=chance)]
        for chance in (3, 3, 4)
    ]

    assert made[0] == made[1]
    assert made[0] != made[2]
