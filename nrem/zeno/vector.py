"""VectorStore: vectors of the caller's own making, by namespace and id."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, Final

from sqlalchemy import Connection

from nrem.store import vector as vectors
from nrem.store.vector import Found, Named
from nrem.zeno.link import Linked, Means
from nrem.zeno.record import MemoryHit, as_zeno, clean_id, clean_json

# A key of an index has its bounds, and so has a vector of Postgres.
MAX_NAME: Final = 256
MAX_DIMENSIONS: Final = 16_000
# What metadata may say whose the vector is, and what it stands for.
_USER: Final = "user_id"
_TEXT: Final = "text"


class VectorStore(Linked):
    """Zeno's `VectorStore`. Every vector of a namespace is compared: there is no index of them.

    A hit's text is `meta["text"]`, where there is one. A vector whose metadata name a `user_id` is
    deleted when all of that person is; others go with their agent.
    """

    async def upsert(
        self,
        namespace: str,
        id: str,  # noqa: A002 - the name is Zeno's
        vector: list[float],
        meta: dict[str, Any],
    ) -> None:
        """Keep a vector, in place of an older one of this id.

        Raises: ValueError for one that is empty, too long or not finite, and for too long a name.
        """
        _require_vector(vector)
        named = Named(agent=self.link.agent, namespace=_name(namespace))
        await self.link.run(_put, named, _name(id), vector, clean_json(meta))

    async def query(
        self,
        namespace: str,
        vector: list[float],
        k: int,
        filter: dict[str, Any] | None = None,  # noqa: A002 - the name is Zeno's
    ) -> list[MemoryHit]:
        """At most `k` vectors of the same length, the nearest first; score = cosine, 0 to 1.

        `filter` is what their metadata must contain.
        Raises: ValueError as `upsert`, and for a `k` below 1.
        """
        if k < 1:
            raise ValueError(f"k must be >= 1; got {k}")
        _require_vector(vector)
        named = Named(agent=self.link.agent, namespace=_name(namespace))
        found = await self.link.run(_query, named, vector, k, clean_json(filter or {}))
        hit = as_zeno(MemoryHit)
        return [
            hit(str(one.metadata.get(_TEXT, "")), min(max(one.cosine, 0.0), 1.0), one.metadata)
            for one in found
        ]


def _name(given: str) -> str:
    name = clean_id(given)
    if len(name) > MAX_NAME:
        raise ValueError(f"a name has at most {MAX_NAME} letters; got {len(name)}")
    return name


def _require_vector(vector: Sequence[float]) -> None:
    if not 0 < len(vector) <= MAX_DIMENSIONS:
        raise ValueError(f"a vector has 1 to {MAX_DIMENSIONS} dimensions; got {len(vector)}")
    if not all(map(isfinite, vector)):
        raise ValueError("a vector has finite numbers alone")


def _put(
    conn: Connection,
    means: Means,
    named: Named,
    external_id: str,
    vector: Sequence[float],
    meta: Mapping[str, Any],
) -> None:
    whose = meta.get(_USER)
    user = whose if isinstance(whose, str) else None
    vectors.put(conn, means.org_id, named, external_id, vector, metadata=meta, user=user)


def _query(
    conn: Connection,
    means: Means,
    named: Named,
    vector: Sequence[float],
    limit: int,
    containing: Mapping[str, Any],
) -> list[Found]:
    return vectors.query(conn, means.org_id, named, vector, limit=limit, containing=containing)
