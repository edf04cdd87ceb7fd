"""Conversations in the database: one writer at a time, and only for what stands."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from nrem.errors import ConflictError, NotFoundError
from nrem.store import conversation, engine
from nrem.store.conversation import Conversation, NewConversation
from tests.world import NOW, Org, memory


@contextmanager
def begin(org: Org) -> Iterator[Connection]:
    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        yield conn


def create(org: Org, **given: object) -> Conversation:
    with begin(org) as conn:
        number, _ = conversation.add(conn, org.number, NewConversation(agent="agent", **given))  # type: ignore[arg-type]
        made = conversation.read(conn, org.number, number)
    assert made
    return made


def remember(org: Org, count: int) -> list[int]:
    org.append(*(memory(f"fact {n}", importance=0.5) for n in range(count)))
    org.world.drain("score")
    return list(org.memories("id"))


def test_conversation_begins_at_the_instant_of_its_transaction(org: Org) -> None:
    made = create(org, title="Plans", metadata={"a": 1})

    assert (made.created_at, made.updated_at, made.is_deleted) == (NOW, NOW, False)
    assert (made.agent, made.user, made.title, made.metadata) == ("agent", None, "Plans", {"a": 1})


def test_key_opens_one_conversation(org: Org) -> None:
    first = create(org, idem_key=b"key", body_hash=b"body")

    assert create(org, idem_key=b"key", body_hash=b"body") == first
    with pytest.raises(ConflictError):
        create(org, idem_key=b"key", body_hash=b"another")


def test_conversation_that_is_locked_is_not_deleted_under_the_turn(org: Org) -> None:
    number = create(org).conversation_id

    with begin(org) as adding, begin(org) as deleting:
        assert conversation.lock(adding, org.number, number)
        engine.give_way(deleting)
        with pytest.raises(OperationalError):
            conversation.delete(deleting, org.number, number)


def test_deleted_conversation_is_not_locked(org: Org) -> None:
    number = create(org).conversation_id

    with begin(org) as conn:
        assert conversation.delete(conn, org.number, number)
        assert not conversation.delete(conn, org.number, number)
        assert not conversation.lock(conn, org.number, number)
        found = conversation.read(conn, org.number, number)

    assert found is not None
    assert found.is_deleted


def test_memory_that_is_gone_becomes_no_turn(org: Org) -> None:
    number = create(org).conversation_id

    with begin(org) as conn, pytest.raises(NotFoundError):
        conversation.add_turn(conn, org.number, number, 10**9, "user")


def test_number_of_a_turn_that_failed_is_used_by_the_next(org: Org) -> None:
    number, (one, other) = create(org).conversation_id, remember(org, 2)
    with org.world.api.connect() as conn:
        engine.enter(conn, org_id=org.number)
        conversation.add_turn(conn, org.number, number, one, "user")
        conn.rollback()

    with begin(org) as conn:
        assert conversation.add_turn(conn, org.number, number, other, "user") == (1, True)
        assert conversation.add_turn(conn, org.number, number, other, "tool") == (1, False)


def test_summary_starts_the_count_anew(org: Org) -> None:
    made, memories = create(org, summary_cadence=2), remember(org, 4)
    due = []
    for one, role in zip(memories, ("user", "user", "summary", "user"), strict=True):
        with begin(org) as conn:
            conversation.add_turn(conn, org.number, made.conversation_id, one, role)
            found = conversation.read(conn, org.number, made.conversation_id)
            due.append(found and found.needs_summary)

    assert due == [False, True, False, False]
