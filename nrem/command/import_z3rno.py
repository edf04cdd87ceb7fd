"""Reads a database of Z3rno's server 0.22: one org of it, in one read-only snapshot.

Agents and users keep their ids, so that programs need no change; memories get new ones, with the
old one in `metadata.z3rno_id`. The statements are about another system's tables, which is why they
stand here and not with nrem's own.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg.rows import DictRow, dict_row

from nrem.command.import_source import Edge, Statement, Talk
from nrem.errors import ConfigError

_ORGS: Final = "SELECT org_id::text AS org_id FROM public.tenants ORDER BY created_at"
_ENTER: Final = "SELECT set_config('app.current_org_id', %(org)s, true)"
# What a memory looks like from outside today.
_STANDS: Final = """
m.org_id = %(org)s AND m.deleted_at IS NULL AND m.valid_to IS NULL AND NOT m.quarantined
AND (m.ttl_expires_at IS NULL OR m.ttl_expires_at > now())
"""
_MEMORIES: Final = f"""
SELECT m.id::text AS id, m.agent_id::text AS agent_id, m.user_id::text AS user_id,
  m.memory_type::text AS memory_type, m.content, m.summary, m.metadata, m.importance_score,
  m.recall_count, m.last_recalled_at, m.created_at, m.pinned, m.ttl_expires_at,
  m.memo_type, m.ontology_uri,
  coalesce((
    SELECT jsonb_agg(v.properties ORDER BY v.version)
    FROM public.memo_versions AS v
    WHERE v.org_id = m.org_id AND v.memo_id = m.id
      AND v.properties ? 'content' AND v.valid_to IS NOT NULL
  ), '[]') AS earlier
FROM public.memories AS m
WHERE {_STANDS}
ORDER BY m.created_at, m.id
"""  # noqa: S608 - of constants
_EDGES: Final = f"""
SELECT r.source_memory_id::text AS source, r.target_memory_id::text AS target,
  r.relationship_type::text AS kind, r.weight, r.metadata
FROM public.memory_relationships AS r
JOIN public.memories AS m ON m.id = r.source_memory_id
JOIN public.memories AS t ON t.id = r.target_memory_id
WHERE r.org_id = %(org)s AND {_STANDS} AND {_STANDS.replace("m.", "t.")}
  AND r.source_memory_id <> r.target_memory_id
ORDER BY r.created_at, r.id
"""  # noqa: S608
_TALKS: Final = f"""
SELECT c.id::text AS id, c.agent_id::text AS agent_id, c.user_id::text AS user_id, c.title,
  c.summary_cadence, c.metadata,
  coalesce((
    SELECT jsonb_agg(jsonb_build_array(m.id, coalesce(m.turn_role, 'user')) ORDER BY m.turn_index)
    FROM public.memories AS m
    WHERE m.conversation_id = c.id AND m.turn_index IS NOT NULL AND {_STANDS}
  ), '[]') AS turns
FROM public.conversations AS c
WHERE c.org_id = %(org)s AND c.deleted_at IS NULL
ORDER BY c.created_at, c.id
"""  # noqa: S608
_TOTAL: Final = f"""
SELECT (SELECT count(*) FROM public.memories AS m WHERE {_STANDS})
  + (SELECT count(*) FROM public.conversations AS c
     WHERE c.org_id = %(org)s AND c.deleted_at IS NULL)
  + (SELECT count(*) FROM public.memory_relationships AS r WHERE r.org_id = %(org)s) AS total
"""  # noqa: S608
_LEFT_OUT: Final = """
SELECT
  count(*) FILTER (WHERE m.deleted_at IS NOT NULL) AS forgotten_memories,
  count(*) FILTER (WHERE m.deleted_at IS NULL AND m.quarantined) AS quarantined_memories,
  count(*) FILTER (WHERE m.deleted_at IS NULL AND NOT m.quarantined AND m.valid_to IS NOT NULL)
    AS superseded_memories,
  count(*) FILTER (WHERE m.deleted_at IS NULL AND NOT m.quarantined AND m.valid_to IS NULL
    AND m.ttl_expires_at <= now()) AS expired_memories,
  (SELECT count(*) FROM public.agents AS a WHERE a.org_id = %(org)s) AS names_of_agents,
  (SELECT count(*) FROM public.conversations AS c
   WHERE c.org_id = %(org)s AND c.deleted_at IS NOT NULL) AS deleted_conversations,
  (SELECT count(*) FROM public.audit_log AS l WHERE l.org_id = %(org)s) AS audit_entries
