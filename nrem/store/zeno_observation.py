"""Observations that zeno-memory's actors make and edit: rows of the same logs as nrem's own.

A row of theirs rests on the messages it cites, where they are stored; else on an event that holds
it. Each batch and each run of edits has a run row, by which it is told and undone. Lock order:
directory, streams, leases, logs, observations.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection

from nrem.policy.consolidate_model import Trust
from nrem.policy.observe_model import Priority
from nrem.policy.text import token_estimate
from nrem.policy.zeno_edits import Applied, Rewrite, Row, apply, named
from nrem.store import observation, observation_log, reflect, run
from nrem.store.memory import content_hash
from nrem.store.observation import Added, NewObservation, Written
from nrem.store.observation_log import Log
from nrem.store.run import Run
from nrem.store.statement import statement
from nrem.store.zeno_observation_source import Foreign, Hand, Whose, sources_of, store_events

_CAUSE: Final = "zeno"
_OWNER: Final = "zeno"
# As Zeno makes them: no caller's words get into a run row by this way.
_RUN: Final = re.compile(r"[0-9a-f]{12}")


def listed(conn: Connection, org_id: int, subject_id: int) -> Sequence[Any]:
    """The active observations of a person, as rows, in the order of the day they are about."""
    given = {"org_id": org_id, "subject_id": subject_id}
    return conn.execute(statement("zeno_observation_list"), given).all()


def add(conn: Connection, hand: Hand, whose: Whose, foreign: Sequence[Foreign]) -> None:
    """Store observations of one person, each in a row of its own, also where one says the same."""
    sources = sources_of(conn, hand, whose, foreign)
    store_events(conn, hand, whose, foreign, sources)
    run_id, stream_id = _draw(conn), _stream(conn, hand.org_id, whose.subject_id)
    log = observation_log.lock(conn, hand.org_id, [whose.subject_id])[whose.subject_id]
    new = [
        NewObservation(
            subject_id=whose.subject_id,
            text=one.text,
            content_hash=content_hash(hand.digest, hand.org_id, one.text),
            priority=one.priority,
            trust=sources[at].trust,
            tokens=token_estimate(one.text),
            observation_date=one.observation_date,
            referenced_date=one.referenced_date,
            referenced_from=one.referenced_date,
            source_event_ids=sources[at].events,
            vector=one.vector,
            rounds=one.rounds,
            created_at=one.created_at,
        )
        for at, one in enumerate(foreign)
    ]
    added = _write(conn, hand, log, new, run_id)
    _close(conn, hand.org_id, log, {one.ordinal: foreign[one.place] for one in added})
    told = Told(duty="observe", run_id=run_id, stream_id=stream_id, cause=_CAUSE)
    detail = {"observations": [one.observation_id for one in added]}
    _record(conn, hand, told, read=len(foreign), changed=len(added), detail=detail)


def _write(
    conn: Connection, hand: Hand, log: Log, new: Sequence[NewObservation], run_id: int
) -> list[Added]:
    """Store them all; what repeats an active row gets a digest of its own."""
    hashes = {one.content_hash: one.content_hash.hex() for one in new}
    taken = {known for _, known in reflect.taken(conn, hand.org_id, log.subject_id, hashes)}
    written = []
    for at, one in enumerate(new, start=1):
        known = hashes[one.content_hash]
        own = hand.digest.of("repeat", one.content_hash, log.last_ordinal + at)
        written.append(replace(one, content_hash=own) if known in taken else one)
        taken.add(known)
    of = Written(run_id=run_id, model=hand.model)
    return observation.add(conn, hand.org_id, written, {log.subject_id: log}, of)


def _close(conn: Connection, org_id: int, log: Log, of: Mapping[int, Foreign]) -> None:
    """Archive those that came archived."""
    archived = {ordinal: one.archived_at for ordinal, one in of.items() if one.archived_at}
    if not archived:
        return
    given = {
        "org_id": org_id,
        "subject_id": log.subject_id,
        "ordinals": list(archived),
        "archived_at": list(archived.values()),
    }
    gone = conn.execute(statement("zeno_observation_close"), given).scalars().all()
    observation_log.grow(conn, org_id, {}, {log.subject_id: -sum(gone)})


def edit(
    conn: Connection,
    hand: Hand,
    subject_id: int,
    edits: Sequence[Any],
    vectors: Mapping[str, Sequence[float]],
    *,
    run_name: str,
    protect_high: bool,
) -> Applied:
    """Carry edits out in one transaction, with a run row that can be undone."""
    run_id, stream_id = _draw(conn), _stream(conn, hand.org_id, subject_id)
    log = observation_log.lock(conn, hand.org_id, [subject_id])[subject_id]
    done = apply(edits, _rows(conn, hand.org_id, subject_id, edits), protect_high=protect_high)
    gone = reflect.archive(conn, hand.org_id, log, done.archived, run_id=run_id)
    new = [_rewritten(hand, subject_id, one, vectors) for one in done.written]
    added = _write(conn, hand, log, new, run_id)
    lineage = [(one, [its.ordinal for its in done.written[one.place].sources]) for one in added]
    reflect.link(conn, hand.org_id, subject_id, lineage)
    observation_log.grow(conn, hand.org_id, {}, {subject_id: -gone})
    cause = f"{_CAUSE}:{run_name}" if _RUN.fullmatch(run_name) else _CAUSE
    detail = {
        "created": [one.observation_id for one in added],
        "archived": dict(Counter(done.archived.values())),
        "refused": {"rejected": done.rejected} if done.rejected else {},
    }
    told = Told(duty="reflect", run_id=run_id, stream_id=stream_id, cause=cause)
    _record(conn, hand, told, read=len(edits), changed=len(done.archived), detail=detail)
    return done


def _rows(conn: Connection, org_id: int, subject_id: int, edits: Iterable[Any]) -> dict[int, Row]:
    given = {"org_id": org_id, "subject_id": subject_id, "ordinals": named(edits)}
    return {
        row.ordinal: Row(
            ordinal=row.ordinal,
            priority=Priority(row.priority),
            trust=Trust(row.trust),
            observation_date=row.observation_date,
            referenced_date=row.referenced_date,
            referenced_from=row.referenced_from,
            rounds=tuple(row.rounds),
            events=tuple(row.events),
        )
        for row in conn.execute(statement("zeno_observation_pick"), given)
    }


def _rewritten(
    hand: Hand, subject_id: int, one: Rewrite, vectors: Mapping[str, Sequence[float]]
) -> NewObservation:
    return NewObservation(
        subject_id=subject_id,
        text=one.text,
        content_hash=content_hash(hand.digest, hand.org_id, one.text),
        priority=one.priority,
        trust=one.trust,
        tokens=token_estimate(one.text),
        observation_date=one.observation_date,
        referenced_date=one.referenced_date,
        referenced_from=one.referenced_from,
        source_event_ids=one.events,
        vector=tuple(vectors[one.text]),
        rounds=one.rounds,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Which run it is."""

    duty: str
    run_id: int
    stream_id: int
    cause: str


def _draw(conn: Connection) -> int:
    """The number of a run, drawn before its row is written."""
    number: int = conn.execute(statement("work_draw")).one().run_id
    return number


def _stream(conn: Connection, org_id: int, subject_id: int) -> int:
    """The person's stream, by which a run names the person; made where it is missing."""
    given = {"org_id": org_id, "kinds": ["subject"], "ref_ids": [subject_id]}
    conn.execute(statement("stream_add"), given)
    key = {"org_id": org_id, "subject_ids": [subject_id]}
    number: int = conn.execute(statement("reflect_streams"), key).scalar_one()
    return number


def _record(
    conn: Connection,
    hand: Hand,
    told: Told,
    *,
    read: int,
    changed: int,
    detail: Mapping[str, Any],
) -> None:
    run.add(
        conn,
        Run(
            org_id=hand.org_id,
            run_id=told.run_id,
            pass_name=told.duty,
            cause=told.cause,
            task_id=None,
            owner=_OWNER,
            started_at=hand.now,
            outcome="applied" if changed else "noop",
            reason=None if changed else "refused",
            read=read,
            proposed=read,
            changed=changed,
            stream_id=told.stream_id,
            detail=detail,
        ),
    )
