"""What a memory said, version by version: closed ones as the trigger wrote them, the current last.

Versions are numbered from 1 without gaps, and each begins where the one before it ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from nrem.policy.change import Version
from nrem.policy.model import MemoryType
from nrem.store.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """A version, and from when until when it was what the memory said."""

    number: int
    version: Version
    valid_from: datetime
    # None: it still is
    valid_to: datetime | None


def read(
    conn: Connection, org_id: int, memory_id: int, versions: Sequence[int] | None = None
) -> list[Believed]:
    """The versions of a memory, oldest first: all, or those of `versions` that there are.

    A purged memory has none. Whether time has purged it already is for the caller to see.
    """
    given = {
        "org_id": org_id,
        "memory_id": memory_id,
        "versions": None if versions is None else list(versions),
    }
    return [
        Believed(
            number=row.version,
            version=Version(
                memory_type=MemoryType(row.type),
                content=row.content,
                metadata=row.metadata,
                importance=row.importance,
                is_pinned=row.pinned,
                occurred_at=row.occurred_at,
                true_until=row.true_until,
            ),
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        for row in conn.execute(statement("history_read"), given)
    ]
