"""A whole system of the proof's own, in which nothing is compressed, and ways to look at it."""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
import redis
from psycopg.rows import dict_row

from nrem.clock import sleep
from nrem.command import keys, schedule
from nrem.command.keys import Keys
from nrem.command.server import Server
from nrem.config import Settings
from nrem.embedded import stack
from nrem.embedded.stack import RunningStack
from tests.faults import probe

_PATIENCE_SECONDS: Final = 600.0
_PAUSE_SECONDS: Final = 0.3
# Passes that would change a memory by the clock alone while it is compared with itself.
_RESTING: Final = ("decay", "expire", "promote", "reflect", "consolidate", "observe")
# Compressed bytes would hide what is looked for.
_UNCOMPRESSED: Final = """
SELECT format('ALTER TABLE %s ALTER COLUMN %I SET STORAGE EXTERNAL', c.oid::regclass, a.attname)
  AS statement
FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
WHERE c.relkind IN ('r', 'p', 'm') AND c.relnamespace = 'public'::regnamespace
  AND a.attnum > 0 AND NOT a.attisdropped AND a.attstorage IN ('x', 'm')
"""
_WAITING: Final = """
SELECT 'inbox of ' || pass AS what, count(*) AS n FROM inbox
WHERE due_at <= clock_timestamp() + interval '1 minute' GROUP BY pass
UNION ALL
SELECT 'lease of ' || pass, count(*) FROM leases
WHERE state = 'active' AND due_at <= clock_timestamp() + interval '1 minute' GROUP BY pass
UNION ALL
SELECT 'held lease of ' || pass, count(*) FROM leases WHERE owner IS NOT NULL GROUP BY pass
UNION ALL
SELECT 'job', count(*) FROM jobs WHERE state IN ('queued', 'running')
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One system, the ways to ask it, and where it keeps things."""

    stack: RunningStack
    keys: Keys
    api: Server
    admin: Server
    temporary: Path

    @property
    def data_dir(self) -> Path:
        """Where everything lies."""
        return self.stack.data_dir

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Rows of the database, as its owner sees them."""
        url = self.stack.urls.migrate.replace("+psycopg", "", 1)
        with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:
            # constant text of this folder, never a canary: statements reach logs
            found = connection.execute(query.encode())
            return found.fetchall() if found.description else []

    def documents(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The OpenAPI documents of both listeners."""
        return self.api.ask("GET", "/openapi.json"), self.admin.ask("GET", "/openapi.json")

    def settle(self, say: Callable[[str], None], *, is_resting: bool = False) -> None:
        """Return when no pass has anything left to do, or none but those that rest."""
        calm, rest = [""], _RESTING if is_resting else ()

        def is_calm() -> bool:
            left = (row for row in self.rows(_WAITING) if not row["what"].endswith(rest))
            waiting = {row["what"]: row["n"] for row in left if row["n"]}
            calm.append(", ".join(f"{n} {what}" for what, n in waiting.items()))
            if calm[-1] and calm[-1] != calm[-2]:
                say(f"waiting for {calm[-1]}")
            sleep(_PAUSE_SECONDS)
            return calm[-1] == calm[-2] == ""

        probe.until(is_calm, "every pass is done", seconds=_PATIENCE_SECONDS)

    def rest(self) -> None:
        """Let no pass of memories run by the clock from now on."""
        for name in _RESTING:
            schedule.rest(self.admin, name, paused=True)

    def flush(self) -> None:
        """Have what is in memory written: pages of tables, and the broker's keys."""
        self.rows("CHECKPOINT")
        self.save()

    def save(self) -> None:
        """Have the broker write its keys; tables are left as they lie."""
        broker = self._broker()
        if broker is not None:
            with broker:
                broker.save()

    def witness(self, word: str) -> list[Path]:
        """Write a word where no content may ever lie, to show that the scan looks there."""
        broker = self._broker()
        if broker is not None:
            with broker:
                broker.set("proof", word)
        written = [self.data_dir / "logs" / "proof.log", self.temporary / "proof"]
        for path in written:
            path.write_text(word, encoding="ascii")
        return written

    def forget_witness(self, written: list[Path]) -> None:
        """Take a witness away again."""
        broker = self._broker()
        if broker is not None:
            with broker:
                broker.delete("proof")
                broker.execute_command("BGREWRITEAOF")  # type: ignore[no-untyped-call]
                probe.until(lambda: _is_rewritten(broker), "the broker's file is rewritten")
                broker.save()
        for path in written:
            path.unlink()

    def _broker(self) -> "redis.Redis | None":
        url = self.stack.urls.broker
        if url is None:
            return None
        broker = redis.Redis.from_url(url)
        broker.config_set("rdbcompression", "no")
        return broker


def _is_rewritten(broker: "redis.Redis") -> bool:
    told = broker.execute_command("INFO", "persistence")  # type: ignore[no-untyped-call]
    found = dict(told)
    names = ("aof_rewrite_in_progress", "aof_rewrite_scheduled")
    return not any(int(found[name]) for name in names)


@contextmanager
def started(
    *, say: Callable[[str], None], environment: Mapping[str, str], **settings: object
) -> Iterator[System]:
    """A system in a directory of its own, with temporary files of its own; both go with it."""
    with ExitStack() as parts:
        place = Path(parts.enter_context(tempfile.TemporaryDirectory(prefix="nrem-proof-")))
        temporary = place / "temp"
        temporary.mkdir()
        parts.enter_context(_environment({"TMPDIR": str(temporary), **environment}))
        wanted = {"api_port": 0, "admin_port": 0, "embedder": "hash", "pool_size": 4, **settings}
        made = Settings(data_dir=place / "data", **wanted)
        running = parts.enter_context(stack.start(made, progress=say))
        own = keys.ensure(running.settings)[0]
        system = System(
            stack=running,
            keys=own,
            api=parts.enter_context(Server(running.endpoints.api, own.api)),
            admin=parts.enter_context(Server(running.endpoints.admin, own.admin)),
            temporary=temporary,
        )
        for row in system.rows(_UNCOMPRESSED):
            system.rows(row["statement"])
        yield system


@contextmanager
def _environment(given: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
