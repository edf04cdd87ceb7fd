"""What the pass `decay` claims: memories whose next change of state may have come."""

from datetime import datetime

from sqlalchemy import Connection

from nrem.store import life
from nrem.store.life import Held
from nrem.store.statement import statement


def claim(conn: Connection, org_id: int, limit: int) -> list[Held]:
    """Lock at most `limit` due memories, the most overdue first, skipping those held elsewhere."""
    ids = conn.execute(statement("decay_claim"), {"org_id": org_id, "batch": limit}).scalars()
    return life.read(conn, org_id, list(ids))


def set_aside(conn: Connection, org_id: int, ids: list[int]) -> None:
    """Take memories out of the claims of `decay`: they stay in the state they are in."""
    conn.execute(statement("decay_set_aside"), {"org_id": org_id, "memory_ids": ids})


def next_due(conn: Connection, org_id: int) -> datetime | None:
    """When the next memory of the org may change its state, or None."""
    due_at: datetime | None = conn.execute(
        statement("decay_next_due"), {"org_id": org_id}
    ).scalar_one()
    return due_at
