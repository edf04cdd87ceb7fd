"""`nrem import`: carries what a source holds over, through the public API.

Every write has an idempotency key made of the source's own ids or finds by itself that it was done,
and a ledger says what is: an import that was stopped goes on where it was, and one that is repeated
changes nothing.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any, Final, TypeVar

from nrem.clock import utc_now
from nrem.command.import_ledger import Ledger
from nrem.command.import_source import Edge, Source, Statement, Talk
from nrem.errors import NremError
from nrem.sdk import Client
from nrem.sdk.errors import ServerError, Z3rnoConnectionError, Z3rnoError

# Enough for the server's pool of connections; more would wait there.
_THREADS: Final = 4
_AT_A_TIME: Final = 64
# Each use is an event. Stability grows with the logarithm of uses, so more of them say little.
_MOST_USES: Final = 100
_MOST_SHOWN: Final = 100

Item = TypeVar("Item", Statement, Edge, Talk)
# how much is done, and of how much
Progress = Callable[[int, int], None]


@dataclass(slots=True, kw_only=True)
class Imported:
    """What an import did; the keys of `nrem import … --json`."""

    memories: int = 0
    versions: int = 0
    relationships: int = 0
    conversations: int = 0
    turns: int = 0
    uses: int = 0
    # done by an earlier run
    done_before: int = 0
    # what the server refused, at most a hundred of them
    refused: list[dict[str, str]] = field(default_factory=list)
    refused_count: int = 0
    # what is there and cannot be carried, by its kind
    left_out: dict[str, int] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        """As the command prints it."""
        return asdict(self)


class Import:
    """One run."""

    def __init__(self, client: Client, source: Source, ledger: Ledger, progress: Progress) -> None:
        self._client = client
        self._source = source
        self._ledger = ledger
        self._progress = progress
        self._seen, self._total = 0, source.total()
        self.done = Imported(left_out=dict(source.left_out()))

    def run(self) -> Imported:
        """Memories first, then what lies between them.

        Raises: NremError when the server stays away; what is done until then is not done again.
        """
        self._carry("memory", self._source.memories(), self._memory)
        self._carry("relationship", self._source.edges(), self._edge)
        self._carry("conversation", self._source.talks(), self._talk)
        return self.done

    def _carry(
        self, kind: str, items: Iterable[Item], write: Callable[[Item], tuple[str, Imported]]
    ) -> None:
        with ThreadPoolExecutor(max_workers=_THREADS) as pool:
            for some in _chunks(items):
                fresh = [one for one in some if self._ledger.find(kind, one.source_id) is None]
                self.done.done_before += len(some) - len(fresh)
                tries = [(one, pool.submit(write, one)) for one in fresh]
                for one, future in tries:
                    try:
                        made, what = future.result()
                    except (ServerError, Z3rnoConnectionError) as error:
                        raise NremError(f"the server stays away: {error}; run it again") from None
                    except Z3rnoError as error:
                        self._refuse(kind, one.source_id, error)
                    else:
                        self._ledger.add(kind, one.source_id, made)
                        self._add(what)
                self._seen += len(some)
                self._progress(min(self._seen, self._total), self._total)

    def _refuse(self, kind: str, source_id: str, error: Z3rnoError) -> None:
        self.done.refused_count += 1
        if len(self.done.refused) < _MOST_SHOWN:
            told = {"kind": kind, "source_id": source_id, "error": error.code}
            self.done.refused.append({**told, "detail": error.message})

    def _add(self, what: Imported) -> None:
        for name in ("memories", "versions", "relationships", "conversations", "turns", "uses"):
            setattr(self.done, name, getattr(self.done, name) + getattr(what, name))

    def _memory(self, one: Statement) -> tuple[str, Imported]:
        key = f"{self._source.name}:memory:{one.source_id}"
        memory = self._client.store(**one.first, idempotency_key=key)
        for version, change in enumerate(one.later, 1):
            # What is there already, or was changed here since, stays.
            if (memory.version or 1) <= version:
                memory = self._client.update_memory(memory.id, **change, expected_version=version)
        if one.expires_at is not None:
            seconds = math.ceil((one.expires_at - utc_now()).total_seconds())
            self._client.update_memory(memory.id, ttl_seconds=max(seconds, 1))
        if one.is_pinned:
            self._client.pin(memory.id)
        uses = min(one.uses, _MOST_USES)
        if uses:
            self._client.send_events(list(_uses(memory.id, one, uses, key)))
        return memory.id, Imported(memories=1, versions=1 + len(one.later), uses=uses)

    def _edge(self, one: Edge) -> tuple[str, Imported]:
        drawn = self._client.add_relationship(
            self._here(one.source),
            target_memory_id=self._here(one.target),
            relationship_type=one.kind,
            weight=one.weight,
            metadata=one.metadata,
        )
        return drawn.id, Imported(relationships=1)

    def _talk(self, one: Talk) -> tuple[str, Imported]:
        key = f"{self._source.name}:conversation:{one.source_id}"
        made = self._client.create_conversation(**one.fields, idempotency_key=key)
        for memory, role in one.turns:
            self._client.add_turn(made.id, memory_id=self._here(memory), turn_role=role)
        return made.id, Imported(conversations=1, turns=len(one.turns))

    def _here(self, source_id: str) -> str:
        """The id here of a memory; one that was refused has none, and the server says so."""
        return self._ledger.find("memory", source_id) or "mem_not_carried"


def _uses(memory_id: str, one: Statement, count: int, key: str) -> Iterator[Mapping[str, Any]]:
    event = {"type": "access", "agent_id": one.first["agent_id"], "memory_id": memory_id}
    if one.last_used is not None:
        event["occurred_at"] = one.last_used
    for number in range(count):
        yield {**event, "idempotency_key": f"{key}:use:{number}"}


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    left = iter(items)
    while some := list(islice(left, _AT_A_TIME)):
        yield some


def describe(found: Mapping[str, Any]) -> str:
    """The report for a person."""
    counted = ("memories", "versions", "relationships", "conversations", "turns", "uses")
    lines = [f"carried: {', '.join(f'{found[name]} {name}' for name in counted)}"]
    lines.append(f"done before: {found['done_before']}")
    lines += [f"left out: {count} {name}" for name, count in found["left_out"].items()]
    lines.append(f"refused: {found['refused_count']}")
    lines += [
        f"  {one['kind']} {one['source_id']}: {one['error']}, {one['detail']}"
        for one in found["refused"]
    ]
    return "\n".join(lines)
