"""Carrying out what somebody proposes for a person's shelf: one transaction with its run row.

What is replaced or merged is archived, and what takes its place names the events behind it. The run
can be shown and undone like those of nrem's own passes. Its row holds numbers and counts; the words
of a proposal that was not carried out are kept nowhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from nrem.digest import Digest
from nrem.policy.model import MemoryFacts, Reason, State, Tier
from nrem.policy.run_change import RunChange, What
from nrem.policy.shelf import Edited, Edits, Kept, edited
from nrem.policy.timeline import Timeline
from nrem.store import life, run, run_change, shelf, shelf_keep, shelf_make, work
from nrem.store.life import Write
from nrem.store.run import Run
from nrem.store.run_change import as_json
from nrem.store.shelf import Meant, Place
from nrem.store.shelf_keep import Reach
from nrem.store.shelf_make import NAME, Making
from nrem.store.statement import statement

_CAUSE: Final = "zeno"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A run as somebody else made it."""

    edits: Edits
    # how many edits were generated, and what else is to be told of the run: counts and codes
    generated: int
    detail: Mapping[str, Any] = field(default_factory=dict)
    # what went wrong before there was anything to carry out, as a code
    error: str | None = None
    # of the texts that are new
    meant: Mapping[str, Meant] = field(default_factory=dict)
    stamp: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What it takes besides the rows."""

    digest: Digest
    timeline: Timeline
    now: datetime


def listed(
    conn: Connection, place: Place, tier: Tier, *, limit: int, timeline: Timeline, now: datetime
) -> list[tuple[Any, MemoryFacts]]:
    """The tier's active memories, the last used first; what time and use have done counts."""
    size = limit
    while True:
        found = _page(conn, place, tier, size)
        settled = shelf.standing(found, timeline, now)
        active = [one for one in settled if one[1].state is State.LIVE and one[1].tier is tier]
        if len(active) >= limit or len(found) < size:
            return active[:limit]
        size *= 2


def _page(conn: Connection, place: Place, tier: Tier, size: int) -> list[Any]:
    wanted = {**place.key, "tier": str(tier), "limit": size}
    ids = list(conn.execute(statement("shelf_list"), wanted).scalars())
    rows = {row.id: row for row in shelf.read(conn, place.org_id, place.shelf, ids)}
    return [rows[one] for one in ids]


def apply(conn: Connection, place: Place, proposed: Proposed, means: Means) -> Edited:
    """Carry edits out, deletes first, then replacements, then merges; answers what was done."""
    run_id = work.draw(conn, place.org_id).run_id
    writes = _locked(conn, place, proposed.edits, means)
    done = edited(proposed.edits, _active(conn, place, writes), proposed.stamp)
    changes = _archive(conn, place, done, writes, means, run_id)
    changes += _make(conn, place, done, proposed, means, run_id)
    run_change.add(conn, place.org_id, run_id, changes)
    subject = {"subject_id": place.subject_id}
    _record(conn, place.org_id, proposed, done, len(changes), run_id, means, subject)
    return done


def apply_to_nobody(conn: Connection, org_id: int, proposed: Proposed, means: Means) -> Edited:
    """As `apply`, for a person of whom nothing was ever stored: the run's row is all there is."""
    done = edited(proposed.edits, {}, proposed.stamp)
    run_id = work.draw(conn, org_id).run_id
    _record(conn, org_id, proposed, done, 0, run_id, means, {})
    return done


def _locked(conn: Connection, place: Place, edits: Edits, means: Means) -> dict[int, Write]:
    reach = Reach(
        org_id=place.org_id,
        agent_id=place.agent_id,
        shelf=place.shelf,
        subject_id=place.subject_id,
    )
    # Streams come before memories wherever locks are taken.
    work.lock_streams(conn, place.org_id, [("subject", place.subject_id)])
    found = life.lock(conn, place.org_id, shelf_keep.own(conn, reach, edits.ids))
    writes = [life.settled(one, means.timeline, means.now) for one in found]
    life.write(conn, place.org_id, writes)
    return {one.held.memory_id: one for one in writes}


