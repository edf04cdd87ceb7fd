"""A process that is killed while it hands a batch over, before it could write that down."""

import os
import signal
from pathlib import Path
from threading import Event

from tests.faults import probe
from tests.faults.part import part
from tests.llm.batching import HOUR, KNOWN, MINUTE, SENT, Night, night
from tests.postgres import Database
from tests.world import Org, World


def _sender(its: Night, database: Database) -> dict[str, str]:
    return {
        "NREM_DATABASE_URL": database.worker_url,
        "NREM_DATA_DIR": str(its.asking.data_dir),
        "NREM_EMBEDDER": "hash",
        "ANTHROPIC_API_KEY": "sk-test",
        "NREM_LLM_BASE_URL": its.asking.api.url,
    }


def test_batch_that_was_handed_over_by_a_killed_process_is_paid_for_once(
    world: World, org: Org, database: Database, tmp_path: Path
) -> None:
    data_dir = tmp_path / "data"
    data_dir.mkdir(mode=0o700)
    with night(world, org, data_dir) as its:
        its.gather()
        is_there, is_dead = Event(), Event()

        def hold() -> None:
            is_there.set()
            is_dead.wait(60)

        its.asking.api.meanwhile = hold
        command = ("-m", "worker.once", "batch", "--org", str(org.number))
        environment = _sender(its, database)
        with part("python", *command, "--now", SENT.isoformat(), environment=environment) as sender:
            probe.until(lambda: is_there.is_set() or sender.has_ended(), "it sends", seconds=90.0)
            assert is_there.is_set(), sender.said()
            os.kill(sender.process.pid, signal.SIGKILL)
            probe.until(sender.has_ended, "the process is gone")
            is_dead.set()
        its.asking.api.meanwhile = lambda: None
        assert its.batch() == ["sending"]
        world.lapse()

        its.send(SENT + HOUR)
        its.deliver(SENT + 2 * HOUR)
        its.drain("promote", SENT + 2 * HOUR + MINUTE)

        assert len(its.asking.api.batches.held) == 1
        assert its.asking.api.batches.paid == 3
        assert its.asking.api.calls == []
        assert its.calls() == ["ok"] * 3
        assert its.known() == KNOWN
