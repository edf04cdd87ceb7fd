"""A database that was restored from before an erasure: nothing starts, until it was done again."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from nrem.cli import app
from nrem.embedded.children import ARGUMENTS, CHECKOUT
from nrem.embedded.postgres import EmbeddedPostgres, binary
from nrem.erasure_ledger import FILE, Ledger
from nrem.own_file import own_directory
from nrem.policy.erase import Kind
from nrem.store import engine, erasure_line
from tests.extent import full_only
from tests.postgres import Database, created
from tests.worker.erasing import erased
from tests.world import DIGEST, NOW, Org, World, connected, memory, turn

PEPPER = "the pepper of the tests"
WORDS = "the blue heron of Lagos"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came back, and the data directory that it did not come back with."""

    database: Database
    data_dir: Path
    environment: dict[str, str]

    def start(self, name: str) -> "subprocess.CompletedProcess[str]":
        """Start a process of nrem, and wait for its end."""
        return subprocess.run(
            [sys.executable, *ARGUMENTS[name]],
            env={**os.environ, **self.environment, "PYTHONPATH": str(CHECKOUT)},
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


def _tell(org: Org) -> None:
    org.append(turn(f"I saw {WORDS}.", user="ana", session="a"), memory(WORDS, user="ana"))
    org.append(memory("bo likes tea", user="bo"))
    org.world.settle(now=NOW)


@contextmanager
def copied(cluster: EmbeddedPostgres, original: Database) -> Iterator[Database]:
    """A backup of its files, restored."""
    with created(cluster, original.name) as copy:
        yield copy


@contextmanager
def dumped(cluster: EmbeddedPostgres, original: Database) -> Iterator[Database]:
    """A dump of it, restored."""
    dump = [str(binary("pg_dump")), "--format=custom", original.admin_url]
    told = subprocess.run(dump, capture_output=True, check=True).stdout
    with created(cluster, "template0") as copy:
        restore = [str(binary("pg_restore")), "--exit-on-error", f"--dbname={copy.admin_url}"]
        subprocess.run(restore, input=told, capture_output=True, check=True)
        yield copy


@pytest.fixture
def restored(
    request: pytest.FixtureRequest,
    cluster: EmbeddedPostgres,
    template: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Restored]:
    """A copy of a database from before Ana was erased in it."""
    data_dir = own_directory(tmp_path / "data")
    with created(cluster, template.name) as original:
        with connected(original) as world:
            org = world.found("org")
            _tell(org)
        backup = getattr(request, "param", copied)
        with backup(cluster, original) as copy:
            with connected(original) as world:
                erased(Org(number=org.number, world=world), Kind.USER, "ana", data_dir=data_dir)
            environment = {
                "NREM_DATABASE_URL": copy.admin_url,
                "NREM_BROKER_URL": "redis://127.0.0.1:9/0",
                "NREM_DATA_DIR": str(data_dir),
                "NREM_PEPPER": PEPPER,
                "NREM_EMBEDDER": "hash",
                "NREM_API_PORT": "0",
                "NREM_ADMIN_PORT": "0",
            }
            for name, value in environment.items():
                monkeypatch.setenv(name, value)
            yield Restored(database=copy, data_dir=data_dir, environment=environment)


def replay() -> Result:
    return CliRunner().invoke(app, ["purge", "--replay", "--json"])


def said(world: World) -> int:
    """How many rows still say it, or whose it was."""
    count = "SELECT count(*) FROM {} AS t WHERE cast(t AS text) LIKE %(words)s"
    return sum(
        int(world.ask(count.format(table), words=f"%{words}%")[0][0])
        for words in (WORDS, "ana")
        for table in ("events", "memories", "memory_versions", "users", "embeddings", "lexemes")
    )


@pytest.mark.parametrize(
    "name",
    [
        "poll",
        pytest.param("api", marks=full_only),
        pytest.param("worker", marks=full_only),
    ],
)
def test_nothing_starts_on_it(restored: Restored, name: str) -> None:
    done = restored.start(name)

    assert done.returncode != 0
    assert "nrem purge --replay" in done.stderr + done.stdout


@pytest.mark.parametrize("restored", [pytest.param(copied, marks=full_only), dumped], indirect=True)
def test_replay_erases_again_and_lets_everything_start(restored: Restored) -> None:
    with connected(restored.database) as world:
        before = said(world)
    refused = restored.start("scheduler")
    done = replay()

    assert "nrem purge --replay" in refused.stderr
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["replayed"], found["not_there"], len(found["erasures"])) == (1, 0, 1)
    with connected(restored.database) as world:
        assert before > 0
        assert said(world) == 0
        assert [row[0] for row in world.ask("SELECT external_id FROM users")] == ["bo"]
        assert [row[0] for row in world.ask("SELECT content FROM memories")] == ["bo likes tea"]
        with engine.begin(world.api) as conn:
            erasure_line.check(conn, Ledger(restored.data_dir / FILE, DIGEST))
    again = replay()
    assert json.loads(again.stdout)["replayed"] == 0
    ledger = restored.data_dir / FILE
    assert len(ledger.read_bytes().splitlines()) == 4
    ledger.unlink()
    lost = replay()
    assert lost.exit_code == 2
    assert "lost or cut" in lost.stderr


def test_whom_the_database_does_not_know_needs_no_erasure(restored: Restored) -> None:
    with connected(restored.database) as world:
        world.do("UPDATE users SET external_id = 'somebody else' WHERE external_id = 'ana'")

    done = replay()

    found = json.loads(done.stdout)
    assert (found["replayed"], found["not_there"]) == (0, 1)
    assert json.loads(replay().stdout)["not_there"] == 0
