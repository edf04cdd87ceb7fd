"""The policy in force for an org: its newest version, else the defaults."""

from sqlalchemy import Connection

from nrem.policy.params import Policy
from nrem.store.statement import statement


def load(conn: Connection, org_id: int) -> Policy:
    """The policy that decisions of this transaction follow."""
    row = conn.execute(statement("policy_newest"), {"org_id": org_id}).one_or_none()
    return Policy.default() if row is None else Policy.from_json(row.body)
