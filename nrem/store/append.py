"""Appending events: numbered without gaps per stream, once per idempotency key, all or nothing.

Lock order of an append: directory, sessions, streams, leases, org_work; each in key order, so that
appends wait for one another and never deadlock.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from nrem import ids
from nrem.store import access, directory, idempotency, observe, session, work
from nrem.store.access import Access
from nrem.store.event import ACCESS, MEMORY, TURN, Appended, NewEvent
from nrem.store.observe import Arrival
from nrem.store.place import Place, join_sessions
from nrem.store.session import OpenSession
from nrem.store.statement import statement
from nrem.store.work import LockedStream, Waits


def append(
    conn: Connection, org_id: int, events: Sequence[NewEvent], *, now: datetime, waits: Waits
) -> list[Appended]:
    """Store events in their order; the caller's transaction makes them all or nothing.

    Raises: ConflictError (with the event's index) when a key was used for another body, when the
    session has ended, or when it belongs to another agent (or user, where a field names it);
    NotFoundError when a session that a field names is not there.
    """
    known = idempotency.find(conn, org_id, events)
    fresh = idempotency.without_repeats(events, known)
    places = _store(conn, org_id, fresh, now=now, waits=waits) if fresh else []
    stored = {id(place.event): place for place in places}
    known |= {p.event.idem_key: p.event_id for p in places if p.event.idem_key is not None}
    return [
        _answer(stored[id(event)])
        if id(event) in stored
        else Appended(event_id=known[event.idem_key or b""], is_duplicate=True)
        for event in events
    ]


def _answer(place: Place) -> Appended:
    return Appended(
        event_id=place.event_id,
        is_duplicate=False,
        agent_id=place.agent_id,
        user_id=place.user_id or None,
        subject_id=place.subject_id,
        session_id=place.session.session_id if place.session else None,
        occurred_at=place.occurred_at,
    )


def _store(
    conn: Connection, org_id: int, events: Sequence[NewEvent], *, now: datetime, waits: Waits
) -> list[Place]:
    places = _locate(conn, org_id, events)
    join_sessions(conn, org_id, places, now)
    streams = _number(conn, org_id, places)
    _insert(conn, org_id, places)
    sessions = {p.session.session_id: p.session for p in places if p.session}
    session.touch(conn, org_id, sessions.values())
    access.add_of_events(conn, org_id, _uses(places, now))
    due = _announce(conn, org_id, places, sessions.values(), waits)
    rested = observe.announce(
        conn,
        org_id,
        _observable(places, streams),
        threshold_tokens=waits.observe_tokens,
        idle_seconds=waits.idle,
    )
    work.bring_forward(conn, org_id, due | ({} if rested is None else {"observe": rested}))
    return places


def _observable(
    places: list[Place], streams: Mapping[tuple[str, int], LockedStream]
) -> dict[int, Arrival]:
    """The streams that got turns, and those whose session has ended."""
    said = {p.stream_id for p in places if p.event.kind == TURN}
    ended = {p.stream_id for p in places if p.ends_it}
    ended |= {
        streams["thread", p.session.thread_id].stream_id
        for p in places
        if p.ends_it and p.session and p.session.thread_id
    }
    return {
        one: Arrival(has_turns=one in said, is_ended=one in ended) for one in sorted(said | ended)
    }


def _locate(conn: Connection, org_id: int, events: Sequence[NewEvent]) -> list[Place]:
    agents = directory.ensure_agents(conn, org_id, (e.agent for e in events))
    users = directory.ensure_users(conn, org_id, (e.user for e in events if e.user))
    pairs = [(agents[e.agent], users[e.user] if e.user else directory.NOBODY) for e in events]
    subjects = directory.ensure_subjects(conn, org_id, pairs)
    threads = directory.ensure_threads(
        conn, org_id, ((agents[e.agent], e.thread) for e in events if e.thread)
    )
    return [
        Place(
            event=event,
            agent_id=agent_id,
            user_id=user_id,
            subject_id=subjects[agent_id, user_id],
            thread_id=threads[agent_id, event.thread] if event.thread else directory.NO_THREAD,
            session_name=event.session,
        )
        for event, (agent_id, user_id) in zip(events, pairs, strict=True)
    ]


def _stream_of(place: Place) -> tuple[str, int]:
    if place.thread_id:
        return ("thread", place.thread_id)
    if place.session_name and place.session:
        return ("session", place.session.session_id)
    return ("subject", place.subject_id)


def _number(
    conn: Connection, org_id: int, places: list[Place]
) -> dict[tuple[str, int], LockedStream]:
    """Give each event the next number of its stream, under the streams' locks."""
    for place in places:
        place.stream = _stream_of(place)
    # The subject's stream too, which the announcement needs: one lock step cannot deadlock.
    subjects = {("subject", p.session.subject_id) for p in places if p.session}
    subjects |= {("subject", p.subject_id) for p in places if p.is_kept_now or p.event.kind == TURN}
    threads = {("thread", p.session.thread_id) for p in places if p.session and p.session.thread_id}
    last = work.lock_streams(conn, org_id, {p.stream for p in places} | subjects | threads)
    tokens = dict.fromkeys(last, 0)
    for place in places:
        locked = last[place.stream]
        locked.last_seq += 1
        place.stream_id, place.seq = locked.stream_id, locked.last_seq
        tokens[place.stream] += place.event.tokens
    conn.execute(
        statement("stream_advance"),
        {
            "org_id": org_id,
            "stream_ids": [locked.stream_id for locked in last.values()],
            "last_seqs": [locked.last_seq for locked in last.values()],
            "tokens": list(tokens.values()),
        },
    )
    return last


def _insert(conn: Connection, org_id: int, places: list[Place]) -> None:
    rows = conn.execute(
        statement("event_add"),
        {
            "org_id": org_id,
            "kinds": [p.event.kind for p in places],
            "stream_ids": [p.stream_id for p in places],
            "seqs": [p.seq for p in places],
            "subject_ids": [p.subject_id for p in places],
            "session_ids": [p.session.session_id if p.session else 0 for p in places],
            "occurred_at": [p.event.occurred_at for p in places],
            "tokens": [p.event.tokens for p in places],
            "bodies": [json.dumps(dict(p.event.body)) for p in places],
            "body_hashes": [p.event.body_hash for p in places],
            "idem_keys": [p.event.idem_key for p in places],
        },
    )
    stored = {(row.stream_id, row.seq): row for row in rows}
    for place in places:
        row = stored[place.stream_id, place.seq]
        place.event_id, place.occurred_at = row.id, row.occurred_at
        if place.ends_it and place.session:
            place.session.end_event_id, place.session.ended_at = row.id, row.occurred_at


def _uses(places: list[Place], now: datetime) -> list[Access]:
    """What the access events name, used when they were accepted."""
    return [
        Access(
            memory_id=ids.decode(ids.MEMORY, place.event.body["memory_id"]) or 0,
            agent_id=place.agent_id,
            event_id=place.event_id,
            turn_key=place.event.turn_key,
            at=now,
        )
        for place in places
        if place.event.kind == ACCESS
    ]


def _announce(
    conn: Connection,
    org_id: int,
    places: list[Place],
    sessions: Iterable[OpenSession],
    waits: Waits,
) -> dict[str, float]:
    """Queue what passes will want, and bring their streams forward; answers who is due when."""
    due = {"reinforce": 0.0} if any(p.event.kind == ACCESS for p in places) else {}
    queued = [p for p in places if p.event.kind in (TURN, MEMORY) and not p.event.is_stored_now]
    if queued:
        work.queue_items(
            conn,
            org_id,
            "score",
            [("event", p.event_id, p.session.session_id if p.session else 0) for p in queued],
        )
        due["score"] = 0.0
    delays: dict[int, float] = {}
    for its in sessions:
        if its.end_event_id or its.waits:
            delay = 0.0 if its.end_event_id else waits.idle
            delays[its.subject_id] = min(delay, delays.get(its.subject_id, delay))
    if delays:
        work.bring_streams_forward(conn, org_id, "consolidate", "subject", delays)
        due["consolidate"] = min(delays.values())
    kept = {p.subject_id: waits.promote for p in places if p.is_kept_now}
    if kept:
        work.bring_streams_forward(conn, org_id, "promote", "subject", kept)
        due["promote"] = waits.promote
    return due
