"""How a memory stood at an instant that has passed, from its history and what was used when.

What it said then is its version of then. State and tier come from its crossings; how often and when
it had been used comes from the log of uses, as far back as that is kept. The times to live of then
need no reading: when one ended, that was a crossing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from nrem.policy.life import Passed
from nrem.policy.model import MemoryFacts, MemoryType, Reason, State, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What is known of a memory's past, besides how it stands now."""

    recorded_at: datetime
    # of the version of then
    memory_type: MemoryType
    importance: float
    is_pinned: bool
    # all changes of state and tier until now, in their order
    crossings: Sequence[Passed]
    # since then
    uses_after: int
    # until then; None: not known to have been used
    last_use: datetime | None


def stood(now: MemoryFacts, past: Past, at: datetime) -> MemoryFacts:
    """The facts as they were at `at`, which is past; `now` are the settled facts."""
    state, since = _state(now, past, at)
    return replace(
        now,
        memory_type=past.memory_type,
        importance=past.importance,
        is_pinned=past.is_pinned,
        tier=_tier(now, past, at),
        state=state,
        state_since=since,
        facts_since=None,
        reason=None,
        expires_at=None,
        access_count=max(now.access_count - past.uses_after, 0),
        last_access=_last_access(now, past, at),
    )


def _state(now: MemoryFacts, past: Past, at: datetime) -> tuple[State, datetime]:
    # A use that was told late may have undone a crossing that is still in the history. Who undid a
    # run later made the memory as if the run had never been: until then it was believed otherwise.
    if now.state_since <= at and not any(_undoes(one) and one.at > at for one in past.crossings):
        return now.state, now.state_since
    known = [one for one in past.crossings if isinstance(one.after, State) and one.at <= at]
    if not known:
        return State.LIVE, past.recorded_at
    return State(known[-1].after), known[-1].at


def _undoes(crossing: Passed) -> bool:
    return crossing.reason is Reason.REVERTED


def _tier(now: MemoryFacts, past: Past, at: datetime) -> Tier:
    later = (one for one in past.crossings if isinstance(one.before, Tier) and one.at > at)
    first = next(later, None)
    return now.tier if first is None else Tier(first.before)


def _last_access(now: MemoryFacts, past: Past, at: datetime) -> datetime:
    """The last use until then; recording a memory and restoring it count as one."""
    if now.last_access <= at:
        return now.last_access
    restores = [
        one.at
        for one in past.crossings
        if one.after is State.LIVE and one.at <= at and not _undoes(one)
    ]
    return max([past.recorded_at, *restores, *([past.last_use] if past.last_use else [])])
