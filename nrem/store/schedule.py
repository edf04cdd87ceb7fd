"""What the scheduler knows of the orgs' policies: the schedules that differ from the defaults.

A policy is for its org alone, and the scheduler serves them all: so each new version leaves these
rows behind, and nothing else writes them.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from nrem.policy.params import Policy
from nrem.policy.schedule import Schedule
from nrem.store.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSchedule:
    """One org's own schedule of one pass."""

    org_id: int
    pass_name: str
    cron: str
    timezone: str
    is_paused: bool
    # no instant up to this one ticks: the schedule was another then
    set_at: datetime


def project(conn: Connection, org_id: int, policy: Policy, now: datetime) -> None:
    """Bring the org's rows in line with the policy that is in force from `now` on."""
    own = _own(policy)
    conn.execute(
        statement("schedule_project"),
        {
            "org_id": org_id,
            "passes": list(own),
            "crons": [its.cron for its in own.values()],
            "timezones": [its.timezone for its in own.values()],
            "paused": [its.paused for its in own.values()],
            "now": now,
        },
    )


def _own(policy: Policy) -> dict[str, Schedule]:
    usual = Policy.default().schedules.by_pass()
    return {name: its for name, its in policy.schedules.by_pass().items() if its != usual[name]}


def read_all(conn: Connection) -> list[StoredSchedule]:
    """The rows of every org; for the scheduler."""
    return [
        StoredSchedule(
            org_id=row.org_id,
            pass_name=row.pass_name,
            cron=row.cron,
            timezone=row.timezone,
            is_paused=row.paused,
            set_at=row.set_at,
        )
        for row in conn.execute(statement("schedule_read"))
    ]