FROM public.memories AS m
WHERE m.org_id = %(org)s
"""
_KEPT_IN_METADATA: Final = ("summary", "memo_type", "ontology_uri")


class Z3rno:
    """One org of a Z3rno database."""

    def __init__(self, connection: psycopg.Connection[DictRow], org_id: str) -> None:
        self._connection = connection
        self._asked = {"org": org_id}
        self.name = f"z3rno:{org_id}"

    def memories(self) -> Iterator[Statement]:
        """Memories that can be recalled today, oldest first."""
        return map(_statement, self._rows("memories", _MEMORIES))

    def edges(self) -> Iterator[Edge]:
        """Relationships between those memories."""
        for row in self._rows("edges", _EDGES):
            yield Edge(**row)

    def talks(self) -> Iterator[Talk]:
        """Conversations that were not deleted, with the turns that can be recalled."""
        for row in self._rows("talks", _TALKS):
            turns = tuple((memory, role) for memory, role in row.pop("turns"))
            source_id = row.pop("id")
            metadata = {**row.pop("metadata"), "z3rno_id": source_id}
            yield Talk(source_id=source_id, fields={**row, "metadata": metadata}, turns=turns)

    def total(self) -> int:
        """How many memories, relationships and conversations there are."""
        return int(self._one(_TOTAL)["total"])

    def left_out(self) -> Mapping[str, int]:
        """What is there and cannot be carried, by its kind."""
        return {name: count for name, count in self._one(_LEFT_OUT).items() if count}

    def _one(self, question: str) -> DictRow:
        return self._connection.execute(question.encode(), self._asked).fetchall()[0]

    def _rows(self, name: str, question: str) -> Iterator[DictRow]:
        """Rows as the server has them, some at a time: there may be millions."""
        with self._connection.cursor(name=name) as cursor:
            cursor.execute(question.encode(), self._asked)
            yield from cursor


@contextmanager
def opened(dsn: str, org_id: str | None) -> Iterator[Z3rno]:
    """The org of that id, or the only one, while the block runs.

    Raises: ConfigError when the database cannot be read, or holds several orgs and none is named.
    """
    try:
        with psycopg.connect(dsn.replace("+psycopg", "", 1), row_factory=dict_row) as connection:
            connection.read_only = True
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            org = org_id or _only([row["org_id"] for row in connection.execute(_ORGS)])
            connection.execute(_ENTER, {"org": org})
            yield Z3rno(connection, org)
    except psycopg.Error as error:
        # The type alone: a message may hold the address with its password.
        raise ConfigError(
            f"the Z3rno database cannot be read ({type(error).__name__}): "
            "check --dsn, and that its role may read every table of the org"
        ) from None


def _only(orgs: Sequence[str]) -> str:
    if len(orgs) != 1:
        raise ConfigError(f"the database holds {len(orgs)} orgs; name one with --org")
    return orgs[0]


def _statement(row: DictRow) -> Statement:
    now = {
        "content": row["content"],
        "metadata": _metadata(row, row["metadata"]),
        "importance": row["importance_score"],
    }
    versions = [_version(row, one) for one in row["earlier"]] + [now]
    # What says the same as the one after it is no version here.
    told = [one for one, after in zip(versions, [*versions[1:], None], strict=True) if one != after]
    place = {name: row[name] for name in ("agent_id", "user_id", "memory_type")}
    return Statement(
        source_id=row["id"],
        first={**place, **told[0], "occurred_at": row["created_at"]},
        later=tuple(told[1:]),
        expires_at=row["ttl_expires_at"],
        is_pinned=row["pinned"],
        uses=row["recall_count"],
        last_used=row["last_recalled_at"],
    )


def _version(row: DictRow, properties: Mapping[str, Any]) -> dict[str, Any]:
    importance = properties.get("importance_score")
    return {
        "content": properties["content"],
        "metadata": _metadata(row, properties.get("metadata") or {}),
        "importance": row["importance_score"] if importance is None else importance,
    }


def _metadata(row: DictRow, own: Mapping[str, Any]) -> dict[str, Any]:
    kept = {f"z3rno_{name}": row[name] for name in _KEPT_IN_METADATA if row[name] is not None}
    return {**own, "z3rno_id": row["id"], **kept}
