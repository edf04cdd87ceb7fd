"""Which lines of the erasure ledger a database has lived through: one that was restored lacks some.

While it does, nothing may serve or work on it, for it may hold people who were erased.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from nrem.erasure_ledger import Event, Ledger, LedgerError, Line
from nrem.errors import ConfigError
from nrem.policy.erase import State
from nrem.store.erase import Target
from nrem.store.statement import statement

REMEDY: Final = "nrem purge --replay"
# Between a line and its row lies a crash: the step that wrote the line is begun again by itself.
# A cancelled erasure was fenced, so nothing of it was destroyed.
_GOES_ON: Final = {
    Event.BEGUN: {State.FENCED, State.CANCELLED},
    Event.CERTIFIED: {State.SCANNED},
}


class RestoredError(ConfigError):
    """The database is older than erasures that were carried out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How often providers of paid models were sent something about a target."""

    requests: int
    last_at: datetime | None


def asked(conn: Connection, org_id: int, target: Target) -> Asked:
    """Count the requests that a provider answered, as long as their rows are there."""
    wanted = {"org_id": org_id, "kind": str(target.kind), "target_id": target.target_id}
    row = conn.execute(statement("erasure_line_asked"), wanted).one()
    return Asked(requests=row.requests, last_at=row.last_at)


def know(conn: Connection, lines: Iterable[Line]) -> None:
    """Say that this database has lived through these lines; needs the role nrem_worker.

    Raises: LedgerError when it has lived through others in their places.
    """
    found = list(lines)
    conn.execute(
        statement("erasure_line_add"),
        {
            "places": [one.place for one in found],
            "hashes": [one.hash.hex() for one in found],
        },
    )
    known = _known(conn)
    if any(known[one.place] != one.hash for one in found):
        raise LedgerError(
            "the erasure ledger was cut: it has new lines in the places of others that the "
            "database knows; put it back from where it is copied to"
        )


def check(conn: Connection, ledger: Ledger) -> None:
    """Refuse a database that was restored from before an erasure, or a ledger that lost lines.

    Raises: RestoredError, LedgerError.
    """
    lacking = missing(conn, ledger)
    if lacking:
        count = len({one.subject.identity for one in lacking})
        raise RestoredError(
            f"this database does not know of {count} erasures that {ledger.path} tells of: it was "
            f"restored from before them, and may hold who was erased; run `{REMEDY}`"
        )


def missing(conn: Connection, ledger: Ledger) -> list[Line]:
    """The lines that this database has not lived through, in their order.

    Raises: LedgerError when the database knows lines that the ledger has not.
    """
    # Lines are written before their rows, so what the database knows is asked for first.
    known = _known(conn)
    lines = ledger.read()
    _hold(known, lines, ledger)
    lacking = [one for one in lines if one.place not in known]
    if not lacking:
        return []
    standing = _standing(conn, lacking)
    # By now others may have written the rows that were lacking.
    known = _known(conn)
    return [
        one
        for one in lacking
        if one.place not in known and standing.get(one.subject.identity) not in _GOES_ON[one.event]
    ]


def _known(conn: Connection) -> dict[int, bytes]:
    return {row.place: bytes(row.hash) for row in conn.execute(statement("erasure_line_all"))}


def _hold(known: dict[int, bytes], lines: Sequence[Line], ledger: Ledger) -> None:
    for place in sorted(known):
        if place > len(lines):
            raise LedgerError(
                f"{ledger.path} has {len(lines)} lines, and the database knows of line {place}: it "
                "was lost or cut; put it back from where it is copied to"
            )
        if lines[place - 1].hash != known[place]:
            raise LedgerError(
                f"{ledger.path}: line {place} is not the one that the database knows; put back "
                "the ledger that belongs to it"
            )


_Key = tuple[int, int, bytes, Any]


def _standing(conn: Connection, lines: Sequence[Line]) -> dict[_Key, State]:
    """How far the erasures of these lines have come in this database, by their identity."""
    asked = {
        "org_ids": [one.subject.org_id for one in lines],
        "ids": [one.subject.erasure_id for one in lines],
    }
    rows = conn.execute(statement("erasure_line_stand"), asked)
    return {
        (row.org_id, row.erasure_id, bytes(row.target_hash), row.requested_at): _state(row)
        for row in rows
    }


def _state(row: Any) -> State:  # noqa: ANN401 - a row
    state = State(row.state)
    return State(row.reached) if state is State.FAILED else state
