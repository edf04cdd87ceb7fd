"""`nrem fuzz`: requests that fit the OpenAPI documents and requests that do not, and no 5xx to any.

Both listeners are asked, with the development keys, so it writes into their org. The same seed
makes the same requests; nothing of their bodies is printed. Requests that fit name things that
exist in their paths, so that they get further than to a 404.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path
from typing import Any, Final

from schemathesis import GenerationMode

from nrem import Client
from nrem.command import system
from nrem.config import Settings
from nrem.telemetry import configure
from tests.contract.documents import ADMIN, MODES, PUBLIC, Listener, Operation, cases, operations

REQUESTS: Final = 50_000
# Requests of one operation, of one kind and from one seed; a seed is printed with a fault.
_AT_A_TIME: Final = 20
_THREADS: Final = 4
_TIMEOUT_SECONDS: Final = 60.0
_SERVER_ERROR: Final = 500
# What counts as no class of answers: there was none.
_NONE: Final = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where an operation is asked, and with which key."""

    operation: Operation
    url: str
    key: str


def known(client: Client) -> dict[str, str]:
    """Parameters of paths, each with an id of something that exists."""
    return {
        "memory_id": client.store(agent_id="agent", content="I like tea.").id,
        "session_id": client.start_session(agent_id="agent").session_id,
        "conversation_id": client.create_conversation(agent_id="agent").id,
        "name": "decay",
    }


@dataclass(slots=True, kw_only=True)
class Found:
    """Answers by the class of their status, and which requests got none or a 5xx."""

    by_status: Counter[str] = field(default_factory=Counter)
    faults: Counter[tuple[str, str, int]] = field(default_factory=Counter)

    def shown(self) -> dict[str, Any]:
        """The figures, as the command prints them."""
        return {
            "requests": self.by_status.total(),
            "by_status": dict(sorted(self.by_status.items())),
            "server_errors": self.faults.total(),
            "faults": [
                {"operation": label, "status": status, "seed": seed, "count": times}
                for (label, status, seed), times in sorted(self.faults.items())
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    target: Target
    mode: GenerationMode
    seed: int


def targets(places: Mapping[Listener, tuple[str, str]], only: str | None = None) -> list[Target]:
    """Every operation of the listeners, each with its address and key, or the one named."""
    return [
        Target(operation=operation, url=url, key=key)
        for listener, (url, key) in places.items()
        for label, operation in operations(listener, url).items()
        if only in {None, label}
    ]


def batches(asked: list[Target], seed: int) -> Iterator[_Batch]:
    """Round after round over all operations, each round from the next seed."""
    for number in count(seed):
        for target in asked:
            for mode in MODES:
                yield _Batch(target=target, mode=mode, seed=number)


def fuzz(asked: list[Target], named: Mapping[str, str], *, most: int, seed: int) -> Found:
    """Send `most` requests and count what comes back."""
    found, last = Found(), -1
    with ThreadPoolExecutor(max_workers=_THREADS) as pool:
        for batch in batches(asked, seed):
            made = cases(batch.target.operation, batch.mode, most=_AT_A_TIME, chance=batch.seed)
            taken = list(islice(made, most - found.by_status.total()))
            if batch.mode.is_positive:
                for case in taken:
                    case.path_parameters = _placed(case.path_parameters, named)
            for status in pool.map(lambda case, to=batch.target: _send(case, to), taken):
                _count(found, batch, status)
            done = found.by_status.total()
            if done * 20 // most > last:
                last = done * 20 // most
                _say(f"{done} of {most} requests, {found.faults.total()} server errors")
            if done >= most:
                return found
    raise AssertionError  # the batches do not end


def _placed(given: dict[str, Any] | None, named: Mapping[str, str]) -> dict[str, Any]:
    return {name: named.get(name, value) for name, value in (given or {}).items()}


def _send(case: Any, target: Target) -> int | str:  # noqa: ANN401 - of a library
    """The status of the answer; without one, what went wrong."""
    headers = {"Authorization": f"Bearer {target.key}"}
    try:
        return int(case.call(headers=headers, timeout=_TIMEOUT_SECONDS).status_code)
    except OSError as error:
        return type(error).__name__


def _count(found: Found, batch: _Batch, status: int | str) -> None:
    kind = f"{status // 100}xx" if isinstance(status, int) else _NONE
    found.by_status[kind] += 1
    if isinstance(status, str) or status >= _SERVER_ERROR:
        label = batch.target.operation.label
        if not found.faults[label, str(status), batch.seed]:
            _say(f"{label}: {status}; again: --seed {batch.seed} --only '{label}'")
        found.faults[label, str(status), batch.seed] += 1


def _say(line: str) -> None:
    sys.stderr.write(f"nrem: {line}\n")
    sys.stderr.flush()


def main() -> int:
    """0 when no answer was a 5xx, else 1."""
    parser = argparse.ArgumentParser(prog="nrem fuzz", description=__doc__)
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", metavar="'METHOD /path'")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    configure("fuzz", "WARNING")
    where = {"data_dir": given.data} if given.data else {}
    settings = Settings(**where, api_port=0, admin_port=0)
    with system.opened(settings, _say) as running:
        api, admin = running.endpoints.api, running.endpoints.admin
        asked = targets(
            {PUBLIC: (api, running.keys.api), ADMIN: (admin, running.keys.admin)}, given.only
        )
        if not asked:
            parser.error("no operation of that name")
        with Client(api, running.keys.api) as client:
            named = known(client)
        found = fuzz(asked, named, most=given.requests, seed=given.seed).shown()
    text = f"{found['requests']} requests {found['by_status']}: {found['server_errors']} 5xx"
    sys.stdout.write((json.dumps(found) if given.json else text) + "\n")
    return 1 if found["server_errors"] else 0


if __name__ == "__main__":
    sys.exit(main())
