"""What a preview reads: memories in the order of their numbers, without a lock."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from nrem.policy.params import Policy
from nrem.policy.policy_preview import Choice, Tally, count
from nrem.store.life import life_of
from nrem.store.statement import statement


def read(conn: Connection, org_id: int, *, after_id: int, limit: int) -> Sequence[Any]:
    """At most `limit` rows for `add`, after the memory of this number."""
    asked = {"org_id": org_id, "after_id": after_id, "limit": limit}
    return conn.execute(statement("policy_preview_read"), asked).all()


def add(tally: Tally, rows: Sequence[Any], choice: Choice) -> None:
    """Count rows that were read; asks nothing of the database."""
    count(tally, ((life_of(row), row.is_kept) for row in rows), choice)


def over_cap(conn: Connection, org_id: int, policy: Policy) -> int:
    """Live memories, as written down, that `expire` would forget for being beyond the cap."""
    cap = policy.expire.max_live_memories
    if not cap:
        return 0
    found = conn.execute(statement("policy_preview_over_cap"), {"org_id": org_id, "cap": cap})
    return int(found.scalar_one())
