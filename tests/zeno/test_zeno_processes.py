"""Several processes that append to one thread at once."""

import subprocess
import sys
from contextlib import ExitStack

import pytest

from nrem.config import Settings
from nrem.embedded.children import CHECKOUT
from tests.extent import rounds
from tests.interpreter import for_python
from tests.world import Org
from tests.zeno.sides import Side, both, run

PROCESSES = rounds(3, 8)
TURNS = rounds(10, 1_000)


def _started(stack: ExitStack, where: str, org: Org, number: int) -> "subprocess.Popen[str]":
    process = stack.enter_context(
        subprocess.Popen(
            [
                *(sys.executable, "-P", "-m", "tests.zeno.appending"),
                *(where, str(org.number), str(number), str(TURNS)),
            ],
            cwd=CHECKOUT,
            env={
                "PYTHONPATH": str(CHECKOUT),
                **for_python(),
                "NREM_EMBEDDER": "hash",
                "NREM_PEPPER": "the pepper of the tests",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
    )
    stack.callback(process.kill)
    return process


@pytest.mark.timeout(1_800)
@both("[B5] the next number is read before the write is begun, and NULL makes no key")
def test_processes_lose_nothing_leave_no_gap_and_repeat_no_number(
    side: Side, settings: Settings, org: Org
) -> None:
    # The database is there before they begin.
    run(side.conversations.load(user_id="ana", thread_key=None))
    where = settings.require_database_url() if side.name == "ours" else str(side.path)

    with ExitStack() as stack:
        working = [_started(stack, where, org, number) for number in range(PROCESSES)]
        pipes = [(one.stdin, one.stdout) for one in working]
        for going, coming in pipes:
            assert going is not None
            assert coming is not None
            assert coming.readline() == "ready\n"
        for going, _ in pipes:
            print("go", file=going, flush=True)
        done = [one.communicate()[0] for one in working]

    found = run(side.conversations.load_since(user_id="ana", thread_key=None, after_sequence=-1))
    assert done == [f"{TURNS}\n"] * PROCESSES
    assert [number for number, _ in found] == list(range(PROCESSES * TURNS))
    for number in range(PROCESSES):
        own = [message.content for _, message in found if message.content.startswith(f"{number}:")]
        assert own == [f"{number}:{at}" for at in range(TURNS)]
