"""ConversationStore, on Zeno's SQLite and on ours."""

import asyncio
import logging
import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from zeno.memory.protocols import ConversationMessage

from nrem.config import Settings
from nrem.zeno import ConversationStore
from tests.world import Org, turn
from tests.zeno.sides import NOW, OURS, Side, both, run

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"
THREADS = pytest.mark.parametrize("thread", [None, "t"])


def say(content: str | None, role: Any = "user", **more: Any) -> ConversationMessage:  # noqa: ANN401
    given = {"tool_calls": None, "tool_call_id": None, "created_at": NOW, **more}
    return ConversationMessage(role=role, content=content, **given)


def append(side: Side, *messages: ConversationMessage, thread: str | None = "t") -> None:
    run(side.conversations.append(user_id="ana", thread_key=thread, messages=messages))


def load(side: Side, thread: str | None = "t", user: str = "ana") -> list[ConversationMessage]:
    found: list[ConversationMessage] = run(side.conversations.load(user_id=user, thread_key=thread))
    return found


def since(side: Side, after: int, thread: str | None = "t") -> list[tuple[int, str | None]]:
    found = run(
        side.conversations.load_since(user_id="ana", thread_key=thread, after_sequence=after)
    )
    return [(number, message.content) for number, message in found]


@both()
@THREADS
def test_messages_come_back_in_their_order(side: Side, thread: str | None) -> None:
    messages = [say("one"), say("two", "assistant"), say("three", "system")]

    append(side, *messages[:2], thread=thread)
    append(side, messages[2], thread=thread)

    assert load(side, thread) == messages


@both()
def test_thread_that_is_not_there_is_empty(side: Side) -> None:
    assert load(side, None) == []
    assert since(side, -1) == []


@both()
def test_appending_nothing_does_nothing(side: Side) -> None:
    append(side)

    assert load(side) == []


@both()
@THREADS
def test_numbers_begin_at_0_and_load_since_is_strictly_behind(
    side: Side, thread: str | None
) -> None:
    append(side, say("zero"), say("one"), thread=thread)
    append(side, say("two"), thread=thread)

    assert since(side, -1, thread) == [(0, "zero"), (1, "one"), (2, "two")]
    assert since(side, -7, thread) == since(side, -1, thread)
    assert since(side, 0, thread) == [(1, "one"), (2, "two")]
    assert since(side, 2, thread) == []
    assert since(side, 10**30 if side.name == "ours" else 10**6, thread) == []


@both()
def test_what_a_message_has_comes_back_as_it_was(side: Side) -> None:
    calls = [{"id": "c1", "function": {"name": "f", "arguments": '{"a": 1}'}, "b": [1, 2.5, None]}]
    messages = [
        say(None, "assistant", tool_calls=calls),
        say("", "assistant", tool_calls=[]),
        say("42", "tool", tool_call_id="c1"),
        say("late", created_at=datetime(2026, 3, 2, 9, 30, 1, 5, timezone(timedelta(hours=-7)))),
        say("naive", created_at=datetime(2026, 3, 2, 9)),  # noqa: DTZ001 - as some clients do
        say("old", created_at=datetime(1, 1, 1, tzinfo=UTC)),
        say("far", created_at=datetime(9999, 12, 31, tzinfo=UTC)),
    ]

    append(side, *messages)

    found = load(side)
    assert found == messages
    assert [one.created_at.isoformat() for one in found] == [
        one.created_at.isoformat() for one in messages
    ]


@both()
def test_threads_and_users_are_apart(side: Side) -> None:
    for thread in (None, "t", "u", ""):
        append(side, say(f"in {thread!r}"), thread=thread)

    assert [[m.content for m in load(side, thread)] for thread in (None, "t", "u", "")] == [
        ["in None"],
        ["in 't'"],
        ["in 'u'"],
        ["in ''"],
    ]
    assert load(side, None, user="bo") == []


@both()
@pytest.mark.parametrize(("cleared", "kept"), [(None, "t"), ("t", None)])
def test_clear_empties_one_thread_only(side: Side, cleared: str | None, kept: str | None) -> None:
    append(side, say("gone"), thread=cleared)
    append(side, say("here"), thread=kept)

    run(side.conversations.clear(user_id="ana", thread_key=cleared))
    run(side.conversations.clear(user_id="bo", thread_key=cleared))

    assert load(side, cleared) == []
    assert [one.content for one in load(side, kept)] == ["here"]


@both("[B4] numbers begin anew, below the watermark: what follows is never observed")
def test_numbers_go_on_after_clear(side: Side) -> None:
    append(side, say("zero"), say("one"))
    run(side.conversations.clear(user_id="ana", thread_key="t"))

    append(side, say("two"))

    assert since(side, 1) == [(2, "two")]


@both()
def test_nul_is_no_error(side: Side) -> None:
    append(side, say("a\0b", tool_calls=[{"a\0": "b\0"}], tool_call_id="c\0"), thread="t\0")

    (found,) = load(side, "t\0")

    assert found.content is not None
    assert found.content.replace("\0", "") == "ab"
    assert load(side, "t") == []


