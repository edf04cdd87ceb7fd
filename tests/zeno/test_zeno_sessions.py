"""SessionStore, on Zeno's SQLite and on ours."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.world import Org
from tests.zeno.sides import OURS, Side, both, run

THREADS = pytest.mark.parametrize("thread", [None, "t"])


def _counting(name: str = "sdk") -> tuple[Callable[[], str], list[str]]:
    made: list[str] = []

    def factory() -> str:
        made.append(f"{name}-{len(made) + 1}")
        return made[-1]

    return factory, made


@both()
@THREADS
def test_session_that_is_not_there_is_none(side: Side, thread: str | None) -> None:
    assert run(side.sessions.get("ana", "cli", thread)) is None


@both()
@THREADS
def test_session_is_made_once_and_found_again(side: Side, thread: str | None) -> None:
    factory, made = _counting()

    first = run(side.sessions.get_or_create("ana", "cli", thread, factory))
    again = run(
        side.sessions.get_or_create(
            user_id="ana", channel="cli", thread_key=thread, sdk_session_id_factory=factory
        )
    )

    assert made == ["sdk-1"]
    assert first == again == run(side.sessions.get("ana", "cli", thread))
    assert (first.user_id, first.channel, first.thread_key) == ("ana", "cli", thread)
    assert first.sdk_session_id == "sdk-1"
    assert first.last_summary is None
    assert type(first.created_at) is type(first.updated_at) is int
    assert type(first).__module__ == "zeno.memory.protocols"


@both()
def test_factory_may_be_asynchronous(side: Side) -> None:
    async def factory() -> str:
        await asyncio.sleep(0)
        return "later"

    assert run(side.sessions.get_or_create("ana", "cli", None, factory)).sdk_session_id == "later"


@both()
def test_no_thread_a_thread_another_channel_and_another_user_are_apart(side: Side) -> None:
    keys = [("ana", "cli", None), ("ana", "cli", "t"), ("ana", "web", None), ("bo", "cli", None)]

    made = [
        run(side.sessions.get_or_create(*key, lambda at=at: f"sdk-{at}"))
        for at, key in enumerate(keys)
    ]

    assert [one.sdk_session_id for one in made] == [f"sdk-{at}" for at in range(4)]


async def _race(sessions: Any, thread: str | None) -> list[str]:  # noqa: ANN401
    async def mint(number: int) -> str:
        await asyncio.sleep(0.01)
        return f"sdk-{number}"

    def factory(number: int) -> Callable[[], Awaitable[str]]:
        return lambda: mint(number)

    made = await asyncio.gather(
        *(sessions.get_or_create("ana", "cli", thread, factory(n)) for n in range(12))
    )
    return [one.sdk_session_id for one in made]


@both()
def test_racing_callers_get_one_session(side: Side) -> None:
    assert len(set(run(_race(side.sessions, "t")))) == 1


@both("[B6] a key with NULL is never a conflict for SQLite: each caller adds a row")
def test_racing_callers_without_a_thread_leave_one_row(side: Side, org: Org) -> None:
    run(_race(side.sessions, None))

    assert _rows(side, org) == 1


def _rows(side: Side, org: Org) -> int:
    if side.name == "ours":
        return len(org.ask("SELECT 1 FROM zeno_sessions WHERE org_id = %(org)s"))
    with sqlite3.connect(side.path) as conn:
        return int(conn.execute("SELECT count(*) FROM sessions").fetchone()[0])


@both()
@THREADS
def test_touch_keeps_the_summary_unless_one_is_given(side: Side, thread: str | None) -> None:
    record = run(side.sessions.get_or_create("ana", "cli", thread, lambda: "sdk"))
    seen = []

    for summary in ("they met", None, ""):
        run(side.sessions.touch(record, summary=summary))
        seen.append(run(side.sessions.get("ana", "cli", thread)).last_summary)

    assert seen == ["they met", "they met", ""]


@both()
def test_touch_of_a_session_that_is_not_there_does_nothing(side: Side) -> None:
    record = run(side.sessions.get_or_create("ana", "cli", None, lambda: "sdk"))
    other = type(record)("bo", "cli", None, "sdk", 0, 0)

    run(side.sessions.touch(other, "nobody"))

    assert run(side.sessions.get("bo", "cli", None)) is None


@OURS
def test_touch_says_when(side: Side) -> None:
    record = run(side.sessions.get_or_create("ana", "cli", None, lambda: "sdk"))
    side.clock.seconds += 60

    run(side.sessions.touch(record))

    found = run(side.sessions.get("ana", "cli", None))
    assert (found.created_at, found.updated_at) == (record.created_at, record.created_at + 60)


@both()
def test_nul_is_no_error(side: Side) -> None:
    record = run(side.sessions.get_or_create("a\0na", "c\0li", "t\0", lambda: "s\0dk"))
    run(side.sessions.touch(record, "sum\0mary"))

    found = run(side.sessions.get("a\0na", "c\0li", "t\0"))

    assert found.user_id == "a\0na"
    assert found.last_summary.replace("\0", "") == "summary"
    assert run(side.sessions.get("ana", "c\0li", "t\0")) is None


@OURS
def test_store_that_is_closed_opens_again(side: Side) -> None:
    run(side.sessions.get_or_create("ana", "cli", None, lambda: "sdk"))

    run(side.link.aclose())

    assert run(side.sessions.get("ana", "cli", None)) is not None
