"""Workers that are killed in the middle of erasures, while the person goes on writing."""

import os
import random
import signal
from pathlib import Path
from threading import Event, Thread
from typing import Final, Self

import pytest
from sqlalchemy.exc import IntegrityError

from nrem.clock import monotonic, sleep
from nrem.policy.erase import Kind, State
from nrem.store import engine
from tests.extent import IS_FULL, rounds
from tests.faults.part import part
from tests.postgres import Database
from tests.worker.erasing import ask, confirm, once, read, run
from tests.world import Org, World, end, memory, turn

KILLS: Final = rounds(2, 200)
# Of the steps, those in which whoever does them is killed; the others are let through.
SHARE: Final = 1.0 if IS_FULL else 0.18
SEED: Final = 7
# The process needs some seconds to begin; a step takes milliseconds.
PATIENCE_SECONDS: Final = 60.0


class Person:
    """Writes one message after the other until that is refused."""

    def __init__(self, org: Org, name: str) -> None:
        self._org, self._name = org, name
        self._is_over = Event()
        self._thread = Thread(target=self._write)
        self.was_refused = False

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _write(self) -> None:
        while not self._is_over.wait(0.1):
            try:
                self._org.append(turn(f"{self._name} says more.", user=self._name))
            except IntegrityError:
                self.was_refused = True
                return


def live(org: Org, name: str) -> None:
    """Enough of a person for several batches."""
    said = (turn(f"{name} saw {at} birds.", user=name, session=name) for at in range(600))
    org.append(*said, end(name, user=name))
    org.append(*(memory(f"{name} likes the number {at}", user=name) for at in range(20)))
    org.world.drain("score")


def progress(org: Org, number: int) -> tuple[object, ...]:
    its = read(org, number)
    return (its.state, its.step, sum(its.deleted_counts.values()))


def erase_once(org: Org, number: int, chance: random.Random, environment: dict[str, str]) -> bool:
    """Have a process go on with it and kill that in the middle; False: it got to the end."""
    before = progress(org, number)
    with part("python", "-m", "worker.once", "erase", environment=environment) as worker:
        ends = monotonic() + PATIENCE_SECONDS
        while progress(org, number) == before and not worker.has_ended():
            assert monotonic() < ends, worker.said()
            sleep(0.002)
        sleep(chance.random() * 0.03)
        is_killed = not worker.has_ended()
        if is_killed:
            os.kill(worker.process.pid, signal.SIGKILL)
    return is_killed


@pytest.mark.timeout(3_600)
def test_killed_erasures_end_certified_with_the_counts_of_the_fence(
    world: World, org: Org, database: Database, tmp_path: Path
) -> None:
    data_dir = tmp_path / "data"
    data_dir.mkdir(mode=0o700)
    environment = {
        "NREM_DATABASE_URL": database.worker_url,
        "NREM_MAINTAIN_DATABASE_URL": database.url(engine.MAINTAIN),
        "NREM_DATA_DIR": str(data_dir),
        "NREM_EMBEDDER": "hash",
    }
    chance, kills, done, reached = random.Random(SEED), 0, 0, set()  # noqa: S311 - no secret
    live(org, "bob")
    kept = org.world.ask("SELECT count(*) FROM events")[0][0]

    while kills < KILLS:
        name = f"person {done}"
        live(org, name)
        number = ask(org, Kind.USER, name)
        run(org, data_dir=data_dir)
        with Person(org, name) as person:
            confirm(org, number)
            while (state := read(org, number).state) is not State.CERTIFIED:
                if state is State.PREVIEWED:
                    # the person wrote too much before the fence
                    confirm(org, number)
                if chance.random() < SHARE:
                    kills += erase_once(org, number, chance, environment)
                else:
                    once(org, data_dir=data_dir)
                reached.add(read(org, number).state)
                world.lapse()
            assert person.was_refused
        its, done = read(org, number), done + 1
        assert its.deleted_counts == its.manifest
        assert its.manifest["events"] >= 621
        assert not any(its.measured.values())
        assert name not in org.column("SELECT external_id FROM users WHERE org_id = %(org)s")

    assert org.column("SELECT count(*) FROM events WHERE org_id = %(org)s") == [kept]
    assert len(reached) > 1
    assert org.column("SELECT count(*) FROM erasure_items WHERE org_id = %(org)s") == [0]
