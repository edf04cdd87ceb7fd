"""erase: carries out what somebody asked to have erased and a second one confirmed, step by step.

Reads: one erasure, and what is reached from its target. Writes: what each of its steps writes, with
the state it leaves. Safe to repeat because a step and its state are one transaction behind the
fence, and each step bears being begun again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from nrem.policy.erase import ENDED, State
from nrem.store import erase, erase_reach
from nrem.store.erase import Erasure
from worker.certifying import BEGIN, CERTIFY
from worker.changes import Changes
from worker.contract import Nothing, Pass, Shape, Work
from worker.erasing import Step, next_step
from worker.erasing_delete import DELETE, DERIVE, DESTROY
from worker.erasing_fence import CLOSE, FENCE, PREVIEW
from worker.erasing_removal import DESTROY_PROBE, GATHER, REWRITE, SCAN

NAME: Final = erase.NAME
# A rewrite of large tables takes minutes; a living holder renews its lease.
_LEASE_SECONDS: Final = 30.0
_MOST_ATTEMPTS: Final = 12
# What a step set aside may have been put right by then.
_LATER: Final = timedelta(hours=1)

# In their order; the last state that each leaves is that of `nrem.policy.erase.ORDER`.
STEPS: Final[tuple[Step, ...]] = (
    PREVIEW,
    CLOSE,
    FENCE,
    GATHER,
    BEGIN,
    DESTROY,
    DELETE,
    DERIVE,
    REWRITE,
    SCAN,
    DESTROY_PROBE,
    CERTIFY,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An erasure, the step that is next, and what that read."""

    its: Erasure
    step: Step
    read: Any


def pass_of(steps: tuple[Step, ...]) -> Pass:
    """The pass that goes through these steps."""

    def claim(conn: Connection, job: Work, _limit: int) -> Found | Nothing:
        """The erasure that is due, unless it is over or waits for somebody's yes."""
        its = erase.read(conn, job.org_id, job.stream.ref_id)
        if its is None or its.state in ENDED or its.state is State.PREVIEWED:
            return Nothing(reason="not_due")
        if job.tools.database is None:
            # What is destroyed outside of the database cannot be rehearsed.
            return Nothing(reason="not_rehearsed")
        step = next_step(steps, its)
        if step is None:
            return Nothing(reason="not_due")
        return Found(its=its, step=step, read=step.read(conn, job, its))

    def next_due(conn: Connection, job: Work) -> datetime | None:
        """At once, as long as it goes on by itself."""
        its = erase.read(conn, job.org_id, job.stream.ref_id)
        if its is None or its.state in ENDED or its.state is State.PREVIEWED:
            return None
        if its.state is State.FAILED:
            return job.now + _LATER
        return job.now if next_step(steps, its) else None

    return Pass(
        name=NAME,
        shape=Shape.LEASED,
        lease_seconds=_LEASE_SECONDS,
        max_attempts=_MOST_ATTEMPTS,
        every_seconds=30,
        claim=claim,
        propose=_propose,
        decide=_decide,
        apply=_apply,
        next_due=next_due,
        failed=_failed,
        deferred=_deferred,
    )


def _propose(job: Work, found: Found) -> tuple[Found, Any]:
    return found, found.step.work(job, found.its, found.read)


def _decide(_found: Found, made: tuple[Found, Any], _job: Work) -> tuple[Found, Any]:
    return made


def _apply(conn: Connection, job: Work, made: tuple[Found, Any]) -> Changes:
    """Write what the step made, unless the erasure is not what it was."""
    found, work = made
    step, its = found.step, erase.read(conn, job.org_id, found.its.erasure_id, is_locked=True)
    if its is None or (its.state, its.step) != (found.its.state, found.its.step):
        return Changes(read=1, reason="changed")
    done = step.write(conn, job, its, work)
    is_done = done.is_done and done.becomes is None
    state = done.becomes or (step.becomes if is_done else its.reached)
    left_off = step.name if is_done else done.back_to
    erase.write(conn, its, state, now=job.now, step=left_off, facts=done.facts, error=done.error)
    if state is State.CERTIFIED:
        erase_reach.release(conn, its)
    return Changes(
        read=1,
        changed=max(done.changed, 1),
        detail={"step": step.name, "state": str(state)},
    )


def _failed(conn: Connection, job: Work) -> None:
    """Whoever asks how far it has come is told; at the last try it is set aside."""
    its = erase.read(conn, job.org_id, job.stream.ref_id, is_locked=True)
    if its is None or its.state in ENDED:
        return
    is_last = job.stream.attempts >= _MOST_ATTEMPTS
    state = State.FAILED if is_last else its.state
    erase.write(conn, its, state, now=job.now, error=f"failed after {its.step or 'the request'}")


def _deferred(conn: Connection, job: Work, reason: str) -> None:
    """Whoever asks how far it has come is told what it waits for."""
    its = erase.read(conn, job.org_id, job.stream.ref_id, is_locked=True)
    if its is not None and its.state not in ENDED:
        erase.write(conn, its, its.state, now=job.now, error=f"waits: {reason}")


ERASE: Final = pass_of(STEPS)
