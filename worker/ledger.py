"""The books of paid calls, on the database: each entry is a short transaction of its own.

Who wants to ask reserves the most that the call may cost, under a lock of the org; what is asked
already is answered from the books. Whatever a call comes to is written down as soon as it returns,
whether or not the step that made it is ever finished.
"""

import random
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import Connection, Engine

from nrem.digest import Digest
from nrem.errors import Deferred, NoModelError, NremError, ReplyError
from nrem.llm import order as statuses
from nrem.llm.crypt import SubjectKeys
from nrem.llm.ledger import Recorded, Ticket
from nrem.llm.order import Order, Reply, Shape
from nrem.policy.budget import LlmPolicy, next_day, refusal
from nrem.policy.price import Price, cost_micros, micros, worst_usage
from nrem.store import engine, llm_call, spend
from nrem.store.llm_call import Ended, NewCall

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

    def open(self, order: Order[Shape]) -> Recorded | Ticket:
        """The reply to an equal request, or leave to make the call.

        Raises: Deferred, NoModelError, ReplyError; see the protocol.
        """
        request = order.bytes()
        digest = self.digest.of("llm_call", request)
        with self._begin() as conn:
            history = llm_call.find(conn, self.errand.org_id, digest)
            recorded = self._recorded(history.good)
            if recorded is not None:
                return recorded
            if order.most_bad is not None and history.bad >= order.most_bad:
                raise NoModelError(BAD_REPLIES, until_seconds=0.0)
            if self.replays:
                raise ReplyError("not_in_the_ledger")
            return Ticket(call_id=self._reserve(conn, order, digest, len(request)))

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

    def _recorded(self, found: llm_call.Recorded | None) -> Recorded | None:
        """The words of a reply, if there is one whose key is not lost."""
        if found is None or found.reply is None:
            return None
        place = _place(found.call_id, "reply")
        text = self.keys.unseal(self.errand.org_id, found.subject_id, place, found.reply)
        return None if text is None else Recorded(text=text.decode())

    def _reserve(
        self, conn: Connection, order: Order[Shape], digest: bytes, request_bytes: int
    ) -> int:
        org_id, policy = self.errand.org_id, self.errand.policy
        spend.lock(conn, org_id)
        gate = spend.gate(conn, org_id, order.model)
        if gate.wait_seconds > 0:
            raise self._barred(gate)
        worst = worst_usage(request_bytes, order.max_tokens)
        want = cost_micros(worst, self.prices[order.model])
        spent, caps = spend.read(conn, org_id, day_micros=micros(policy.daily_budget_usd))
        refused = refusal(spent, caps, micros=want, tokens=worst.tokens)
        if refused is not None:
            now = engine.instant(conn)
            seconds = (refused.until(now) - now).total_seconds()
            raise NoModelError(refused.reason, until_seconds=seconds)
        return llm_call.reserve(
            conn,
            org_id,
            NewCall(
                pass_name=self.errand.pass_name,
                run_id=self.errand.run_id,
                subject_id=order.subject_id,
                model=order.model,
                prompt_hash=order.prompt_hash,
                request_hash=digest,
                micros=want,
                tokens=worst.tokens,
                lapse_seconds=self.lapse_seconds,
            ),
        )

    def _end(self, conn: Connection, order: Order[Shape], ticket: Ticket, reply: Reply) -> int:
        org_id, subject_id = self.errand.org_id, order.subject_id
        cost = cost_micros(reply.usage, self.prices[order.model])

        def sealed(part: str, text: bytes) -> bytes:
            return self.keys.seal(org_id, subject_id, _place(ticket.call_id, part), text)

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


def _place(call_id: int, part: str) -> str:
    return f"llm_calls:{call_id}:{part}"