def _active(conn: Connection, place: Place, writes: Mapping[int, Write]) -> dict[int, Kept]:
    live = [n for n, one in writes.items() if one.settled.facts.state is State.LIVE]
    return {
        row.id: Kept(
            memory_id=row.id,
            tier=writes[row.id].settled.facts.tier,
            access_count=writes[row.id].settled.facts.access_count,
            metadata=row.metadata,
            is_pinned=row.pinned,
        )
        for row in shelf.read(conn, place.org_id, place.shelf, live)
    }


def _archive(
    conn: Connection,
    place: Place,
    done: Edited,
    writes: Mapping[int, Write],
    means: Means,
    run_id: int,
) -> list[RunChange]:
    gone = done.archived
    if not gone:
        return []
    held = {one.memory_id: one for one in life.read(conn, place.org_id, sorted(gone))}
    rows = {row.id: row for row in shelf.read(conn, place.org_id, place.shelf, gone)}
    deleted = set(done.deleted)
    away, changes = [], []
    for one in gone:
        write = replace(writes[one], held=held[one])
        write = replace(write, settled=replace(write.settled, passed=()))
        reason = Reason.CONSOLIDATED if one in deleted else Reason.MERGED
        write = shelf_keep.put_away(write, reason, means.timeline, means.now)
        away.append(write)
        what = What.CLOSED if one in deleted else What.SUPERSEDED
        changes.append(_change(write, what, rows[one].version))
    life.write(conn, place.org_id, away, run_id=run_id)
    return changes


def _change(write: Write, what: What, version: int) -> RunChange:
    before, after = write.held.life.facts, write.settled.facts
    return RunChange(
        memory_id=write.held.memory_id,
        what=what,
        version_before=version,
        version_after=version,
        before={
            "state": str(before.state),
            "state_since": as_json(before.state_since),
            "state_reason": before.reason,
        },
        after={
            "state": str(after.state),
            "state_since": as_json(after.state_since),
            "state_reason": after.reason,
        },
    )


def _make(
    conn: Connection, place: Place, done: Edited, proposed: Proposed, means: Means, run_id: int
) -> list[RunChange]:
    """What takes the place of others, each of the events behind those."""
    its = Making(
        place=place,
        run_id=run_id,
        digest=means.digest,
        timeline=means.timeline,
        now=means.now,
        meant=proposed.meant,
    )
    sources: dict[int, list[int]] = {}
    wanted = {"org_id": place.org_id, "memory_ids": sorted(done.archived)}
    for row in conn.execute(statement("shelf_sources"), wanted):
        sources.setdefault(row.memory_id, []).append(row.event_id)
    return [
        shelf_make.make(
            conn, its, made, sorted({event for one in made.source_ids for event in sources[one]})
        )
        for made in (*done.replaced, *done.merged)
    ]


def _record(
    conn: Connection,
    org_id: int,
    proposed: Proposed,
    done: Edited,
    changed: int,
    run_id: int,
    means: Means,
    subject: Mapping[str, int],
) -> None:
    """One row for a run that changed nothing, too, and for one that failed before it came here."""
    counts = {
        "deletes": len(done.deleted),
        "replaces": len(done.replaced),
        "merges": len(done.merged),
    }
    outcome = "applied" if changed else "noop"
    run.add(
        conn,
        Run(
            org_id=org_id,
            run_id=run_id,
            pass_name=NAME,
            cause=_CAUSE,
            task_id=None,
            owner=_CAUSE,
            started_at=means.now,
            outcome="failed" if proposed.error else outcome,
            reason=proposed.error or (None if changed else "nothing_to_do"),
            read=len(proposed.edits.ids),
            proposed=proposed.generated,
            changed=changed,
            detail={**subject, **counts, **proposed.detail},
        ),
    )
