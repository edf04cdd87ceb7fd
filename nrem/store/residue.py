"""Looking for what is left of an erasure: gathered before it, scanned for after it.

Between the two lies a `Probe`: digests, numbers and vectors. What others have of their own is no
residue: what they wrote, whenever they did, and what was there before and came from none of the
erased words. The scan counts, per table and kind; it tells no words.
"""

import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final, Self

from sqlalchemy import Engine, not_

from nrem.policy.residue import Kind, Traces, normal
from nrem.store import engine
from nrem.store.residue_near import Near
from nrem.store.residue_read import (
    INDEXES,
    ORIGINALS,
    SOURCES,
    Condition,
    Found,
    Items,
    Key,
    Source,
    others,
    owned,
    rows,
)
from nrem.store.statement import statement

_KEY_BYTES: Final = 32
_TOUCHED: Final = ("subject", "touched")


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What to look for once an erasure is done."""

    items: Items
    traces: Traces
    near: Near
    # rows that were close to one of the erased before, and have nothing from them
    known: frozenset[Key]

    def pack(self) -> bytes:
        """As it is kept."""
        value = {
            "items": {kind: sorted(numbers) for kind, numbers in self.items.items()},
            "traces": self.traces.as_json(),
            "near": self.near.as_json(),
            "known": sorted(self.known),
        }
        return json.dumps(value).encode()

    @classmethod
    def unpack(cls, content: bytes) -> Self:
        """What `pack` made."""
        value = json.loads(content)
        return cls(
            items={kind: frozenset(numbers) for kind, numbers in value["items"].items()},
            traces=Traces.of_json(value["traces"]),
            near=Near.of_json(value["near"]),
            known=frozenset(tuple(one) for one in value["known"]),
        )

    def is_touched(self, found: Found) -> bool:
        """Whether a row is about somebody of whom something was erased."""
        return any(found.subject_id in self.items.get(kind, ()) for kind in _TOUCHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What was found: rows per table and kind, and how much was looked at."""

    hits: dict[str, dict[str, int]]
    tables: int
    texts: int
    vectors: int

    @property
    def is_clean(self) -> bool:
        """Whether nothing is left."""
        return not self.hits

    def as_json(self) -> dict[str, Any]:
        """Counts, for whoever asks."""
        looked = {"tables": self.tables, "texts": self.texts, "vectors": self.vectors}
        return {"clean": self.is_clean, "hits": self.hits, "looked_at": looked}


class _Count:
    """Hits per table and kind."""

    def __init__(self) -> None:
        self.hits: dict[str, dict[str, int]] = {}
        self.texts = 0
        self.vectors = 0

    def hit(self, table: str, kind: Kind) -> None:
        its = self.hits.setdefault(table, {})
        its[str(kind)] = its.get(str(kind), 0) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where is looked."""

    database: Engine
    org_id: int

    def rows(self, source: Source, condition: Condition | None = None) -> Iterator[Found]:
        """Rows of one table, read in a transaction of their own."""
        with engine.begin(self.database, org_id=self.org_id) as conn:
            yield from rows(conn, self.org_id, source, condition)


def gather(database: Engine, org_id: int, erasure_id: int) -> Probe:
    """What to look for after an erasure, of what is to go with it; nothing is written."""
    place = _Place(database=database, org_id=org_id)
    with engine.begin(database, org_id=org_id) as conn:
        asked = {"org_id": org_id, "erasure_id": erasure_id}
        found = conn.execute(statement("residue_items"), asked)
        items = {row.kind: frozenset(row.item_ids) for row in found}
    traces = Traces(key=secrets.token_bytes(_KEY_BYTES))
    near = Near(one.vector for source in SOURCES for one in _erased(place, source, items, traces))
    known: set[Key] = set()
    for source in SOURCES:
        told = _spared(place, source, items, traces)
        known.update((source.name, *one.key) for one in near.among(told))
    return Probe(items=items, traces=traces, near=near, known=frozenset(known))


def _erased(place: _Place, source: Source, items: Items, traces: Traces) -> Iterator[Found]:
    tell = traces.say if source.name in ORIGINALS else traces.make
    for one in place.rows(source.of_words(), owned(source, items)):
        for text in one.texts:
            tell(text)
        yield one


def _spared(
    place: _Place, source: Source, items: Items, traces: Traces
) -> Iterator[tuple[str | None, Found]]:
    """What is others' own, and came from nothing that goes."""
    for one in place.rows(source, others(source, place.org_id, items)):
        for text in one.texts:
            traces.spare(text)
        yield one.vector, one


