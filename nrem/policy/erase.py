"""The order of an erasure: which state follows which, until when it may be cancelled, its term.

Pure. Each state says what has been done and committed; a killed erasure goes on from there.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What an erasure is about."""

    USER = "user"
    AGENT = "agent"
    SESSION = "session"
    MEMORY = "memory"
    ORG = "org"


class State(StrEnum):
    """How far an erasure has come."""

    # somebody asked for it
    REQUESTED = "requested"
    # it was told what would go
    PREVIEWED = "previewed"
    # a second key said yes to exactly that
    CONFIRMED = "confirmed"
    # nothing more is written for the target, and all of it is counted
    FENCED = "fenced"
    # what was sealed for the person cannot be read any more
    KEYS_DESTROYED = "keys_destroyed"
    # the rows are gone
    DELETED = "deleted"
    # what others had from elsewhere is made anew
    DERIVED = "derived"
    # the files below the tables hold nothing of it
    REWRITTEN = "rewritten"
    # nothing of it was found
    SCANNED = "scanned"
    # there is a receipt
    CERTIFIED = "certified"
    # somebody changed his mind in time
    CANCELLED = "cancelled"
    # set aside with its reason; it goes on from its last step when it is taken up again
    FAILED = "failed"


# In the order in which they are reached.
ORDER: Final = (
    State.REQUESTED,
    State.PREVIEWED,
    State.CONFIRMED,
    State.FENCED,
    State.KEYS_DESTROYED,
    State.DELETED,
    State.DERIVED,
    State.REWRITTEN,
    State.SCANNED,
    State.CERTIFIED,
)
# Nothing has been destroyed yet.
CANCELLABLE: Final = frozenset((State.REQUESTED, State.PREVIEWED, State.CONFIRMED, State.FENCED))
# Nothing follows.
ENDED: Final = frozenset((State.CERTIFIED, State.CANCELLED))
# Somebody has to say yes, or take it up again.
WAITING: Final = frozenset((State.PREVIEWED, State.FAILED))

# Article 12(3): without undue delay and in any event within one month.
_TERM: Final = timedelta(days=30)
_WARNINGS_DAYS: Final = (7, 14, 25)
# Beyond this much more than what was confirmed, it is asked again.
_MOST_GROWTH: Final = 0.10


def follows(before: State, after: State) -> bool:
    """Whether an erasure may go from one state to another."""
    if before in ENDED:
        return False
    if after is State.CANCELLED:
        return may_cancel(before)
    if after is State.FAILED:
        return before is not State.FAILED
    if before is State.FAILED:
        return after is not State.REQUESTED
    if after is State.PREVIEWED:
        # also once more: asked for again, or found larger at the fence
        return before in CANCELLABLE
    place = ORDER.index(before)
    return ORDER[place + 1 : place + 2] == (after,)


def may_cancel(state: State) -> bool:
    """Whether nothing is destroyed yet; of one that failed, its last state is asked."""
    return state in CANCELLABLE


def grew_too_much(shown: Mapping[str, int], found: Mapping[str, int]) -> bool:
    """Whether more rows would go than was confirmed, by over a tenth of them."""
    return sum(found.values()) > sum(shown.values()) * (1 + _MOST_GROWTH)


def due_by(requested_at: datetime) -> datetime:
    """When it has to be done."""
    return requested_at + _TERM


def warning(state: State, requested_at: datetime, now: datetime) -> str | None:
    """What to say of an erasure that is not done: how long it has waited, or that it is late."""
    if state in ENDED:
        return None
    days = (now - requested_at).days
    if now > due_by(requested_at):
        return "overdue"
    reached = [one for one in _WARNINGS_DAYS if one <= days]
    return f"waiting for {reached[-1]} days" if reached else None
