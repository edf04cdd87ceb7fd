"""A whole system with its workers, for all tests of a process, and a client of each colour."""

import http.server
import secrets
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from nrem.command import keys
from tests.api.admin import admin
from tests.api.conftest import caller, service, stranger
from tests.contract.driving import Driver
from tests.faults.system import System, quick, started
from tests.llm.conftest import asking
from tests.world import org, world

__all__ = ["admin", "asking", "caller", "org", "service", "stranger", "world"]


class _Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<html><body><h1>Offices</h1><p>The Oslo office opened in May.</p></body></html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@pytest.fixture(scope="session")
def page() -> Iterator[str]:
    """A web page whose host an operator allows."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/offices"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def system(page: str) -> Iterator[System]:
    """Postgres, Valkey, API, worker, poll loop and scheduler, as `./run` starts them."""
    with tempfile.TemporaryDirectory(prefix="nrem-", dir="/tmp") as made:  # a short socket path
        settings = quick(
            Path(made) / "data",
            ingest_hosts=urlsplit(page).netloc,
            ingest_private_networks="127.0.0.0/8",
        )
        with started(settings) as running:
            yield running


@pytest.fixture(params=["sync", "async"])
def client(request: pytest.FixtureRequest, system: System) -> Iterator[Driver]:
    """The unmodified client with the development key."""
    driver = Driver(request.param, system.stack.endpoints.api, system.key)
    yield driver
    driver.close()


@pytest.fixture(params=["sync", "async"])
def operator(request: pytest.FixtureRequest, system: System) -> Iterator[Driver]:
    """The same with the operator's key."""
    key = keys.read(system.stack.data_dir).admin
    driver = Driver(request.param, system.stack.endpoints.api, key)
    yield driver
    driver.close()


@pytest.fixture
def agent() -> str:
    """An agent that no other test knows."""
    return f"agent-{secrets.token_hex(6)}"
