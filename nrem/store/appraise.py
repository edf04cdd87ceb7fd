"""What the pass `appraise` reads and writes: memories of which a score is not sure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection

from nrem.policy.appraise import Appraised, AppraisePolicy, Doubtful, is_doubtful
from nrem.policy.change import earliest
from nrem.policy.decay import next_crossing
from nrem.policy.run_change import RunChange, What
from nrem.policy.timeline import Timeline
from nrem.store import life, memory, work
from nrem.store.memory import NewMemory
from nrem.store.run_change import as_json
from nrem.store.statement import statement


def queue(
    conn: Connection, org_id: int, added: Iterable[tuple[int, NewMemory]], policy: AppraisePolicy
) -> bool:
    """Queue new memories (number and what they are made of) whose importance is doubtful.

    False when there are none. Only a model has a second opinion: without one nobody calls this.
    """
    doubtful = [
        (memory.KIND, number, 0)
        for number, one in added
        if not one.is_importance_given and is_doubtful(one.importance, policy)
    ]
    if doubtful:
        work.queue_items(conn, org_id, "appraise", doubtful)
    return bool(doubtful)


def read(
    conn: Connection, org_id: int, memory_ids: Sequence[int]
) -> dict[int, tuple[Doubtful, ...]]:
    """By subject, the memories that may get another importance; others are left out."""
    rows = conn.execute(
        statement("appraise_read"), {"org_id": org_id, "memory_ids": list(memory_ids)}
    )
    return {
        subject_id: tuple(
            Doubtful(
                memory_id=row.id,
                version=row.version,
                content=row.content,
                importance=row.importance,
                memory_type=row.type,
            )
            for row in its
        )
        for subject_id, its in groupby(rows, key=lambda row: int(row.subject_id))
    }


def write(
    conn: Connection,
    org_id: int,
    appraised: Sequence[Appraised],
    timeline: Timeline,
    now: datetime,
) -> list[RunChange]:
    """Give memories another importance; answers how they were.

    One that changed since it was judged, by whomever, keeps what it has.
    """
    held = {one.memory_id: one for one in life.lock(conn, org_id, [a.memory_id for a in appraised])}
    writes = {number: life.settled(one, timeline, now) for number, one in held.items()}
    life.write(conn, org_id, list(writes.values()))
    chosen = [one for one in appraised if one.memory_id in writes]
    if not chosen:
        return []
    facts = [writes[one.memory_id].settled.facts for one in chosen]
    since = [earliest(one, now) for one in facts]
    changed = [
        replace(its, importance=one.importance, facts_since=at)
        for its, one, at in zip(facts, chosen, since, strict=True)
    ]
    coming = [
        next_crossing(its, timeline.at(at), at) for its, at in zip(changed, since, strict=True)
    ]
    rows = conn.execute(
        statement("appraise_write"),
        {
            "org_id": org_id,
            "memory_ids": [one.memory_id for one in chosen],
            "versions": [one.version for one in chosen],
            "importances": [one.importance for one in chosen],
            "due_at": [crossing.at if crossing else None for crossing in coming],
            "since": since,
        },
    )
    return [
        RunChange(
            memory_id=row.id,
            what=What.APPRAISED,
            version_before=row.version_before,
            version_after=row.version,
            before={
                "importance": row.importance_before,
                "facts_since": as_json(row.facts_since_before),
            },
            after={"importance": row.importance, "facts_since": as_json(row.facts_since)},
        )
        for row in rows
    ]