@both()
def test_what_cannot_be_read_is_logged_and_is_nothing(
    side: Side, caplog: pytest.LogCaptureFixture
) -> None:
    side.conversations = _broken(side)

    with caplog.at_level(logging.WARNING):
        assert load(side) == []
        assert since(side, -1) == []

    assert len(caplog.records) == 2
    assert "ana" not in caplog.text


@both()
def test_what_cannot_be_written_is_raised(side: Side) -> None:
    side.conversations = _broken(side)

    with pytest.raises(Exception, match=r".+"):
        append(side, say("lost"))


def _broken(side: Side) -> Any:  # noqa: ANN401 - of either side
    """The side's store, where no conversation is: ours without a database, theirs a table."""
    if side.name == "theirs":
        append(side, say("said"))
        with sqlite3.connect(side.path) as conn:
            conn.execute("DROP TABLE conversations")
        return side.conversations
    return ConversationStore(Settings(database_url=NOWHERE, pepper="x" * 16), org="org")


async def _append_all(conversations: Any, number: int, thread: str | None) -> None:  # noqa: ANN401
    await asyncio.gather(
        *(
            conversations.append(
                user_id="ana", thread_key=thread, messages=[say(f"{n}a"), say("b")]
            )
            for n in range(number)
        )
    )


@both()
@THREADS
def test_appends_at_once_have_no_gap_and_stay_together(side: Side, thread: str | None) -> None:
    run(_append_all(side.conversations, 12, thread))

    found = since(side, -1, thread)

    assert [number for number, _ in found] == list(range(24))
    assert {content for _, content in found[1::2]} == {"b"}
    assert {content for _, content in found[::2]} == {f"{n}a" for n in range(12)}


@OURS
def test_messages_are_turns_of_the_person(side: Side, org: Org) -> None:
    append(side, say("I moved to Lisbon."), say(None, "assistant", tool_calls=[{"id": "c"}]))

    rows = org.ask(
        "SELECT e.kind, e.seq, a.external_id, u.external_id, e.occurred_at, e.body ->> 'role' "
        "FROM events AS e JOIN subjects AS s ON s.org_id = e.org_id AND s.id = e.subject_id "
        "JOIN agents AS a ON a.org_id = s.org_id AND a.id = s.agent_id "
        "JOIN users AS u ON u.org_id = s.org_id AND u.id = s.user_id "
        "WHERE e.org_id = %(org)s ORDER BY e.seq"
    )

    assert [tuple(row) for row in rows] == [
        ("turn", 1, "zeno", "ana", NOW, "user"),
        ("turn", 2, "zeno", "ana", NOW, "assistant"),
    ]


@OURS
def test_passes_work_on_messages_silent_ones_included(side: Side, org: Org) -> None:
    append(
        side,
        say("I moved to Lisbon in May."),
        say(None, "assistant", tool_calls=[{"id": "c"}]),
        say("", "tool", tool_call_id="c"),
    )
    later = NOW + timedelta(hours=1)

    for name in ("score", "embed", "consolidate", "observe"):
        org.world.drain(name, now=later)

    assert any("Lisbon" in one for one in org.memories())
    assert org.column("SELECT text FROM observations WHERE org_id = %(org)s")
    assert not org.ask("SELECT 1 FROM parked WHERE org_id = %(org)s")


@OURS
def test_cleared_messages_are_observed_all_the_same(side: Side, org: Org) -> None:
    append(side, say("I moved to Lisbon in May."))
    run(side.conversations.clear(user_id="ana", thread_key="t"))

    org.world.drain("observe", now=NOW + timedelta(hours=1))

    assert org.column("SELECT text FROM observations WHERE org_id = %(org)s")


@OURS
def test_row_that_is_no_message_is_left_out(
    side: Side, org: Org, caplog: pytest.LogCaptureFixture
) -> None:
    append(side, say("one"))
    (thread,) = org.column("SELECT external_id FROM threads WHERE org_id = %(org)s")
    org.append(turn("is no message", agent="zeno", user="ana", thread=thread))
    append(side, say("two"))

    assert since(side, -1) == [(0, "one"), (2, "two")]
    assert "left out: 1" in caplog.text


@OURS
def test_role_that_nrem_does_not_know_comes_back(side: Side) -> None:
    append(side, say("be brief", "developer"))

    assert [one.role for one in load(side)] == ["developer"]


@OURS
def test_cancelled_append_has_ended_when_the_caller_goes_on(side: Side) -> None:
    store = side.conversations

    async def cancelled() -> list[str | None]:
        task = asyncio.create_task(
            store.append(user_id="ana", thread_key="t", messages=[say("one"), say("two")])
        )
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        before = await store.load(user_id="ana", thread_key="t")
        await asyncio.sleep(0.2)
        after = await store.load(user_id="ana", thread_key="t")
        assert before == after
        return [one.content for one in after]

    assert run(cancelled()) in ([], ["one", "two"])
