"""The walk over an org's memories after a change of its policy, in the order of their numbers.

How far it has come stands in `redues`. Who changes the policy first takes the org's row in
`org_work` for this pass, which a run keeps from its pick to its end: so the policy does not change
while a run is under way, and no run starts on a policy that is not stored yet.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from nrem.store import life, work
from nrem.store.life import Held
from nrem.store.statement import statement

NAME: Final = "redue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """A memory that the walk has met, locked."""

    held: Held
    # as it is written down; None: never
    due_at: datetime | None


def ask(conn: Connection, org_id: int) -> None:
    """Have the org's due times follow its newest policy, beginning anew if that is under way."""
    work.bring_forward(conn, org_id, {NAME: 0.0})
    conn.execute(statement("redue_ask"), {"org_id": org_id})


def is_asked(conn: Connection, org_id: int) -> bool:
    """Whether the walk is not at its end yet."""
    return _after(conn, org_id) is not None


def claim(conn: Connection, org_id: int, limit: int) -> list[Met]:
    """Lock the next `limit` memories of the walk; when there are none left it is over.

    None is skipped for being held elsewhere: the walk waits for it.
    """
    after_id = _after(conn, org_id)
    if after_id is None:
        return []
    wanted = {"org_id": org_id, "after_id": after_id, "batch": limit}
    due = {row.id: row.due_at for row in conn.execute(statement("redue_lock"), wanted)}
    if not due:
        conn.execute(statement("redue_finish"), {"org_id": org_id})
    return [
        Met(held=held, due_at=due[held.memory_id]) for held in life.read(conn, org_id, list(due))
    ]


def move(conn: Connection, org_id: int, after_id: int) -> None:
    """The walk has passed the memory of this number."""
    conn.execute(statement("redue_move"), {"org_id": org_id, "after_id": after_id})


def _after(conn: Connection, org_id: int) -> int | None:
    after_id: int | None = conn.execute(
        statement("redue_read"), {"org_id": org_id}
    ).scalar_one_or_none()
    return after_id
