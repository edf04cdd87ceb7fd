"""A small world for tests of store and passes: orgs, what they are told, and what became of it.

Events enter as the role nrem_api, passes run as nrem_worker, rows are read as the superuser, who
sees every org. The instant is always given: NOW, unless a test says otherwise.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from nrem.digest import Digest
from nrem.llm.embed_hash import HashEmbedder
from nrem.llm.offline import OfflineProvider
from nrem.store import engine, event, work
from nrem.store import org as orgs
from nrem.store.append import append
from nrem.store.event import Appended, NewEvent
from nrem.store.work import Waits
from tests.engines import lent
from tests.postgres import Database
from worker.contract import Pass, Tools
from worker.passes import BY_NAME
from worker.runner import Cause, Outcome, Setting, drain, step

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
IDLE_SECONDS = 1800.0
WAITS = Waits(idle=IDLE_SECONDS, promote=60.0)
# The passes that only a tick, a request or a command starts.
TICKED = {"decay", "expire"}
DIGEST = Digest(b"the pepper of the tests")
EMBEDDER = HashEmbedder()
TOOLS = Tools(embedder=EMBEDDER, provider=OfflineProvider(EMBEDDER), digest=DIGEST)


def _event(kind: str, body: dict[str, Any], *, key: str | None, **place: Any) -> NewEvent:  # noqa: ANN401
    return NewEvent(
        kind=kind,
        **{"agent": "agent", "user": "user", **place},
        body=body,
        body_hash=DIGEST.of_json([kind, body]),
        idem_key=DIGEST.of("key", key) if key else None,
        tokens=len(str(body.get("content", ""))),
    )


def turn(content: str, *, role: str = "user", key: str | None = None, **place: Any) -> NewEvent:  # noqa: ANN401
    """A turn; `place` may name agent, user, session, thread and occurred_at."""
    return _event(event.TURN, {"role": role, "content": content}, key=key, **place)


def memory(
    content: str,
    *,
    memory_type: str = "episodic",
    importance: float | None = None,
    tier: str | None = None,
    ttl_seconds: int | None = None,
    key: str | None = None,
    **place: Any,  # noqa: ANN401
) -> NewEvent:
    """A memory to store; `place` as for a turn."""
    given = {"importance": importance, "tier": tier, "ttl_seconds": ttl_seconds}
    body: dict[str, Any] = {"content": content, "memory_type": memory_type}
    body |= {name: value for name, value in given.items() if value is not None}
    return _event(event.MEMORY, body, key=key, **place)


def access(memory_id: str, **place: Any) -> NewEvent:  # noqa: ANN401
    """A memory was of use."""
    return _event(event.ACCESS, {"memory_id": memory_id}, key=None, **place)


def start(session: str, **place: Any) -> NewEvent:  # noqa: ANN401
    """A session begins."""
    return _event(event.SESSION_START, {}, key=None, session=session, **place)


def end(session: str, **place: Any) -> NewEvent:  # noqa: ANN401
    """A session ends."""
    return _event(event.SESSION_END, {}, key=None, session=session, **place)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One migrated database and everybody who connects to it."""

    database: Database
    api: Engine
    worker: Engine
    admin: Engine
    superuser: Engine

    def found(self, name: str) -> "Org":
        """A new org."""
        # Most tests ask the superuser next: one connection less.
        with self.superuser.begin() as conn:
            conn.exec_driver_sql("SET LOCAL ROLE nrem_admin")
            engine.enter(conn, org_id=None)
            return Org(number=orgs.ensure(conn, name), world=self)

    def ask(self, question: str, **parameters: Any) -> list[Any]:  # noqa: ANN401
        """Rows, over all orgs."""
        with self.superuser.begin() as conn:
            return list(conn.exec_driver_sql(question, parameters))

    def do(self, order: str, **parameters: Any) -> None:  # noqa: ANN401
        """What no role of nrem may do: a test puts the database into a state."""
        with self.superuser.begin() as conn:
            conn.exec_driver_sql(order, parameters)

    def setting(self, *, now: datetime = NOW, **changes: Any) -> Setting:  # noqa: ANN401
        """Where and for whom a pass is driven."""
        cause = Cause(name="command")
        return Setting(
            **{"database": self.worker, "tools": TOOLS, "cause": cause, "now": now, **changes}
        )

    def wake(self, name: str) -> None:
        """Make every org due for a pass, as a tick does, but for no cause."""
        self.do(
            "INSERT INTO org_work (org_id, pass, due_at) "
            "SELECT id, %(name)s, '-infinity' FROM orgs "
            "ON CONFLICT (org_id, pass) DO UPDATE SET due_at = excluded.due_at",
            name=name,
        )

    def tick(self, name: str, cause: str | None = None, *, now: datetime = NOW) -> None:
        """Make every org without a schedule of its own due for a pass, as a tick does."""
        with engine.begin(self.worker, now=now) as conn:
            work.mark(conn, name, {}, cause_of_others=cause or f"tick:{name}@{now.isoformat()}")

    def drain(self, duty: Pass | str, *, now: datetime = NOW) -> list[Outcome]:
        """Run a pass until nothing is due for it; one that no work wakes is woken first."""
        found = BY_NAME[duty] if isinstance(duty, str) else duty
        if found.name in TICKED:
            self.wake(found.name)
        return drain(self.setting(now=now), found)

    def step(self, duty: Pass | str, *, now: datetime = NOW) -> Outcome | None:
        """Run one step of a pass."""
        return step(self.setting(now=now), BY_NAME[duty] if isinstance(duty, str) else duty)

    def settle(self, *, now: datetime = NOW) -> None:
        """Run the passes that turn events into memories."""
        for name in ("score", "embed", "consolidate"):
            self.drain(name, now=now)

    def lapse(self) -> None:
        """Every lease has run out, as if its holder were frozen or killed."""
        for table in ("leases", "inbox"):
            self.do(
                f"UPDATE {table} SET lease_until = clock_timestamp() - interval '1 second' "  # noqa: S608
                "WHERE lease_until IS NOT NULL"
            )
        self.drain("rescue")


