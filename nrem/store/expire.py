"""What the pass `expire` claims and deletes: what outlived its time, its retention or its cap."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from nrem.policy.model import MemoryType, Tier
from nrem.policy.params import ExpirePolicy, Policy
from nrem.store import life, preview
from nrem.store.life import Held
from nrem.store.statement import statement

_DAY_SECONDS: Final = 86_400.0


def claim(conn: Connection, org_id: int, limit: int) -> list[Held]:
    """Lock at most `limit` memories whose time to live or retention may be over."""
    ids = conn.execute(statement("expire_claim"), {"org_id": org_id, "batch": limit}).scalars()
    return life.read(conn, org_id, list(ids))


def claim_over_cap(conn: Connection, org_id: int, policy: Policy, limit: int) -> list[Held]:
    """Lock at most `limit` memories that their subjects have beyond the cap, the least first."""
    cap = policy.expire.max_live_memories
    if not cap:
        return []
    given = {"org_id": org_id, "batch": limit, "cap": cap, **_curves(policy)}
    ids = conn.execute(statement("expire_over_cap"), given).scalars()
    return life.read(conn, org_id, list(ids))


def _curves(policy: Policy) -> dict[str, Any]:
    """The curve of each type in each tier, as the SQL function takes it."""
    pairs = [(kind, tier) for kind in MemoryType for tier in Tier]
    curves = [policy.decay.curve(kind, tier) for kind, tier in pairs]
    return {
        "types": [str(kind) for kind, _ in pairs],
        "tiers": [str(tier) for _, tier in pairs],
        "kinds": [str(one.kind) for one in curves],
        "stability_days": [one.stability_days for one in curves],
        "gains": [one.gain for one in curves],
        "max_stability_days": [one.max_stability_days for one in curves],
        "floors": [one.floor for one in curves],
        "step_days": [json.dumps([at for at, _ in one.steps]) for one in curves],
        "step_factors": [json.dumps([factor for _, factor in one.steps]) for one in curves],
    }


def purge(conn: Connection, org_id: int, ids: Sequence[int]) -> None:
    """Empty memories that are written down as purged: words, versions, postings and vectors.

    The row stays as a mark, with its numbers and sources. The words of a direct store go with the
    last memory that came from them.
    """
    if ids:
        conn.execute(statement("expire_purge"), {"org_id": org_id, "memory_ids": list(ids)})
        conn.execute(statement("expire_empty_events"), {"org_id": org_id, "memory_ids": list(ids)})


@dataclass(frozen=True, slots=True, kw_only=True)
class OldRow:
    """A row that is kept for a time only: `access`, `run`, `call` or `preview`."""

    kind: str
    number: int


def find_old(conn: Connection, org_id: int, policy: ExpirePolicy, limit: int) -> list[OldRow]:
    """At most `limit` uses, runs and paid calls that were kept long enough, and old previews."""
    given = {
        "org_id": org_id,
        "access_seconds": policy.access_log_days * _DAY_SECONDS,
        "run_seconds": policy.run_days * _DAY_SECONDS,
        "batch": limit,
    }
    rows = conn.execute(statement("expire_find_old"), given)
    return [OldRow(kind=row.kind, number=row.id) for row in rows]


def delete_old(conn: Connection, org_id: int, old: Sequence[OldRow]) -> None:
    """Delete rows that `find_old` named; previews are emptied."""
    previews = [one.number for one in old if one.kind == "preview"]
    if previews:
        preview.expire(conn, org_id, previews)
    conn.execute(
        statement("expire_delete_old"),
        {
            "org_id": org_id,
            "access_ids": [one.number for one in old if one.kind == "access"],
            "run_ids": [one.number for one in old if one.kind == "run"],
            "call_ids": [one.number for one in old if one.kind == "call"],
        },
    )
