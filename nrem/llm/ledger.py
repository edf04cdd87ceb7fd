"""How a paid model is asked: reserve, call, write down what it cost, and only then read the reply.

The ledger is whoever keeps the books (`worker.ledger` with the database). No transaction is open
during the call. What was paid for is on the books before anything is made of it, so that a crash
after the call loses no money; an equal request is answered from the books and costs nothing.
"""

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from nrem.errors import NremError, ReplyError
from nrem.llm.order import (
    INVALID,
    OK,
    REFUSED,
    TRUNCATED,
    Answer,
    Order,
    Reader,
    Reply,
    Shape,
    read,
)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a model said to an equal request before."""

    call_id: int
    text: str
    # of a batch's answer, when it is used for the first time
    micros: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A call that may be made now; its number in the ledger."""

    call_id: int
    # why it is made now, where a batch was to answer
    reason: str | None = None


class Ledger(Protocol):
    """Keeps the books of one step of a pass."""

    @property
    def gathers(self) -> bool:
        """Whether requests of this step wait to be sent with others."""

    def recall(self, order: Order[Shape]) -> Recorded | None:
        """The reply to an equal request; None: nobody asked, or got no answer.

        Raises: Batched when the answer is on its way.
        """

    def open(self, order: Order[Shape]) -> Recorded | Ticket:
        """The reply to an equal request, or leave to make the call.

        Raises: Batched when the answer comes later; Deferred when the model may be asked later;
        NoModelError when there is no money or no model, or equal requests were answered too badly
        too often; ReplyError for a request without a record where only those are answered.
        """

    def settle(self, order: Order[Shape], ticket: Ticket, reply: Reply) -> int:
        """Write down a call that was paid for; answers what it cost, in millionths of a dollar."""

    def spoil(self, recorded: Recorded) -> None:
        """A recorded reply cannot be used: it counts as a bad one from now on."""

    def refuse(self, order: Order[Shape], ticket: Ticket, reply: Reply) -> NremError:
        """Write down a call that gave no answer, and keep everybody from asking too early.

        Answers the error to raise: Deferred, NoModelError or ReplyError.
        """


class Model(Protocol):
    """Whoever carries an order to a model."""

    def send(self, order: Order[Shape]) -> Reply:
        """Make the call, once; whatever goes wrong on the way is a reply with its status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Generic[Result]):
    """What a duty made of a reply, and what that cost."""

    result: Result
    micros: int = 0
    # why the model was asked now, where a batch was to answer
    reason: str | None = None


def ask(
    ledger: Ledger, model: Model, order: Order[Shape], reader: Reader[Shape, Answer]
) -> Asked[Answer]:
    """Ask a model, or the books.

    Raises: Deferred, NoModelError; PassError, ReplyError for a reply that cannot be used.
    """
    found = ledger.open(order)
    if isinstance(found, Recorded):
        return recorded(ledger, order, found, reader)
    reply = model.send(order)
    if reply.status in (REFUSED, TRUNCATED):
        ledger.settle(order, found, reply)
        raise ReplyError(f"reply_{reply.status}")
    if reply.status not in (OK, INVALID):
        raise ledger.refuse(order, found, reply)
    try:
        result = read(order, reply.text, reader)
    except ReplyError:
        ledger.settle(order, found, _invalid(reply))
        raise
    return Asked(result=result, micros=ledger.settle(order, found, reply), reason=found.reason)


def recorded(
    ledger: Ledger, order: Order[Shape], found: Recorded, reader: Reader[Shape, Answer]
) -> Asked[Answer]:
    """What a duty makes of a reply in the books.

    Raises: ReplyError when it cannot be used; nobody saw the answer of a batch before.
    """
    try:
        return Asked(result=read(order, found.text, reader), micros=found.micros)
    except ReplyError:
        ledger.spoil(found)
        raise


def _invalid(reply: Reply) -> Reply:
    return Reply(
        status=INVALID,
        text=reply.text,
        usage=reply.usage,
        request_id=reply.request_id,
        duration_ms=reply.duration_ms,
    )
