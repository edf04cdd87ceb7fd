"""What the pass `reinforce` claims: memories whose uses are not counted yet."""

from datetime import datetime

from sqlalchemy import Connection

from nrem.store import life
from nrem.store.life import Held
from nrem.store.statement import statement


def claim(conn: Connection, org_id: int, limit: int) -> list[Held]:
    """Lock at most `limit` memories with uses to count, skipping those held elsewhere."""
    ids = conn.execute(statement("reinforce_claim"), {"org_id": org_id, "batch": limit}).scalars()
    return life.read(conn, org_id, list(ids))


def next_due(conn: Connection, org_id: int) -> datetime | None:
    """When the earliest use that is not counted yet happened, or None."""
    due_at: datetime | None = conn.execute(
        statement("reinforce_next_due"), {"org_id": org_id}
    ).scalar_one()
    return due_at
