"""Legal holds: while one stands over the org, an agent, a user or a memory, it is not purged.

Whoever deletes for good holds `lock` from before it looks for holds to its end, as the pass
`expire` does from its pick on. So a hold that was placed holds: no deletion that is under way ends
after it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from nrem.errors import ConflictError
from nrem.store.statement import statement


class HoldKind(StrEnum):
    """What a hold stands over."""

    ORG = "org"
    AGENT = "agent"
    USER = "user"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A hold, standing or lifted."""

    hold_id: int
    kind: HoldKind
    # the row number of what it stands over; None: the whole org
    ref_id: int | None
    # the caller's id of the agent or user
    name: str | None
    # what the case is called by those who placed it
    reference: str
    placed_at: datetime
    lifted_at: datetime | None


def lock(conn: Connection, org_id: int) -> None:
    """Let no other transaction purge anything of the org until this one ends."""
    conn.execute(statement("hold_lock"), {"org_id": org_id})


def place(
    conn: Connection, org_id: int, kind: HoldKind, ref_id: int | None, *, reference: str
) -> Hold:
    """Place a hold from now on; `ref_id` is a row number, None for the org.

    Raises: ConflictError when one stands over the same thing.
    """
    lock(conn, org_id)
    given = {"org_id": org_id, "kind": str(kind), "ref_id": ref_id, "reference": reference}
    hold_id = conn.execute(statement("hold_add"), given).scalar_one_or_none()
    if hold_id is None:
        raise ConflictError(
            "a hold stands over it already",
            field="ref",
            remedy="lift that one first, or let it stand",
            code="hold_exists",
        )
    return _one(conn, org_id, hold_id)


def lift(conn: Connection, org_id: int, hold_id: int) -> Hold | None:
    """End a hold and answer it; lifting it again changes nothing. None when there is none."""
    conn.execute(statement("hold_lift"), {"org_id": org_id, "id": hold_id})
    found = find(conn, org_id, hold_id=hold_id)
    return found[0] if found else None


def find(
    conn: Connection,
    org_id: int,
    *,
    hold_id: int | None = None,
    is_standing: bool | None = None,
    after_id: int = 0,
    limit: int = 1,
) -> list[Hold]:
    """Holds after the one of this number, oldest first; None means any."""
    asked = {
        "org_id": org_id,
        "id": hold_id,
        "standing": is_standing,
        "after_id": after_id,
        "limit": limit,
    }
    return [_hold(row) for row in conn.execute(statement("hold_find"), asked)]


def has_memory(conn: Connection, org_id: int, memory_id: int) -> bool:
    """Whether the org has this memory, in whatever state but purged."""
    asked = {"org_id": org_id, "memory_id": memory_id}
    return conn.execute(statement("hold_memory"), asked).scalar_one_or_none() is not None


def _one(conn: Connection, org_id: int, hold_id: int) -> Hold:
    return find(conn, org_id, hold_id=hold_id)[0]


def _hold(row: Any) -> Hold:  # noqa: ANN401 - a row
    return Hold(
        hold_id=row.id,
        kind=HoldKind(row.kind),
        ref_id=row.ref_id,
        name=row.name,
        reference=row.reference,
        placed_at=row.placed_at,
        lifted_at=row.lifted_at,
    )
