"""Storing statements at once: scored as queued ones are, searchable and linked when it is done.

All of them in one transaction, with a line each in the audit trail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from api import related
from api.deps import transaction
from api.shown import embedded
from api.state import State
from nrem.errors import ConflictError, NotFoundError, RejectedError
from nrem.policy.model import State as MemoryState
from nrem.policy.text import token_estimate
from nrem.policy.timeline import Timeline
from nrem.store import appraise, audit, effect, engine, memory, novelty, policy, search, view, work
from nrem.store.append import append
from nrem.store.audit import Actor, Entry, Operation
from nrem.store.event import MEMORY, Appended, Binding, NewEvent
from nrem.store.key import Caller
from nrem.store.memory import NewMemory, Owner
from nrem.store.view import MemoryView
from nrem.store.work import Waits
from nrem.wire.request import MemoryIn

_ATTEMPTS: Final = 3
# About two seconds of one core; a thousand at once would keep everybody else waiting.
_MOST_EMBEDDED: Final = 100
_LONGEST_ID: Final = 256
# What places a memory; the rest is the body of its event.
_PLACE: Final = frozenset(("agent_id", "user_id", "session_id", "occurred_at", "relationships"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Statements as a request brought them."""

    given: Sequence[MemoryIn]
    is_batch: bool
    # the whole body, and the header that makes sending it again harmless
    raw: bytes
    key: str | None


async def store(state: State, caller: Caller, actor: Actor, sent: Sent) -> list[MemoryView]:
    """The memories made of statements, in their order; those made before, when the key is known.

    Raises: NotFoundError, ConflictError, with the field as the caller wrote it.
    """
    events = _events(state, caller, sent)
    vectors = await embedded(state, [one.body["content"] for one in events[:_MOST_EMBEDDED]])
    for left in reversed(range(_ATTEMPTS)):
        try:
            async with transaction(state, caller) as run:
                made = _Made(caller=caller, actor=actor, events=events, given=sent.given)
                shown: list[MemoryView] = await run(_store, state, made, vectors)
            is_more = len(events) > len(vectors)
            more = {"embed": is_more, "appraise": state.has_model}
            state.nudger.nudge(("consolidate", *(name for name, is_due in more.items() if is_due)))
            return shown
        except IntegrityError:
            # Another request stored the same key in between: the next look finds it.
            if not left:
                raise
        except RejectedError as error:
            error.field = _renamed(error, is_batch=sent.is_batch)
            raise
    raise AssertionError  # the loop returns or raises


def _renamed(error: RejectedError, *, is_batch: bool) -> str | None:
    """The field as the caller wrote it."""
    if error.error_code == "idempotency_conflict":
        return "Idempotency-Key"
    if error.field is None:
        return "body" if isinstance(error, ConflictError) else None
    if is_batch:
        return error.field.replace("events[", "memories[")
    return error.field.removeprefix("events[0].")


def _events(state: State, caller: Caller, sent: Sent) -> list[NewEvent]:
    """The header's key covers the whole body, so each of a batch has a place under it."""
    whole = state.digest.of("body", sent.raw)
    made = []
    for index, one in enumerate(sent.given):
        fields = one.model_dump(mode="json", exclude_none=True)
        named = (sent.key, index) if sent.is_batch else (sent.key,)
        session, binding = _session(one)
        made.append(
            NewEvent(
                kind=MEMORY,
                agent=one.agent_id,
                user=one.user_id,
                session=session,
                binding=binding,
                occurred_at=one.occurred_at,
                body={name: value for name, value in fields.items() if name not in _PLACE},
                body_hash=whole,
                idem_key=state.digest.of("store-key", caller.org_id, *named) if sent.key else None,
                tokens=token_estimate(one.content),
                index=index,
                is_stored_now=True,
            )
        )
    return made


def _session(given: MemoryIn) -> tuple[str | None, Binding]:
    """The session it names; what is no id in the metadata is metadata and nothing else."""
    if given.session_id is not None:
        return given.session_id, Binding.NAMED
    mentioned: Any = given.metadata.get("session_id")
    is_id = isinstance(mentioned, str) and 0 < len(mentioned) <= _LONGEST_ID
    return (mentioned if is_id else None), Binding.MENTIONED


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """What a transaction is to store, and for whom."""

    caller: Caller
    actor: Actor
    events: Sequence[NewEvent]
    given: Sequence[MemoryIn]