def scan(database: Engine, org_id: int, probe: Probe) -> Scan:
    """Look through every text and vector of the org, and of what belongs to no org."""
    place, count = _Place(database=database, org_id=org_id), _Count()
    suspects = [one for source in SOURCES for one in _suspects(place, source, probe, count)]
    for source in SOURCES:
        if source.name in ORIGINALS:
            suspects = _spare_originals(place, source, probe, suspects)
    for one in suspects:
        count.hit(one.table, Kind.VECTOR)
    for source in SOURCES:
        _look(place, source, probe, count)
    return Scan(hits=count.hits, tables=len(SOURCES), texts=count.texts, vectors=count.vectors)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Suspect:
    """A row that is close to one of the erased and was not before; its texts, in normal form."""

    table: str
    texts: tuple[str, ...]


def _suspects(place: _Place, source: Source, probe: Probe, count: _Count) -> list[_Suspect]:
    if source.vector is None:
        return []

    def told() -> Iterator[tuple[str | None, Found]]:
        for one in place.rows(source, _looked_at(source, probe)):
            count.vectors += 1
            is_known = (source.name, *one.key) in probe.known
            yield None if is_known else one.vector, one

    close = [one for one in probe.near.among(told()) if _is_suspect(source, one, probe)]
    said = _said(place, source, close)
    return [_Suspect(table=source.name, texts=said.get(one.key, ())) for one in close]


def _looked_at(source: Source, probe: Probe) -> Condition | None:
    """Of what callers write, only what should be gone: the rest is their own."""
    return owned(source, probe.items) if source.name in ORIGINALS else None


def _is_suspect(source: Source, found: Found, probe: Probe) -> bool:
    """Others come to like words by themselves, and a turn that is there is somebody's own."""
    if source.name in INDEXES and found.key[0] == "turn":
        return any(int(found.key[1]) in probe.items.get(kind, ()) for kind in ("event", "said"))
    return source.name in ORIGINALS or probe.is_touched(found)


def _said(place: _Place, source: Source, close: Sequence[Found]) -> dict[Key, tuple[str, ...]]:
    """The texts that vectors were made of, where they lie in rows of their own."""
    if source.name == "observations":
        return {one.key: tuple(map(normal, one.texts)) for one in close}
    numbers = {one.key: int(one.key[-1 if source.name in INDEXES else 0]) for one in close}
    if not numbers or source.name in ORIGINALS:
        return {}
    found: dict[int, list[str]] = {}
    with engine.begin(place.database, org_id=place.org_id) as conn:
        asked = {"org_id": place.org_id, "memory_ids": sorted(numbers.values())}
        for row in conn.execute(statement("residue_said"), asked):
            found.setdefault(row.id, []).append(normal(row.content))
    return {key: tuple(found.get(number, ())) for key, number in numbers.items()}


def _spare_originals(
    place: _Place, source: Source, probe: Probe, suspects: list[_Suspect]
) -> list[_Suspect]:
    """What others wrote is theirs, and so is a row that repeats it; answers who is left."""
    apart = others(source, place.org_id, probe.items)
    for one in place.rows(source.of_words(), apart):
        for text in one.texts:
            probe.traces.spare(text)
            if suspects:
                own = normal(text)
                suspects = [it for it in suspects if not any(said in own for said in it.texts)]
    return suspects


def _look(place: _Place, source: Source, probe: Probe, count: _Count) -> None:
    its = place.rows(source, _looked_at(source, probe))
    if source.name in ORIGINALS:
        its = chain(its, place.rows(source.of_codes(), not_(owned(source, probe.items))))
    for one in its:
        count.texts += len(one.texts)
        touched = probe.is_touched(one)
        kinds = {probe.traces.find(text, is_touched=touched) for text in one.texts}
        worst = next((kind for kind in Kind if kind in kinds), None)
        if worst is not None:
            count.hit(source.name, worst)
