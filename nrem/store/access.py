"""The log of uses: what was recalled or named by an `access` event, until `reinforce` counts it.

A use with a turn counts once per turn and memory, however often it is told; one without counts each
time. What is logged was said by nobody: numbers, instants, and a digest of the turn's id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from nrem.digest import Digest
from nrem.store import effect
from nrem.store.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A use of a memory by its agent."""

    memory_id: int
    agent_id: int
    at: datetime
    # None: no turn was named, so it counts by itself
    turn_key: bytes | None = None
    event_id: int | None = None


def turn_key(digest: Digest, org_id: int, agent: str, turn_id: str) -> bytes:
    """What a turn of an agent is known by, whichever request names it."""
    return digest.of("turn", org_id, agent, turn_id)


def add(conn: Connection, org_id: int, accesses: Sequence[Access]) -> None:
    """Log uses; one of a turn that is known already, or of a foreign memory, is left out."""
    if accesses:
        conn.execute(statement("access_add"), _columns(org_id, accesses))


def add_of_events(conn: Connection, org_id: int, accesses: Sequence[Access]) -> None:
    """As `add`, for uses that events name; one that names no memory of its agent is dropped."""
    if not accesses:
        return
    add(conn, org_id, accesses)
    given = _columns(org_id, accesses)
    named = {name: given[name] for name in ("org_id", "memory_ids", "agent_ids", "event_ids")}
    unknown = conn.execute(statement("access_unknown"), named).scalars()
    dropped = [(event_id, "dropped", "no_such_memory") for event_id in unknown]
    effect.add(conn, org_id, "reinforce", dropped, run_id=None)


def _columns(org_id: int, accesses: Sequence[Access]) -> dict[str, Any]:
    return {
        "org_id": org_id,
        "memory_ids": [one.memory_id for one in accesses],
        "agent_ids": [one.agent_id for one in accesses],
        "event_ids": [one.event_id or 0 for one in accesses],
        "turn_keys": [one.turn_key for one in accesses],
        "instants": [one.at for one in accesses],
    }
