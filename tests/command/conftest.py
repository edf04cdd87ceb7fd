"""Fixtures of the tests of commands: a service, and a data directory that seems to run it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from nrem.config import Settings
from nrem.embedded import files
from nrem.store import key
from tests.api.conftest import caller, service, stranger
from tests.api.serving import PEPPER, Caller, Service

__all__ = ["caller", "service", "settings", "stranger"]


@pytest.fixture
def settings(
    service: Service, caller: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    """The settings of a command; the service of the tests runs in their data directory."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    with (
        service.caller(caller.org, key.ADMIN_SCOPES) as admin,
        service.caller(caller.org, key.PURGE_SCOPES) as purger,
    ):
        keys = {"api": caller.key, "admin": admin.key, "purge": purger.key}
    files.write_json(data / "keys.json", keys)
    files.write_json(data / "endpoints.json", {"api": service.url, "admin": service.admin_url})
    monkeypatch.setenv("NREM_DATABASE_URL", service.database.worker_url)
    monkeypatch.setenv("NREM_BROKER_URL", "none")
    monkeypatch.setenv("NREM_DATA_DIR", str(data))
    monkeypatch.setenv("NREM_EMBEDDER", "hash")
    monkeypatch.setenv("NREM_PEPPER", PEPPER)
    lock = files.acquire(data / "nrem.lock", wait_seconds=1)
    assert lock is not None
    yield Settings()
    os.close(lock)
