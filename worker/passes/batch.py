"""batch: requests that were gathered go to a provider together, and their replies into the ledger.

Reads: batches and the sealed requests of their calls. Writes: batches, replies and what they cost,
who is due because of them. Safe to repeat because a batch is marked before it is sent and looked
for before it is sent again, and a call is settled once.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from nrem.llm import order as statuses
from nrem.llm.batch import Accepted, NotAccepted
from nrem.llm.order import Reply
from nrem.policy.batch import (
    KEEP_SECONDS,
    LIFE_SECONDS,
    MOST_TRIES,
    SKEW_SECONDS,
    TIDY_SECONDS,
    poll_seconds,
    retry_seconds,
)
from nrem.policy.budget import Batching
from nrem.store import batch, inbox, spend
from nrem.store.batch import Batch
from nrem.store.inbox import Item
from nrem.store.llm_call import Ended
from worker.changes import Changes
from worker.contract import Pass, Shape, Work
from worker.mail import Answer, Held, Mail, Step

NAME: Final = "batch"
TOO_FEW: Final = "too_few_requests"
OPTED_OUT: Final = "batches_are_off"
NO_MODEL: Final = "no_model"
TOO_LATE: Final = "batch_expired"
_GATHERS: Final = frozenset({"open", "full"})
# A large batch takes minutes to hand over; who dies with it is followed after this.
_LEASE_SECONDS: Final = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to write."""

    held: Held
    answer: Answer
    # of the run
    reason: str | None
    # when somebody looks again; None: the step says
    seconds: float | None = None
    # nothing comes of it
    is_over: bool = False


def claim(conn: Connection, job: Work, _limit: int) -> Held | None:
    """The batch at hand; one that is to be sent is marked so before it is."""
    its = batch.read(conn, job.org_id, job.items[0].item_id)
    if its is None or its.state == "done":
        return None
    if its.state == "answered":
        return Held(batch=its, step=Step.TIDY)
    requests = batch.requests(conn, job.org_id, its.id)
    is_unwanted = job.policy.llm.batch is Batching.NEVER
    if its.state == "sent":
        return Held(batch=its, step=Step.POLL, requests=requests, is_unwanted=is_unwanted)
    held = Held(batch=its, step=Step.SEND, requests=requests)
    return _mark(conn, job, _sendable(conn, job, held))


def _sendable(conn: Connection, job: Work, held: Held) -> Held:
    """Whether it is to be sent, and if not, why."""
    is_new = held.batch.state in _GATHERS
    there = [one for one in held.requests if one.request is not None]
    if job.tools.desk is None:
        return replace(held, step=Step.DISBAND, reason=NO_MODEL)
    if is_new and job.policy.llm.batch is Batching.NEVER:
        return replace(held, step=Step.DISBAND, reason=OPTED_OUT)
    if is_new and len(there) < job.policy.llm.batch_min:
        return replace(held, step=Step.DISBAND, reason=TOO_FEW)
    wait = spend.gate(conn, job.org_id, held.batch.model).wait_seconds
    if wait > 0:
        return replace(held, step=Step.REST, reason="model_rests", seconds=wait)
    return replace(held, step=Step.SEND if is_new else Step.SEEK)


def _mark(conn: Connection, job: Work, held: Held) -> Held:
    if held.step not in (Step.SEND, Step.SEEK):
        return held
    there = sum(one.request is not None for one in held.requests)
    # What is looked for has the size that it had.
    size = there if held.step is Step.SEND else held.batch.size
    since = batch.send(conn, job.org_id, held.batch.id, size=size) - timedelta(seconds=SKEW_SECONDS)
    return replace(held, since=since, others=batch.known(conn, since))


def propose(job: Work, held: Held | None) -> Answer:
    """Ask the provider; no transaction is open here."""
    mail = _mail(job, held) if held else None
    return mail.carry(held) if mail and held else Answer()


def decide(held: Held | None, answer: Answer, job: Work) -> Verdict | None:
    """What to make of it."""
    if held is None:
        return None
    if held.step is Step.DISBAND:
        return Verdict(held=held, answer=answer, reason=held.reason, is_over=True)
    if isinstance(answer.sending, Accepted):
        return Verdict(held=held, answer=answer, reason="sent", seconds=poll_seconds(0))
    if isinstance(answer.sending, NotAccepted):
        return _not_accepted(held, answer, answer.sending)
    if held.step is Step.POLL:
        return _polled(held, answer, job)
    return Verdict(held=held, answer=answer, reason=held.reason, seconds=held.seconds)


def _not_accepted(held: Held, answer: Answer, said: NotAccepted) -> Verdict:
    """Try again while that may help; who cannot know whether it arrived looks for it first."""
    tries = held.batch.tries + 1
    reason = f"model_{said.status}"
    if said.status in statuses.PASSING and (tries < MOST_TRIES or not said.is_certain):
        seconds = retry_seconds(tries, said.retry_after_seconds)
        return Verdict(held=held, answer=answer, reason=reason, seconds=seconds)
    return Verdict(held=held, answer=answer, reason=reason, is_over=True)


def _polled(held: Held, answer: Answer, job: Work) -> Verdict:
    is_gone = answer.progress is not None and answer.progress.is_gone
    if answer.replies is None:
        sent_at = held.batch.sent_at or job.now
        is_over = is_gone or job.now - sent_at > timedelta(seconds=LIFE_SECONDS)
        seconds = poll_seconds(held.batch.polls + 1)
        reason = TOO_LATE if is_over else "not_ready"
        return Verdict(held=held, answer=answer, reason=reason, seconds=seconds, is_over=is_over)
    if not held.batch.is_sure and not answer.replies:
        return Verdict(held=held, answer=answer, reason="another_batch", seconds=0.0)
    return Verdict(held=held, answer=answer, reason=None, seconds=TIDY_SECONDS)


