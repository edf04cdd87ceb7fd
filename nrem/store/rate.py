"""How often a key and its org may ask: so many requests per minute, counted for all processes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from nrem.store.statement import statement

# a bucket that anything can be taken from
UNBOUND: Final = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One bucket after a request was counted in it, or was not because it is empty."""

    of_org: bool
    per_minute: int
    remaining: int
    # until one request more may come; 0: this one was counted
    wait_seconds: float
    full_at: datetime


def take(
    conn: Connection, org_id: int, key_row_id: int, *, key_per_minute: int, org_per_minute: int
) -> Taken | None:
    """Count a request in both buckets, or in neither if one is empty; answers the emptier one.

    A bucket holds a minute's requests and fills evenly; None: both are unbound. The transaction is
    the org's own.
    """
    if key_per_minute == UNBOUND and org_per_minute == UNBOUND:
        return None
    bounds = {False: key_per_minute, True: org_per_minute}
    asked = {"key_per_minute": key_per_minute, "org_per_minute": org_per_minute}
    rows = conn.execute(
        statement("rate_take"), {"org_id": org_id, "key_row_id": key_row_id, **asked}
    )
    buckets = [
        Taken(
            of_org=row.of_org,
            per_minute=bounds[row.of_org],
            remaining=row.remaining,
            wait_seconds=row.wait_seconds,
            full_at=row.full_at,
        )
        for row in rows
        if bounds[row.of_org] != UNBOUND
    ]
    return min(buckets, key=lambda one: (-one.wait_seconds, one.remaining))
