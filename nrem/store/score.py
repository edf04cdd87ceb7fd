"""What the pass `score` reads: queued events with the subject they are about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from nrem.store.memory import Owner
from nrem.store.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """An accepted event."""

    event_id: int
    kind: str
    owner: Owner
    occurred_at: datetime
    recorded_at: datetime
    body: dict[str, Any]
    # how much of its content one memory of the subject says already, 0 to 1
    overlap: float = 0.0


def read(conn: Connection, org_id: int, event_ids: Sequence[int]) -> list[StoredEvent]:
    """The events with these numbers, in their order."""
    rows = conn.execute(statement("event_read"), {"org_id": org_id, "event_ids": list(event_ids)})
    return [
        StoredEvent(
            event_id=r.id,
            kind=r.kind,
            owner=Owner(
                subject_id=r.subject_id,
                agent_id=r.agent_id,
                user_id=r.user_id,
                session_id=r.session_id,
            ),
            occurred_at=r.occurred_at,
            recorded_at=r.recorded_at,
            body=r.body,
        )
        for r in rows
    ]
