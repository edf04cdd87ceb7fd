"""What the pass `reflect` reads of a person's log, and how it takes out and puts in rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from nrem.errors import PassError
from nrem.policy.params_observe import ReflectPolicy
from nrem.policy.reflect_model import Logged
from nrem.store import lease, observation, observation_log
from nrem.store.observation import Added
from nrem.store.observation_log import Log
from nrem.store.statement import statement

# A log that could not be made shorter is looked at again once it has grown by this share of the
# threshold; each look costs as much as the log is long.
_GROWTH = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The active observations of a person that are looked at together, oldest first."""

    log: Log
    rows: tuple[Logged, ...]
    # all active ones
    active: int
    # whether there are none behind these
    is_last: bool


def is_long(log: Log, policy: ReflectPolicy, *, more: int) -> bool:
    """Whether a log is to be looked at before its next tick, with so many tokens more."""
    grown = log.reflected_tokens + policy.tokens // _GROWTH if log.reflected_tokens else 0
    return log.tokens + more >= max(policy.tokens, grown)


def wake(conn: Connection, org_id: int, subject_ids: Collection[int]) -> bool:
    """Make people due now, behind no lock on their streams; False when there are none."""
    if not subject_ids:
        return False
    given = {"org_id": org_id, "subject_ids": sorted(subject_ids)}
    streams = conn.execute(statement("reflect_streams"), given).scalars().all()
    lease.bring_forward(conn, org_id, "reflect", dict.fromkeys(streams, 0.0))
    return bool(streams)


def rouse(conn: Connection, org_id: int, only_subject: int | None) -> None:
    """Make everybody due of whom something was noted since the last look."""
    conn.execute(statement("reflect_rouse"), {"org_id": org_id, "subject_id": only_subject})


def batch(conn: Connection, org_id: int, subject_id: int, *, model: str, tokens: int) -> Batch:
    """The next observations of the walk over a person's log, as many as fit into the tokens."""
    log = observation_log.read(conn, org_id, [subject_id])[subject_id]
    given = {
        "org_id": org_id,
        "subject_id": subject_id,
        "after": log.walked_to,
        "model": model,
        "tokens": tokens,
    }
    rows = conn.execute(statement("reflect_batch"), given).all()
    return Batch(
        log=log,
        rows=tuple(observation.logged(row) for row in rows),
        active=rows[0].active if rows else 0,
        is_last=not rows or rows[-1].behind == 0,
    )


def taken(
    conn: Connection, org_id: int, subject_id: int, hashes: Mapping[bytes, str]
) -> frozenset[tuple[int, str]]:
    """Which texts are active already: (ordinal, text) each, by the digests of their contents."""
    given = {"org_id": org_id, "subject_id": subject_id, "content_hashes": list(hashes)}
    rows = conn.execute(statement("reflect_taken"), given) if hashes else ()
    return frozenset((row.ordinal, hashes[row.content_hash]) for row in rows)


def archive(
    conn: Connection, org_id: int, log: Log, reasons: Mapping[int, str], *, run_id: int
) -> int:
    """Take observations out of a locked log, by ordinal; answers the tokens that go with them.

    Raises: PassError when one is not active any more; the person is judged again.
    """
    if not reasons:
        return 0
    given = {
        "org_id": org_id,
        "subject_id": log.subject_id,
        "ordinals": list(reasons),
        "reasons": list(reasons.values()),
        "run_id": run_id,
    }
    tokens = conn.execute(statement("reflect_archive"), given).scalars().all()
    if len(tokens) != len(reasons):
        raise PassError("an_observation_changed_meanwhile")
    return sum(tokens)


def sources(
    conn: Connection, org_id: int, subject_id: int, ordinals: Iterable[int]
) -> dict[int, tuple[int, ...]]:
    """The original events behind observations, by ordinal."""
    given = {"org_id": org_id, "subject_id": subject_id, "ordinals": sorted(set(ordinals))}
    return {
        row.ordinal: tuple(row.events) for row in conn.execute(statement("reflect_sources"), given)
    }


def link(
    conn: Connection,
    org_id: int,
    subject_id: int,
    parents: Sequence[tuple[Added, Sequence[int]]],
) -> None:
    """Say which observations (by ordinal) new ones were made from."""
    pairs = [(one.observation_id, ordinal) for one, ordinals in parents for ordinal in ordinals]
    if not pairs:
        return
    children, ordinals = zip(*pairs, strict=True)
    conn.execute(
        statement("reflect_link"),
        {
            "org_id": org_id,
            "subject_id": subject_id,
            "children": list(children),
            "ordinals": list(ordinals),
        },
    )


def walk(conn: Connection, org_id: int, subject_id: int, *, walked_to: int | None) -> None:
    """Say up to where a locked log was looked at; None: to its end."""
    given = {"org_id": org_id, "subject_id": subject_id, "walked_to": walked_to}
    conn.execute(statement("reflect_walk"), given)
