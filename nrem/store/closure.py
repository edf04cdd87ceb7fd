"""Taking hold of an erasure's closure: found, locked, and taken out of the hands of passes.

Lock order: the mark of holds, queues, streams, leases, memories by number, events by number. An
event under lock gains no memory until the transaction ends, and none after it is erased: the
database refuses a source that was. So what is found here is all there is.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from nrem.errors import ConflictError, UnavailableError
from nrem.policy.closure import Closure, Derived, closure
from nrem.store import hold, work
from nrem.store.statement import statement

# The leased passes that read what was said: a new one that does belongs here.
PASSES: Final = ("consolidate", "promote", "observe", "reflect")
# Each look that finds more than the one before was preceded by a commit of somebody else.
_MOST_LOOKS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A closure under lock."""

    closure: Closure
    # rows of its memories, by their numbers
    rows: Mapping[int, Any]
    subjects: frozenset[int]


def take(conn: Connection, org_id: int, named: Iterable[int], events: Iterable[int] = ()) -> Taken:
    """Find what goes with memories and events that are to be erased, and lock all of it.

    Raises: ConflictError when a legal hold stands over any of it; UnavailableError when others
    wrote faster than it could be locked.
    """
    hold.lock(conn, org_id)
    wanted, given = frozenset(named), frozenset(events)
    found, held = _look(conn, org_id, wanted, given), None
    for _ in range(_MOST_LOOKS):
        if held == (found.closure, found.subjects):
            _require_free(found)
            return found
        _hold_still(conn, org_id, found)
        held = (found.closure, found.subjects)
        found = _look(conn, org_id, wanted, given)
    raise UnavailableError


def _look(conn: Connection, org_id: int, named: frozenset[int], events: frozenset[int]) -> Taken:
    asked = {"org_id": org_id, "memory_ids": sorted(named)}
    sources = events.union(conn.execute(statement("closure_sources"), asked).scalars())
    known = {"org_id": org_id, "event_ids": sorted(sources)}
    rows = {row.id: row for row in conn.execute(statement("closure_read"), {**asked, **known})}
    subjects = conn.execute(statement("closure_subjects"), known).scalars()
    return Taken(
        closure=closure(named, events, [_derived(row) for row in rows.values()]),
        rows=rows,
        subjects=frozenset(subjects),
    )


def _derived(row: Any) -> Derived:  # noqa: ANN401 - a row
    return Derived(
        memory_id=row.id,
        sources=frozenset(row.sources),
        rests_on=frozenset(row.rests_on or ()),
    )


def _hold_still(conn: Connection, org_id: int, found: Taken) -> None:
    events, memories = sorted(found.closure.events), sorted(found.rows)
    unqueue(conn, org_id, memories, events)
    _fence(conn, org_id, found.subjects)
    conn.execute(statement("closure_lock_memories"), {"org_id": org_id, "memory_ids": memories})
    conn.execute(statement("closure_lock_events"), {"org_id": org_id, "event_ids": events})


def unqueue(
    conn: Connection, org_id: int, memories: Collection[int], events: Collection[int]
) -> None:
    """Take memories and events off the queues of passes, and out of the hands of their holders."""
    given = {"org_id": org_id, "memory_ids": sorted(memories), "event_ids": sorted(events)}
    conn.execute(statement("closure_unqueue"), given)


def _fence(conn: Connection, org_id: int, subjects: Collection[int]) -> None:
    """Whoever proposes something of these subjects now proposes it in vain."""
    if not subjects:
        return
    streams = work.lock_streams(conn, org_id, (("subject", one) for one in subjects))
    numbers = sorted(one.stream_id for one in streams.values())
    conn.execute(
        statement("closure_fence"),
        {"org_id": org_id, "passes": list(PASSES), "stream_ids": numbers},
    )


def _require_free(found: Taken) -> None:
    if any(row.is_held for row in found.rows.values()):
        raise under_hold()


def under_hold() -> ConflictError:
    """The error of an erasure that a legal hold forbids."""
    return ConflictError(
        "a legal hold stands over it or over what came of it, so nothing was deleted",
        remedy="have the hold lifted first, or forget it without deleting it",
        code="legal_hold",
    )
