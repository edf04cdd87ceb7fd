"""The policy in force for an org: its newest version, else the defaults."""

import json

from sqlalchemy import Connection

from nrem.policy.params import Policy
from nrem.store import engine, schedule
from nrem.store.statement import statement


def load(conn: Connection, org_id: int) -> Policy:
    """The policy that decisions of this transaction follow."""
    return load_version(conn, org_id)[1]


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
