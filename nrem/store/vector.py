"""Vectors that callers bring: kept by namespace and id, compared one by one with those alike."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from nrem.store import directory
from nrem.store.search import vector_text
from nrem.store.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A vector near the one asked about; the cosine lies in -1..1."""

    external_id: str
    metadata: dict[str, Any]
    cosine: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A namespace of an agent."""

    agent: str
    namespace: str


def put(
    conn: Connection,
    org_id: int,
    named: Named,
    external_id: str,
    vector: Sequence[float],
    *,
    metadata: Mapping[str, Any],
    user: str | None,
) -> None:
    """Keep a vector, in place of an older one of this id; it goes when `user` is forgotten."""
    agents = directory.ensure_agents(conn, org_id, [named.agent])
    users = directory.ensure_users(conn, org_id, [user]) if user else {}
    conn.execute(
        statement("vector_put"),
        {
            "org_id": org_id,
            "agent_id": agents[named.agent],
            "namespace": named.namespace,
            "external_id": external_id,
            "user_id": users[user] if user else None,
            "vector": vector_text(vector),
            "metadata": json.dumps(dict(metadata), allow_nan=False),
        },
    )


def query(
    conn: Connection,
    org_id: int,
    named: Named,
    vector: Sequence[float],
    *,
    limit: int,
    containing: Mapping[str, Any],
) -> list[Found]:
    """The nearest vectors of the same length whose metadata contain something."""
    agent_id = directory.find_agent(conn, org_id, named.agent)
    if agent_id is None:
        return []
    given = {
        "org_id": org_id,
        "agent_id": agent_id,
        "namespace": named.namespace,
        "vector": vector_text(vector),
        "filter": json.dumps(dict(containing), allow_nan=False),
        "limit": limit,
    }
    return [
        Found(external_id=row.external_id, metadata=row.metadata, cosine=row.cosine)
        for row in conn.execute(statement("vector_query"), given)
    ]


def erase(conn: Connection, org_id: int, agent_id: int, user_id: int | None) -> None:
    """Delete the vectors of an agent; of one user of it, where one is named."""
    given = {"org_id": org_id, "agent_id": agent_id, "user_id": user_id}
    conn.execute(statement("vector_erase"), given)
