"""What the stores of memories share: a shelf, its search, and what makes the vectors."""

import asyncio
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from sqlalchemy import Connection

from nrem.config import Settings
from nrem.llm.embed import Embedder
from nrem.llm.embed_hash import HashEmbedder
from nrem.policy.model import Tier
from nrem.policy.shelf import Shelf
from nrem.store import policy, shelf, shelf_add
from nrem.store.access import Access
from nrem.store.audit import Entry, Operation
from nrem.store.shelf import Asked, Found, Meant, Place
from nrem.store.shelf_add import Statement
from nrem.zeno.hit import Hits
from nrem.zeno.link import Link, Linked, Means
from nrem.zeno.record import MemoryHit, as_zeno, clean, clean_id, clean_json

# What automatic injection keeps by default; a memory below it is thrown away, so it was of no use.
HIT_SCORE: Final = 0.65


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What a search found, and the line it leaves."""

    found: tuple[Found, ...]
    entry: Entry
    uses: tuple[Access, ...]


class Searching(Linked):
    """A shelf that is searched. See `Linked` for the first arguments.

    `semantic` False: words alone find and score, and no model is loaded here. None: as the
    installation has a model. `hit_score`, 0 to 1, is the score from which a memory was of use.
    """

    shelf: ClassVar[Shelf]
    # nearness of vectors is the score, wherever there are vectors
    by_meaning_alone: ClassVar[bool] = False

    def __init__(
        self,
        database: str | Settings | Link | None = None,
        *,
        org: str | int | None = None,
        semantic: bool | None = None,
        hit_score: float = HIT_SCORE,
        **options: Any,  # noqa: ANN401 - those of Link
    ) -> None:
        super().__init__(database, org=org, **options)
        self._semantic = semantic
        self._hit_score = hit_score
        self._hits = Hits(self._link)

    async def search(self, user_id: str, query: str, k: int = 5) -> list[MemoryHit]:
        """At most `k` memories of a person that answer, the best first, of equals the newest.

        Writes nothing; that they were of use is written later, see `flush`.
        Raises: ValueError for a `k` below 1.
        """
        if k < 1:
            raise ValueError(f"k must be >= 1; got {k}")
        text = clean(query)
        asked = Asked(
            query=text,
            limit=k,
            meant=await self._meant(text, is_query=True),
            by_meaning_alone=self.by_meaning_alone,
        )
        answer = await self._link.run(self._search, clean_id(user_id), asked)
        if answer is None:
            return []
        self._hits.record(answer.entry, answer.uses)
        hit = as_zeno(MemoryHit)
        return [hit(one.content, one.score, self._shown(one)) for one in answer.found]

    async def flush(self) -> None:
        """Have what earlier searches found counted now, rather than soon."""
        await self._hits.counted()

    async def aclose(self) -> None:
        """Write what waits, then give the connections back, unless they are another's."""
        await self._hits.written()
        await super().aclose()

    def _shown(self, found: Found) -> dict[str, Any]:
        """The metadata of a hit."""
        return dict(found.metadata)

    async def _add(self, user_id: str, text: str, meta: dict[str, Any] | None, tier: Tier) -> None:
        said = clean(text)
        given = Statement(
            agent=self._link.agent,
            user=clean_id(user_id) or None,
            shelf=self.shelf,
            text=said,
            tier=tier,
            metadata=clean_json(meta or {}),
            meant=await self._meant(said),
        )
        await self._link.run(_add, given)

    def _embedder(self) -> Embedder | None:
        if self._semantic is False:
            return None
        embedder = self._link.embedder
        is_model = embedder.model_id != HashEmbedder.model_id
        return embedder if self._semantic or is_model else None

    async def _meant(self, text: str, *, is_query: bool = False) -> Meant | None:
        """The vector of a text, made while no transaction is open."""

        def think() -> Meant | None:
            embedder = self._embedder()
            if embedder is None:
                return None
            vector = embedder.embed_query(text) if is_query else embedder.embed([text])[0]
            return Meant(vector=vector, model=embedder.model_id)

        return None if self._semantic is False else await asyncio.to_thread(think)

    def _place(self, conn: Connection, means: Means, user: str) -> Place | None:
        return shelf.find_place(conn, means.org_id, means.agent, user or None, self.shelf)

    def _search(self, conn: Connection, means: Means, user: str, asked: Asked) -> _Answer | None:
        place = self._place(conn, means, user)
        if place is None:
            return None
        timeline = policy.timeline(conn, means.org_id)
        found = shelf.search(conn, place, asked, timeline=timeline, now=means.now)
        return _Answer(
            found=tuple(found),
            entry=Entry(
                operation=Operation.RECALL,
                agent_id=place.agent_id,
                user_id=place.user_id,
                memory_ids=tuple(one.memory_id for one in found),
            ),
            uses=tuple(
                Access(memory_id=one.memory_id, agent_id=place.agent_id, at=means.now)
                for one in found
                if one.score >= self._hit_score
            ),
        )


def _add(conn: Connection, means: Means, given: Statement) -> None:
    shelf_add.add(
        conn,
        means.org_id,
        given,
        digest=means.digest,
        timeline=policy.timeline(conn, means.org_id),
        now=means.now,
    )
