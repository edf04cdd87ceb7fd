"""preview: shows what another pass would do, and does exactly that once somebody approved it.

Reads: one preview that was asked for or approved, and whatever the pass reads that it names.
Writes: the diff; or, for an approved one, what that pass writes, if its diff is still the one that
was shown. Safe to repeat because the mark and the runs are of one transaction, and each state is
left once.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from nrem import ids
from nrem.errors import PassError
from nrem.store import inbox, preview
from nrem.store.preview import Answer, Preview
from worker.changes import Changes
from worker.contract import Pass, Plan, Rehearsed, Shape, Work

NAME: Final = preview.NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What to make of one preview: an answer, or the runs that were approved."""

    shown: Preview
    answer: Answer | None = None
    # None beside no answer: its sources changed
    approved: Rehearsed | None = None


def claim(conn: Connection, job: Work, _limit: int) -> Preview | None:
    """The preview that waits; None when its time is over, or it was answered."""
    found = preview.read(conn, job.org_id, job.items[0].item_id)
    return found if found and found.state in ("asked", "approved") else None


def propose(job: Work, shown: Preview | None) -> Rehearsed | PassError | None:
    """What the pass would do now, and of an approved one no more than was shown."""
    if shown is None:
        return None
    plan = Plan(
        pass_name=shown.pass_name,
        cause=f"preview:{ids.encode(ids.PREVIEW, shown.preview_id)}",
        only_subject=shown.subject_id,
        steps=shown.steps if shown.state == "approved" else None,
    )
    try:
        return job.stage.rehearse(job, plan)
    except PassError as error:
        return error


def decide(
    shown: Preview | None, rehearsed: Rehearsed | PassError | None, job: Work
) -> Judged | None:
    """Tell it, or do it if it is still what was shown."""
    if shown is None:
        return None
    if isinstance(rehearsed, Rehearsed):
        digest = _digest(job, rehearsed)
        if shown.state == "asked":
            return Judged(shown=shown, answer=_answer(rehearsed, digest))
        return Judged(shown=shown, approved=rehearsed if digest == shown.digest else None)
    reason = rehearsed.reason if rehearsed else None
    return Judged(shown=shown, answer=Answer(reason=reason) if shown.state == "asked" else None)


def _digest(job: Work, rehearsed: Rehearsed) -> bytes:
    """Equal for equal diffs of equal sources; no number that a sequence drew is in it."""
    return job.tools.digest.of_json([asdict(scene) for scene in rehearsed.scenes])


def _answer(rehearsed: Rehearsed, digest: bytes) -> Answer:
    is_failure = not rehearsed.scenes and rehearsed.outcome in ("rejected", "failed", "parked")
    return Answer(
        digest=None if is_failure else digest,
        steps=len(rehearsed.scenes),
        read=rehearsed.read,
        proposed=rehearsed.proposed,
        changes=[asdict(line) for scene in rehearsed.scenes for line in scene.diff],
        outcome=rehearsed.outcome,
        reason=rehearsed.reason,
    )


def apply(conn: Connection, job: Work, judged: Judged | None) -> Changes:
    """Write the answer; or the runs, and that they are made."""
    if judged is None:
        return Changes(read=1, reason="nothing_waits")
    number = judged.shown.preview_id
    if judged.answer is not None:
        preview.answer(conn, job.org_id, number, judged.answer)
        return Changes(read=1, changed=1, detail=_detail(number, "answered"))
    done = judged.approved and job.stage.perform(conn, judged.approved)
    preview.finish(conn, job.org_id, number, run_ids=done.run_ids if done else None)
    if done is None:
        return Changes(read=1, reason="stale", detail=_detail(number, "stale"))
    return Changes(read=1, changed=1, detail=_detail(number, "applied"), due=done.due)


def _detail(number: int, became: str) -> dict[str, Any]:
    return {"preview": ids.encode(ids.PREVIEW, number), "became": became}


def next_due(conn: Connection, job: Work) -> datetime | None:
    """When the next preview waits."""
    return inbox.next_due(conn, job.org_id, NAME)


PREVIEW: Final = Pass(
    name=NAME,
    is_audited=False,
    shape=Shape.BATCH,
    batch=1,
    # A rehearsal asks a model once per session; nobody else may begin the same meanwhile.
    lease_seconds=300.0,
    claim=claim,
    propose=propose,
    decide=decide,
    apply=apply,
    next_due=next_due,
)
