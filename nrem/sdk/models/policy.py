"""An org's policy, its versions and schedules, and what a change of it would do."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from nrem.sdk.instant import Timestamp
from nrem.sdk.models.shape import Items, Model


class Policy(Model):
    """A version of the policy with every setting written out; version 0 is the defaults."""

    version: int
    in_force_since: Timestamp | None = None
    rolled_back_to: int | None = None
    policy: dict[str, Any]


class PolicyChanged(Policy):
    """The policy in force after a change; not `changed`: it was in force already."""

    changed: bool


class SettingChange(Model):
    """A setting and what it was in the version before."""

    path: str
    before: Any = None
    after: Any = None


class PolicyVersion(Model):
    """One version in the history."""

    version: int
    in_force_since: Timestamp
    rolled_back_to: int | None = None
    changes: list[SettingChange]


class PolicyVersions(Items[PolicyVersion]):
    """A page of versions, the newest first."""

    versions: list[PolicyVersion]
    next_cursor: str | None = None

    def _items(self) -> Sequence[PolicyVersion]:
        return self.versions


class StateCounts(Model):
    """How many memories would enter each state."""

    archive: int
    forget: int
    purge: int


class NextDays(Model):
    """Within 30 days, under the policy in force and under the one that is tried."""

    before: StateCounts
    after: StateCounts


class PolicyPreview(Model):
    """What a policy would do to the memories looked at."""

    scanned: int
    is_complete: bool
    next_cursor: str | None = None
    now: StateCounts
    next_30_days: NextDays
    unchanged: int
    over_cap: int


class Schedule(Model):
    """A pass's schedule, when it ticks next, and how its last run went."""

    pass_name: str = Field(alias="pass")
    cron: str
    timezone: str
    paused: bool
    is_default: bool
    next_at: Timestamp | None = None
    last_at: Timestamp | None = None
    last_outcome: str | None = None
    last_reason: str | None = None
    last_run_id: str | None = None


class Schedules(Items[Schedule]):
    """Every pass that an org can plan, and the policy version that says so."""

    schedules: list[Schedule]
    policy_version: int

    def _items(self) -> Sequence[Schedule]:
        return self.schedules


class ScheduleChanged(Model):
    """A schedule as it is from now on."""

    schedule: Schedule
    policy_version: int
