"""Putting a statement on a shelf: an event of its own, and a memory, or one that says it already.

The event's append locks the person's stream, so two equal statements at once become one memory.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from nrem.digest import Digest
from nrem.policy.model import MemoryType, Tier
from nrem.policy.shelf import Shelf, is_near, rarest
from nrem.policy.text import token_estimate
from nrem.policy.timeline import Timeline
from nrem.store import audit, effect, memory, shelf, shelf_make
from nrem.store.append import append
from nrem.store.audit import Entry, Operation
from nrem.store.event import MEMORY, Appended, NewEvent
from nrem.store.memory import NewMemory, Owner
from nrem.store.shelf import Meant, Place
from nrem.store.statement import statement
from nrem.store.work import Waits

# Newest memories among which near-duplicates are looked for, so that a long shelf costs no more.
_WINDOW: Final = 1_000
_MOST_ALIKE: Final = 50

# Neither fades: a person's memories leave by their tier alone, and knowledge stays.
_TYPES: Final = {Shelf.USER: MemoryType.EPISODIC, Shelf.KNOWLEDGE: MemoryType.SEMANTIC}
# What is left of such an episode falls below the mark only after its tier has archived it.
_IMPORTANCE: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What somebody wants kept; without `meant` its vector is made later."""

    agent: str
    user: str | None
    shelf: Shelf
    text: str
    tier: Tier
    metadata: Mapping[str, Any] = field(default_factory=dict)
    meant: Meant | None = None


def add(
    conn: Connection,
    org_id: int,
    given: Statement,
    *,
    digest: Digest,
    timeline: Timeline,
    now: datetime,
) -> int:
    """Keep a statement; answers the number of the memory that now says it."""
    waits = Waits.of(timeline.at(now))
    (stored,) = append(conn, org_id, [_event(given, digest)], now=now, waits=waits)
    content_hash = memory.content_hash(digest, org_id, given.text)
    place = Place(
        org_id=org_id, agent_id=stored.agent_id, subject_id=stored.subject_id, shelf=given.shelf
    )
    known = _twin(conn, place, given, content_hash, timeline, now)
    made = known or _make(conn, org_id, given, stored, content_hash, timeline, now)
    if known:
        memory.add_sources(conn, org_id, [(known, (stored.event_id,), None)])
    outcome = ("merged" if known else "scored", None)
    effect.add(conn, org_id, "score", [(stored.event_id, *outcome)], run_id=None)
    entry = Entry(
        operation=Operation.UPDATE if known else Operation.STORE,
        agent_id=stored.agent_id,
        user_id=stored.user_id,
        memory_id=made,
        memory_type=_TYPES[given.shelf],
    )
    audit.add(conn, org_id, [entry])
    return made


def _event(given: Statement, digest: Digest) -> NewEvent:
    body = {
        "content": given.text,
        "memory_type": str(_TYPES[given.shelf]),
        "tier": str(given.tier),
        "importance": _IMPORTANCE,
        "metadata": dict(given.metadata),
    }
    return NewEvent(
        kind=MEMORY,
        agent=given.agent,
        user=given.user,
        body=body,
        body_hash=digest.of_json(body),
        tokens=token_estimate(given.text),
        is_stored_now=True,
    )


def _make(
    conn: Connection,
    org_id: int,
    given: Statement,
    stored: Appended,
    content_hash: bytes,
    timeline: Timeline,
    now: datetime,
) -> int:
    new = NewMemory(
        owner=Owner(
            subject_id=stored.subject_id,
            agent_id=stored.agent_id,
            user_id=stored.user_id,
            session_id=None,
        ),
        memory_type=_TYPES[given.shelf],
        tier=given.tier,
        content=given.text,
        content_hash=content_hash,
        importance=_IMPORTANCE,
        is_importance_given=True,
        trust="user",
        occurred_at=stored.occurred_at or now,
        source_event_ids=(stored.event_id,),
        due_at=None,
        metadata=given.metadata,
        shelf=given.shelf,
    )
    return shelf_make.store(conn, org_id, new, given.meant, timeline, now)


def _twin(
    conn: Connection,
    place: Place,
    given: Statement,
    content_hash: bytes,
    timeline: Timeline,
    now: datetime,
) -> int | None:
    """The live memory that says this, refreshed; None when there is none.

    Of knowledge only what is the same to the letter is the same.
    """
    if given.shelf is Shelf.KNOWLEDGE:
        exact = shelf.twin(conn, place, content_hash, content=given.text, metadata=given.metadata)
    else:
        exact = shelf.twin(conn, place, content_hash)
    if exact is not None and _refresh(conn, place, exact, given, timeline, now, is_exact=True):
        return exact
    if given.shelf is Shelf.KNOWLEDGE:
        return None
    for near in _near(conn, place, given.text):
        if near != exact and _refresh(conn, place, near, given, timeline, now, is_exact=False):
            return near
    return None


def _near(conn: Connection, place: Place, text: str) -> list[int]:
    lexeme = rarest(text)
    if lexeme is None:
        return []
    bounds = {"window": _WINDOW, "limit": _MOST_ALIKE}
    rows = conn.execute(statement("shelf_alike"), {**place.key, "lexeme": lexeme, **bounds})
    return [row.id for row in rows if is_near(text, row.content)]


def _refresh(
    conn: Connection,
    place: Place,
    number: int,
    given: Statement,
    timeline: Timeline,
    now: datetime,
    *,
    is_exact: bool,
) -> bool:
    """Have a memory take a repeated statement over, unless time has archived it meanwhile."""

    def joined(known: Mapping[str, Any]) -> Mapping[str, Any]:
        # The same words say anew what their metadata is; other words add what theirs is.
        return {**({} if is_exact and given.metadata else known), **given.metadata}

    return shelf_make.refresh(conn, place, number, given.tier, joined, timeline=timeline, now=now)
