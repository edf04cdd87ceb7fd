"""The system on a database of another time than its ledger: refused, then let through again."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nrem.cli import app
from nrem.config import Settings
from nrem.embedded import stack
from nrem.erasure_ledger import Subject, ledger_of
from nrem.store.erasure_line import RestoredError
from tests.extent import full_only
from tests.world import NOW

GONE = Subject(
    org_id=1,
    erasure_id=1,
    kind="user",
    target_hash=b"somebody whom this database never knew",
    requested_at=NOW,
    fenced_at=NOW,
)


@full_only
def test_system_starts_again_after_a_replay(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NREM_EMBEDDER", "hash")
    settings = Settings(data_dir=data_dir, api_port=0, admin_port=0)
    with stack.start(settings, durable=False):
        pass
    ledger_of(settings).begin(GONE, model_requests=0, model_requested_at=None)

    with (
        pytest.raises(RestoredError, match="nrem purge --replay"),
        stack.start(settings, durable=False),
    ):
        pass
    done = CliRunner().invoke(app, ["purge", "--replay", "--json", "--data", str(data_dir)])

    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["not_there"] == 1
    with stack.start(settings, durable=False) as running:
        assert running.endpoints.api
