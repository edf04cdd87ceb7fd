"""Drives a leased pass: one stream at a time, proposed outside any transaction, behind a fence.

While a proposal is made the lease is renewed from a thread; `apply` checks fence and cursor before
it writes anything, so a holder that lost its stream changes no row.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread
from typing import Final

from sqlalchemy import Connection

from nrem.errors import Deferred, Waiting
from nrem.policy import drift
from nrem.store import engine, lease, park
from nrem.store.inbox import Item
from nrem.store.lease import Lease, Wanted
from worker.changes import Changes
from worker.contract import Nothing, Work
from worker.runner.outcome import Outcome
from worker.runner.step import Step, fault

_RENEWALS_PER_LEASE: Final = 3
_PAUSE_SECONDS: Final = 2.0
_LONGEST_PAUSE_SECONDS: Final = 300.0


def drive(step: Step) -> Outcome | None:
    """Process one stream of one org, or answer None when no org is due."""
    duty = step.duty
    with step.begin() as conn:
        if not step.pick(conn):
            return None
        job = step.work(conn)
        if step.is_asked or step.setting.rehearsal is not None:
            duty.rouse(conn, job, _only_subject(step))
        held = _claim(conn, step, job)
        step.rearm(conn, lease.next_due(conn, job.org_id, duty.name), cost=1.0)
        if held is None:
            return step.find_nothing(conn, job)
    if held.attempts > duty.max_attempts:
        return _park(step, job, held, reason="crashed", error=None)
    try:
        return _process(step, step.hold(job, held), held)
    except step.beyond:
        raise
    except Deferred as error:
        return _defer(step, job, held, error)
    except Exception as error:  # noqa: BLE001 - whatever a stream does, the others go on
        return _fail(step, job, held, error)


def _only_subject(step: Step) -> int | None:
    return step.setting.rehearsal.only_subject if step.setting.rehearsal else None


def _claim(conn: Connection, step: Step, job: Work) -> Lease | None:
    duty, rehearsal, wanted = step.duty, step.setting.rehearsal, Wanted()
    if rehearsal is not None:
        wanted = Wanted(
            only_subject=rehearsal.only_subject,
            except_streams=rehearsal.skipped,
        )
    return lease.claim(
        conn,
        job.org_id,
        duty.name,
        owner=step.owner,
        lease_seconds=duty.lease_seconds,
        wanted=wanted,
    )


def _skip(step: Step, held: Lease) -> None:
    """It was looked at; a rehearsal, which may not wait until it is due again, leaves it."""
    if step.setting.rehearsal is not None:
        step.setting.rehearsal.skipped.append(held.stream_id)


def _process(step: Step, job: Work, held: Lease) -> Outcome:
    duty = step.duty
    if held.rejections:
        job = replace(job, tools=job.tools.by_rules(drift.DRIFTED))
    with step.begin() as conn:
        found = duty.claim(conn, job, 1)
        if isinstance(found, Nothing):
            return _nothing(conn, step, job, held, found)
    with _renewed(step, held):
        proposals = step.propose(job, found)
    with step.begin() as conn:
        proposals = duty.compare(conn, job, found, proposals)
    decisions = duty.decide(found, proposals, job)
    guarded = duty.guard(decisions, job)
    if guarded is not None and guarded.drift.is_rejected:
        return _reject(step, job, held, guarded.changes())
    with step.begin() as conn:
        lease.finish(conn, held, steps=duty.steps(decisions), rejections=0)
        changes = duty.apply(conn, job, decisions)
        _rearm(conn, step, job, held)
        step.announce(conn, changes)
        return step.record(conn, job, "applied" if changes.changed else "noop", changes)


def _nothing(conn: Connection, step: Step, job: Work, held: Lease, found: Nothing) -> Outcome:
    """Not yet: an early wake leaves no run row, a deferral does."""
    lease.finish(conn, held)
    _skip(step, held)
    _rearm(conn, step, job, held)
    if found.reason == "not_due":
        return replace(step.find_nothing(conn, job), is_last=False)
    return step.record(conn, job, "deferred", Changes(read=0, reason=found.reason))


def _rearm(conn: Connection, step: Step, job: Work, held: Lease) -> None:
    """After `finish` the row is ours, so an append that comes later waits and sees this."""
    due_at = step.duty.next_due(conn, job)
    lease.arm(conn, held, due_at)
    if due_at is not None:
        step.rearm(conn, due_at)


@contextmanager
def _renewed(step: Step, held: Lease) -> Iterator[None]:
    if step.setting.rehearsal is not None:
        yield  # its transaction holds the row
        return
    done = Event()
    every = step.duty.lease_seconds / _RENEWALS_PER_LEASE

    def renew() -> None:
        while not done.wait(every):
            with engine.begin(step.setting.database, org_id=held.org_id) as conn:
                if not lease.renew(conn, held, lease_seconds=step.duty.lease_seconds):
                    return

    thread = Thread(target=renew, name=f"renew-{step.duty.name}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _defer(step: Step, job: Work, held: Lease, error: Deferred) -> Outcome:
    """Whoever it waits for said until when; nothing is wrong with the stream."""
    _skip(step, held)
    with step.begin() as conn:
        lease.finish(conn, held)
        put_off = step.wait if isinstance(error, Waiting) else step.put_off
        lease.arm(conn, held, put_off(conn, error.retry_after_seconds))
        step.duty.deferred(conn, replace(job, lease=held), error.reason)
        changes = Changes(read=0, reason=error.reason)
        return step.record(conn, replace(job, lease=held), "deferred", changes)


def _reject(step: Step, job: Work, held: Lease, changes: Changes) -> Outcome:
    """Nothing of it is done. Rules propose next; what they propose in vain is set aside."""
    if held.rejections:
        return _park(step, job, held, reason="rejected", error=drift.REASON, changes=changes)
    _skip(step, held)
    with step.begin() as conn:
        lease.finish(conn, held, rejections=held.rejections + 1)
        _come_back(conn, step, job, held)
        return step.record(conn, job, "rejected", changes)


def _fail(step: Step, job: Work, held: Lease, error: Exception) -> Outcome:
    reason = fault(error)
    _skip(step, held)
    if held.attempts >= step.duty.max_attempts:
        return _park(step, job, held, reason="failed", error=reason)
    with step.begin() as conn:
        lease.finish(conn, held, is_failure=True)
        step.duty.failed(conn, replace(job, lease=held))
        _come_back(conn, step, job, held)
        return step.record(conn, replace(job, lease=held), "failed", Changes(read=1, reason=reason))


def _come_back(conn: Connection, step: Step, job: Work, held: Lease) -> None:
    """The more often it was tried, the later."""
    pause = min(_PAUSE_SECONDS * 2.0 ** (held.attempts - 1), _LONGEST_PAUSE_SECONDS)
    due_at = job.now + timedelta(seconds=pause)
    lease.arm(conn, held, due_at)
    step.rearm(conn, due_at)


def _park(
    step: Step,
    job: Work,
    held: Lease,
    *,
    reason: str,
    error: str | None,
    changes: Changes | None = None,
) -> Outcome:
    item = Item(kind=park.STREAM, item_id=held.stream_id, session_id=None, attempts=held.attempts)
    with step.begin() as conn:
        lease.finish(conn, held)
        lease.set_aside(conn, job.org_id, step.duty.name, held.stream_id, state="parked")
        park.add(conn, job.org_id, step.duty.name, [item], reason=reason, error_class=error)
        step.duty.failed(conn, replace(job, lease=held))
        told = changes or Changes(read=1, reason=error or reason)
        return step.record(conn, replace(job, lease=held), "parked", told)
