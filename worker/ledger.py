"""The books of paid calls, on the database: each entry is a short transaction of its own.

Who wants to ask reserves the most that the call may cost, under a lock of the org; what is asked
already is answered from the books. Whatever a call comes to is written down as soon as it returns,
whether or not the step that made it is ever finished.
"""

import random
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from typing import Final

import structlog
from sqlalchemy import Connection, Engine

from nrem.digest import Digest
from nrem.errors import Deferred, NoModelError, NremError, ReplyError
from nrem.llm import order as statuses
from nrem.llm.crypt import SubjectKeys, place
from nrem.llm.ledger import Recorded, Ticket
from nrem.llm.order import Order, Reply, Shape
from nrem.policy.batch import LIFE_SECONDS, PRICE_SHARE
from nrem.policy.budget import Batching, LlmPolicy, next_day, refusal
from nrem.policy.price import Price, cost_micros, micros, worst_usage
from nrem.store import batch, engine, llm_call, spend
from nrem.store.llm_call import Ended, NewCall
from worker import gathering
from worker.gathering import Patience

_log = structlog.get_logger("llm")

_PAUSE_SECONDS: Final = 2.0
_LONGEST_PAUSE_SECONDS: Final = 300.0
# A wrong key or model name is put right by somebody, not by waiting; nobody asks meanwhile.
_DENIED_SECONDS: Final = 900.0
# Two waiters for the same instant would be refused together again.
_JITTER: Final = 0.1
BAD_REPLIES: Final = "replies_bad_too_often"


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """The step of a pass on whose account a model is asked."""

    org_id: int
    run_id: int
    pass_name: str
    policy: LlmPolicy
    # None: nothing of it waits for a batch
    patience: Patience | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The ledger of one step; see `nrem.llm.ledger.Ledger`."""

    database: Engine
    errand: Errand
    digest: Digest
    keys: SubjectKeys
    prices: Mapping[str, Price]
    # a call that takes longer is lost, and what it reserved is free again
    lapse_seconds: float
    # only what was asked before is answered
    replays: bool = False
    # None: the database's own
    now: datetime | None = None

    @property
    def gathers(self) -> bool:
        """Whether requests of this step wait to be sent with others."""
        patience, policy = self.errand.patience, self.errand.policy
        return bool(patience and patience.is_scheduled and policy.batch is not Batching.NEVER)

    def recall(self, order: Order[Shape]) -> Recorded | None:
        """The reply to an equal request; raises Batched when it is on its way."""
        digest = self.digest.of("llm_call", order.bytes())
        with self._begin() as conn:
            recorded = self._recorded(conn, llm_call.find(conn, self.errand.org_id, digest).good)
            waits = recorded is None and self._waits(conn, digest)
        if waits:
            raise gathering.waiting()
        return recorded

    def open(self, order: Order[Shape]) -> Recorded | Ticket:
        """The reply to an equal request, or leave to make the call.

        Raises: Batched, Deferred, NoModelError, ReplyError; see the protocol.
        """
        request = order.bytes()
        digest = self.digest.of("llm_call", request)
        with self._begin() as conn:
            found = self._look(conn, order, request, digest)
        # Not inside: what was written down about the wait has to stay.
        if isinstance(found, Deferred):
            raise found
        return found

    def _look(
        self, conn: Connection, order: Order[Shape], request: bytes, digest: bytes
    ) -> Recorded | Ticket | Deferred:
        history = llm_call.find(conn, self.errand.org_id, digest)
        recorded = self._recorded(conn, history.good)
        if recorded is not None:
            return recorded
        if order.most_bad is not None and history.bad >= order.most_bad:
            raise NoModelError(BAD_REPLIES, until_seconds=0.0)
        if self.replays:
            raise ReplyError("not_in_the_ledger")
        # Before the look at what is under way: nobody gathers the same beside us.
        spend.lock(conn, self.errand.org_id)
        if self._waits(conn, digest):
            return gathering.waiting()
        reason = gathering.why_unanswered(history)
        if reason is None:
            gathers, reason = gathering.may_gather(
                conn, self.errand.org_id, self.errand.patience, self.errand.policy
            )
            if gathers and (waits := self._gather(conn, order, request, digest)):
                return waits
        wanted = self._wanted(order, digest, len(request))
        self._check(conn, wanted)
        call_id = llm_call.reserve(conn, self.errand.org_id, wanted)
        return Ticket(call_id=call_id, reason=reason)

    def _waits(self, conn: Connection, digest: bytes) -> bool:
        """Whether the answer is on its way; then it is written down who waits for it."""
        call_id = batch.pending(conn, self.errand.org_id, digest)
        if call_id is not None and self.errand.patience is not None:
            batch.wait(conn, self.errand.org_id, self.errand.patience.waiter, call_id)
        return call_id is not None

    def _gather(
        self, conn: Connection, order: Order[Shape], request: bytes, digest: bytes
    ) -> Deferred | None:
        """Have the request wait for others; None: it is too dear for that."""
        org_id, policy = self.errand.org_id, self.errand.policy
        wanted = self._wanted(order, digest, len(request))
        wanted = replace(
            wanted,
            micros=ceil(wanted.micros * PRICE_SHARE),
            lapse_seconds=2 * LIFE_SECONDS,
        )
        has_room = gathering.has_room(conn, org_id, wanted.micros, policy)
        if not has_room:
            return None if has_room is None else gathering.no_money()
        try:
            self._check(conn, wanted)
        except NoModelError:
            if batch.reserved_micros(conn, org_id):
                return gathering.no_money()
            raise
        number = batch.join(conn, org_id, order.model, size=len(request))
        call_id = llm_call.reserve(conn, org_id, replace(wanted, batch_id=number))
        sealed = self.keys.seal(org_id, order.subject_id, place(call_id, "request"), request)
        llm_call.show(conn, org_id, call_id, sealed)
        if self.errand.patience is not None:
            batch.wait(conn, org_id, self.errand.patience.waiter, call_id)
        return gathering.waiting()

    def spoil(self, recorded: Recorded) -> None:
        """A recorded reply cannot be used: it counts as a bad one from now on."""
        if not self.replays:
            with self._begin() as conn:
                llm_call.spoil(conn, self.errand.org_id, recorded.call_id)

    def settle(self, order: Order[Shape], ticket: Ticket, reply: Reply) -> int:
        """Write down a call that was paid for; answers what it cost, in millionths of a dollar."""
        with self._begin() as conn:
            spend.opened(conn, self.errand.org_id, order.model)
            return self._end(conn, order, ticket, reply)

    def refuse(self, order: Order[Shape], ticket: Ticket, reply: Reply) -> NremError:
        """Write down a call that gave no answer, and shut the gate; answers the error to raise."""
        with self._begin() as conn:
            self._end(conn, order, ticket, reply)
            if reply.status == statuses.REJECTED:
                return ReplyError("request_rejected")
            wait = self._wait(conn, order, reply)
            spend.shut(conn, self.errand.org_id, order.model, seconds=wait, reason=reply.status)
            gate = spend.gate(conn, self.errand.org_id, order.model)
        _log.warning(
            "llm.refused",
            org=self.errand.org_id,
            model=order.model,
            status=reply.status,
            wait_seconds=round(wait, 1),
        )
        return self._barred(gate)

    def _begin(self) -> AbstractContextManager[Connection]:
        return engine.begin(self.database, org_id=self.errand.org_id, now=self.now)

    def _recorded(self, conn: Connection, found: llm_call.Recorded | None) -> Recorded | None:
        """The words of a reply, if there is one whose key is not lost."""
        if found is None or found.reply is None:
            return None
        org_id, patience = self.errand.org_id, self.errand.patience
        text = self.keys.unseal(
            org_id, found.subject_id, place(found.call_id, "reply"), found.reply
        )
        if text is None:
            return None
        cost = batch.take(conn, org_id, patience.waiter, found.call_id) if patience else 0
        return Recorded(call_id=found.call_id, text=text.decode(), micros=cost)

    def _wanted(self, order: Order[Shape], digest: bytes, request_bytes: int) -> NewCall:
        """A call that is made at once, and the most that it may cost."""
        worst = worst_usage(request_bytes, order.max_tokens)
        return NewCall(
            pass_name=self.errand.pass_name,
            run_id=self.errand.run_id,
            subject_id=order.subject_id,
            model=order.model,
            prompt_hash=order.prompt_hash,
            request_hash=digest,
            micros=cost_micros(worst, self.prices[order.model]),
            tokens=worst.tokens,
            lapse_seconds=self.lapse_seconds,
            items=order.items,
        )

    def _check(self, conn: Connection, wanted: NewCall) -> None:
        """Whether the model may be asked and the money is there; the caller holds the lock.

        Raises: Deferred, NoModelError.
        """
        org_id, policy = self.errand.org_id, self.errand.policy
        gate = spend.gate(conn, org_id, wanted.model)
        if gate.wait_seconds > 0:
            raise self._barred(gate)
        spent, caps = spend.read(conn, org_id, day_micros=micros(policy.daily_budget_usd))
        refused = refusal(spent, caps, micros=wanted.micros, tokens=wanted.tokens)
        if refused is not None:
            now = engine.instant(conn)
            seconds = (refused.until(now) - now).total_seconds()
            raise NoModelError(refused.reason, until_seconds=seconds)

    def _end(self, conn: Connection, order: Order[Shape], ticket: Ticket, reply: Reply) -> int:
        org_id, subject_id = self.errand.org_id, order.subject_id
        cost = cost_micros(reply.usage, self.prices[order.model])

        def sealed(part: str, text: bytes) -> bytes:
            return self.keys.seal(org_id, subject_id, place(ticket.call_id, part), text)

        llm_call.settle(
            conn,
            org_id,
            ticket.call_id,
            Ended(
                status=reply.status,
                micros=cost,
                usage=reply.usage,
                request_id=reply.request_id,
                duration_ms=reply.duration_ms,
                request=sealed("request", order.bytes()),
                reply=sealed("reply", reply.text.encode()) if reply.text else None,
            ),
        )
        spend.add(
            conn,
            org_id,
            self.errand.pass_name,
            micros=cost,
            usage=reply.usage,
            items=order.items if reply.status == statuses.OK else 0,
            duration_ms=reply.duration_ms,
        )
        return cost

    def _wait(self, conn: Connection, order: Order[Shape], reply: Reply) -> float:
        """For how long nobody asks, in seconds: never less than the provider said."""
        if reply.status == statuses.SPEND_LIMIT:
            now = engine.instant(conn)
            return (next_day(now) - now).total_seconds()
        if reply.status == statuses.DENIED:
            return _DENIED_SECONDS
        wait = reply.retry_after_seconds
        if wait is None:
            failures = spend.gate(conn, self.errand.org_id, order.model).failures
            wait = min(_PAUSE_SECONDS * 2.0 ** min(failures, 16), _LONGEST_PAUSE_SECONDS)
        return wait * (1.0 + random.uniform(0.0, _JITTER))  # noqa: S311 - jitter, not a secret

    def _barred(self, gate: spend.Gate) -> NremError:
        """The error for a gate that is shut: wait, or do without."""
        reason = f"model_{gate.reason}"
        if gate.reason in statuses.PASSING and gate.failures < self.errand.policy.max_waits:
            return Deferred(reason, retry_after_seconds=gate.wait_seconds)
        return NoModelError(reason, until_seconds=gate.wait_seconds)
