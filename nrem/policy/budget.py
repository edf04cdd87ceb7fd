"""What an org may spend on paid models: whether one more call fits, and when there is room again.

Pure. What is reserved counts as spent: it is the most that a call under way may cost.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from nrem.policy.setting import choice, integer, number

MONEY_OF_DAY: Final = "budget_of_the_day_spent"
TOKENS_OF_DAY: Final = "tokens_of_the_day_spent"
CALLS_OF_DAY: Final = "calls_of_the_day_spent"
TOKENS_OF_MONTH: Final = "tokens_of_the_month_spent"
CALLS_OF_MONTH: Final = "calls_of_the_month_spent"


class Fallback(StrEnum):
    """What a pass does while no paid model may be asked, or none answers."""

    # rules and sentence vectors propose instead, and the run says so
    OFFLINE = "offline"
    # the work waits
    DEFER = "defer"


class Batching(StrEnum):
    """Which requests may wait for hours, at half the price."""

    # those of runs that a schedule started
    SCHEDULED = "scheduled"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmPolicy:
    """What an org may spend on paid models, and what happens without one."""

    # Dollars of a UTC day. 0: no paid model is asked.
    daily_budget_usd: float = number(1.0, 0.0, 100_000.0)
    fallback: Fallback = choice(Fallback.OFFLINE)
    # Calls in a row that failed for reasons of the provider's, after which the fallback is taken.
    max_waits: int = integer(6, 0, 1_000)
    batch: Batching = choice(Batching.SCHEDULED)
    # Fewer requests for one model are not worth the wait: they are made at once.
    batch_min: int = integer(3, 1, 5_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The limits of an org: money always, tokens and calls where it set any (0: none)."""

    day_micros: int
    day_tokens: int = 0
    day_calls: int = 0
    month_tokens: int = 0
    month_calls: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What an org has spent and reserved, in this UTC day and in its month."""

    day_micros: int = 0
    day_tokens: int = 0
    day_calls: int = 0
    month_tokens: int = 0
    month_calls: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a call does not fit, and whether there is room again with a new day or a new month."""

    reason: str
    is_monthly: bool = False

    def until(self, now: datetime) -> datetime:
        """When there is room again."""
        return next_month(now) if self.is_monthly else next_day(now)


def refusal(spent: Spent, caps: Caps, *, micros: int, tokens: int) -> Refusal | None:
    """Why one more call, which may cost so much, does not fit; None when it does."""
    if spent.day_micros + micros > caps.day_micros:
        return Refusal(reason=MONEY_OF_DAY)
    limits = (
        (TOKENS_OF_DAY, spent.day_tokens + tokens, caps.day_tokens, False),
        (CALLS_OF_DAY, spent.day_calls + 1, caps.day_calls, False),
        (TOKENS_OF_MONTH, spent.month_tokens + tokens, caps.month_tokens, True),
        (CALLS_OF_MONTH, spent.month_calls + 1, caps.month_calls, True),
    )
    for reason, wanted, cap, is_monthly in limits:
        if cap and wanted > cap:
            return Refusal(reason=reason, is_monthly=is_monthly)
    return None


def next_day(now: datetime) -> datetime:
    """When the next UTC day begins."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=1)


def next_month(now: datetime) -> datetime:
    """When the next month begins, in UTC."""
    first = next_day(now).replace(day=1)
    return first if first > now else (first + timedelta(days=31)).replace(day=1)
