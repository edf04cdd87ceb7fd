"""A folder with a file that Zeno's stores made, and what became of it."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, cast

from zeno.memory.protocols import ConversationMessage, Observation
from zeno.memory.sqlite.conversation_store import SqliteConversationStore
from zeno.memory.sqlite.observation_store import SqliteObservationStore
from zeno.memory.sqlite.session_store import SqliteSessionStore
from zeno.memory.sqlite.user_memory_store import SqliteUserMemoryStore
from zeno.memory.sqlite.working_memory_store import SqliteWorkingMemoryStore

from nrem.command import import_zeno
from nrem.command.import_zeno_run import ZenoImport
from nrem.zeno import (
    Link,
)
from tests.world import Org
from tests.zeno.sides import NOW_SECONDS, Clock

DAY = 86_400
TALK = tuple(
    ConversationMessage(
        role=cast("Any", role),
        content=content,
        tool_calls=None,
        tool_call_id=None,
        created_at=datetime(2026, 3, 1, 8, at, tzinfo=timezone(timedelta(hours=2))),
    )
    for at, (role, content) in enumerate(
        [("user", "I moved to Graz."), ("assistant", "Noted."), ("user", "I like tea.")]
    )
)


CALL = ConversationMessage(
    role="assistant",
    content=None,
    tool_calls=[{"id": "c1"}],
    tool_call_id=None,
    created_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
)


async def fill(path: Path) -> None:
    then = Clock(NOW_SECONDS - 5 * DAY)
    sessions = SqliteSessionStore(path)
    found = await sessions.get_or_create("ana", "cli", None, lambda: "sdk-1")
    await sessions.touch(found, summary="They spoke of Graz.")
    talks = SqliteConversationStore(path)
    await talks.append(user_id="ana", thread_key=None, messages=TALK)
    await talks.append(user_id="ana", thread_key="t", messages=[CALL])
    memories = SqliteUserMemoryStore(path, now_fn=lambda: then.seconds)
    await memories.add("ana", "Ana moved to Graz.", {"source": "extractor"}, tier="short")
    await memories.add("ana", "Ana likes tea.", tier="permanent")
    await memories.add("ana", "Ana sold a boat.", tier="long")
    then.seconds += DAY
    await memories.search("ana", "Graz")
    await memories.archive([3], now=then.seconds)
    cards = SqliteWorkingMemoryStore(path, now_fn=lambda: then.seconds)
    await cards.update("ana", "root", {"name": "Ana", "city": "Graz"})
    notes = SqliteObservationStore(path, now_fn=lambda: then.seconds)
    await notes.insert_batch([note("Ana moved to Graz.", (0,)), note("Ana has tea.", (2,))])
    await notes.advance_watermark(
        user_id="ana",
        agent_id="root",
        thread_key=None,
        last_processed_sequence=2,
        last_run_status="ok",
    )


def note(text: str, rounds: tuple[int, ...]) -> Observation:
    return Observation(
        id=0,
        user_id="ana",
        agent_id="root",
        text=text,
        priority="high",
        observation_date=NOW_SECONDS - DAY,
        referenced_date=None,
        source_round_ids=rounds,
        created_at=NOW_SECONDS - DAY,
    )


def carried(link: Link, folder: Path) -> dict[str, Any]:
    return ZenoImport(link, import_zeno.find(folder), lambda _done, _of: None).run()


def counts(org: Org) -> dict[str, int]:
    tables = (
        *("zeno_sessions", "zeno_threads", "zeno_watermarks", "events", "memories"),
        *("memory_versions", "card_values", "observations", "runs", "carried"),
    )
    return {
        name: org.column(f"SELECT count(*) FROM {name} WHERE org_id = %(org)s")[0]  # noqa: S608
        for name in tables
    }


def change(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "memory.db")) as connection, connection:
        connection.execute(statement)
