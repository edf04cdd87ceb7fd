"""Batches of requests to paid models: what gathers, what is at the provider, who waits for what.

No words are here: a request and its reply lie sealed in the ledger, as the call that they are of.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from nrem.policy.batch import GATHER_MOST_SECONDS, GATHER_SECONDS, MOST_BYTES, MOST_REQUESTS
from nrem.store import work
from nrem.store.llm_call import Ended
from nrem.store.statement import statement

_SENDER: Final = "batch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiter:
    """Who waits for a reply: a stream of a pass, or (0) the items of its queue."""

    pass_name: str
    stream_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """What a waiter has of earlier batches."""

    # it used a reply a while ago: what it asks now continues that
    is_series: bool
    # there is a reply that it did not use: what it asks now is something else
    is_outdated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One batch, as it stands."""

    id: int
    model: str
    state: str
    token: UUID
    provider_id: str | None
    is_sure: bool
    foreign_ids: frozenset[str]
    tries: int
    polls: int
    # requests in it
    size: int
    sent_at: datetime | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A call of a batch without an answer; `request` is sealed, None when it was erased."""

    call_id: int
    subject_id: int | None
    request: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Batches without an answer over all orgs, and what batches cost today."""

    batches: int
    requests: int
    micros: int


def join(conn: Connection, org_id: int, model: str, *, size: int) -> int:
    """Make room for a request of `size` bytes in a batch for the model; answers its number.

    The caller holds `spend.lock`.
    """
    given = {"org_id": org_id, "model": model, "bytes": size}
    most = {"most_requests": MOST_REQUESTS, "most_bytes": MOST_BYTES}
    joined = conn.execute(statement("batch_join"), {**given, **most}).scalar_one_or_none()
    if joined is None:
        joined = conn.execute(statement("batch_open"), given).scalar_one()
    number: int = joined
    _queue(conn, org_id, number, GATHER_SECONDS, most_seconds=GATHER_MOST_SECONDS)
    work.bring_forward(conn, org_id, {_SENDER: GATHER_SECONDS})
    return number


def queue(conn: Connection, org_id: int, number: int, *, seconds: float) -> None:
    """Have somebody look at it after so long."""
    _queue(conn, org_id, number, seconds, most_seconds=None)


def _queue(
    conn: Connection, org_id: int, number: int, seconds: float, *, most_seconds: float | None
) -> None:
    conn.execute(
        statement("batch_queue"),
        {"org_id": org_id, "id": number, "delay_seconds": seconds, "most_seconds": most_seconds},
    )


def pending(conn: Connection, org_id: int, request_hash: bytes) -> int | None:
    """The call of a batch that asks the same and has no answer yet."""
    number: int | None = conn.execute(
        statement("batch_pending"), {"org_id": org_id, "request_hash": request_hash}
    ).scalar_one_or_none()
    return number


def wait(conn: Connection, org_id: int, waiter: Waiter, call_id: int) -> None:
    """Write down who waits for a call."""
    conn.execute(statement("batch_wait"), {**_key(org_id, waiter), "call_id": call_id})


def take(conn: Connection, org_id: int, waiter: Waiter, call_id: int) -> int:
    """The waiter uses a reply; answers its cost in millionths of a dollar, the first time."""
    micros: int | None = conn.execute(
        statement("batch_take"), {**_key(org_id, waiter), "call_id": call_id}
    ).scalar_one_or_none()
    return micros or 0


def trail(conn: Connection, org_id: int, waiter: Waiter) -> Trail:
    """What a waiter has of earlier batches."""
    row = conn.execute(statement("batch_trail"), _key(org_id, waiter)).one()
    return Trail(is_series=row.is_series, is_outdated=row.is_outdated)


def outdate(conn: Connection, org_id: int, waiter: Waiter) -> None:
    """The replies that a waiter has and did not use are of no use any more."""
    conn.execute(statement("batch_outdate"), _key(org_id, waiter))


def reserved_micros(conn: Connection, org_id: int) -> int:
    """What requests of batches may cost that have no answer yet."""
    micros: int = conn.execute(statement("batch_reserved"), {"org_id": org_id}).scalar_one()
    return micros


