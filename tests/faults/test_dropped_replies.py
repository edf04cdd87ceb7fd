"""Writes whose replies are dropped and that are sent again: none is lost, none is done twice.

The unmodified client of Z3rno sends no idempotency key. What it sends again is known by its body,
wherever the server saw that its reply was not written; the rest is counted and reported.
With `NREM_TESTS=full` 1,000 writes are dropped in each case.
"""

import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final

import httpx
import pytest
from z3rno import Z3rnoClient
from z3rno.exceptions import Z3rnoConnectionError

from nrem import Client
from tests.api.serving import Caller, Service
from tests.extent import rounds
from tests.faults.dropping import Dropped, Proxy, Way, dropping

WRITES: Final = rounds(24, 1_000)
THREADS: Final = 4
_Write = Callable[[int], None]


@contextmanager
def _nrem(proxy: Proxy, caller: Caller) -> Iterator[_Write]:
    with Client(proxy.url, caller.key, pause=lambda _: None) as client:

        def write(number: int) -> None:
            client.store(agent_id="agent", content=f"statement {number}")

        yield write


@contextmanager
def _z3rno(proxy: Proxy, caller: Caller) -> Iterator[_Write]:
    with Z3rnoClient(base_url=proxy.url, api_key=caller.key, max_retries=1) as client:

        def write(number: int) -> None:
            for _ in range(2):
                try:
                    client.store(agent_id="agent", content=f"statement {number}")
                except (httpx.TransportError, Z3rnoConnectionError):
                    continue
                return

        yield write


def _all(write: _Write) -> None:
    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        for done in [pool.submit(write, number) for number in range(WRITES)]:
            done.result()


def _outcome(caller: Caller) -> tuple[int, int]:
    """Statements lost, and written twice."""
    question = "SELECT count(*), count(DISTINCT content) FROM memories WHERE org_id = %(org)s"
    stored, distinct = caller.world.ask(question, org=caller.org)[0]
    return WRITES - distinct, stored - distinct


def _report(client: str, dropped: Dropped, doubled: int) -> None:
    warnings.warn(
        f"{client}: {dropped.unwritten} replies dropped unwritten, {dropped.written} dropped after "
        f"they were written; {doubled} doubled",
        stacklevel=2,
    )


@pytest.mark.timeout(900)
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("way", Way)
def test_the_client_of_nrem_loses_and_doubles_nothing(
    service: Service, caller: Caller, way: Way
) -> None:
    with dropping(service.url, way) as proxy, _nrem(proxy, caller) as write:
        _all(write)

    lost, doubled = _outcome(caller)
    _report("nrem", proxy.dropped, doubled)
    assert proxy.dropped.unwritten + proxy.dropped.written == WRITES
    assert (lost, doubled) == (0, 0)


@pytest.mark.timeout(900)
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("way", Way)
def test_the_client_without_keys_doubles_only_what_was_written_to_its_socket(
    service: Service, caller: Caller, way: Way
) -> None:
    with dropping(service.url, way) as proxy, _z3rno(proxy, caller) as write:
        _all(write)

    lost, doubled = _outcome(caller)
    _report("z3rno 0.9.1", proxy.dropped, doubled)
    assert proxy.dropped.unwritten + proxy.dropped.written == WRITES
    assert lost == 0
    assert doubled <= proxy.dropped.written
