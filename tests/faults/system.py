"""A running system for tests: its stack, a client with a key, and a reader of its database."""

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg

from nrem.clock import sleep
from nrem.command import keys, schedule
from nrem.command.conversation import Conversation
from nrem.command.load import Loaded, feed
from nrem.command.server import Server
from nrem.config import Settings
from nrem.embedded import stack
from nrem.embedded.stack import RunningStack
from tests.faults import probe
from tests.faults.ledger import Reader

# Small enough for many requests per session, so that a fault lands between two of them.
_BATCH: Final = 5
_LOOK_SECONDS: Final = 0.005
# The holder is gone, or frozen beyond its time: what the passing of the lease's time would do.
_LAPSE: Final = """
WITH streams AS (
  UPDATE leases SET lease_until = clock_timestamp() - interval '1 second'
  WHERE lease_until > clock_timestamp() AND owner LIKE ANY(%(owners)s)
)
UPDATE inbox SET lease_until = clock_timestamp() - interval '1 second'
WHERE lease_until > clock_timestamp() AND owner LIKE ANY(%(owners)s)
"""
_HELD: Final = """
SELECT (SELECT count(*) FROM leases WHERE owner LIKE %(owner)s)
     + (SELECT count(*) FROM inbox WHERE owner LIKE %(owner)s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One system and the ways to look at it and to hurt it."""

    stack: RunningStack
    key: str

    def server(self) -> Server:
        """A client of the API; one per thread."""
        return Server(self.stack.endpoints.api, self.key)

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """The database, as its owner; each statement is its own transaction."""
        url = self.stack.urls.migrate.replace("+psycopg", "", 1)
        with psycopg.connect(url, autocommit=True) as connection:
            yield connection

    def kill(self, child: str) -> int:
        """End a child as an out-of-memory killer would; answers its process id."""
        pid = self.stack.pids[child]
        os.kill(pid, signal.SIGKILL)
        return pid

    def kill_at_work(self, child: str, is_late: Callable[[], bool]) -> int:
        """End a child and its forks while they hold work, or at the latest when `is_late`.

        Answers its process id. It is stopped for each look, so that it cannot finish meanwhile.
        """
        pid = self.stack.pids[child]
        with self.reader() as reader:
            while True:
                os.killpg(pid, signal.SIGSTOP)
                if is_late() or held(reader, pid):
                    os.killpg(pid, signal.SIGKILL)
                    return pid
                os.killpg(pid, signal.SIGCONT)
                # Without a pause it would never get its work done.
                sleep(_LOOK_SECONDS)

    def await_fork(self) -> int:
        """The process in which Celery runs tasks, once it has run one: it is born helpless."""
        with self.reader() as reader:
            probe.until(lambda: self._has_beaten(reader, self._fork()), "Celery has run a task")
        return self._fork()

    def _fork(self) -> int:
        pid = self.stack.pids["worker"]
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        return int(found[0]) if found else 0

    @staticmethod
    def _has_beaten(reader: Reader, pid: int) -> bool:
        query = "SELECT 1 FROM heartbeats WHERE kind = 'celery' AND pid = %(pid)s"
        return bool(reader.execute(query, {"pid": pid}).fetchall())

    def await_restart(self, child: str, pid: int) -> None:
        """Return when the supervisor has started the child anew."""
        probe.until(lambda: self.stack.pids[child] != pid, f"{child} is started again")

    def lapse(self, owners: Sequence[str]) -> None:
        """Let the leases of these owners lapse, once: again and again would rob living holders."""
        with self.reader() as reader:
            reader.execute(_LAPSE, {"owners": list(owners)})

    def load(self, talk: Conversation) -> None:
        """Feed a conversation and wait until it is consolidated."""
        with self.server() as server:
            done = Loaded()
            feed(server, talk, done)
            assert not done.errors
        self.await_consolidated(talk)

    def await_consolidated(self, talk: Conversation) -> None:
        """Return when every session is consolidated."""
        with self.server() as server:
            for session in talk.sessions:
                probe.until(
                    lambda session=session: _is_consolidated(  # type: ignore[misc]
                        server, session.session_id
                    ),
                    f"{session.session_id} is consolidated",
                )

    def log(self, child: str) -> str:
        """What a child has written so far."""
        return (self.stack.data_dir / "logs" / f"{child}.log").read_text(encoding="utf-8")


def _is_consolidated(server: Server, session_id: str) -> bool:
    return bool(server.session(session_id)["state"] == "consolidated")


@contextmanager
def started(settings: Settings) -> Iterator[System]:
    """A system with these settings, with its development key.

    `promote` rests in it: what it makes of repeats depends on when it looks, fault or not.
    """
    with stack.start(settings, durable=False) as running:
        made = keys.ensure(running.settings)[0]
        with Server(running.endpoints.admin, made.admin) as admin:
            schedule.rest(admin, "promote", paused=True)
        yield System(stack=running, key=made.api)


def quick(data_dir: Path, **changes: object) -> Settings:
    """Settings for a system that starts fast, on free ports."""
    return Settings(
        **{
            "data_dir": data_dir,
            "api_port": 0,
            "admin_port": 0,
            "embedder": "hash",
            "pool_size": 4,
            **changes,
        }
    )


class _Counting(Server):
    """A client that sends small batches and counts those that were answered."""

    def __init__(self, url: str, key: str) -> None:
        super().__init__(url, key)
        self.answered = 0
        self.progress = threading.Condition()

    def send_events(self, events: Sequence[Mapping[str, Any]]) -> list[str]:
        """Store events; answers their ids."""
        ids: list[str] = []
        for start in range(0, len(events), _BATCH):
            ids += super().send_events(events[start : start + _BATCH])
            with self.progress:
                self.answered += 1
                self.progress.notify_all()
        return ids


class Feeding:
    """A conversation on its way in, from a thread of its own."""

    def __init__(self, system: System, talk: Conversation) -> None:
        self._server = _Counting(system.stack.endpoints.api, system.key)
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._done = Loaded()
        self._future = self._pool.submit(feed, self._server, talk, self._done)

    @property
    def answered(self) -> int:
        """How many batches were accepted so far."""
        return self._server.answered

    def await_batches(self, count: int) -> None:
        """Return when `count` batches were accepted; the next one is on its way then."""
        with self._server.progress:
            assert self._server.progress.wait_for(lambda: self.answered >= count, 60.0)

    def finish(self) -> None:
        """Return when everything was accepted; fails when anything was refused."""
        with self._server, self._pool:
            self._future.result(timeout=90.0)
        assert not self._done.errors


def batches(talk: Conversation) -> int:
    """How many batches a `Feeding` sends: each session's turns, with its start and its end."""
    return sum(-(-(len(session.turns) + 2) // _BATCH) for session in talk.sessions)


def owners(pids: Iterable[int]) -> list[str]:
    """Patterns of the owners that these processes write into their leases."""
    return [f"%:{pid}:%" for pid in pids]


def held(reader: Reader, pid: int) -> int:
    """How many leases and queued items a process holds."""
    (found,) = reader.execute(_HELD, {"owner": f"%:{pid}:%"}).fetchall()[0]
    return int(found)
