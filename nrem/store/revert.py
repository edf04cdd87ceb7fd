"""Undoing a run: one transaction, in which all of it is undone or nothing.

Lock order: the run's row, sessions, streams, leases, memories by number, org_work, counters. It is
that of appends (sessions to leases) and of what passes apply (their leases, then memories), so
nobody waits in a circle. The sessions are the run's own, which no pass is at work on: they are
handed over already, or set aside.

What promote must know: the edges of an undone run are ended. An ended SUPPORTS says that an episode
is spoken for, an ended CONTRADICTS or SUPERSEDES that a pair was judged wrongly, unless the edge's
metadata say `"again": true`: then somebody has asked for another look.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection

from nrem import ids
from nrem.errors import ConflictError, NotFoundError
from nrem.policy.revert import REVERTIBLE, Kept
from nrem.policy.timeline import Timeline
from nrem.store import edge, revert_memory, revert_observation, run, run_change, work
from nrem.store.revert_memory import Target
from nrem.store.run import Run
from nrem.store.statement import statement

# Who wrote the run's row: no worker does this.
_OWNER: Final = "api"
# What is counted: memories by what the run had done to them, edges that it drew, its sessions.
COUNTS: Final = (
    *("created", "merged", "closed", "superseded", "supported", "edges", "sessions"),
    # of reflect: `created` and this are about observations
    "archived",
)

_REFLECT: Final = "reflect"
# Callers bring what it does, so nobody is asked to do it again.
_SHELF: Final = "shelf"

_Row: TypeAlias = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverted:
    """What undoing a run did, now or when it was asked for first."""

    pass_name: str
    # the run that undid it
    reverted_by: int
    # by the names in COUNTS
    counts: Mapping[str, int]
    kept: tuple[Kept, ...]
    # later runs that built on what it had made; they stand
    dependents: tuple[int, ...]
    # it had been undone before
    already: bool = False


def revert(
    conn: Connection, org_id: int, run_id: int, *, again: bool, timeline: Timeline, now: datetime
) -> Reverted:
    """Undo a run; `again` makes due what it was made from, which is left alone otherwise.

    Asked for once more it changes nothing, but for what `again` makes due.
    Raises: NotFoundError; ConflictError when the run is none that can be undone.
    """
    row = conn.execute(statement("revert_lock"), _key(org_id, run_id)).one_or_none()
    if row is None:
        raise NotFoundError("there is no such run")
    _require_revertible(row)
    again = again and row.pass_name != _SHELF
    if row.reverted_by is not None:
        return _repeat(conn, org_id, row, again=again)
    if row.pass_name == _REFLECT:
        return _revert_reflect(conn, org_id, row, again=again, now=now)
    sessions = list(conn.execute(statement("revert_lock_sessions"), _key(org_id, run_id)).scalars())
    changes = run_change.read(conn, org_id, run_id)
    if not changes and row.changed > len(sessions):
        raise _unknown()
    if again:
        _make_stream_due(conn, org_id, row)
    target = Target(
        org_id=org_id,
        run_id=run_id,
        started_at=row.started_at,
        undone_by=row.number,
        timeline=timeline,
        now=now,
    )
    undone = revert_memory.undo(conn, target, changes)
    counts = Counter(str(what) for one in undone for what in one.undone)
    counts["edges"] = edge.end_of_run(conn, org_id, run_id)
    counts["sessions"] = len(sessions)
    _reopen(conn, org_id, run_id, sessions, again=again)
    if again:
        _ask_again(conn, org_id, row)
    kept = tuple(kept for one in undone for kept in one.kept)
    _record(conn, org_id, row, counts, kept, read=len(changes), now=now)
    return Reverted(
        pass_name=row.pass_name,
        reverted_by=row.number,
        counts={name: counts[name] for name in COUNTS},
        kept=kept,
        dependents=_dependents(conn, org_id, run_id),
    )


def _revert_reflect(
    conn: Connection, org_id: int, row: _Row, *, again: bool, now: datetime
) -> Reverted:
    """Undo a run of reflect; leases are locked before the person's log."""
    if again:
        _make_stream_due(conn, org_id, row)
    counts = revert_observation.undo(conn, org_id, row.subject_id, row.id, undone_by=row.number)
    if again:
        _ask_again(conn, org_id, row)
    _record(conn, org_id, row, counts, (), read=sum(counts.values()), now=now)
    return Reverted(
        pass_name=row.pass_name,
        reverted_by=row.number,
        counts={name: counts[name] for name in COUNTS},
        kept=(),
        dependents=(),
    )


def _key(org_id: int, run_id: int) -> dict[str, int]:
    return {"org_id": org_id, "run_id": run_id}


