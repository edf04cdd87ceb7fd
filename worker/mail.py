"""A batch and the provider: requests go out under names of their own, replies come back sealed.

No transaction is open here. The name of a request is the batch's token and the call's number, so
that a batch whose own name was never written down is known again by its results.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from nrem.llm import order as statuses
from nrem.llm.batch import Accepted, NotAccepted, Progress, lost
from nrem.llm.crypt import place
from nrem.llm.order import Reply
from nrem.policy.batch import MOST_TRIES, PRICE_SHARE
from nrem.policy.price import cost_micros
from nrem.store.batch import Batch, Request
from nrem.store.llm_call import Ended
from worker.desk import Desk

_UNREACHABLE: Final = NotAccepted(status=statuses.UNREACHABLE, is_certain=False)


class Step(StrEnum):
    """What is next for a batch."""

    # hand it to the provider
    SEND = "send"
    # it was on its way: is it there?
    SEEK = "seek"
    # it is there: is it done?
    POLL = "poll"
    # its replies are in the ledger: who came for them?
    TIDY = "tidy"
    # nothing comes of it: its requests are made one by one
    DISBAND = "disband"
    # the model may not be asked yet
    REST = "rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A batch, what is next for it, and its calls without an answer."""

    batch: Batch
    step: Step
    requests: tuple[Request, ...] = ()
    # batches at the provider that are known to be others
    others: frozenset[str] = frozenset()
    # since when it may be there
    since: datetime | None = None
    reason: str | None = None
    seconds: float = 0.0
    # the org wants no batches any more
    is_unwanted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the provider said."""

    sending: Accepted | NotAccepted | None = None
    # it was there already
    was_found: bool = False
    progress: Progress | None = None
    # by number of the call; None: not to be had yet
    replies: Mapping[int, Reply] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One batch of an org, on its way out or back."""

    desk: Desk
    org_id: int
    batch: Batch
    requests: Sequence[Request]

    def carry(self, held: Held) -> Answer:
        """Do what is next for the batch, as far as the provider has to do with it."""
        if held.step is Step.SEND:
            return Answer(sending=self._send())
        if held.step is Step.SEEK and held.since is not None:
            return self._seek_or_send(held.since, held.others)
        if held.step is Step.POLL:
            return self._fetch(is_unwanted=held.is_unwanted)
        return Answer()

    def _send(self) -> Accepted | NotAccepted:
        named = dict(self._named())
        if not named:
            # Every key was lost meanwhile.
            return NotAccepted(status=statuses.CANCELED, is_certain=True)
        return self.desk.batches.create(named)

    def _seek_or_send(self, since: datetime, others: frozenset[str]) -> Answer:
        """Send it, unless it is there already."""
        listed = self.desk.batches.created_since(since)
        if listed is None:
            return Answer(sending=_UNREACHABLE)
        found = lost(listed, self.batch.size, others | self.batch.foreign_ids)
        if found is not None:
            return Answer(sending=Accepted(provider_id=found), was_found=True)
        if self.batch.tries >= MOST_TRIES:
            return Answer(sending=NotAccepted(status=statuses.TIMEOUT, is_certain=True))
        return Answer(sending=self._send())

    def _fetch(self, *, is_unwanted: bool) -> Answer:
        """How far the provider is, and once it is done, the replies."""
        name = self.batch.provider_id or ""
        progress = self.desk.batches.progress(name)
        if not progress.is_ended or progress.is_gone:
            if is_unwanted and not progress.is_gone:
                self.desk.batches.cancel(name)
            return Answer(progress=progress)
        results = self.desk.batches.results(name)
        if results is None:
            return Answer(progress=progress)
        prefix = _prefix(self.batch)
        ours = {
            int(key.removeprefix(prefix)): reply
            for key, reply in results.items()
            if key.startswith(prefix)
        }
        return Answer(progress=progress, replies=ours)

    def ended(self, replies: Mapping[int, Reply]) -> Iterator[tuple[int, Ended]]:
        """How each call ended, at the price of a batch; one without a reply has expired."""
        price = self.desk.settings.price_of_model[self.batch.model].times(PRICE_SHARE)
        for one in self.requests:
            reply = replies.get(one.call_id, Reply(status=statuses.EXPIRED))
            keeps = reply.text and one.request is not None
            yield (
                one.call_id,
                Ended(
                    status=reply.status,
                    micros=cost_micros(reply.usage, price),
                    usage=reply.usage,
                    request_id=reply.request_id,
                    reply=self._sealed(one, reply.text) if keeps else None,
                ),
            )

    def _named(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        keys = self.desk.keys
        for one in self.requests:
            if one.request is None:
                continue
            where = place(one.call_id, "request")
            body = keys.unseal(self.org_id, one.subject_id, where, one.request)
            if body is not None:
                yield f"{_prefix(self.batch)}{one.call_id}", json.loads(body)

    def _sealed(self, one: Request, text: str) -> bytes:
        where = place(one.call_id, "reply")
        return self.desk.keys.seal(self.org_id, one.subject_id, where, text.encode())


def _prefix(its: Batch) -> str:
    return f"{its.token.hex}-"
