"""A worker frozen beyond its lease wakes up late: the fence makes it harmless.

A killed worker cannot write late, so only a frozen one shows the hole. The other guard (one effect
per event and step) is taken away here, so that the fence alone protects; without the fence too,
the same test must see memories twice, or it would see nothing at all.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from nrem.clock import utc_now
from nrem.embedded.children import CHECKOUT
from tests.faults import probe
from tests.interpreter import for_python
from tests.postgres import Database
from tests.world import TOOLS, Org, end, turn
from worker.passes.consolidate import CONSOLIDATE
from worker.runner import Cause, Setting, drain

LEASE_SECONDS = 1.0
_END_SECONDS = 30.0
PEPPER = "the pepper of the tests"
# A poll process whose consolidation halts at one verb until a line comes in; `unfenced` takes the
# comparison with fence and cursor out of its statement.
_POLL = """
import signal
import sys
from dataclasses import replace
from threading import Event
from sqlalchemy import text
from nrem.config import Settings
from nrem.store import lease
from nrem.store.statement import statement
from nrem.telemetry import configure
from worker import poll
from worker.process import open_process

verb, lease_seconds, is_fenced = sys.argv[1], float(sys.argv[2]), sys.argv[3] == "fenced"
guards = ("AND l.fence = cast(:fence AS bigint)", "AND l.cursor_seq = cast(:cursor_seq AS bigint)")

def unfenced(name):
    found = str(statement(name))
    if name == "lease_finish":
        assert all(guard in found for guard in guards)
        found = found.replace(guards[0], "AND :fence > 0").replace(guards[1], "")
    return text(found)

def halting(duty):
    def halt(*given):
        print("halted", flush=True)
        sys.stdin.readline()
        return getattr(duty, verb)(*given)
    return replace(duty, lease_seconds=lease_seconds, **{verb: halt})

if not is_fenced:
    lease.statement = unfenced
poll.OF_ORGS = tuple(
    halting(one) if one.name == "consolidate" else one for one in poll.OF_ORGS
)
settings = Settings()
configure("poll", settings.log_level)
stop = Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
poll.poll(open_process("poll", settings), stop)
"""


@contextmanager
def _poll(
    database: Database, data_dir: Path, verb: str, fence: str
) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-P", "-c", _POLL, verb, str(LEASE_SECONDS), fence],
        cwd=CHECKOUT,
        env={
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(CHECKOUT),
            **for_python(),
            "NREM_DATABASE_URL": database.worker_url,
            "NREM_DATA_DIR": str(data_dir),
            "NREM_BROKER_URL": "none",
            "NREM_EMBEDDER": "hash",
            "NREM_PEPPER": PEPPER,
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _tell(org: Org) -> None:
    facts = ("I moved to Porto on 3 March.", "My sister Ines bought 12 hens.", "I play the cello.")
    now = utc_now()
    org.append(*(turn(fact, session="s1") for fact in facts), end("s1"), now=now)


def _take_over(org: Org) -> None:
    """Consolidate the session as soon as the frozen holder's lease has lapsed."""
    setting = Setting(database=org.world.worker, tools=TOOLS, cause=Cause(name="poll"))
    duty = replace(CONSOLIDATE, lease_seconds=LEASE_SECONDS)

    def is_done() -> bool:
        org.world.drain("rescue", now=utc_now())
        drain(setting, duty)
        return org.column("SELECT state FROM sessions WHERE org_id = %(org)s") == ["consolidated"]

    probe.until(is_done, "another worker has taken the session over")


def _next_outcome(process: "subprocess.Popen[str]") -> str:
    """What the process logs about its consolidation when it goes on."""
    assert process.stderr is not None
    for line in process.stderr:
        event = json.loads(line)["event"] if line.startswith("{") else ""
        if event == "run.fenced" or event.startswith("consolidate."):
            return str(event)
    raise AssertionError("the poll process ended without an outcome")


def _freeze_and_wake(org: Org, database: Database, data_dir: Path, *, verb: str, fence: str) -> str:
    """Freeze a poll process in the middle of a consolidation that another finishes; wake it."""
    org.world.do("ALTER TABLE effects DROP CONSTRAINT effects_pkey")
    with _poll(database, data_dir, verb, fence) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        _tell(org)
        assert process.stdout.readline() == "halted\n"
        process.send_signal(signal.SIGSTOP)
        _take_over(org)
        process.stdin.write("\n")
        process.stdin.flush()

        process.send_signal(signal.SIGCONT)

        outcome = _next_outcome(process)
        # The line is written before the transaction ends; an orderly end waits for that.
        process.terminate()
        assert process.wait(_END_SECONDS) == 0
        return outcome


def _applied(org: Org) -> int:
    return int(
        org.column(
            "SELECT count(*) FROM runs WHERE org_id = %(org)s AND pass = 'consolidate' "
            "AND outcome = 'applied'"
        )[0]
    )


@pytest.mark.parametrize("verb", ["propose", "decide"])
def test_worker_frozen_beyond_its_lease_writes_nothing(
    org: Org, database: Database, data_dir: Path, verb: str
) -> None:
    outcome = _freeze_and_wake(org, database, data_dir, verb=verb, fence="fenced")

    assert outcome == "run.fenced"
    contents = org.memories()
    assert len(contents) == len(set(contents)) == 3
    assert _applied(org) == 1


def test_without_the_fence_the_same_worker_doubles_memories(
    org: Org, database: Database, data_dir: Path
) -> None:
    outcome = _freeze_and_wake(org, database, data_dir, verb="decide", fence="unfenced")

    assert outcome == "consolidate.applied"
    contents = org.memories()
    assert len(contents) == 2 * len(set(contents)) == 6
    assert _applied(org) == 2
