"""What comes to lie on a shelf: new rows with their index, known ones that take a repeat over."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from nrem.digest import Digest
from nrem.policy.change import Standing
from nrem.policy.model import MemoryType, State, Tier
from nrem.policy.run_change import RunChange, What
from nrem.policy.shelf import Made
from nrem.policy.state import higher
from nrem.policy.timeline import Timeline
from nrem.store import change, memory, search, shelf, work
from nrem.store.memory import NewMemory, Owner
from nrem.store.shelf import Meant, Place
from nrem.store.work import Waits

# The pass by whose name runs that edit shelves are listed.
NAME: Final = "shelf"
_FIRST_VERSION: Final = 1

Metadata = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """Where a run puts what it makes, and what that takes."""

    place: Place
    run_id: int
    digest: Digest
    timeline: Timeline
    now: datetime
    # of the texts that are new
    meant: Mapping[str, Meant] = field(default_factory=dict)


def store(
    conn: Connection,
    org_id: int,
    new: NewMemory,
    meant: Meant | None,
    timeline: Timeline,
    now: datetime,
) -> int:
    """Store a memory with its vector; where there is none, the pass `embed` makes it."""
    (number,) = memory.add(conn, org_id, [new], policy=timeline.at(now), now=now).ids
    if meant is not None:
        search.add_vectors(conn, org_id, [new.text(number)], [meant.vector], model=meant.model)
    else:
        work.queue_items(conn, org_id, "embed", [(memory.KIND, number, 0)])
        work.bring_forward(conn, org_id, {"embed": 0.0})
    return number


def refresh(
    conn: Connection,
    place: Place,
    number: int,
    tier: Tier,
    metadata: Callable[[Metadata], Metadata],
    *,
    timeline: Timeline,
    now: datetime,
) -> bool:
    """Have a memory take a repeat over, as if just used but for the count; False: it is archived.

    `metadata` makes of what it has what it gets.
    """
    is_live = False

    def repeated(standing: Standing, at: datetime) -> Standing:
        nonlocal is_live
        facts = standing.facts
        is_live = facts.state is State.LIVE
        if not is_live:
            return standing
        raised = higher(facts.tier, tier)
        return replace(
            standing,
            facts=replace(facts, tier=raised, last_access=at, facts_since=at),
            metadata=metadata(standing.metadata),
        )

    change.make(conn, place.org_id, number, repeated, timeline=timeline, now=now)
    return is_live


def make(conn: Connection, its: Making, made: Made, events: Sequence[int]) -> RunChange:
    """A memory in place of others, of their events; or the active one that says the same words."""
    content_hash = memory.content_hash(its.digest, its.place.org_id, made.text)
    twin = shelf.twin(conn, its.place, content_hash)
    if twin is not None and _joins(conn, its, twin, made):
        memory.add_sources(conn, its.place.org_id, [(twin, events, its.run_id)])
        (row,) = shelf.read(conn, its.place.org_id, its.place.shelf, [twin])
        return RunChange(
            memory_id=twin,
            what=What.MERGED,
            version_before=row.version,
            version_after=row.version,
        )
    new = _new(conn, its, made, events, content_hash)
    org_id, meant = its.place.org_id, its.meant.get(made.text)
    number = store(conn, org_id, new, meant, its.timeline, its.now)
    delays = {its.place.subject_id: Waits.of(its.timeline.at(its.now)).promote}
    work.bring_streams_forward(conn, org_id, "promote", "subject", delays)
    return RunChange(
        memory_id=number, what=What.CREATED, version_before=None, version_after=_FIRST_VERSION
    )


def _joins(conn: Connection, its: Making, twin: int, made: Made) -> bool:
    return refresh(
        conn,
        its.place,
        twin,
        made.tier,
        lambda known: {**made.metadata, **known},
        timeline=its.timeline,
        now=its.now,
    )


def _new(
    conn: Connection, its: Making, made: Made, events: Sequence[int], content_hash: bytes
) -> NewMemory:
    first, *_ = shelf.read(conn, its.place.org_id, its.place.shelf, made.source_ids)
    return NewMemory(
        owner=Owner(
            subject_id=first.subject_id,
            agent_id=first.agent_id,
            user_id=first.user_id,
            session_id=None,
        ),
        memory_type=MemoryType(first.type),
        tier=made.tier,
        content=made.text,
        content_hash=content_hash,
        importance=first.importance,
        is_importance_given=True,
        trust="derived",
        occurred_at=first.occurred_at,
        source_event_ids=tuple(events),
        due_at=None,
        metadata=made.metadata,
        derived_by=NAME,
        run_id=its.run_id,
        shelf=its.place.shelf,
        access_count=made.access_count,
    )
