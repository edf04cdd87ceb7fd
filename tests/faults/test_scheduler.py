"""Schedulers need no leader: any number of them fires each instant once."""

import json
from collections import Counter
from pathlib import Path

from nrem.clock import utc_now
from nrem.embedded.valkey import EmbeddedValkey
from tests.faults import probe
from tests.faults.part import Part, any_ended, part
from tests.faults.system import quick, started
from tests.postgres import Database
from tests.world import Org, memory
from worker.passes import PASSES

_SCHEDULER = ("python", "-m", "scheduler")
# The idle limit of the tier is over.
_LONG_IDLE = """
UPDATE memories
SET due_at = clock_timestamp() - interval '1 minute',
    last_access = clock_timestamp() - interval '400 days'
"""


def _fired(scheduler: Part) -> Counter[str]:
    """The ticks that a scheduler says it fired, such as `tick:rescue@…`."""
    lines = [json.loads(line) for line in scheduler.said().splitlines() if line.startswith("{")]
    return Counter(line["cause"] for line in lines if line["event"] == "tick.fired")


def test_two_schedulers_fire_each_instant_once(
    data_dir: Path, org: Org, database: Database
) -> None:
    environment = {
        "NREM_DATA_DIR": str(data_dir),
        "NREM_DATABASE_URL": database.worker_url,
        "NREM_BROKER_URL": "none",
        "NREM_LOG_LEVEL": "DEBUG",
    }

    with (
        part(*_SCHEDULER, environment=environment) as one,
        part(*_SCHEDULER, environment=environment) as other,
    ):
        # The first may have fired an instant before the other was up.
        some = len(PASSES) + 3
        probe.until(
            lambda: any_ended([one, other]) or (_fired(one) + _fired(other)).total() >= some,
            "some ticks have fired",
        )
        stopped = [one.stop(), other.stop()]
        fired = _fired(one) + _fired(other)

    rows = org.world.ask(
        "SELECT 'tick:' || schedule || '@' || "
        "to_char(instant AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS+00:00') FROM ticks"
    )
    assert stopped == [0, 0]
    assert set(fired.values()) == {1}
    assert set(fired) == {row[0] for row in rows}
    assert {cause.split("@")[0] for cause in fired} == {f"tick:{its.name}" for its in PASSES}


def test_tick_makes_celery_run_decay_and_is_named_as_its_cause(
    data_dir: Path, org: Org, database: Database
) -> None:
    org.append(memory("The bakery closed."), now=utc_now())
    org.world.settle(now=utc_now())
    org.world.do(_LONG_IDLE)
    org.world.do("DELETE FROM org_work WHERE pass = 'decay'")
    broker_dir = data_dir.with_name("broker")
    broker_dir.mkdir(mode=0o700)
    with EmbeddedValkey(broker_dir) as broker:
        settings = quick(
            data_dir,
            database_url=database.admin_url,
            broker_url=broker.url(),
            poll_enabled=False,
        )

        with started(settings):
            probe.until(lambda: _decay_runs(org), "decay has run")

    ticks = org.column("SELECT instant FROM ticks WHERE schedule = 'decay' ORDER BY instant")
    assert _decay_runs(org) == [(f"tick:decay@{ticks[0].isoformat()}", True)]
    assert org.memories("state") != ["live"]


def _decay_runs(org: Org) -> list[tuple[str, bool]]:
    """Causes, and whether a Celery task did it."""
    rows = org.ask(
        "SELECT cause, task_id IS NOT NULL FROM runs "
        "WHERE org_id = %(org)s AND pass = 'decay' ORDER BY id"
    )
    return [(str(cause), bool(is_task)) for cause, is_task in rows]
