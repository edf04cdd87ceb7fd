"""Where an event falls: its row numbers so far, and the session it joins, under that one's lock.

What an event asks of its session is its binding; `docs/adr/0016-sessions-by-field-and-metadata.md`
says why there are three.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from nrem.errors import ConflictError, NotFoundError
from nrem.store import session
from nrem.store.event import MEMORY, SESSION_END, SESSION_START, TURN, Binding, NewEvent
from nrem.store.session import Opening, OpenSession


@dataclass(slots=True, kw_only=True)
class Place:
    """An event on its way in, with the row numbers found so far."""

    event: NewEvent
    agent_id: int
    user_id: int
    subject_id: int
    thread_id: int
    # of the session that it joins by name; None: it has none, or goes without
    session_name: str | None
    session: OpenSession | None = None
    stream: tuple[str, int] = ("", 0)
    stream_id: int = 0
    seq: int = 0
    event_id: int = 0
    occurred_at: datetime | None = None
    # a session.end that found its session open
    ends_it: bool = False

    @property
    def is_kept_now(self) -> bool:
        """Whether it becomes a memory in this transaction that promote will look at."""
        return self.event.is_stored_now and not self.event.is_working

    @property
    def is_implicit(self) -> bool:
        """Whether it joins the session that its subject has without naming one."""
        return self.session_name is None and (self.event.kind == TURN or self.event.is_working)


def join_sessions(conn: Connection, org_id: int, places: Sequence[Place], now: datetime) -> None:
    """Find or open each event's session, and follow what the events do to it in their order.

    Raises: NotFoundError and ConflictError with the event's index, as its binding says.
    """
    openings: dict[str, Opening] = {}
    for place in places:
        if place.session_name and place.event.binding is not Binding.NAMED:
            openings.setdefault(place.session_name, _opening(place))
    names = [place.session_name for place in places if place.session_name]
    explicit = session.lock_explicit(conn, org_id, openings, now, names=names)
    for place in places:
        _bind(place, explicit)
    unnamed: dict[tuple[int, int], datetime | None] = {}
    for place in places:
        if place.is_implicit:
            unnamed.setdefault((place.subject_id, place.thread_id), place.event.occurred_at)
    implicit = session.lock_implicit(conn, org_id, unnamed, now)
    for place in places:
        if place.is_implicit:
            place.session = implicit[place.subject_id, place.thread_id]
        _follow(place)


def _opening(place: Place) -> Opening:
    said = place.event.body if place.event.kind == SESSION_START else {}
    return Opening(
        subject_id=place.subject_id,
        thread_id=place.thread_id,
        started_at=place.event.occurred_at,
        metadata=said.get("metadata", {}),
        session_type=said.get("session_type", session.CONVERSATION),
    )


def _bind(place: Place, sessions: dict[str, OpenSession]) -> None:
    if place.session_name is None:
        return
    its, binding = sessions.get(place.session_name), place.event.binding
    if its is None:
        raise NotFoundError(
            "there is no such session",
            field=_field(place),
            remedy="start the session first, or leave session_id out",
        )
    if binding is Binding.MENTIONED and not (its.is_open and _is_own(place, its)):
        place.session_name = None
        return
    if place.agent_id != its.agent_id or (binding is Binding.NAMED and not _is_own(place, its)):
        whose = "agent" if place.agent_id != its.agent_id else "user"
        raise ConflictError(
            f"the session belongs to another {whose}",
            field=_field(place),
            remedy=f"use a session id of its own for each {whose}",
        )
    place.session = its


def _is_own(place: Place, its: OpenSession) -> bool:
    """Whether it is of the same agent, and not of two users."""
    is_shared = its.user_id is None or not place.user_id
    return place.agent_id == its.agent_id and (is_shared or place.user_id == its.user_id)


def _follow(place: Place) -> None:
    event, its = place.event, place.session
    if its is None:
        return
    if event.kind in (TURN, MEMORY):
        if not its.is_open:
            raise ConflictError(
                "the session has ended and takes no more events",
                field=_field(place),
                remedy="start a session with a new id",
                code="session_ended",
            )
        its.is_used = True
        its.turns += event.kind == TURN
        its.waits = its.waits or event.kind == TURN or event.is_working
    elif event.kind == SESSION_END:
        place.ends_it, its.is_open = its.is_open, False


def _field(place: Place) -> str:
    return f"events[{place.event.index}].session_id"
