"""What Zeno's `MemoryMaintenance` and `MemoryConsolidator` ask of a store of user memories.

Nrem's own passes keep the tiers whether or not anybody calls these. Each verb is for the agent of
the store and its org alone, and for one person where one is named.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from nrem.policy.model import Tier
from nrem.policy.shelf import Edited
from nrem.policy.timeline import Timeline
from nrem.store import directory, policy, shelf_edit, shelf_keep
from nrem.store.shelf_edit import Proposed
from nrem.store.shelf_keep import Idle, Reach, Seen
from nrem.zeno.consolidation import (
    ConsolidationCandidate,
    ConsolidationCounts,
    Run,
    counts,
    edits_of,
    proposed,
    texts_of,
)
from nrem.zeno.link import Means
from nrem.zeno.record import as_zeno, clean_id, instant
from nrem.zeno.search import Searching


def tier_of(name: str) -> Tier:
    """The tier of this name.

    Raises: ValueError naming those that there are.
    """
    try:
        return Tier(name)
    except ValueError:
        known = ", ".join(Tier)
        raise ValueError(f"there is no tier {name!r}; the tiers are {known}") from None


class ListedId(int):
    """The number of a memory that was listed as idle, with what it was listed for.

    `archive` looks at that again, so that a stale list archives nothing that was used since.
    """

    seen: Seen

    @classmethod
    def of(cls, number: int, seen: Seen) -> "ListedId":
        """A number that remembers."""
        made = cls(number)
        made.seen = seen
        return made


@dataclass(frozen=True, slots=True)
class DecayCandidate:
    """A memory that nobody used for long; two with the same id are equal."""

    id: int
    user_id: str = field(compare=False)
    hit_count: int = field(compare=False)


class Upkeep(Searching):
    """The maintenance verbs."""

    async def list_decay_candidates(
        self, *, tier: str, idle_seconds: int, now: int | None = None
    ) -> list[DecayCandidate]:
        """Active memories of a tier that nobody used for `idle_seconds` or longer.

        Raises: ValueError for `permanent`, which never archives, and for no tier.
        """
        wanted = tier_of(tier)
        if wanted is Tier.PERMANENT:
            raise ValueError("permanent memories never decay: the tier is terminal")
        found: list[DecayCandidate] = []
        after = 0
        while True:
            listed, seen = await self._link.run(self._idle, wanted, idle_seconds, now, after)
            found += [
                DecayCandidate(ListedId.of(one.memory_id, seen), one.user or "", one.access_count)
                for one in listed
            ]
            if len(listed) < shelf_keep.BATCH:
                return found
            after = listed[-1].memory_id

    async def promote(self, ids: Sequence[int], to_tier: str) -> int:
        """Escalate active memories to a tier; answers how many were lower. It counts as a use.

        Raises: ValueError for no tier.
        """
        wanted = tier_of(to_tier)
        done = 0
        for batch in shelf_keep.batches(list(ids)):
            done += await self._link.run(self._keep, _promoted(wanted), batch)
        return done

    async def archive(self, ids: Sequence[int], *, now: int | None = None) -> int:
        """Archive active memories; answers how many. Permanent and pinned ones stay.

        So do those whose ids come from `list_decay_candidates` and that were used since.
        """
        at = None if now is None else instant(now)
        done = 0
        for batch in shelf_keep.batches(list(ids)):
            done += await self._link.run(self._keep, _archived(at), batch)
        return done

    async def list_prune_candidates(self, *, archived_before: int) -> list[int]:
        """Memories that were archived before an instant in Unix seconds."""
        before, found = instant(archived_before), list[int]()
        while True:
            after = found[-1] if found else 0
            listed = await self._link.run(self._archived, before, after)
            found += listed
            if len(listed) < shelf_keep.BATCH:
                return found

    async def hard_delete(self, ids: Sequence[int]) -> int:
        """Delete archived memories for good; answers how many. A legal hold keeps its own."""
        done = 0
        for batch in shelf_keep.batches(list(ids)):
            done += await self._link.run(self._delete, batch)
        return done

    async def list_for_consolidation(
        self, user_id: str, *, tier: str, limit: int
    ) -> list[ConsolidationCandidate]:
        """At most `limit` active memories of a person in a tier, the last used first.

        Raises: ValueError for a `limit` below 1, and for no tier.
        """
        if limit < 1:
            raise ValueError(f"limit must be >= 1; got {limit}")
        return await self._link.run(self._candidates, clean_id(user_id), tier_of(tier), limit)

    async def apply_consolidation(self, run: Run) -> ConsolidationCounts:
        """Carry out a run's edits with its run row, all or nothing; answers what was done.

        What is replaced or merged is archived. Pinned memories stay, and permanent ones that are
        only to be deleted.
        """
        edits = edits_of(run)
        texts = texts_of(edits)
        meant = await asyncio.gather(*(self._meant(text) for text in texts))
        vectors = {text: one for text, one in zip(texts, meant, strict=True) if one is not None}
        done = await self._link.run(
            self._apply, clean_id(run.user_id), proposed(run, edits, vectors)
        )
        return counts(done)

    def _reach(self, conn: Connection, means: Means) -> Reach | None:
        agent_id = directory.find_agent(conn, means.org_id, means.agent)
        if agent_id is None:
            return None
        return Reach(org_id=means.org_id, agent_id=agent_id, shelf=self.shelf)

    def _idle(
        self,
        conn: Connection,
        means: Means,
        tier: Tier,
        idle_seconds: int,
        now: int | None,
        after: int,
    ) -> tuple[list[Idle], Seen]:
        since = (means.now if now is None else instant(now)) - timedelta(seconds=idle_seconds)
        reach = self._reach(conn, means)
        found = shelf_keep.idle(conn, reach, tier, since, after_id=after) if reach else []
        return found, Seen(tier=tier, idle_since=since)

    def _archived(self, conn: Connection, means: Means, before: datetime, after: int) -> list[int]:
        reach = self._reach(conn, means)
        return shelf_keep.archived(conn, reach, before, after_id=after) if reach else []

    def _keep(self, conn: Connection, means: Means, verb: "_Verb", ids: Sequence[int]) -> int:
        reach = self._reach(conn, means)
        timeline = policy.timeline(conn, means.org_id)
        return verb(conn, reach, ids, timeline, means.now) if reach else 0

    def _delete(self, conn: Connection, means: Means, ids: Sequence[int]) -> int:
        reach = self._reach(conn, means)
        return shelf_keep.delete(conn, reach, ids) if reach else 0

    def _candidates(
        self, conn: Connection, means: Means, user: str, tier: Tier, limit: int
    ) -> list[ConsolidationCandidate]:
        place = self._place(conn, means, user)
        if place is None:
            return []
        timeline = policy.timeline(conn, means.org_id)
        rows = shelf_edit.listed(conn, place, tier, limit=limit, timeline=timeline, now=means.now)
        candidate = as_zeno(ConsolidationCandidate)
        return [
            candidate(id=row.id, text=row.content, hit_count=facts.access_count)
            for row, facts in rows
        ]

    def _apply(self, conn: Connection, means: Means, user: str, run: Proposed) -> Edited:
        place = self._place(conn, means, user)
        its = shelf_edit.Means(
            digest=means.digest,
            timeline=policy.timeline(conn, means.org_id),
            now=means.now,
        )
        if place is None:
            return shelf_edit.apply_to_nobody(conn, means.org_id, run, its)
        return shelf_edit.apply(conn, place, run, its)


_Verb = Callable[[Connection, Reach, Sequence[int], Timeline, datetime], int]


def _promoted(tier: Tier) -> _Verb:
    def promote(
        conn: Connection, reach: Reach, ids: Sequence[int], timeline: Timeline, now: datetime
    ) -> int:
        return shelf_keep.promote(conn, reach, ids, tier, timeline=timeline, now=now)

    return promote


def _archived(at: datetime | None) -> _Verb:
    def archive(
        conn: Connection, reach: Reach, ids: Sequence[int], timeline: Timeline, now: datetime
    ) -> int:
        seen = [one.seen if isinstance(one, ListedId) else None for one in ids]
        return shelf_keep.archive(conn, reach, ids, seen, timeline=timeline, now=at or now)

    return archive
