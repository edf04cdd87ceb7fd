"""Runs that were asked to be shown before they are made: asked, ready, approved, applied.

`ready` or `failed` answers what was asked; `applied` or `stale` what was approved. A preview whose
time is over is `expired`: it shows nothing, and cannot be approved.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection

from nrem.store import work
from nrem.store.statement import statement

# The pass that answers them, and the kind of its items.
NAME: Final = "preview"
# Those that can be shown: they tell in their diff all that they would write.
PASSES: Final = ("consolidate", "promote", "reflect")
# A day: time enough for a second person to look at it, and the words in it are a copy that nothing
# else would delete. Twice as long would show more of what is no longer true.
LASTS_SECONDS: Final = 86_400.0


State = Literal["asked", "ready", "approved", "applied", "stale", "failed", "expired"]
RunOutcome = Literal["applied", "noop", "deferred", "rejected", "failed", "parked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One preview as it stands at the instant it is read."""

    preview_id: int
    pass_name: str
    # None: every subject that is due
    subject_id: int | None
    state: State
    expires_at: datetime
    digest: bytes | None = None
    # of the run, those that change something
    steps: int = 0
    read: int = 0
    proposed: int = 0
    # lines as `worker.contract.Change` has them
    changes: Sequence[Mapping[str, Any]] = ()
    # of a run that did it
    outcome: RunOutcome | None = None
    reason: str | None = None
    run_ids: Sequence[int] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is told of a run that was only rehearsed; without a digest it cannot be approved."""

    digest: bytes | None = None
    steps: int = 0
    read: int = 0
    proposed: int = 0
    changes: Sequence[Mapping[str, Any]] = field(default=())
    outcome: str = "failed"
    reason: str | None = None


def ask(conn: Connection, org_id: int, name: str, *, subject_id: int | None, cause: str) -> int:
    """Ask what a pass would do for the org, or for one subject; answers the preview's number."""
    number: int = conn.execute(
        statement("preview_ask"),
        {
            "org_id": org_id,
            "pass": name,
            "subject_id": subject_id,
            "lasts_seconds": LASTS_SECONDS,
        },
    ).scalar_one()
    _queue(conn, org_id, number, cause)
    return number


def approve(conn: Connection, org_id: int, preview_id: int, *, cause: str) -> bool:
    """Have what it shows be done; False when it is not ready, or its time is over."""
    found = conn.execute(statement("preview_approve"), {"org_id": org_id, "id": preview_id})
    if found.one_or_none() is None:
        return False
    _queue(conn, org_id, preview_id, cause)
    return True


def _queue(conn: Connection, org_id: int, preview_id: int, cause: str) -> None:
    work.queue_items(conn, org_id, NAME, [(NAME, preview_id, 0)])
    # A request, so that it is answered even while the pass rests.
    work.request(conn, org_id, NAME, cause)


def read(conn: Connection, org_id: int, preview_id: int) -> Preview | None:
    """The preview of this number, or None."""
    row = conn.execute(
        statement("preview_read"), {"org_id": org_id, "id": preview_id}
    ).one_or_none()
    if row is None:
        return None
    return Preview(
        preview_id=row.id,
        pass_name=row.pass_name,
        subject_id=row.subject_id,
        state=row.state,
        expires_at=row.expires_at,
        digest=row.digest,
        steps=row.steps,
        read=row.read,
        proposed=row.proposed,
        changes=row.changes,
        outcome=row.outcome,
        reason=row.reason,
        run_ids=row.run_ids,
    )


def answer(conn: Connection, org_id: int, preview_id: int, its: Answer) -> None:
    """Answer a preview that was asked for."""
    conn.execute(
        statement("preview_answer"),
        {
            "org_id": org_id,
            "id": preview_id,
            "state": "failed" if its.digest is None else "ready",
            "digest": its.digest,
            "steps": its.steps,
            "read": its.read,
            "proposed": its.proposed,
            "changes": json.dumps([dict(one) for one in its.changes]),
            "outcome": its.outcome,
            "reason": its.reason,
        },
    )


def finish(
    conn: Connection, org_id: int, preview_id: int, *, run_ids: Sequence[int] | None
) -> None:
    """Say which runs came of an approved preview; None: its sources changed, so none did."""
    conn.execute(
        statement("preview_finish"),
        {
            "org_id": org_id,
            "id": preview_id,
            "state": "stale" if run_ids is None else "applied",
            "run_ids": list(run_ids or ()),
        },
    )


def expire(conn: Connection, org_id: int, ids: Sequence[int]) -> None:
    """Empty previews whose time is over."""
    conn.execute(statement("preview_expire"), {"org_id": org_id, "ids": list(ids)})
