"""The policies of an org: the defaults, and each version that replaced them, from its instant."""

from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection

from nrem.policy.params import Policy
from nrem.policy.timeline import Timeline
from nrem.store.statement import statement


def timeline(conn: Connection, org_id: int) -> Timeline:
    """Which policy is in force when; what no longer decides anything is part of it, too."""
    rows = conn.execute(statement("policy_timeline"), {"org_id": org_id})
    return Timeline.of([(row.created_at, _parsed(row.body)) for row in rows])


def load(conn: Connection, org_id: int, now: datetime) -> Policy:
    """The policy that decisions at `now` follow."""
    return timeline(conn, org_id).at(now)


@lru_cache(maxsize=512)
def _parsed(body: str) -> Policy:
    """A version is never changed, so its text always means the same."""
    return Policy.from_text(body)
