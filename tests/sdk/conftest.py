"""Fixtures of the tests of the client: a scripted server, and clients of either colour."""

from collections.abc import Iterator

import pytest

from nrem.sdk import Client
from tests.sdk.stub import Stub, serving

VARIABLES = (
    *("NREM_BASE_URL", "NREM_API_KEY", "NREM_ADMIN_URL", "NREM_ADMIN_KEY"),
    *("Z3RNO_BASE_URL", "Z3RNO_API_KEY"),
)


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A scripted server."""
    with serving() as made:
        yield made


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
