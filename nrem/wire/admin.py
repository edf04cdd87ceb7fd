"""The shapes of the admin listener: schedules, runs, and the requests that change or start them."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, Field

from nrem.wire.field import no_nul
from nrem.wire.request import Strict

OutcomeName = Literal["applied", "noop", "deferred", "failed", "parked"]

# A cause is ours and short; so is the beginning of one.
_Word = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(no_nul)]
_Version = Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]
MAX_RUNS: Final = 500


class ScheduleIn(Strict):
    """When a pass is to tick; without a time zone it keeps the one it has."""

    cron: str
    timezone: str | None = None
    # 409 when another version is in force by now
    expected_policy_version: _Version | None = None


class PauseIn(Strict):
    """What a pause or its end may say."""

    expected_policy_version: _Version | None = None


class ScheduleOut(BaseModel):
    """A pass's schedule, when it ticks next, and how its last run went."""

    pass_name: Annotated[str, Field(serialization_alias="pass")]
    cron: str
    timezone: str
    paused: bool
    is_default: bool
    # none while it rests
    next_at: datetime | None
    # of the last run, whoever asked for it
    last_at: datetime | None
    last_outcome: OutcomeName | None
    last_reason: str | None
    last_run_id: str | None


class SchedulesOut(BaseModel):
    """Every pass that an org can plan, and the policy version that says so (0 = the defaults)."""

    schedules: list[ScheduleOut]
    policy_version: int


class ScheduleChanged(BaseModel):
    """A schedule as it is from now on."""

    schedule: ScheduleOut
    policy_version: int


class RunRequested(BaseModel):
    """A run that was asked for; its row will have this cause."""

    pass_name: Annotated[str, Field(serialization_alias="pass")]
    cause: str
    status: Literal["due"] = "due"


class RunQuery(Strict):
    """Which runs to list; what is left out does not matter."""

    pass_name: Annotated[_Word | None, Field(alias="pass")] = None
    outcome: OutcomeName | None = None
    # or the beginning of one: `tick`, `tick:decay`, `request`
    cause: _Word | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_RUNS)] = 50
    # `next_cursor` of the page before
    cursor: Annotated[str, Field(max_length=64)] | None = None


class RunOut(BaseModel):
    """One execution of a pass for the org."""

    id: str
    pass_name: Annotated[str, Field(serialization_alias="pass")]
    cause: str
    task_id: str | None
    read: int
    proposed: int
    changed: int
    outcome: OutcomeName
    reason: str | None
    started_at: datetime
    finished_at: datetime
    duration_ms: float | None
    engine: str | None
    detail: dict[str, Any]


class RunPage(BaseModel):
    """A page of runs, newest first."""

    runs: list[RunOut]
    next_cursor: str | None