def _require_revertible(row: _Row) -> None:
    if row.reverts is not None:
        raise ConflictError(
            "the run undid another one, and that is not undone",
            remedy=f"to have it done again, revert {ids.encode(ids.RUN, row.reverts)} with again",
            code="is_a_revert",
        )
    if row.pass_name not in REVERTIBLE:
        raise ConflictError(
            "the run is not one that can be reverted",
            remedy=f"name a run of {' or '.join(REVERTIBLE)}",
            code="not_revertible",
        )
    if row.outcome != "applied":
        raise ConflictError(
            f"the run ended as {row.outcome} and changed nothing",
            remedy="name a run with the outcome applied",
            code="nothing_to_revert",
        )


def _unknown() -> ConflictError:
    """A session that gave nothing to keep is one change; more than that left rows of its own."""
    return ConflictError(
        "what the run did to each memory was not written down",
        remedy="edit, forget or restore the memories themselves",
        code="changes_unknown",
    )


def _repeat(conn: Connection, org_id: int, row: _Row, *, again: bool) -> Reverted:
    """Answer as the first time; what was set aside then may be asked for now."""
    if again:
        conn.execute(statement("revert_again_sessions"), _key(org_id, row.id))
        _make_stream_due(conn, org_id, row)
        _ask_again(conn, org_id, row)
    told: Mapping[str, Any] = row.told or {}
    return Reverted(
        pass_name=row.pass_name,
        reverted_by=row.reverted_by,
        counts={name: told.get(name, 0) for name in COUNTS},
        kept=tuple(_kept_of(one) for one in told.get("kept", ())),
        dependents=_dependents(conn, org_id, row.id),
        already=True,
    )


def _make_stream_due(conn: Connection, org_id: int, row: _Row) -> None:
    if row.subject_id is not None:
        work.bring_streams_forward(conn, org_id, row.pass_name, "subject", {row.subject_id: 0.0})


def _ask_again(conn: Connection, org_id: int, row: _Row) -> None:
    """Queue what promote had looked at, and make the org due, last of all."""
    if row.pass_name == _REFLECT:
        revert_observation.ask_again(conn, org_id, row.subject_id)
    conn.execute(statement("revert_again_evidence"), _key(org_id, row.id))
    work.bring_forward(conn, org_id, {row.pass_name: 0.0})


def _reopen(
    conn: Connection, org_id: int, run_id: int, sessions: Sequence[int], *, again: bool
) -> None:
    """What the run handed over has ended, and its events are scored: no more than that."""
    if sessions:
        given = {**_key(org_id, run_id), "session_ids": list(sessions)}
        conn.execute(statement("revert_drop_effects"), given)
        conn.execute(statement("revert_reopen_sessions"), {**given, "again": again})


def _record(
    conn: Connection,
    org_id: int,
    row: _Row,
    counts: Mapping[str, int],
    kept: Sequence[Kept],
    *,
    read: int,
    now: datetime,
) -> None:
    """Write the row of the run that undid the other, and tie both together."""
    changed = sum(counts.values())
    run.add(
        conn,
        Run(
            org_id=org_id,
            run_id=row.number,
            pass_name=row.pass_name,
            cause=f"revert:{ids.encode(ids.RUN, row.id)}",
            task_id=None,
            owner=_OWNER,
            started_at=now,
            outcome="applied" if changed else "noop",
            reason=None if changed else "all_kept",
            read=read,
            proposed=read,
            changed=changed,
            detail={**{name: counts[name] for name in COUNTS}, "kept": _told(kept)},
        ),
    )
    given = {**_key(org_id, row.id), "reverted_by": row.number}
    conn.execute(statement("revert_link"), given)


def _told(kept: Iterable[Kept]) -> list[dict[str, str | None]]:
    """What was kept, as the run's row tells it: ids of the wire and codes."""
    return [
        {
            "memory_id": ids.encode(ids.MEMORY, one.memory_id),
            "field": one.field,
            "reason": one.reason,
            "run_id": ids.encode(ids.RUN, one.run_id) if one.run_id else None,
        }
        for one in kept
    ]


def _kept_of(told: Mapping[str, Any]) -> Kept:
    return Kept(
        memory_id=ids.decode(ids.MEMORY, told["memory_id"]) or 0,
        field=told["field"],
        reason=told["reason"],
        run_id=ids.decode(ids.RUN, told["run_id"]) if told["run_id"] else None,
    )


def _dependents(conn: Connection, org_id: int, run_id: int) -> tuple[int, ...]:
    return tuple(conn.execute(statement("revert_dependents"), _key(org_id, run_id)).scalars())