@dataclass(frozen=True, slots=True, kw_only=True)
class Org:
    """One org of the world."""

    number: int
    world: World

    def begin(self, *, now: datetime = NOW) -> AbstractContextManager[Connection]:
        """A transaction of the worker role for this org."""
        return engine.begin(self.world.worker, org_id=self.number, now=now)

    def do(self, order: str, *, now: datetime = NOW, **parameters: Any) -> None:  # noqa: ANN401
        """A statement of the worker role."""
        with self.begin(now=now) as conn:
            conn.exec_driver_sql(order, parameters)

    def append(self, *events: NewEvent, now: datetime = NOW) -> list[Appended]:
        """Store events in one transaction."""
        placed = [replace(one, index=index) for index, one in enumerate(events)]
        with engine.begin(self.world.api, org_id=self.number, now=now) as conn:
            return append(conn, self.number, placed, now=now, waits=WAITS)

    def ask(self, question: str, **parameters: Any) -> list[Any]:  # noqa: ANN401
        """Rows; `%(org)s` stands for this org."""
        return self.world.ask(question, org=self.number, **parameters)

    def column(self, question: str, **parameters: Any) -> list[Any]:  # noqa: ANN401
        """The first column of the rows."""
        return [row[0] for row in self.ask(question, **parameters)]

    def memories(self, columns: str = "content", *, where: str = "true") -> list[Any]:
        """Memories in the order they were made; with one column, its values."""
        rows = self.ask(
            f"SELECT {columns} FROM memories WHERE org_id = %(org)s AND {where} ORDER BY id"  # noqa: S608
        )
        return [row[0] if len(row) == 1 else tuple(row) for row in rows]


@contextmanager
def connected(database: Database) -> Iterator[World]:
    """The world of one database; its connections end with it."""
    with lent(database) as (api, worker, admin, superuser):
        yield World(database=database, api=api, worker=worker, admin=admin, superuser=superuser)


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    """A world of its own for each test."""
    with connected(database) as world:
        yield world


@pytest.fixture
def org(world: World) -> Org:
    """An org to whom nothing was told yet."""
    return world.found("org")
