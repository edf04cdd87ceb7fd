"""What orgs spend on paid models, and which models may not be asked for a while.

Days are UTC days of the transaction's instant. Who reserves locks first and reads in the next
statement, so that two workers never count on the same money.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from nrem.policy.budget import Caps, Spent
from nrem.policy.price import Usage
from nrem.store.statement import statement

# A call whose reply was paid for says more of tomorrow than one of last month.
_RATE_DAYS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """How long a model may not be asked, and how often in a row it could not answer."""

    wait_seconds: float = 0.0
    failures: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What one piece of a pass's backlog costs."""

    micros: float
    duration_ms: float


def lock(conn: Connection, org_id: int) -> None:
    """One reservation of an org at a time, until the transaction ends."""
    conn.execute(statement("spend_lock"), {"org_id": org_id})


def read(conn: Connection, org_id: int, *, day_micros: int) -> tuple[Spent, Caps]:
    """What the org has spent and reserved, and its limits; `day_micros` is its money of a day."""
    row = conn.execute(statement("spend_read"), {"org_id": org_id}).one()
    spent = Spent(
        day_micros=row.day_micros,
        day_tokens=row.day_tokens,
        day_calls=row.day_calls,
        month_tokens=row.month_tokens,
        month_calls=row.month_calls,
    )
    caps = Caps(
        day_micros=day_micros,
        day_tokens=row.daily_tokens_cap,
        day_calls=row.daily_calls_cap,
        month_tokens=row.monthly_tokens_cap,
        month_calls=row.monthly_calls_cap,
    )
    return spent, caps


def add(
    conn: Connection,
    org_id: int,
    pass_name: str,
    *,
    micros: int,
    usage: Usage,
    items: int,
    duration_ms: float,
) -> None:
    """Add a call to what the org spent today; `items` pieces of the pass's backlog are done by it.

    One that used no tokens was no call that anybody pays for.
    """
    conn.execute(
        statement("spend_add"),
        {
            "org_id": org_id,
            "pass": pass_name,
            "calls": 1 if usage.tokens else 0,
            "items": items,
            "tokens": usage.tokens,
            "micros": micros,
            "duration_ms": duration_ms,
        },
    )


def today_micros(conn: Connection) -> int:
    """What all orgs spent today; for the worker role."""
    micros: int = conn.execute(statement("spend_today")).scalar_one()
    return micros


def rates(conn: Connection) -> dict[str, Rate]:
    """By pass, what one piece of its backlog cost on average in the last days, over all orgs."""
    return {
        row.pass_name: Rate(micros=float(row.micros), duration_ms=row.duration_ms)
        for row in conn.execute(statement("spend_rates"), {"days": _RATE_DAYS})
    }


def gate(conn: Connection, org_id: int, model: str) -> Gate:
    """Whether a model may be asked for an org."""
    row = conn.execute(statement("gate_read"), {"org_id": org_id, "model": model}).one_or_none()
    if row is None:
        return Gate()
    return Gate(wait_seconds=row.wait_seconds, failures=row.failures, reason=row.reason)


def shut(conn: Connection, org_id: int, model: str, *, seconds: float, reason: str) -> None:
    """Nobody asks the model for the org for so long; a longer wait that is known already stays."""
    conn.execute(
        statement("gate_shut"),
        {"org_id": org_id, "model": model, "wait_seconds": seconds, "reason": reason},
    )


def opened(conn: Connection, org_id: int, model: str) -> None:
    """The model answered."""
    conn.execute(statement("gate_open"), {"org_id": org_id, "model": model})