def _store(
    conn: Connection, state: State, made: _Made, vectors: list[list[float]]
) -> list[MemoryView]:
    """Append events, make their memories and draw the edges given with them.

    `vectors` are those of the first events.
    """
    org, now = made.caller.org_id, engine.instant(conn)
    timeline = policy.timeline(conn, org)
    stored = append(conn, org, made.events, now=now, waits=Waits.of(timeline.at(now)))
    fresh = [place for place, one in enumerate(stored) if not one.is_duplicate]
    known = view.memories_of_events(conn, org, [o.event_id for o in stored if o.is_duplicate])
    if fresh:
        new = _new(conn, state, made, stored, fresh, timeline, now)
        added = memory.add(conn, org, new, policy=timeline.at(now), now=now)
        made_of = list(zip(added.ids, new, strict=True))
        due = {"embed": 0.0} if _index(conn, state, org, made_of, vectors) else {}
        if state.has_model and appraise.queue(conn, org, made_of, timeline.at(now).appraise):
            due["appraise"] = 0.0
        pairs = list(zip(fresh, added.ids, strict=True))
        related.draw(conn, org, {number: made.given[at].relationships for at, number in pairs})
        scored = [(stored[at].event_id, "scored", None) for at in fresh]
        effect.add(conn, org, "score", scored, run_id=None)
        audit.add(conn, org, (_entry(made.actor, *one) for one in zip(added.ids, new, strict=True)))
        known |= {stored[at].event_id: number for at, number in pairs}
        work.bring_forward(conn, org, due)
    found = view.read_memories(conn, org, list(known.values()), timeline=timeline, now=now)
    shown = {one.row.id: one for one in found if one.facts.state is not MemoryState.PURGED}
    try:
        return [shown[known[one.event_id]] for one in stored]
    except KeyError:
        raise NotFoundError("a memory of this key was erased") from None


def _new(
    conn: Connection,
    state: State,
    made: _Made,
    stored: Sequence[Appended],
    fresh: Sequence[int],
    timeline: Timeline,
    now: datetime,
) -> list[NewMemory]:
    """The memories of the events at the places `fresh`."""
    org = made.caller.org_id
    owners = [_owner(stored[at]) for at in fresh]
    said = [str(made.events[at].body["content"]) for at in fresh]
    overlaps = novelty.overlaps(
        conn, org, list(zip(owners, said, strict=True)), timeline=timeline, now=now
    )
    return [
        memory.born(
            made.events[at].body,
            owner=owner,
            event_id=stored[at].event_id,
            occurred_at=stored[at].occurred_at or now,
            recorded_at=now,
            policy=timeline.at(now),
            content_hash=memory.content_hash(state.digest, org, content),
            overlap=overlap,
        )
        for at, owner, content, overlap in zip(fresh, owners, said, overlaps, strict=True)
    ]


def _entry(actor: Actor, number: int, new: NewMemory) -> Entry:
    return Entry(
        operation=Operation.STORE,
        actor=actor,
        agent_id=new.owner.agent_id,
        user_id=new.owner.user_id,
        memory_id=number,
        memory_type=new.memory_type,
    )


def _owner(stored: Appended) -> Owner:
    return Owner(
        subject_id=stored.subject_id,
        agent_id=stored.agent_id,
        user_id=stored.user_id,
        session_id=stored.session_id,
    )


def _index(
    conn: Connection,
    state: State,
    org_id: int,
    added: Sequence[tuple[int, NewMemory]],
    vectors: Sequence[Sequence[float]],
) -> bool:
    """Store the vectors there are, and queue the rest; False when there is none."""
    texts = [new.text(number) for number, new in added]
    now, later = texts[: len(vectors)], texts[len(vectors) :]
    search.add_vectors(conn, org_id, now, vectors, model=state.embedder.model_id)
    if later:
        work.queue_items(conn, org_id, "embed", [(memory.KIND, one.item_id, 0) for one in later])
    return bool(later)
