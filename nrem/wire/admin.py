"""The shapes of the admin listener: schedules, runs, and the requests that change or start them."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, Field

from nrem.wire.field import no_nul
from nrem.wire.request import Strict

OutcomeName = Literal["applied", "noop", "deferred", "rejected", "failed", "parked"]

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
    # when and by which run it was undone; the run that it undid itself
    reverted_at: datetime | None
    reverted_by: str | None
    reverts: str | None


class RunChangeOut(BaseModel):
    """What a run did to one memory: its words and the facts that changed, before and after."""

    memory_id: str
    what: Literal["created", "merged", "closed", "superseded", "supported", "appraised", "reverted"]
    # none: the run made the memory
    version_before: int | None
    version_after: int
    # none where there was none, or where it is purged
    content_before: str | None
    content_after: str | None
    before: dict[str, Any]
    after: dict[str, Any]


class RunShown(RunOut):
    """One run with what it did to each memory."""

    changes: list[RunChangeOut]


class RevertIn(Strict):
    """How to undo a run."""

    # let the pass look again at what the run was made from; else that is left alone
    again: Annotated[bool, Field(strict=True)] = False


class RevertedCounts(BaseModel):
    """How many memories are undone, by what the run had done to them; edges ended, sessions.

    Of a run of reflect, `created` and `archived` count observations.
    """

    created: int
    merged: int
    closed: int
    superseded: int
    supported: int
    edges: int
    sessions: int
    archived: int


class KeptOut(BaseModel):
    """Something that was not undone, and why."""

    memory_id: str
    # none: the memory itself, or its words
    field: str | None
    reason: str
    # because of which it was kept
    run_id: str | None


class RevertOut(BaseModel):
    """What undoing a run did."""

    run_id: str
    # the run that undid it
    reverted_by: str
    reverted: RevertedCounts
    kept: list[KeptOut]
    # later runs that built on what it had made; they stand
    dependents: list[str]
    # it had been undone before, and the rest tells of that
    already: bool


class RunPage(BaseModel):
    """A page of runs, newest first."""

    runs: list[RunOut]
    next_cursor: str | None