def read(conn: Connection, org_id: int, number: int) -> Batch | None:
    """A batch, locked."""
    row = conn.execute(statement("batch_read"), {"org_id": org_id, "id": number}).one_or_none()
    if row is None:
        return None
    return Batch(
        id=row.id,
        model=row.model,
        state=row.state,
        token=row.token,
        provider_id=row.provider_id,
        is_sure=row.is_sure,
        foreign_ids=frozenset(row.foreign_ids),
        tries=row.tries,
        polls=row.polls,
        size=row.requests,
        sent_at=row.sent_at,
        answered_at=row.answered_at,
    )


def requests(conn: Connection, org_id: int, number: int) -> tuple[Request, ...]:
    """The calls of a batch that have no answer yet."""
    rows = conn.execute(statement("batch_requests"), {"org_id": org_id, "id": number})
    return tuple(Request(call_id=r.id, subject_id=r.subject_id, request=r.request) for r in rows)


def send(conn: Connection, org_id: int, number: int, *, size: int) -> datetime:
    """The batch, of so many requests, is on its way; answers since when it is."""
    given = {"org_id": org_id, "id": number, "requests": size}
    sent_at: datetime = conn.execute(statement("batch_send"), given).scalar_one()
    return sent_at


def unsend(conn: Connection, org_id: int, number: int) -> None:
    """The provider did not take the batch, for certain."""
    conn.execute(statement("batch_unsend"), {"org_id": org_id, "id": number})


def polled(conn: Connection, org_id: int, number: int) -> None:
    """The provider was asked, and is not done."""
    conn.execute(statement("batch_polled"), {"org_id": org_id, "id": number})


def mistaken(conn: Connection, org_id: int, number: int) -> None:
    """What was taken for the batch is another."""
    conn.execute(statement("batch_mistaken"), {"org_id": org_id, "id": number})


def answered(conn: Connection, org_id: int, number: int) -> None:
    """All replies are in the ledger that will ever be."""
    conn.execute(statement("batch_answered"), {"org_id": org_id, "id": number})


def done(conn: Connection, org_id: int, number: int) -> None:
    """Nothing more comes of the batch."""
    conn.execute(statement("batch_done"), {"org_id": org_id, "id": number})


def sent(conn: Connection, org_id: int, number: int, provider_id: str, *, is_sure: bool) -> None:
    """The batch is at the provider."""
    given = {"org_id": org_id, "id": number, "provider_id": provider_id, "is_sure": is_sure}
    conn.execute(statement("batch_sent"), given)


def known(conn: Connection, since: datetime) -> frozenset[str]:
    """The provider's names of all batches that were sent since then, of whatever org."""
    return frozenset(conn.execute(statement("batch_known"), {"since": since}).scalars())


def settle(conn: Connection, org_id: int, ended: Iterable[tuple[int, Ended]]) -> None:
    """Write down how calls ended, each once, and what they cost."""
    pairs = list(ended)
    ends = [its for _, its in pairs]
    conn.execute(
        statement("batch_settle"),
        {
            "org_id": org_id,
            "ids": [number for number, _ in pairs],
            "statuses": [its.status for its in ends],
            "micros": [its.micros for its in ends],
            "tokens_in": [its.usage.tokens_in for its in ends],
            "tokens_out": [its.usage.tokens_out for its in ends],
            "cache_read": [its.usage.cache_read for its in ends],
            "cache_write": [its.usage.cache_write for its in ends],
            "request_ids": [its.request_id for its in ends],
            "replies": [its.reply for its in ends],
        },
    )


def wake(conn: Connection, org_id: int, number: int) -> frozenset[str]:
    """Make due whoever waits for a batch; answers the passes."""
    given = {"org_id": org_id, "id": number}
    streams = conn.execute(statement("batch_wake_streams"), given).scalars()
    return frozenset(streams) | frozenset(
        conn.execute(statement("batch_wake_items"), given).scalars()
    )


def tidy(conn: Connection, org_id: int, number: int, *, is_last: bool) -> tuple[int, int]:
    """Destroy replies that nobody will use; answers how many, and how many are waited for still."""
    row = conn.execute(
        statement("batch_tidy"), {"org_id": org_id, "id": number, "is_last": is_last}
    ).one()
    return row.emptied, row.waiting


def counts(conn: Connection) -> Counts:
    """Of all orgs; for the worker role."""
    row = conn.execute(statement("batch_counts")).one()
    return Counts(batches=row.batches, requests=row.requests, micros=row.micros)


def _key(org_id: int, waiter: Waiter) -> dict[str, int | str]:
    return {"org_id": org_id, "pass": waiter.pass_name, "stream_id": waiter.stream_id}
