"""The queue of items for batch passes: claimed for a time, taken off by the effect's transaction.

The owner of a claim is unique per claim, so a holder whose lease lapsed takes nothing off.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from nrem.errors import LostLease
from nrem.store.statement import statement
from nrem.store.work import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One queued item of a claim; `attempts` counts this one."""

    kind: str
    item_id: int
    session_id: int | None
    attempts: int


def _keys(items: Sequence[Item]) -> dict[str, list[str] | list[int]]:
    return {"item_kinds": [i.kind for i in items], "item_ids": [i.item_id for i in items]}


def claim(
    conn: Connection,
    org_id: int,
    name: str,
    *,
    owner: str,
    limit: int,
    lease_seconds: float,
    attempts: tuple[int, int],
) -> list[Item]:
    """Take at most `limit` due items that were tried so many times (from, to) before."""
    rows = conn.execute(
        statement("inbox_claim"),
        {
            "org_id": org_id,
            "pass": name,
            "owner": owner,
            "batch": limit,
            "lease_seconds": lease_seconds,
            "attempts_from": attempts[0],
            "attempts_to": attempts[1],
        },
    )
    items = [
        Item(kind=r.item_kind, item_id=r.item_id, session_id=r.session_id, attempts=r.attempts)
        for r in rows
    ]
    return sorted(items, key=lambda item: (item.kind, item.item_id))


def complete(
    conn: Connection, org_id: int, name: str, items: Sequence[Item], *, owner: str
) -> None:
    """Take finished items off the queue.

    Raises: LostLease when the claim lapsed and somebody else holds one of them.
    """
    rows = conn.execute(
        statement("inbox_complete"),
        {"org_id": org_id, "pass": name, "owner": owner, **_keys(items)},
    ).all()
    if len(rows) != len(items):
        raise LostLease


def release(
    conn: Connection,
    org_id: int,
    name: str,
    items: Sequence[Item],
    *,
    owner: str,
    delay_seconds: float,
    counts: bool = True,
) -> None:
    """Give items back, due again after a pause; `counts`: the try was one."""
    conn.execute(
        statement("inbox_release"),
        {
            "org_id": org_id,
            "pass": name,
            "owner": owner,
            "delay_seconds": delay_seconds,
            "uncounted": 0 if counts else 1,
            **_keys(items),
        },
    )


def next_due(conn: Connection, org_id: int, name: str) -> Instant:
    """When the earliest item that nobody holds is due."""
    due_at: Instant = conn.execute(
        statement("inbox_next_due"), {"org_id": org_id, "pass": name}
    ).scalar_one()
    return due_at
