"""What an observation of zeno-memory's actors rests on: messages that it cites, else an event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from nrem.digest import Digest
from nrem.policy.consolidate_model import Trust, Vector, least_trust
from nrem.policy.observe_model import Priority
from nrem.policy.observe_window import trust_of_role
from nrem.store.append import append
from nrem.store.event import OBSERVATION, NewEvent
from nrem.store.statement import statement
from nrem.store.work import Waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """An observation as somebody else made it."""

    text: str
    priority: Priority
    observation_date: datetime
    referenced_date: datetime | None
    rounds: tuple[int, ...]
    # None: now
    created_at: datetime | None
    archived_at: datetime | None
    vector: Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Whose observations they are, and with which agent the person speaks."""

    agent: str
    user: str
    # of the pair
    subject_id: int
    # of the user with the agent in whose name conversations are kept
    speaker_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """What it takes besides the rows."""

    org_id: int
    now: datetime
    digest: Digest
    waits: Waits
    # of the vectors
    model: str


@dataclass(slots=True)
class _Source:
    """What an observation rests on."""

    events: tuple[int, ...]
    trust: Trust


def sources_of(
    conn: Connection, hand: Hand, whose: Whose, foreign: Sequence[Foreign]
) -> list[_Source]:
    """The stored messages behind each.

    A citation names no thread: those that lie behind the watermark are meant, and without such any
    that have the number. Where several threads could be meant, it rests on all of them, so that it
    goes with any.
    """
    cited = [(at, number) for at, one in enumerate(foreign) for number in one.rounds]
    rows = []
    if cited:
        places, rounds = zip(*cited, strict=True)
        given = {
            "org_id": hand.org_id,
            "places": list(places),
            "speakers": [whose.speaker_id] * len(cited),
            "watchers": [whose.subject_id] * len(cited),
            "rounds": list(rounds),
        }
        rows = list(conn.execute(statement("zeno_observation_source"), given))
    found = []
    for at in range(len(foreign)):
        own = [row for row in rows if row.place == at]
        meant = [row for row in own if row.is_new] or own
        found.append(
            _Source(
                events=tuple(sorted({row.event_id for row in meant})),
                trust=least_trust(trust_of_role(row.role) for row in meant),
            )
        )
    return found


def store_events(
    conn: Connection,
    hand: Hand,
    whose: Whose,
    foreign: Sequence[Foreign],
    sources: Sequence[_Source],
) -> None:
    """Give an event of its own to each that rests on no message."""
    places = [at for at, one in enumerate(sources) if not one.events]
    events = [_event(hand, whose, foreign[at], at) for at in places]
    if not events:
        return
    stored = append(conn, hand.org_id, events, now=hand.now, waits=hand.waits)
    for at, one in zip(places, stored, strict=True):
        sources[at].events = (one.event_id,)


def _event(hand: Hand, whose: Whose, one: Foreign, index: int) -> NewEvent:
    body = {"content": one.text}
    return NewEvent(
        kind=OBSERVATION,
        agent=whose.agent,
        user=whose.user,
        occurred_at=min(one.observation_date, hand.now),
        body=body,
        body_hash=hand.digest.of_json([OBSERVATION, body]),
        index=index,
    )
