"""The upkeep of a shelf by whoever asks for it: listed, promoted, archived, deleted.

Nrem's own passes do all of this by themselves; these verbs are for the maintenance that came with
zeno-memory. A memory counts as active as long as no sweep has written down that time archived it,
for that is what they list; each is judged anew under its lock.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from nrem.policy.change import earliest
from nrem.policy.decay import next_crossing
from nrem.policy.life import Passed
from nrem.policy.model import MemoryFacts, Reason, State, Tier
from nrem.policy.shelf import Shelf
from nrem.policy.state import higher, shown_tier
from nrem.policy.timeline import Timeline
from nrem.store import closure, hold, life
from nrem.store.life import Held, Write
from nrem.store.statement import statement

# Rows per statement: with twice as many, appends of the same people wait twice as long.
BATCH: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A shelf of an agent, over all its users or of one of them."""

    org_id: int
    agent_id: int
    shelf: Shelf
    subject_id: int | None = None

    @property
    def key(self) -> dict[str, int | str]:
        """As statements take it."""
        return {"org_id": self.org_id, "agent_id": self.agent_id, "shelf": str(self.shelf)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Idle:
    """A memory that nobody used."""

    memory_id: int
    # the caller's id of the person; None: of nobody in particular
    user: str | None
    access_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a memory was listed for: it stays if that is true no more."""

    tier: Tier
    idle_since: datetime


def idle(
    conn: Connection, reach: Reach, tier: Tier, since: datetime, *, after_id: int
) -> list[Idle]:
    """The next `BATCH` active memories of a tier that nobody used after `since`."""
    given = {**reach.key, "tier": str(tier), "since": since, "after_id": after_id, "limit": BATCH}
    return [
        Idle(memory_id=row.id, user=row.user, access_count=row.access_count)
        for row in conn.execute(statement("shelf_idle"), given)
    ]


def archived(conn: Connection, reach: Reach, before: datetime, *, after_id: int) -> list[int]:
    """The next `BATCH` memories that were archived before an instant."""
    given = {**reach.key, "before": before, "after_id": after_id, "limit": BATCH}
    return list(conn.execute(statement("shelf_archived"), given).scalars())


def own(conn: Connection, reach: Reach, ids: Iterable[int]) -> list[int]:
    """Those of the memories that lie in reach."""
    wanted = {**reach.key, "subject_id": reach.subject_id, "memory_ids": sorted(set(ids))}
    return list(conn.execute(statement("shelf_own"), wanted).scalars())


def promote(
    conn: Connection,
    reach: Reach,
    ids: Sequence[int],
    tier: Tier,
    *,
    timeline: Timeline,
    now: datetime,
) -> int:
    """Escalate active memories to a tier, as if just used but for the count; answers how many."""
    settled = _settled(conn, reach, ids, timeline, now)
    raised = [_raised(one, tier, timeline, now) for one in settled]
    life.write(conn, reach.org_id, [one for one in raised if one])
    return sum(1 for one in raised if one)


def archive(
    conn: Connection,
    reach: Reach,
    ids: Sequence[int],
    seen: Sequence[Seen | None],
    *,
    timeline: Timeline,
    now: datetime,
) -> int:
    """Archive active memories that are neither permanent nor pinned; answers how many.

    One that was listed as idle stays when it was used, escalated or pinned meanwhile.
    """
    listed = dict(zip(ids, seen, strict=True))
    settled = _settled(conn, reach, ids, timeline, now)
    gone = [
        put_away(one, Reason.REQUESTED, timeline, now)
        for one in settled
        if _may_go(one.settled.facts, listed[one.held.memory_id])
    ]
    life.write(conn, reach.org_id, gone)
    return len(gone)


def delete(conn: Connection, reach: Reach, ids: Sequence[int]) -> int:
    """Delete archived memories for good, unless a legal hold stands over them; answers how many.

    What was said in their events goes when no other memory came of it. So a memory that took the
    place of these stays.
    """
    hold.lock(conn, reach.org_id)
    found = life.lock(conn, reach.org_id, own(conn, reach, ids))
    gone = [one.memory_id for one in found if _is_archived(one) and not one.is_kept]
    if gone:
        closure.unqueue(conn, reach.org_id, gone, ())
        given = {"org_id": reach.org_id, "memory_ids": gone}
        conn.execute(statement("shelf_empty_events"), given)
        conn.execute(statement("closure_delete"), given)
    return len(gone)


def batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Numbers in groups of `BATCH`."""
    return (ids[at : at + BATCH] for at in range(0, len(ids), BATCH))


def _settled(
    conn: Connection, reach: Reach, ids: Sequence[int], timeline: Timeline, now: datetime
) -> list[Write]:
    """The active ones under lock, with what time and use have made of them."""
    found = life.lock(conn, reach.org_id, own(conn, reach, ids))
    return [life.settled(one, timeline, now) for one in found if _is_active(one)]


def _is_active(held: Held) -> bool:
    return held.life.facts.state is State.LIVE


def _is_archived(held: Held) -> bool:
    return held.life.facts.state in {State.ARCHIVED, State.FORGOTTEN}


def _may_go(facts: MemoryFacts, seen: Seen | None) -> bool:
    if shown_tier(facts) is Tier.PERMANENT:
        return False
    return seen is None or (facts.tier is seen.tier and facts.last_access <= seen.idle_since)


def put_away(one: Write, reason: Reason, timeline: Timeline, now: datetime) -> Write:
    """The memory archived at `now`, or when time did so before."""
    facts = one.settled.facts
    if facts.state is not State.LIVE:
        return one
    at = earliest(facts, now)
    after = replace(facts, state=State.ARCHIVED, state_since=at, reason=reason)
    return changed(one, after, Passed(at, facts.state, State.ARCHIVED, reason), timeline=timeline)


def _raised(one: Write, tier: Tier, timeline: Timeline, now: datetime) -> Write | None:
    facts = one.settled.facts
    if facts.state not in {State.LIVE, State.ARCHIVED}:
        return None
    if higher(one.held.life.facts.tier, tier) is one.held.life.facts.tier:
        return None
    at = earliest(facts, now)
    passed = []
    after = replace(facts, last_access=at)
    if facts.state is not State.LIVE:
        passed.append(Passed(at, facts.state, State.LIVE, Reason.RESTORED))
        after = replace(after, state=State.LIVE, state_since=at, reason=None)
    if higher(facts.tier, tier) is not facts.tier:
        passed.append(Passed(at, facts.tier, tier, Reason.REQUESTED))
        after = replace(after, tier=tier)
    return changed(one, after, *passed, timeline=timeline)


def changed(one: Write, after: MemoryFacts, *passed: Passed, timeline: Timeline) -> Write:
    """What to write down of a memory that somebody changes after time did."""
    at = earliest(after, after.last_access)
    settled = replace(
        one.settled,
        facts=after,
        passed=(*one.settled.passed, *passed),
        upcoming=next_crossing(after, timeline.at(at), at),
    )
    return replace(one, settled=settled)
