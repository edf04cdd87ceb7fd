"""Due work: streams, leases, the inbox, and which orgs have something to do.

Two clocks, never mixed: due times compare with the transaction's instant (`app_now()`), leases
with the database's own clock (`clock_timestamp()`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from nrem.policy.params import Policy
from nrem.policy.params_observe import ObservePolicy
from nrem.store import lease
from nrem.store.statement import statement

_MINUTE_SECONDS: Final = 60.0
_OBSERVE_TOKENS: Final = ObservePolicy().tokens

# None = never: Postgres has an instant after all others, Python has none.
Instant = datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How long passes wait for more, by the org's policy; in seconds, unless it says otherwise."""

    # consolidate, until nobody writes to a session any more
    idle: float
    # promote, for company of a memory that is stored at once
    promote: float
    # observe, until a stream has so many tokens nobody observed, or rests as long as a session
    observe_tokens: int = _OBSERVE_TOKENS

    @classmethod
    def of(cls, policy: Policy) -> "Waits":
        """As a policy says."""
        return cls(
            idle=policy.session.idle_minutes * _MINUTE_SECONDS,
            promote=policy.promote.delay_minutes * _MINUTE_SECONDS,
            observe_tokens=policy.observe.tokens,
        )


@dataclass(slots=True, kw_only=True)
class LockedStream:
    """A stream row under lock, and the last number given out."""

    stream_id: int
    last_seq: int


def lock_streams(
    conn: Connection, org_id: int, keys: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], LockedStream]:
    """Lock the streams of (kind, row number) pairs in key order, making those that are missing.

    All are made before the first is locked, as two appends in another order would deadlock.
    """
    kinds, refs = zip(*sorted(set(keys)), strict=True)
    wanted = {"org_id": org_id, "kinds": list(kinds), "ref_ids": list(refs)}
    conn.execute(statement("stream_add"), wanted)
    return {
        (row.kind, row.ref_id): LockedStream(stream_id=row.id, last_seq=row.last_seq)
        for row in conn.execute(statement("stream_lock"), wanted)
    }


def queue_items(
    conn: Connection, org_id: int, name: str, items: Sequence[tuple[str, int, int]]
) -> None:
    """Queue (item kind, row number, session or 0) for a batch pass."""
    kinds, ids, sessions = zip(*items, strict=True)
    conn.execute(
        statement("inbox_add"),
        {
            "org_id": org_id,
            "pass": name,
            "item_kinds": list(kinds),
            "item_ids": list(ids),
            "session_ids": list(sessions),
        },
    )


def bring_streams_forward(
    conn: Connection, org_id: int, name: str, kind: str, delay_seconds: Mapping[int, float]
) -> None:
    """Make the streams of `kind` due for a pass, no later than `delay_seconds` from now."""
    streams = lock_streams(conn, org_id, ((kind, ref) for ref in delay_seconds))
    delays = {streams[kind, ref].stream_id: delay for ref, delay in delay_seconds.items()}
    lease.bring_forward(conn, org_id, name, delays)


def bring_forward(conn: Connection, org_id: int, delay_seconds: Mapping[str, float]) -> None:
    """Make the org due for passes, no later than `delay_seconds` from now.

    Once per transaction, or in the order of the passes' names: the rows stay locked until it ends.
    """
    if not delay_seconds:
        return
    conn.execute(
        statement("work_bring_forward"),
        {
            "org_id": org_id,
            "passes": list(delay_seconds),
            "delay_seconds": [float(delay) for delay in delay_seconds.values()],
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """An org whose turn it is, and why, where a tick, a request or a command said so."""

    org_id: int
    cause: str | None
    # since when it was due; None = since ever
    due_at: Instant
    # drawn before the run's row is written, so that what it writes can name it
    run_id: int
    # of the transaction
    instant: datetime
    # whether another org may be due for the pass
    is_more: bool


def pick(
    conn: Connection, name: str, *, only_org: int | None = None, grace_seconds: float = 0.0
) -> Pick | None:
    """Take the org that is due for a pass and had least of the workers' time, or None.

    The transaction is for that org from here on.

    Marks it as not due; the caller must `rearm` it before its transaction ends. Work that somebody
    asked for less than `grace_seconds` ago is left to others.
    """
    row = conn.execute(
        statement("work_pick"),
        {"pass": name, "only_org": only_org, "grace_seconds": grace_seconds},
    ).one_or_none()
    return None if row is None else _pick(row)


def draw(conn: Connection, org_id: int) -> Pick:
    """A pick for an org, due or not, which nobody sees: a number for a run, and the instant."""
    row = conn.execute(statement("work_draw")).one()
    return Pick(
        org_id=org_id,
        cause=None,
        due_at=None,
        run_id=row.run_id,
        instant=row.instant,
        is_more=False,
    )


def _pick(row: Any) -> Pick:  # noqa: ANN401 - a row
    return Pick(
        org_id=row.org_id,
        cause=row.cause,
        due_at=row.due_at,
        run_id=row.run_id,
        instant=row.instant,
        is_more=row.is_more,
    )


def rearm(
    conn: Connection,
    org_id: int,
    name: str,
    due_at: Instant,
    *,
    cost: float = 0.0,
    cause: str | None = None,
) -> None:
    """Say when the org is due again for a pass, and charge what the last run cost.

    `cause` goes on to the next run, when the work of this one is not done yet.
    """
    conn.execute(
        statement("work_rearm"),
        {"org_id": org_id, "pass": name, "due_at": due_at, "cost": cost, "cause": cause},
    )


def put_off(
    conn: Connection, org_id: int, name: str, due_at: datetime, *, cause: str | None = None
) -> None:
    """The org is not due for a pass before then, whatever of it is due, unless work comes in."""
    conn.execute(
        statement("work_put_off"),
        {"org_id": org_id, "pass": name, "due_at": due_at, "cause": cause},
    )


def due_passes(conn: Connection) -> list[str]:
    """The passes for which any org has due work."""
    return list(conn.execute(statement("work_due")).scalars())


def mark(
    conn: Connection, name: str, causes: Mapping[int, str], *, cause_of_others: str | None = None
) -> None:
    """Make orgs due for a pass now, each with its cause, as ticks and commands do.

    `cause_of_others` makes every org due besides that has no schedule of its own for the pass.
    """
    conn.execute(
        statement("work_mark"),
        {
            "pass": name,
            "org_ids": list(causes),
            "causes": list(causes.values()),
            "cause_of_others": cause_of_others,
        },
    )


def request(conn: Connection, org_id: int, name: str, cause: str) -> str:
    """Make the org due for a pass now; answers the cause that its run will have.

    That of an earlier request, when it still waits: one run answers both.
    """
    return str(
        conn.execute(
            statement("work_request"), {"org_id": org_id, "pass": name, "cause": cause}
        ).scalar_one()
    )
