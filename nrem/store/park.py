"""Poison work: set aside with a code, listed, and brought back or dropped by an operator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from nrem.store import effect, lease, work
from nrem.store.inbox import Item
from nrem.store.statement import statement

STREAM = "stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """Work that was set aside: ids and codes, never the error's own text."""

    org_id: int
    parked_id: int
    pass_name: str
    item_kind: str
    item_id: int
    reason: str
    error_class: str | None
    attempts: int
    parked_at: datetime


def add(
    conn: Connection,
    org_id: int,
    name: str,
    items: Sequence[Item],
    *,
    reason: str,
    error_class: str | None,
) -> None:
    """Set items aside; each is parked at most once at a time."""
    conn.execute(
        statement("park_add"),
        {
            "org_id": org_id,
            "pass": name,
            "item_kinds": [item.kind for item in items],
            "item_ids": [item.item_id for item in items],
            "attempts": [item.attempts for item in items],
            "reason": reason,
            "error_class": error_class,
        },
    )


def find(conn: Connection, *, parked_id: int | None = None, limit: int = 100) -> list[Parked]:
    """What is set aside now, oldest first, over all orgs; or the one with this number."""
    rows = conn.execute(statement("park_list"), {"id": parked_id, "limit": limit})
    return [
        Parked(
            org_id=r.org_id,
            parked_id=r.id,
            pass_name=r.pass_name,
            item_kind=r.item_kind,
            item_id=r.item_id,
            reason=r.reason,
            error_class=r.error_class,
            attempts=r.attempts,
            parked_at=r.parked_at,
        )
        for r in rows
    ]


def replay(conn: Connection, parked: Parked) -> None:
    """Give the work another `max_attempts` tries, from now on."""
    _resolve(conn, parked, "replayed")
    if parked.item_kind == STREAM:
        lease.set_aside(conn, parked.org_id, parked.pass_name, parked.item_id, state="active")
    else:
        conn.execute(
            statement("park_requeue"),
            {
                "org_id": parked.org_id,
                "pass": parked.pass_name,
                "item_kind": parked.item_kind,
                "item_id": parked.item_id,
            },
        )
    work.bring_forward(conn, parked.org_id, {parked.pass_name: 0.0})


def drop(conn: Connection, parked: Parked) -> None:
    """Give the work up for good; its event is then dropped, for the reason it was parked for."""
    _resolve(conn, parked, "dropped")
    if parked.item_kind == "event":
        dropped = (parked.item_id, "dropped", parked.reason)
        effect.add(conn, parked.org_id, parked.pass_name, [dropped], run_id=None)


def _resolve(conn: Connection, parked: Parked, resolution: str) -> None:
    conn.execute(
        statement("park_resolve"),
        {"org_id": parked.org_id, "id": parked.parked_id, "resolution": resolution},
    )
