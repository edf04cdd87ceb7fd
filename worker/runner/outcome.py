"""Why a step was taken, and what came of it."""

from dataclasses import dataclass, field

from worker.changes import Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What made a process look for work: `nudge`, `poll` or `command`.

    A run has this cause unless its org was made due by a tick or a request: then it has theirs.
    """

    name: str
    task_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one step did: applied, noop, deferred, rejected, failed, parked or fenced."""

    org_id: int
    outcome: str
    changes: Changes = field(default_factory=lambda: Changes(read=0))
    # of its run row; None when nothing was worth one
    run_id: int | None = None
    # nothing was due, and nobody else is: another look would find the same
    is_last: bool = False
    cause: str | None = None
    # the subject, session or thread that it was about
    ref_id: int | None = None
    # of a leased pass; it says whose it is
    stream_id: int | None = None