def apply(conn: Connection, job: Work, verdict: Verdict | None) -> Changes:
    """Write it down."""
    if verdict is None:
        return Changes(read=0, reason="nothing_left_of_it")
    held, answer = verdict.held, verdict.answer
    if verdict.is_over:
        return _disband(conn, job, held, verdict.reason)
    if held.step is Step.TIDY:
        return _tidy(conn, job, held.batch)
    if answer.replies is not None and verdict.reason is None:
        return _deliver(conn, job, held, answer.replies)
    changed = _move(conn, job, verdict)
    return _again(conn, job, held, verdict.seconds or 0.0, reason=verdict.reason, changed=changed)


def _move(conn: Connection, job: Work, verdict: Verdict) -> int:
    """The next state of a batch that has no replies yet; 0: it is as it was."""
    held, sending, number = verdict.held, verdict.answer.sending, verdict.held.batch.id
    if isinstance(sending, Accepted):
        is_sure = not verdict.answer.was_found
        batch.sent(conn, job.org_id, number, sending.provider_id, is_sure=is_sure)
        return len(held.requests)
    if isinstance(sending, NotAccepted) and sending.is_certain:
        batch.unsend(conn, job.org_id, number)
    if held.step is Step.POLL and verdict.answer.replies is None:
        batch.polled(conn, job.org_id, number)
    elif held.step is Step.POLL:
        batch.mistaken(conn, job.org_id, number)
    return 0


def _again(
    conn: Connection,
    job: Work,
    held: Held,
    seconds: float,
    *,
    reason: str | None,
    changed: int,
) -> Changes:
    batch.queue(conn, job.org_id, held.batch.id, seconds=seconds)
    return Changes(
        read=len(held.requests),
        changed=changed,
        reason=reason,
        detail={"batch": held.batch.id},
        due={NAME: seconds},
    )


def _deliver(conn: Connection, job: Work, held: Held, replies: Mapping[int, Reply]) -> Changes:
    """The replies go into the ledger, and who waits for them is due."""
    number = held.batch.id
    mail = _mail(job, held)
    ended = tuple(mail.ended(replies)) if mail else ()
    # Leases are locked before calls, as by who forgets for good.
    woken = batch.wake(conn, job.org_id, number)
    batch.settle(conn, job.org_id, ended)
    batch.tidy(conn, job.org_id, number, is_last=False)
    batch.answered(conn, job.org_id, number)
    spend.opened(conn, job.org_id, held.batch.model)
    changes = _again(conn, job, held, TIDY_SECONDS, reason=None, changed=len(ended))
    return replace(
        changes,
        detail={"batch": number, "ended": dict(Counter(its.status for _, its in ended))},
        due={**changes.due, **dict.fromkeys(woken, 0.0)},
    )


def _disband(conn: Connection, job: Work, held: Held, reason: str | None) -> Changes:
    """Nobody waits any more; what was asked is asked again, at once and alone."""
    number = held.batch.id
    status = statuses.EXPIRED if reason == TOO_LATE else statuses.CANCELED
    woken = batch.wake(conn, job.org_id, number)
    ended = [(one.call_id, Ended(status=status)) for one in held.requests]
    batch.settle(conn, job.org_id, ended)
    batch.tidy(conn, job.org_id, number, is_last=True)
    batch.done(conn, job.org_id, number)
    return Changes(
        read=len(ended),
        changed=len(ended),
        reason=reason,
        detail={"batch": number},
        due=dict.fromkeys(woken, 0.0),
    )


def _tidy(conn: Connection, job: Work, its: Batch) -> Changes:
    """What nobody will use is destroyed; what somebody may still come for is kept for a day."""
    answered_at = its.answered_at or job.now
    is_last = job.now - answered_at >= timedelta(seconds=KEEP_SECONDS)
    emptied, waiting = batch.tidy(conn, job.org_id, its.id, is_last=is_last)
    if waiting:
        held = Held(batch=its, step=Step.TIDY)
        return _again(conn, job, held, TIDY_SECONDS, reason="waited_for", changed=emptied)
    batch.done(conn, job.org_id, its.id)
    detail = {"batch": its.id, "emptied": emptied}
    return Changes(read=0, changed=emptied, reason="done", detail=detail)


def _mail(job: Work, held: Held) -> Mail | None:
    desk = job.tools.desk
    if desk is None:
        return None
    return Mail(desk=desk, org_id=job.org_id, batch=held.batch, requests=held.requests)


def give_up(conn: Connection, job: Work, items: Sequence[Item], reason: str) -> None:
    """Nobody waits for a batch that was set aside."""
    for one in items:
        its = batch.read(conn, job.org_id, one.item_id)
        if its is None or its.state in ("answered", "done"):
            continue
        requests = batch.requests(conn, job.org_id, its.id)
        _disband(conn, job, Held(batch=its, step=Step.DISBAND, requests=requests), reason)


def next_due(conn: Connection, job: Work) -> datetime | None:
    """When somebody has to look at the next one."""
    return inbox.next_due(conn, job.org_id, NAME)


BATCH: Final = Pass(
    name=NAME,
    is_audited=False,
    shape=Shape.BATCH,
    batch=1,
    lease_seconds=_LEASE_SECONDS,
    claim=claim,
    propose=propose,
    decide=decide,
    apply=apply,
    next_due=next_due,
    give_up=give_up,
)
