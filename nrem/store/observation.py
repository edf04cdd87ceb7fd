"""Observations: written with their sources, read by person, archived and brought back.

Lock order: leases, then logs in the order of their people, then observations by number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from nrem.errors import ConflictError
from nrem.policy.consolidate_model import Trust, Vector
from nrem.policy.observe_model import Neighbour, Priority
from nrem.policy.reflect_model import Logged
from nrem.store import observation_log
from nrem.store.observation_log import Log
from nrem.store.search import vector_text
from nrem.store.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class NewObservation:
    """An observation that is not stored yet; it must name at least one source event."""

    subject_id: int
    text: str
    content_hash: bytes
    priority: Priority
    trust: Trust
    tokens: int
    observation_date: datetime
    referenced_date: datetime | None
    referenced_from: datetime | None
    source_event_ids: tuple[int, ...]
    vector: Vector
    # of one that somebody else made: the messages that it cites, and when it was made
    rounds: tuple[int, ...] | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Where observations come from: the run, and the window where they were noted in one."""

    run_id: int
    model: str
    stream_id: int | None = None
    window_seq: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """An observation that was stored."""

    # in the list that was given
    place: int
    observation_id: int
    subject_id: int
    ordinal: int
    tokens: int


def known(conn: Connection, org_id: int, subject_id: int, *, limit: int) -> tuple[Neighbour, ...]:
    """The newest active observations of a person, at most `limit`."""
    given = {"org_id": org_id, "subject_id": subject_id, "limit": limit}
    return tuple(
        Neighbour(
            ordinal=row.ordinal,
            text=row.text,
            priority=Priority(row.priority),
            observation_date=row.observation_date,
            referenced_date=row.referenced_date,
        )
        for row in conn.execute(statement("observation_known"), given)
    )


def similar(
    conn: Connection, org_id: int, subject_id: int, vectors: Sequence[Vector], *, model: str
) -> tuple[Logged, ...]:
    """The active observations of a person that are nearest to each vector."""
    if not vectors:
        return ()
    given = {
        "org_id": org_id,
        "subject_id": subject_id,
        "model": model,
        "vectors": [vector_text(one) for one in vectors],
    }
    return tuple(logged(row) for row in conn.execute(statement("observation_similar"), given))


def logged(row: Any) -> Logged:  # noqa: ANN401 - a row
    """An observation as policy sees it."""
    return Logged(
        ordinal=row.ordinal,
        text=row.text,
        priority=Priority(row.priority),
        observation_date=row.observation_date,
        referenced_date=row.referenced_date,
        referenced_from=row.referenced_from,
        tokens=row.tokens,
        trust=Trust(row.trust),
        vector=tuple(row.vector) if row.vector is not None else (),
    )


def add(
    conn: Connection,
    org_id: int,
    new: Sequence[NewObservation],
    held: Mapping[int, Log],
    of: Written,
) -> list[Added]:
    """Store observations under the locks of `held`, each with the next ordinal of its person.

    What is active with the same words, or was noted in the same window, is not stored again.
    """
    if not new:
        return []
    last = {one: log.last_ordinal for one, log in held.items()}
    ordinals = []
    for one in new:
        last[one.subject_id] += 1
        ordinals.append(last[one.subject_id])
    rows = conn.execute(statement("observation_add"), _columns(org_id, new, ordinals, of))
    places = {
        (one.subject_id, its): at for at, (one, its) in enumerate(zip(new, ordinals, strict=True))
    }
    added = [
        Added(
            place=places[row.subject_id, row.ordinal],
            observation_id=row.id,
            subject_id=row.subject_id,
            ordinal=row.ordinal,
            tokens=row.tokens,
        )
        for row in rows
    ]
    given = {one: last[one] - log.last_ordinal for one, log in held.items()}
    observation_log.grow(conn, org_id, given, _sums(added))
    return added


def _sums(added: Sequence[Added]) -> dict[int, int]:
    sums: dict[int, int] = {}
    for one in added:
        sums[one.subject_id] = sums.get(one.subject_id, 0) + one.tokens
    return sums


