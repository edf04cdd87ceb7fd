"""What the pass `decay` reads and writes: memories whose next change of state may have come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from nrem.policy.model import MemoryFacts, Reason, State
from nrem.store.memory import facts_of
from nrem.store.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A memory that is due, locked until the transaction ends."""

    memory_id: int
    facts: MemoryFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """What to write for one memory; no reason means that it only gets a new due time."""

    memory_id: int
    before: State
    state: State
    state_since: datetime
    reason: Reason | None
    due_at: datetime | None


def claim(conn: Connection, org_id: int, limit: int) -> list[Due]:
    """Lock at most `limit` due memories, the most overdue first, skipping those held elsewhere."""
    rows = conn.execute(statement("decay_claim"), {"org_id": org_id, "batch": limit})
    return [Due(memory_id=r.id, facts=facts_of(r)) for r in rows]


def apply(conn: Connection, org_id: int, writes: Sequence[Write]) -> None:
    """Write states and due times; the rows are locked since `claim`."""
    conn.execute(
        statement("decay_apply"),
        {
            "org_id": org_id,
            "memory_ids": [w.memory_id for w in writes],
            "states": [str(w.state) for w in writes],
            "state_since": [w.state_since for w in writes],
            "reasons": [str(w.reason) if w.reason else None for w in writes],
            "due_at": [w.due_at for w in writes],
        },
    )
