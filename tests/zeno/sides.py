"""Two families of stores under one name each, and which cases theirs is known to fail."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from zeno.memory.sqlite.conversation_store import SqliteConversationStore
from zeno.memory.sqlite.observation_store import SqliteObservationStore
from zeno.memory.sqlite.session_store import SqliteSessionStore
from zeno.memory.sqlite.working_memory_store import SqliteWorkingMemoryStore

from nrem.zeno import (
    ConversationStore,
    Link,
    ObservationStore,
    SessionStore,
    WorkingMemoryStore,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOW_SECONDS = int(NOW.timestamp())
OURS = pytest.mark.parametrize("side", ["ours"], indirect=True)

_T = TypeVar("_T")


def run(work: Coroutine[Any, Any, _T]) -> _T:
    """Carry out one piece of work in a loop of its own, as a worker does with each job."""
    return asyncio.run(work)


def both(theirs_fails: str | None = None) -> pytest.MarkDecorator:
    """Run a case on both sides; `theirs_fails` says why Zeno's stores do not pass it.

    With the contract's number of the defect, such as "[B5] …", or "difference: …" where nrem does
    otherwise on purpose. A case that passes after all is an error.
    """
    marks = [pytest.mark.xfail(strict=True, reason=theirs_fails)] if theirs_fails else []
    sides = [pytest.param("ours"), pytest.param("theirs", marks=marks)]
    return pytest.mark.parametrize("side", sides, indirect=True)


@dataclass
class Clock:
    """The instant of both sides, where they ask for one."""

    seconds: int = NOW_SECONDS

    def instant(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, tz=UTC)


@dataclass(kw_only=True)
class Side:
    """Stores of one family, which are called as Zeno calls them."""

    name: str
    sessions: Any
    conversations: Any
    cards: Any
    observations: Any
    clock: Clock
    # where the rows are: theirs has a file
    link: Link
    path: Path


def ours(link: Link, path: Path, clock: Clock) -> Side:
    return Side(
        name="ours",
        sessions=SessionStore(link),
        conversations=ConversationStore(link),
        cards=WorkingMemoryStore(link),
        observations=ObservationStore(link),
        clock=clock,
        link=link,
        path=path,
    )


def theirs(link: Link, path: Path, clock: Clock) -> Side:
    return Side(
        name="theirs",
        sessions=SqliteSessionStore(path),
        conversations=SqliteConversationStore(path),
        cards=SqliteWorkingMemoryStore(path, now_fn=lambda: clock.seconds),
        observations=SqliteObservationStore(path, now_fn=lambda: clock.seconds),
        clock=clock,
        link=link,
        path=path,
    )
