"""The policies of an org: the defaults, and each version that replaced them, from its instant."""

import json
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection

from nrem.policy.params import Policy
from nrem.policy.timeline import Timeline
from nrem.store import engine, schedule
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


def load_version(conn: Connection, org_id: int) -> tuple[int, Policy]:
    """The number of the version in force, 0 for the defaults, and the policy."""
    row = conn.execute(statement("policy_newest"), {"org_id": org_id}).one_or_none()
    return (0, Policy.default()) if row is None else (row.version, Policy.from_json(row.body))


def add(conn: Connection, org_id: int, policy: Policy, *, rolled_back_to: int | None = None) -> int:
    """Store a new version, in force from now on; answers its number.

    Raises: IntegrityError when another transaction stored one meanwhile.
    """
    version = conn.execute(
        statement("policy_add"),
        {
            "org_id": org_id,
            "body": json.dumps(policy.to_json()),
            "rolled_back_to": rolled_back_to,
        },
    ).scalar_one()
    schedule.project(conn, org_id, policy, engine.instant(conn))
    return int(version)
