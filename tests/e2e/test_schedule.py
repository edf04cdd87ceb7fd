"""Schedules with real processes: one run row names APScheduler's tick and Celery's task."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection

from nrem.clock import utc_now
from nrem.command import keys, runs, schedule
from nrem.command.server import Server
from tests.extent import full_only
from tests.faults import probe
from tests.faults.system import System, quick, started

# A minute passes before the tick; a busy machine needs a while before and after it.
pytestmark = pytest.mark.timeout(400)
_TICK_SECONDS = 150.0
# The idle limit of the tier is over.
_LONG_IDLE = """
UPDATE memories
SET due_at = clock_timestamp() - interval '1 minute',
    last_access = clock_timestamp() - interval '40 days'
"""
_WAITING = """
SELECT count(*)
FROM org_work
WHERE pass = 'decay'
  AND due_at <= clock_timestamp()
"""


def _states(system: System) -> set[str]:
    with system.server() as server:
        return {one["state"] for one in server.memories()}


def _is_at_rest(reader: Connection[Any]) -> bool:
    found = reader.execute(_WAITING).fetchone()
    return found == (0,)


def _await_runs(admin: Server, is_it: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The first run of decay that is it."""
    found: list[dict[str, Any]] = []

    def look() -> list[dict[str, Any]]:
        page = runs.read(admin, limit=100, **{"pass": "decay"})
        found[:] = [run for run in reversed(page) if is_it(run)]
        return found

    probe.until(look, "decay has run", seconds=_TICK_SECONDS)
    return found[0]


@full_only
def test_due_memory_is_written_down_by_a_tick_and_a_task_that_its_run_names(
    data_dir: Path,
) -> None:
    with started(quick(data_dir)) as system, system.server() as server:
        admin = Server(system.stack.endpoints.admin, keys.read(data_dir).admin)
        with admin, system.reader() as reader:
            stored = {"agent_id": "a", "content": "Ann has a cat.", "importance": 1}
            server.ask("POST", "/v1/memories", json=stored)
            begun = utc_now().isoformat()
            changed = schedule.plan(admin, "decay", "* * * * *", None)
            # The tick that a start catches up with may not be done yet; it is another schedule's.
            probe.until(lambda: _is_at_rest(reader), "decay rests")
            reader.execute(_LONG_IDLE)

            run = _await_runs(admin, lambda run: run["changed"] > 0)

            shown = {its["pass"]: its for its in schedule.read(admin)["schedules"]}["decay"]
        states = _states(system)

    assert changed["schedule"]["cron"] == "* * * * *"
    schedule_name, _, instant = run["cause"].partition("@")
    assert schedule_name.startswith("tick:decay/")
    assert instant > begun
    assert run["task_id"]
    assert (run["outcome"], run["changed"]) == ("applied", 1)
    assert run["duration_ms"] > 0
    assert states == {"archived"}
    assert shown["last_outcome"] in {"applied", "noop"}


@full_only
def test_request_runs_a_pass_that_rests_and_events_are_accepted_meanwhile(data_dir: Path) -> None:
    with started(quick(data_dir)) as system, system.server() as server:
        admin = Server(system.stack.endpoints.admin, keys.read(data_dir).admin)
        with admin:
            schedule.rest(admin, "decay", paused=True)
            server.send_events([{"type": "memory", "agent_id": "a", "content": "Ann has a cat."}])
            probe.until(lambda: list(server.memories()), "the event became a memory")

            asked = schedule.run_now(admin, "decay")
            run = _await_runs(admin, lambda run: run["cause"] == asked["cause"])

    assert run["outcome"] == "noop"
    assert run["task_id"]
