"""Drives a batch pass: items of the inbox, computed outside any transaction.

An item that was in two failed or crashed tries is taken alone from then on, so that the bad one
of a batch is found without harming the others; at its last try it is parked.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import Connection

from nrem.errors import Deferred, Waiting
from nrem.store import inbox, park
from nrem.store.inbox import Item
from worker.changes import Changes
from worker.contract import Work, no_comparison
from worker.runner.outcome import Outcome
from worker.runner.step import Step, fault

_SUSPICIOUS_AFTER: Final = 2
_MOST_ATTEMPTS: Final = 1_000_000
# The pause after a failure doubles with each try, from this on.
_PAUSE_SECONDS: Final = 1.0


def drive(step: Step) -> Outcome | None:
    """Process one batch of one org, or answer None when no org is due."""
    with step.begin() as conn:
        if not step.pick(conn):
            return None
        job = step.work(conn)
        items = _claim(conn, step, job.org_id)
        # One alone tells nothing of whether there are more.
        full = 1 < step.duty.batch == len(items)
        step.rearm(conn, job.now if full else step.duty.next_due(conn, job), cost=len(items))
        if not items:
            return step.find_nothing(conn, job)
    if items[0].attempts > step.duty.max_attempts:
        return _park(step, job, items, reason="crashed", error=None)
    try:
        return _process(step, replace(job, items=items))
    except step.beyond:
        raise
    except Deferred as error:
        return _defer(step, job, items, error)
    except Exception as error:  # noqa: BLE001 - whatever an item does, the others go on
        return _fail(step, job, items, error)


def _claim(conn: Connection, step: Step, org_id: int) -> list[Item]:
    def take(limit: int, attempts: tuple[int, int]) -> list[Item]:
        return inbox.claim(
            conn,
            org_id,
            step.duty.name,
            owner=step.owner,
            limit=limit,
            lease_seconds=step.duty.lease_seconds,
            attempts=attempts,
        )

    fresh = take(step.duty.batch, (0, _SUSPICIOUS_AFTER - 1))
    return fresh or take(1, (_SUSPICIOUS_AFTER, _MOST_ATTEMPTS))


def _process(step: Step, job: Work) -> Outcome:
    duty = step.duty
    with step.begin() as conn:
        found = duty.claim(conn, job, duty.batch)
    proposals = step.propose(job, found)
    if duty.compare is not no_comparison:
        with step.begin() as conn:
            proposals = duty.compare(conn, job, found, proposals)
    decisions = duty.decide(found, proposals, job)
    with step.begin() as conn:
        inbox.complete(conn, job.org_id, duty.name, job.items, owner=step.owner)
        changes = duty.apply(conn, job, decisions)
        step.announce(conn, changes)
        return step.record(conn, job, "applied" if changes.changed else "noop", changes)


def _defer(step: Step, job: Work, items: Sequence[Item], error: Deferred) -> Outcome:
    """Whoever they wait for said until when; the try does not count."""
    with step.begin() as conn:
        inbox.release(
            conn,
            job.org_id,
            step.duty.name,
            items,
            owner=step.owner,
            delay_seconds=error.retry_after_seconds,
            counts=False,
        )
        if isinstance(error, Waiting):
            step.rearm(conn, step.duty.next_due(conn, job))
        else:
            step.put_off(conn, error.retry_after_seconds)
        return step.record(conn, job, "deferred", Changes(read=0, reason=error.reason))


def _fail(step: Step, job: Work, items: Sequence[Item], error: Exception) -> Outcome:
    reason = fault(error)
    if items[0].attempts >= step.duty.max_attempts:
        return _park(step, job, items, reason="failed", error=reason)
    pause = _PAUSE_SECONDS * 2 ** (items[0].attempts - 1)
    with step.begin() as conn:
        inbox.release(
            conn, job.org_id, step.duty.name, items, owner=step.owner, delay_seconds=pause
        )
        step.rearm(conn, step.duty.next_due(conn, job))
        return step.record(conn, job, "failed", Changes(read=len(items), reason=reason))


def _park(
    step: Step, job: Work, items: Sequence[Item], *, reason: str, error: str | None
) -> Outcome:
    with step.begin() as conn:
        inbox.complete(conn, job.org_id, step.duty.name, items, owner=step.owner)
        park.add(conn, job.org_id, step.duty.name, items, reason=reason, error_class=error)
        step.duty.give_up(conn, job, items, error or reason)
        step.rearm(conn, step.duty.next_due(conn, job))
        changes = Changes(read=len(items), reason=error or reason)
        return step.record(conn, job, "parked", changes)
