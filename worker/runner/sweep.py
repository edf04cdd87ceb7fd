"""Drives a sweep: pick, claim, decide and apply in one transaction per batch.

A failing batch is tried again at half its size, down to the one row that fails; that row is taken
out of the claims and parked. A database that is away spoils no row: that error goes to the caller.
"""

from dataclasses import replace

from sqlalchemy.exc import InterfaceError, OperationalError

from worker.changes import Changes
from worker.runner.outcome import Outcome
from worker.runner.step import Step


def drive(step: Step) -> Outcome | None:
    """Sweep one batch of one org (or the control tables of all), or None when none is due."""
    if step.duty.sweep is not None:
        with step.begin() as conn:
            changes = step.duty.sweep(conn, step.setting.tools)
            return Outcome(org_id=0, outcome="applied", changes=changes)
    try:
        return _batch(step)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever a row does, the others go on
        if step.duty.batch > 1:
            return drive(step.with_batch(step.duty.batch // 2))
        return _park(step, error)


def _batch(step: Step) -> Outcome | None:
    """One transaction: a crash takes the pick back too, so the org stays due."""
    duty = step.duty
    with step.begin() as conn:
        if not step.pick(conn):
            return None
        job = step.work(conn)
        found = duty.claim(conn, job, duty.batch)
        if not found:
            due_at = duty.next_due(conn, job)
            step.rearm(conn, due_at)
            is_last = step.is_last(job, due_at)
            return replace(step.find_nothing(conn, job), is_last=is_last)
        changes = duty.apply(conn, job, duty.decide(found, None, job))
        is_full = len(found) == duty.batch
        step.rearm(conn, job.now if is_full else duty.next_due(conn, job), cost=changes.read)
        step.announce(conn, changes)
        return step.record(conn, job, "applied" if changes.changed else "noop", changes)


def _park(step: Step, error: Exception) -> Outcome | None:
    """One row alone fails: take it out of the way, and say so."""
    duty = step.duty
    with step.begin() as conn:
        if not step.pick(conn):
            return None
        job = step.work(conn)
        found = duty.claim(conn, job, 1)
        duty.park(conn, job, found)
        step.rearm(conn, job.now)
        reason = type(error).__name__
        return step.record(conn, job, "parked", Changes(read=len(found), reason=reason))
