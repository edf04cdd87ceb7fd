"""Requests that wait to be sent together, at half the price: who may wait, and for what.

A request is gathered in the transaction that writes its call into the ledger. Whoever needs the
answer is deferred; when he is due again he asks anew, from what his sources say then. An equal
request is answered from the ledger; another one is made at once, and what the batch said of the old
one is destroyed. So nothing has to compare sources with what they were.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from sqlalchemy import Connection

from nrem.errors import Batched, Deferred
from nrem.policy.batch import LIFE_SECONDS, MONEY_SECONDS, MONEY_SHARE
from nrem.policy.budget import Batching, LlmPolicy
from nrem.policy.price import micros
from nrem.store import batch
from nrem.store.batch import Waiter
from nrem.store.llm_call import History

# Reasons of runs.
WAITS: Final = "batched"
NO_MONEY: Final = "money_is_held_by_batches"
OUTDATED: Final = "sources_changed_since_the_batch"
UNANSWERED: Final = "batch_gave_no_answer"

Piece = TypeVar("Piece")
Proposal = TypeVar("Proposal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Whether a step may wait for batches, and on whose behalf."""

    waiter: Waiter
    # a schedule started it
    is_scheduled: bool = False


def each(propose: Callable[[Piece], Proposal], pieces: Iterable[Piece]) -> list[Proposal]:
    """What is proposed for each piece; all that have to wait are gathered before one says so.

    Raises: Batched when one has to wait; whatever `propose` raises.
    """
    found, waits = [], None
    for piece in pieces:
        try:
            found.append(propose(piece))
        except Batched as error:
            waits = error
    if waits is not None:
        raise waits
    return found


def waiting() -> Batched:
    """What is raised once somebody waits."""
    return Batched(WAITS, retry_after_seconds=LIFE_SECONDS)


def no_money() -> Deferred:
    """What is raised when batches hold the money; the others of the pass would find none either."""
    return Deferred(NO_MONEY, retry_after_seconds=MONEY_SECONDS)


def may_gather(
    conn: Connection, org_id: int, patience: Patience | None, policy: LlmPolicy
) -> tuple[bool, str | None]:
    """Whether a new request waits for others; if not, why it is made now where one had waited."""
    if patience is None:
        return False, None
    trail = batch.Trail(is_series=False, is_outdated=False)
    if patience.waiter.stream_id:
        trail = batch.trail(conn, org_id, patience.waiter)
    if trail.is_outdated:
        batch.outdate(conn, org_id, patience.waiter)
        return False, OUTDATED
    if policy.batch is Batching.NEVER:
        return False, None
    return patience.is_scheduled or trail.is_series, None


def why_unanswered(history: History) -> str | None:
    """Why a request is made at once that a batch had."""
    return UNANSWERED if history.was_batched else None


def has_room(conn: Connection, org_id: int, want: int, policy: LlmPolicy) -> bool | None:
    """Whether batches may hold so much more of the day's money; None: not even alone."""
    most = micros(policy.daily_budget_usd * MONEY_SHARE)
    if want > most:
        return None
    return batch.reserved_micros(conn, org_id) + want <= most
