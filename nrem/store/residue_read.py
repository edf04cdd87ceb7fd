"""Every text, JSON value and vector of the database, table by table, and whose each row is.

The tables and columns are those of the schema; a test holds them against the catalogue. Rows are
streamed, so no table need fit into memory.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from pgvector.sqlalchemy import HALFVEC, VECTOR
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    String,
    Table,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    false,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from nrem.policy.residue import texts
from nrem.store.schema import CONTENT_COLUMNS, CONTROL_TABLES, TENANT_TABLES
from nrem.store.schema_tenant import derivations

Condition = ColumnElement[bool]
# A table's name may stand before it.
Key = tuple[str, ...]
# By their kind, the numbers of what goes with an erasure.
Items = Mapping[str, Collection[int]]

_ROWS: Final = 1_000
_MEMORIES: Final = ("memory",)
_EVENTS: Final = ("event", "said")
_TOUCHED: Final = ("subject", "touched")

# Which rows go with an erasure: columns, and the kinds of items that they may name. Of the search
# index it depends on the kind of the row.
OWNERS: Final[Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    "agents": (("id", ("agent",)),),
    "users": (("id", ("user",)),),
    "threads": (("id", ("thread",)),),
    "sessions": (("id", ("session", "shared")),),
    "events": (("id", _EVENTS),),
    "memories": (("id", _MEMORIES),),
    "memory_versions": (("memory_id", _MEMORIES),),
    "past_embeddings": (("memory_id", _MEMORIES),),
    "past_lexemes": (("memory_id", _MEMORIES),),
    "holds": (("id", ("hold",)),),
    "edges": (("source_id", _MEMORIES), ("target_id", _MEMORIES)),
    "previews": (("id", ("preview",)),),
    "conversations": (("id", ("conversation",)),),
    "datasets": (("id", ("dataset",)),),
    "jobs": (("id", ("job",)),),
    "llm_calls": (("id", ("call",)),),
    "observations": (("id", ("observation",)),),
    "card_schemas": (("agent_id", ("agent",)),),
    "card_values": (("subject_id", ("subject",)),),
    "zeno_sessions": (("subject_id", _TOUCHED),),
    "vectors": (("agent_id", ("agent",)), ("user_id", ("user",))),
}
_ITEMS: Final[Mapping[str, tuple[str, ...]]] = {"memory": _MEMORIES, "turn": _EVENTS}
INDEXES: Final = ("embeddings", "lexemes")
# What passes write from what was said; their rows name the events behind them.
DERIVED: Final[Mapping[str, tuple[str, str]]] = {
    "memories": ("memory", "id"),
    "memory_versions": ("memory", "memory_id"),
    "past_embeddings": ("memory", "memory_id"),
    "past_lexemes": ("memory", "memory_id"),
    "observations": ("observation", "id"),
}
# What callers write, and no pass ever copies into.
ORIGINALS: Final = (
    *("agents", "users", "threads", "sessions", "events", "conversations", "datasets", "jobs"),
    *("edges", "holds", "card_schemas", "vectors"),
)
# Closed to workers: names of keys, of processes and of tables.
UNREAD: Final = ("api_keys", "rewrites")
# Whose names of fields callers choose.
_FREE: Final = ("metadata",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What of a table is looked at."""

    table: Table
    texts: tuple[str, ...]
    vector: str | None

    def of_words(self) -> "Source":
        """What of it callers and people wrote."""
        kept = tuple(one for one in self.texts if (self.name, one) in CONTENT_COLUMNS)
        return replace(self, texts=kept)

    def of_codes(self) -> "Source":
        """What of it is nrem's own."""
        kept = tuple(one for one in self.texts if (self.name, one) not in CONTENT_COLUMNS)
        return replace(self, texts=kept, vector=None)

    @property
    def name(self) -> str:
        """Of the table."""
        return self.table.name


def _source(table: Table) -> Source:
    vectors = [one.name for one in table.columns if isinstance(one.type, HALFVEC | VECTOR)]
    return Source(
        table=table,
        texts=tuple(one.name for one in table.columns if _is_text(one.type)),
        vector=vectors[0] if vectors else None,
    )


def _is_text(kind: object) -> bool:
    if isinstance(kind, ARRAY):
        return isinstance(kind.item_type, String)
    return isinstance(kind, String | JSONB)


SOURCES: Final = tuple(
    found
    for found in map(_source, (*TENANT_TABLES, *CONTROL_TABLES))
    if (found.texts or found.vector) and found.name not in UNREAD
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a row says."""

    texts: tuple[str, ...]
    vector: str | None
    # the primary key, without the org
    key: Key
    subject_id: int | None


def rows(
    conn: Connection, org_id: int, source: Source, condition: Condition | None = None
) -> Iterator[Found]:
    """The rows of an org, or of nobody, that meet a condition."""
    table = source.table
    key = [one for one in table.primary_key.columns if one.name != "org_id"]
    subject = [table.c.subject_id] if "subject_id" in table.columns else []
    vector = [cast(table.c[source.vector], Text)] if source.vector else []
    said = [table.c[name] for name in source.texts]
    asked = select(*said, *vector, *(cast(one, Text) for one in key), *subject)
    asked = asked.where(*_of_org(table, org_id), *([] if condition is None else [condition]))
    free = [name in _FREE for name in source.texts]
    ends = (len(said), len(said) + len(vector), len(said) + len(vector) + len(key))
    for row in conn.execute(asked, execution_options={"yield_per": _ROWS}):
        yield Found(
            texts=tuple(_texts(row[: ends[0]], free)),
            vector=row[ends[0]] if vector else None,
            key=tuple(row[ends[1] : ends[2]]),
            subject_id=row[ends[2]] if subject else None,
        )


def _of_org(table: Table, org_id: int) -> list[ColumnElement[bool]]:
    if "org_id" in table.columns:
        return [table.c.org_id == org_id]
    return [table.c.id == org_id] if table.name == "orgs" else []


def _texts(values: Collection[Any], free: Collection[bool]) -> Iterator[str]:
    for value, with_keys in zip(values, free, strict=True):
        yield from texts(value, with_keys=with_keys)


def owned(source: Source, items: Items) -> Condition:
    """Of which rows an erasure says that they go; of others it is false, not unknown."""
    table, name = source.table, source.name
    if name in INDEXES:
        kinds = [
            and_(table.c.item_kind == kind, _among(table.c.item_id, items, wanted))
            for kind, wanted in _ITEMS.items()
        ]
        return func.coalesce(or_(*kinds), false())
    columns = [_among(table.c[column], items, wanted) for column, wanted in OWNERS.get(name, ())]
    return func.coalesce(or_(false(), *columns), false())


def others(source: Source, org_id: int, items: Items) -> Condition:
    """Of which rows nobody who is erased said anything, nor did any come from what they said."""
    apart = not_(owned(source, items))
    if source.name not in DERIVED:
        return apart
    kind, column = DERIVED[source.name]
    linked = select(derivations.c.child_id).where(
        derivations.c.org_id == org_id,
        derivations.c.child_kind == kind,
        _among(derivations.c.event_id, items, _EVENTS),
    )
    return and_(apart, source.table.c[column].not_in(linked))


def _among(column: ColumnElement[Any], items: Items, kinds: Collection[str]) -> Condition:
    numbers = sorted({number for kind in kinds for number in items.get(kind, ())})
    given = bindparam(None, numbers, type_=ARRAY(BigInteger))
    return column == any_(given)
