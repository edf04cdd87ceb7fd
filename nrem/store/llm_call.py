"""The ledger of paid calls: what was asked of which model, how it ended and what it cost.

A row is there before the call is made, so a worker that is killed in the middle leaves one; what
it reserved lapses. Bodies are sealed before they come here.
"""

from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection

from nrem.policy.price import Usage
from nrem.store.statement import statement

OK: Final = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A reply that an equal request had."""

    call_id: int
    subject_id: int | None
    model: str
    # sealed; None: none was kept
    reply: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What became of equal requests."""

    good: Recorded | None = None
    # replies that were paid for and could not be used
    bad: int = 0
    # whether a batch had it that has ended
    was_batched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCall:
    """A call that is about to be made."""

    pass_name: str
    run_id: int
    subject_id: int | None
    model: str
    prompt_hash: bytes
    request_hash: bytes
    # the most that it may cost
    micros: int
    tokens: int
    # after which nobody waits for it any more
    lapse_seconds: float
    # pieces of the pass's backlog that it answers
    items: int = 1
    # None: it is made at once
    batch_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a call ended."""

    status: str
    micros: int = 0
    usage: Usage = field(default_factory=Usage)
    # the provider's own
    request_id: str | None = None
    duration_ms: float = 0.0
    # sealed
    request: bytes | None = None
    reply: bytes | None = None


def find(conn: Connection, org_id: int, request_hash: bytes) -> History:
    """What became of requests equal to this one."""
    row = conn.execute(
        statement("llm_call_find"), {"org_id": org_id, "request_hash": request_hash}
    ).one_or_none()
    if row is None:
        return History()
    was_batched = row.batched > 0
    if row.status != OK:
        return History(bad=row.bad, was_batched=was_batched)
    good = Recorded(call_id=row.id, subject_id=row.subject_id, model=row.model, reply=row.reply)
    return History(good=good, bad=row.bad, was_batched=was_batched)


def reserve(conn: Connection, org_id: int, call: NewCall) -> int:
    """Write a call down before it is made; answers its number."""
    number: int = conn.execute(
        statement("llm_call_reserve"),
        {
            "org_id": org_id,
            "pass": call.pass_name,
            "run_id": call.run_id,
            "subject_id": call.subject_id,
            "model": call.model,
            "prompt_hash": call.prompt_hash,
            "request_hash": call.request_hash,
            "micros": call.micros,
            "tokens": call.tokens,
            "lapse_seconds": call.lapse_seconds,
            "items": call.items,
            "batch_id": call.batch_id,
        },
    ).scalar_one()
    return number


def show(conn: Connection, org_id: int, call_id: int, request: bytes) -> None:
    """Keep the sealed request of a call that is made later."""
    conn.execute(statement("llm_call_show"), {"org_id": org_id, "id": call_id, "request": request})


def spoil(conn: Connection, org_id: int, call_id: int) -> None:
    """A reply that was taken for good cannot be used."""
    conn.execute(statement("llm_call_spoil"), {"org_id": org_id, "id": call_id})


def settle(conn: Connection, org_id: int, call_id: int, ended: Ended) -> None:
    """Write down how a call ended; its reservation is over."""
    usage = ended.usage
    conn.execute(
        statement("llm_call_settle"),
        {
            "org_id": org_id,
            "id": call_id,
            "status": ended.status,
            "micros": ended.micros,
            "tokens_in": usage.tokens_in,
            "tokens_out": usage.tokens_out,
            "cache_read": usage.cache_read,
            "cache_write": usage.cache_write,
            "request_id": ended.request_id,
            "duration_ms": ended.duration_ms,
            "request": ended.request,
            "reply": ended.reply,
        },
    )
