"""Deleting for good as the api does, and looking for what is left of it."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from nrem.policy.params import Policy
from nrem.policy.timeline import Timeline
from nrem.store import engine, forget_hard
from nrem.store.forget_hard import Deleted, Means
from tests.world import DIGEST, NOW, Org, World, end, memory, turn

ALWAYS: Final = Timeline(Policy.default())
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
LISBON: Final = "I moved to Lisbon on 3 May 2025."
PEANUTS: Final = "I'm allergic to peanuts."
# The answer takes its question along, which stands in a turn that states something else, too.
ASKED: Final = "I sold the boat in Bergen. Where did you spend the summer holidays?"
ANSWERED: Final = "I spent them with Ada at the lake of Como in July."
TEA: Final = (
    "User drinks green tea in the morning",
    "In the morning the user drinks green tea",
    "This morning the user drinks green tea again",
)


def as_api(org: Org, *, now: datetime = NOW) -> AbstractContextManager[Connection]:
    """A transaction of the role nrem_api."""
    return engine.begin(org.world.api, org_id=org.number, now=now)


def erase(
    org: Org, *named: int, events: Iterable[int] = (), remakes: bool = True, now: datetime = NOW
) -> Deleted:
    """Delete memories for good as the role nrem_api."""
    means = Means(digest=DIGEST, timeline=ALWAYS, now=now, remakes=remakes)
    with as_api(org, now=now) as conn:
        return forget_hard.hard(conn, org.number, named, events=events, means=means)


def tell(org: Org, *said: str, session: str = "s", **place: Any) -> list[int]:  # noqa: ANN401
    """An ended session of these turns; answers their row numbers."""
    stored = org.append(*(turn(one, session=session, **place) for one in said), end(session))
    return [one.event_id for one in stored[:-1]]


def talk(org: Org, session: str = "s") -> list[int]:
    """One asks and one answers, and it is handed over; answers the turns."""
    said = [turn(one, session=session) for one in (ASKED, ANSWERED)]
    names = ("Caroline", "Melanie")
    spoken = [
        replace(one, body={**one.body, "speaker": name})
        for one, name in zip(said, names, strict=True)
    ]
    stored = org.append(*spoken, end(session))
    org.world.settle()
    return [one.event_id for one in stored[:-1]]


def keep(org: Org, *contents: str, sessions: str = "") -> list[int]:
    """Episodes, each in the session of its letter; answers their numbers."""
    before = set(org.memories("id"))
    for at, content in enumerate(contents):
        session = sessions[at] if sessions else None
        org.append(memory(content, occurred_at=NOW + at * HOUR, session=session))
    org.world.drain("score")
    org.world.drain("embed")
    return [one for one in org.memories("id") if one not in before]


def promote(org: Org, *, now: datetime = NOW + DAY) -> list[str]:
    """Let promote look at what waits; answers the outcomes."""
    return [one.outcome for one in org.world.drain("promote", now=now)]


def hand_over(org: Org, *said: str, **place: Any) -> list[int]:  # noqa: ANN401
    """As `tell`, and the session is consolidated."""
    events = tell(org, *said, **place)
    org.world.settle()
    return events


def event_row(org: Org, event_id: int) -> Any:  # noqa: ANN401
    """What is left of an event."""
    (row,) = org.ask(
        "SELECT body, body_hash, idem_key FROM events WHERE org_id = %(org)s AND id = %(id)s",
        id=event_id,
    )
    return row


def named(org: Org, words: str) -> int:
    """The memory that holds these words."""
    found = [number for number, content in org.memories("id, content") if words in content]
    assert len(found) == 1, (words, org.memories("id, content"))
    return int(found[0])


def sources(org: Org, memory_id: int) -> list[int]:
    """The events behind a memory."""
    return org.column(
        "SELECT event_id FROM derivations WHERE org_id = %(org)s AND child_id = %(id)s ORDER BY 1",
        id=memory_id,
    )


def hits(world: World, word: str) -> dict[str, int]:
    """In how many rows a word stands, whatever the case: every text of every table is looked at."""
    columns = world.ask(
        "SELECT c.relname, a.attname "
        "FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid "
        "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') "
        "AND a.attnum > 0 AND NOT a.attisdropped "
        "AND a.atttypid::regtype::text IN ('text', 'jsonb', 'text[]', 'character varying', 'bytea')"
    )
    found = {
        f"{table}.{column}": world.ask(
            f"SELECT count(*) FROM {table} "  # noqa: S608
            f"WHERE strpos(lower({column}::text), %(word)s) > 0 "
            f"OR strpos({column}::text, %(hex)s) > 0",
            word=word.lower(),
            hex=word.encode().hex(),
        )[0][0]
        for table, column in columns
    }
    return {place: count for place, count in found.items() if count}