def _columns(
    org_id: int, new: Sequence[NewObservation], ordinals: Sequence[int], of: Written
) -> dict[str, Any]:
    sources = [
        (one.subject_id, ordinal, event)
        for one, ordinal in zip(new, ordinals, strict=True)
        for event in one.source_event_ids
    ]
    subjects, numbers, events = zip(*sources, strict=True) if sources else ((), (), ())
    return {
        "org_id": org_id,
        "run_id": of.run_id,
        "stream_id": of.stream_id,
        "window_seq": of.window_seq,
        "model": of.model,
        "places": list(range(1, len(new) + 1)),
        "subject_ids": [one.subject_id for one in new],
        "ordinals": list(ordinals),
        "texts": [one.text for one in new],
        "content_hashes": [one.content_hash for one in new],
        "priorities": [str(one.priority) for one in new],
        "trusts": [str(one.trust) for one in new],
        "token_counts": [one.tokens for one in new],
        "observation_dates": [one.observation_date for one in new],
        "referenced_dates": [one.referenced_date for one in new],
        "referenced_from": [one.referenced_from for one in new],
        "vectors": [vector_text(one.vector) for one in new],
        "created_at": [one.created_at for one in new],
        "rounds": [_array(one.rounds) for one in new],
        "source_subjects": list(subjects),
        "source_ordinals": list(numbers),
        "source_events": list(events),
    }


def _array(numbers: tuple[int, ...] | None) -> str | None:
    """As Postgres writes an array: those of several rows differ in length."""
    return None if numbers is None else "{" + ",".join(map(str, numbers)) + "}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Whose observation it is."""

    subject_id: int
    agent_id: int
    user_id: int | None


def find(
    conn: Connection,
    org_id: int,
    subject_id: int,
    *,
    is_active: bool | None = None,
    after: int = 0,
    limit: int = 1,
    observation_id: int | None = None,
) -> Sequence[Any]:
    """Observations of a person with what they rest on, as rows, in the order of their ordinals."""
    given = {
        "org_id": org_id,
        "subject_id": subject_id,
        "is_active": is_active,
        "after": after,
        "limit": limit,
        "observation_id": observation_id,
    }
    return conn.execute(statement("observation_list"), given).all()


def restore(conn: Connection, org_id: int, observation_id: int) -> Whose | None:
    """Make an archived observation active again; one that is active stays so. None: no such row.

    Raises: ConflictError when its words are active in another row.
    """
    key = {"org_id": org_id, "observation_id": observation_id}
    row = conn.execute(statement("observation_owner"), key).one_or_none()
    if row is None:
        return None
    observation_log.hold(conn, org_id, [row.subject_id])
    tokens = conn.execute(statement("observation_restore"), key).scalar_one_or_none()
    if tokens is not None:
        observation_log.grow(conn, org_id, {}, {row.subject_id: tokens})
    elif _is_archived(conn, org_id, row.subject_id, observation_id):
        raise ConflictError(
            "another active observation says the same",
            remedy="there is nothing to restore: GET /v1/observations shows the active one",
            code="repeats_another",
        )
    return Whose(subject_id=row.subject_id, agent_id=row.agent_id, user_id=row.user_id)


def _is_archived(conn: Connection, org_id: int, subject_id: int, observation_id: int) -> bool:
    rows = find(conn, org_id, subject_id, is_active=False, observation_id=observation_id)
    return bool(rows)


def erase(conn: Connection, org_id: int, event_ids: Sequence[int]) -> None:
    """Delete what was noted of events, for good.

    Where something was made of it and of other observations, those are active again.
    """
    given = {"org_id": org_id, "event_ids": list(event_ids)}
    parents = conn.execute(statement("closure_observations"), given).scalars().all()
    if parents:
        back = {"org_id": org_id, "observation_ids": list(parents)}
        conn.execute(statement("closure_observations_back"), back)
