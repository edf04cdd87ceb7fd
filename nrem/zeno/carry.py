"""Writing what zeno-memory had kept into its stores here, with the times that it had there.

One call is one transaction, which marks what it writes as carried: a repeat writes nothing. Each
answers how much of what it was given is new.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from nrem.policy.consolidate_model import Vector
from nrem.policy.life import Passed
from nrem.policy.model import Reason, State, Tier
from nrem.policy.observe_model import Priority
from nrem.policy.shelf import Shelf
from nrem.policy.timeline import Timeline
from nrem.store import (
    card,
    carried,
    directory,
    engine,
    life,
    policy,
    shelf_add,
    shelf_keep,
    zeno_observation,
    zeno_session,
    zeno_thread,
    zeno_watermark,
)
from nrem.store.life import Write
from nrem.store.shelf_add import Statement
from nrem.store.work import Waits
from nrem.store.zeno_observation_source import Foreign, Hand, Whose
from nrem.zeno.conversation import append_messages, key_of
from nrem.zeno.link import Means
from nrem.zeno.record import (
    ConversationMessage,
    SessionRecord,
    clean,
    clean_id,
    clean_json,
    instant,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """A memory of a person, as the file has it; times are Unix seconds."""

    number: int
    user_id: str
    text: str
    meta: Mapping[str, Any]
    tier: Tier
    created_at: int
    last_accessed_at: int
    hit_count: int
    archived_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a card."""

    user_id: str
    agent_id: str
    name: str
    value: str
    last_updated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """An observation; `rounds` are numbers that its messages have here."""

    number: int
    user_id: str
    agent_id: str
    text: str
    priority: Priority
    observation_date: int
    referenced_date: int | None
    rounds: tuple[int, ...]
    created_at: int
    archived_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far an agent has observed a thread; `last_sequence` is a number that it has here."""

    user_id: str
    agent_id: str
    thread_key: str | None
    last_sequence: int
    status: str
    run_at: int


def session(conn: Connection, means: Means, given: SessionRecord) -> bool:
    """Carry a session; one that is at its place here already stays."""
    place = zeno_session.Place(
        subject_id=directory.ensure_subject(
            conn, means.org_id, means.agent, clean_id(given.user_id)
        ),
        channel=clean_id(given.channel),
        thread_key=_key_of(given.thread_key),
    )
    if not _is_new(conn, means, "session", given.user_id, given.channel, *_named(given.thread_key)):
        return False
    zeno_session.ensure(
        conn,
        means.org_id,
        place,
        clean(given.sdk_session_id),
        last_summary=None if given.last_summary is None else clean(given.last_summary),
        created_at=instant(given.created_at),
        updated_at=instant(given.updated_at),
    )
    return True


def messages(
    conn: Connection,
    means: Means,
    user_id: str,
    thread_key: str | None,
    given: Sequence[tuple[int, ConversationMessage]],
) -> int:
    """Carry messages of a thread, in their order and each with its number there."""
    thread = ("message", user_id, *_named(thread_key))
    keys = [
        means.digest.of("zeno", means.agent, *thread, number, *_said(one)) for number, one in given
    ]
    new = carried.mark(conn, means.org_id, keys)
    fresh = [one for key, (_, one) in zip(keys, given, strict=True) if key in new]
    if fresh:
        append_messages(conn, means, user_id, thread_key, fresh)
    return len(fresh)


def memory(conn: Connection, means: Means, given: Memory) -> bool:
    """Carry a memory with its tier, uses and times; a live one that says the same takes it over."""
    what = (given.user_id, given.number, given.created_at, given.text)
    if not _is_new(conn, means, "memory", *what):
        return False
    created_at = instant(given.created_at)
    engine.enter(conn, org_id=means.org_id, now=created_at)
    timeline = policy.timeline(conn, means.org_id)
    statement = Statement(
        agent=means.agent,
        user=clean_id(given.user_id),
        shelf=Shelf.USER,
        text=clean(given.text),
        tier=given.tier,
        metadata=clean_json(dict(given.meta)),
    )
    number = shelf_add.add(
        conn, means.org_id, statement, digest=means.digest, timeline=timeline, now=created_at
    )
    (held,) = life.lock(conn, means.org_id, [number])
    found = life.settled(held, timeline, created_at)
    life.write(conn, means.org_id, [_lived(found, given, timeline)])
    engine.enter(conn, org_id=means.org_id, now=means.now)
    return True


def _lived(found: Write, given: Memory, timeline: Timeline) -> Write:
    """The memory with the uses that it had there, and archived when it was."""
    facts = found.settled.facts
    used_at = max(facts.last_access, instant(given.last_accessed_at))
    after = replace(
        facts,
        access_count=max(facts.access_count, given.hit_count),
        last_access=used_at,
        facts_since=used_at,
    )
    if given.archived_at is None:
        return shelf_keep.changed(found, after, timeline=timeline)
    at = max(used_at, instant(given.archived_at))
    passed = Passed(at, State.LIVE, State.ARCHIVED, Reason.IDLE)
    after = replace(after, state=State.ARCHIVED, state_since=at, reason=Reason.IDLE)
    return shelf_keep.changed(found, after, passed, timeline=timeline)


def field(conn: Connection, means: Means, given: Field) -> bool:
    """Carry a field of a card; one that was written here since stays."""
    agent, user = clean_id(given.agent_id), clean_id(given.user_id)
    what = (given.user_id, given.agent_id, given.name, given.last_updated, given.value)
    if not _is_new(conn, means, "field", *what):
        return False
    subject_id = directory.ensure_subject(conn, means.org_id, agent, user)
    known = card.read(conn, means.org_id, subject_id).values.get(clean(given.name))
    at = instant(given.last_updated)
    if known is not None and known.updated_at >= at:
        return False
    engine.enter(conn, org_id=means.org_id, now=at)
    patch = {clean(given.name): clean(given.value)}
    card.patch(conn, means.org_id, subject_id, patch, expected_version=None)
    engine.enter(conn, org_id=means.org_id, now=means.now)
    return True


def note(conn: Connection, means: Means, given: Note, vector: Vector, model: str) -> bool:
    """Carry an observation, archived when it was."""
    what = (given.user_id, given.agent_id, given.number, given.created_at, given.text)
    if not _is_new(conn, means, "observation", *what):
        return False
    agent, user = clean_id(given.agent_id), clean_id(given.user_id)
    whose = Whose(
        agent=agent,
        user=user,
        subject_id=directory.ensure_subject(conn, means.org_id, agent, user),
        speaker_id=directory.ensure_subject(conn, means.org_id, means.agent, user),
    )
    hand = Hand(
        org_id=means.org_id,
        now=means.now,
        digest=means.digest,
        waits=Waits.of(policy.load(conn, means.org_id, means.now)),
        model=model,
    )
    zeno_observation.add(conn, hand, whose, [_foreign(given, vector)])
    return True


def _foreign(given: Note, vector: Vector) -> Foreign:
    return Foreign(
        text=clean(given.text),
        priority=given.priority,
        observation_date=instant(given.observation_date),
        referenced_date=None if given.referenced_date is None else instant(given.referenced_date),
        rounds=given.rounds,
        created_at=instant(given.created_at),
        archived_at=None if given.archived_at is None else instant(given.archived_at),
        vector=vector,
    )


def mark(conn: Connection, means: Means, given: Mark) -> bool:
    """Carry a watermark; one that an agent has here already stays."""
    agent, user = clean_id(given.agent_id), clean_id(given.user_id)
    if not _is_new(
        conn, means, "watermark", given.user_id, given.agent_id, *_named(given.thread_key)
    ):
        return False
    watcher = directory.ensure_subject(conn, means.org_id, agent, user)
    _, thread_id = zeno_thread.ensure(
        conn, means.org_id, key_of(means, given.user_id, given.thread_key)
    )
    if zeno_watermark.read(conn, means.org_id, watcher, thread_id) is not None:
        return False
    if given.status == zeno_watermark.OK:
        # What was observed where it came from is not observed again.
        zeno_watermark.skip(conn, means.org_id, thread_id, last_sequence=given.last_sequence)
    zeno_watermark.write(
        conn,
        means.org_id,
        watcher,
        thread_id,
        last_sequence=given.last_sequence,
        status=given.status,
        run_at=instant(given.run_at),
    )
    return True


def _is_new(conn: Connection, means: Means, *what: str | int) -> bool:
    """Whether it was never carried to this agent; it is marked as carried."""
    key = means.digest.of("zeno", means.agent, *what)
    return bool(carried.mark(conn, means.org_id, [key]))


def _named(thread_key: str | None) -> tuple[str, ...]:
    return () if thread_key is None else (thread_key,)


def _key_of(thread_key: str | None) -> str | None:
    return None if thread_key is None else clean_id(thread_key)


def _said(one: ConversationMessage) -> tuple[str, ...]:
    return (one.role, one.content or "", one.created_at.isoformat())
