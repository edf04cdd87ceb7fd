"""Conversations: memories in an order, numbered from 1 without gaps.

Lock order: the conversation, then the memory that becomes its turn.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from nrem.errors import ConflictError, NotFoundError
from nrem.store import directory
from nrem.store.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConversation:
    """A conversation to open; agent and user by the caller's ids."""

    agent: str
    user: str | None = None
    title: str | None = None
    # turns after which a summary is due, 1 to 1,000
    summary_cadence: int = 10
    metadata: Mapping[str, Any] = field(default_factory=dict)
    # a keyed digest; the same key opens one conversation
    idem_key: bytes | None = None
    body_hash: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A conversation as it stands."""

    conversation_id: int
    agent_id: int
    user_id: int | None
    agent: str
    user: str | None
    title: str | None
    metadata: Mapping[str, Any]
    summary_cadence: int
    # the number of the newest turn; it stays when a turn's memory is erased
    turn_count: int
    last_summary_turn: int
    created_at: datetime
    updated_at: datetime
    is_deleted: bool

    @property
    def needs_summary(self) -> bool:
        """Whether `summary_cadence` turns or more came after the last summary."""
        return self.turn_count - self.last_summary_turn >= self.summary_cadence


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A memory's place in a conversation."""

    turn_index: int
    memory_id: int
    role: str
    created_at: datetime


def add(conn: Connection, org_id: int, new: NewConversation) -> tuple[int, bool]:
    """Open a conversation; its number, and whether it is new.

    Raises: ConflictError when the key came with another body before.
    """
    agents = directory.ensure_agents(conn, org_id, [new.agent])
    users = directory.ensure_users(conn, org_id, [new.user] if new.user else [])
    number = conn.execute(
        statement("conversation_add"),
        {
            "org_id": org_id,
            "agent_id": agents[new.agent],
            "user_id": users[new.user] if new.user else None,
            "title": new.title,
            "metadata": json.dumps(dict(new.metadata)),
            "summary_cadence": new.summary_cadence,
            "idem_key": new.idem_key,
            "body_hash": new.body_hash,
        },
    ).scalar_one_or_none()
    if number is not None:
        return int(number), True
    row = conn.execute(
        statement("conversation_find_key"), {"org_id": org_id, "idem_key": new.idem_key}
    ).one()
    if bytes(row.body_hash) != new.body_hash:
        raise ConflictError(
            "this idempotency key was used before with another body",
            field="Idempotency-Key",
            remedy="send a new key with a new body, or the same body with this key",
            code="idempotency_conflict",
        )
    return row.id, False


def read(conn: Connection, org_id: int, conversation_id: int) -> Conversation | None:
    """One conversation, deleted or not."""
    row = conn.execute(
        statement("conversation_read"), {"org_id": org_id, "id": conversation_id}
    ).one_or_none()
    return _conversation(row) if row else None


def lock(conn: Connection, org_id: int, conversation_id: int) -> bool:
    """Let nobody else number its turns until this transaction ends; False when it is not there."""
    asked = {"org_id": org_id, "id": conversation_id}
    return conn.execute(statement("conversation_lock"), asked).scalar_one_or_none() is not None


def add_turn(
    conn: Connection, org_id: int, conversation_id: int, memory_id: int, role: str
) -> tuple[int, bool]:
    """Make a memory of the org the next turn; its number, and whether it is new.

    `lock` comes before. A memory that is a turn of it already keeps its number and role.

    Raises: ConflictError when the memory is a turn of another conversation that stands;
    NotFoundError when it was erased meanwhile.
    """
    memory = {"org_id": org_id, "memory_id": memory_id}
    if conn.execute(statement("conversation_lock_memory"), memory).scalar_one_or_none() is None:
        raise NotFoundError("there is no such memory")
    for row in conn.execute(statement("turn_find"), memory):
        if row.conversation_id != conversation_id:
            raise ConflictError(
                "the memory is a turn of another conversation",
                field="memory_id",
                remedy="store it again for this conversation",
            )
        return row.turn_index, False
    placed = {**memory, "conversation_id": conversation_id, "role": role}
    return int(conn.execute(statement("turn_add"), placed).scalar_one()), True


def turns(
    conn: Connection, org_id: int, conversation_id: int, *, after_turn: int = 0, limit: int
) -> list[Turn]:
    """Turns after the one of this number, in their order."""
    rows = conn.execute(
        statement("turn_list"),
        {
            "org_id": org_id,
            "conversation_id": conversation_id,
            "after_turn": after_turn,
            "limit": limit,
        },
    )
    return [
        Turn(
            turn_index=row.turn_index,
            memory_id=row.memory_id,
            role=row.role,
            created_at=row.created_at,
        )
        for row in rows
    ]


def count_turns(conn: Connection, org_id: int, conversation_id: int) -> int:
    """How many turns it has; fewer than it numbered once a memory of them was erased."""
    asked = {"org_id": org_id, "conversation_id": conversation_id}
    return int(conn.execute(statement("turn_count"), asked).scalar_one())


def delete(conn: Connection, org_id: int, conversation_id: int) -> bool:
    """Delete a conversation softly, its memories stay; False when it was deleted before."""
    asked = {"org_id": org_id, "id": conversation_id}
    return conn.execute(statement("conversation_delete"), asked).scalar_one_or_none() is not None


def _conversation(row: Any) -> Conversation:  # noqa: ANN401 - a row
    return Conversation(
        conversation_id=row.id,
        agent_id=row.agent_id,
        user_id=row.user_id,
        agent=row.agent,
        user=row.user,
        title=row.title,
        metadata=row.metadata,
        summary_cadence=row.summary_cadence,
        turn_count=row.turn_count,
        last_summary_turn=row.last_summary_turn,
        created_at=row.created_at,
        updated_at=row.updated_at,
        is_deleted=row.deleted_at is not None,
    )
