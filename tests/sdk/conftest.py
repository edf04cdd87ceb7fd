"""Fixtures of the tests of the client: a scripted server, the real one, and clients of both."""

from collections.abc import Iterator

import pytest

from nrem.sdk import Client
from nrem.store import key
from tests.api.conftest import caller, service
from tests.api.serving import Caller, Service
from tests.sdk.stub import Stub, serving

__all__ = ["caller", "service"]

VARIABLES = (
    *("NREM_BASE_URL", "NREM_API_KEY", "NREM_ADMIN_URL", "NREM_ADMIN_KEY"),
    *("Z3RNO_BASE_URL", "Z3RNO_API_KEY"),
    *("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "http_proxy", "https_proxy"),
)


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def _server() -> Iterator[Stub]:
    with serving() as made:
        yield made


@pytest.fixture
def stub(_server: Stub) -> Stub:
    """A scripted server that was asked nothing yet."""
    _server.begin()
    return _server


@pytest.fixture
def pauses() -> list[float]:
    """How long the client waited between attempts, in seconds; nothing really waits."""
    return []


@pytest.fixture
def client(stub: Stub, pauses: list[float]) -> Iterator[Client]:
    """A sync client of the scripted server."""
    with Client(
        stub.url, "key", admin_url=stub.url, admin_key="admin", pause=pauses.append
    ) as made:
        yield made


@pytest.fixture
def real(service: Service, caller: Caller) -> Iterator[Client]:
    """A sync client of the real application, with an org of its own, and its operator's key."""
    with (
        service.caller(caller.org, key.ADMIN_SCOPES) as operator,
        Client(
            base_url=service.url,
            api_key=caller.key,
            timeout=30,
            max_retries=3,
            admin_url=service.admin_url,
            admin_key=operator.key,
        ) as made,
    ):
        yield made
