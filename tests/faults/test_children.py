"""Each child is killed while a conversation is being loaded: nothing is lost, nothing is doubled.

By default the worker and the database are killed once, and leases of killed holders lapse at once.
With `NREM_TESTS=full` each is killed five times, at other moments, and leases lapse by themselves.
"""

import os
import signal
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nrem.command.conversation import Conversation
from tests.extent import IS_FULL, rounds
from tests.faults import ledger
from tests.faults.ledger import Faults
from tests.faults.system import Feeding, System, batches, held, owners, quick, started
from tests.faults.talk import conversation

ROUNDS = rounds(1, 5)
CHILDREN = ("worker", "postgres", *(("api", "poll", "scheduler", "valkey") if IS_FULL else ()))

pytestmark = pytest.mark.timeout(400 if IS_FULL else 120)


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    with (
        tempfile.TemporaryDirectory(prefix="nrem-", dir="/tmp") as folder,
        started(quick(Path(folder) / "data")) as system,
    ):
        yield system


@pytest.fixture(scope="module")
def undisturbed(system: System) -> Counter[tuple[Any, ...]]:
    """What becomes of the conversation when nothing happens."""
    talk = conversation("undisturbed")
    system.load(talk)
    with system.reader() as reader:
        assert ledger.faults(reader, talk) == Faults()
        return ledger.memories(reader, talk.user_id)


def test_conversation_makes_memories_and_merges(undisturbed: Counter[tuple[Any, ...]]) -> None:
    sources = [memory[-1] for memory in undisturbed.elements()]

    assert len(sources) > 80
    assert {"D1:5", "D2:5", "D3:5", "D4:5", "D5:5"} in [set(turns) for turns in sources]


@pytest.mark.parametrize("round_", range(ROUNDS))
@pytest.mark.parametrize("child", CHILDREN)
def test_killed_child_loses_nothing_and_doubles_nothing(
    system: System,
    undisturbed: Counter[tuple[Any, ...]],
    child: str,
    round_: int,
    record_property: Callable[[str, object], None],
) -> None:
    talk = conversation(f"{child}-{round_}")
    feeding = Feeding(system, talk)
    feeding.await_batches(6 + 5 * round_)

    pid = _kill(system, feeding, child, last=batches(talk) - 5)

    before = feeding.answered
    feeding.finish()
    assert feeding.answered == batches(talk) > before, "the kill did not land in the load"
    record_property("batches after the kill", feeding.answered - before)
    system.await_restart(child, pid)
    record_property("held at the kill", _held(system, pid))
    if not IS_FULL:
        # Whoever held work when it lost its database, or its life, could not give it back.
        system.lapse(["%"] if child == "postgres" else owners([pid]))
    system.await_consolidated(talk)
    _check(system, talk, undisturbed)


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_killed_task_loses_nothing_and_doubles_nothing(
    system: System, undisturbed: Counter[tuple[Any, ...]], round_: int
) -> None:
    talk = conversation(f"task-{round_}")
    fork = system.await_fork()
    worker = system.stack.pids["worker"]
    feeding = Feeding(system, talk)
    feeding.await_batches(6 + 5 * round_)

    os.kill(fork, signal.SIGKILL)

    before = feeding.answered
    feeding.finish()
    assert feeding.answered == batches(talk) > before, "the kill did not land in the load"
    if not IS_FULL:
        system.lapse(owners([worker]))
    system.await_consolidated(talk)
    _check(system, talk, undisturbed)
    assert system.stack.pids["worker"] == worker


def _kill(system: System, feeding: Feeding, child: str, *, last: int) -> int:
    if child in ("worker", "poll"):
        return system.kill_at_work(child, lambda: feeding.answered >= last)
    return system.kill(child)


def _held(system: System, pid: int) -> int:
    with system.reader() as reader:
        return held(reader, pid)


def _check(system: System, talk: Conversation, undisturbed: Counter[tuple[Any, ...]]) -> None:
    with system.reader() as reader:
        assert ledger.faults(reader, talk) == Faults()
        assert ledger.memories(reader, talk.user_id) == undisturbed
