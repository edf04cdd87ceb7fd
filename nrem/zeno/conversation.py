"""ConversationStore: the messages of a thread, as turns that nrem observes, recalls and erases.

What cannot be read is logged and answered as nothing, as an agent's turn must not fail for it; what
cannot be written is raised.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from nrem.errors import NremError
from nrem.policy.text import token_estimate
from nrem.store import policy, zeno_thread
from nrem.store.append import append
from nrem.store.event import TURN, NewEvent
from nrem.store.work import Waits
from nrem.store.zeno_thread import Key
from nrem.zeno.link import Linked, Means
from nrem.zeno.record import ConversationMessage, Role, as_zeno, clean, clean_id, clean_json

_log = logging.getLogger("nrem.zeno")

_ROLES: Final = ("user", "assistant", "system", "tool")
# Of the roles that nrem does not know; nobody vouches for what it says.
_OTHER: Final = "tool"
# Outside of these a message was said when it was stored.
_EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
_AHEAD: Final = timedelta(hours=24)
# In a turn's body: what a message has that a turn has not.
_MESSAGE: Final = "message"


class ConversationStore(Linked):
    """Messages by user and thread key, in the order of their numbers: zeno-memory's.

    Numbers begin at 0, have no gap, and are not used again after `clear`.
    """

    async def load(self, *, user_id: str, thread_key: str | None) -> list[ConversationMessage]:
        """The messages of a thread that were not cleared."""
        found = await self.load_since(user_id=user_id, thread_key=thread_key, after_sequence=-1)
        return [message for _, message in found]

    async def load_since(
        self, *, user_id: str, thread_key: str | None, after_sequence: int
    ) -> list[tuple[int, ConversationMessage]]:
        """The messages behind a number, each with its own; below 0: from the start."""
        try:
            rows = await self._link.run(_load, user_id, thread_key, after_sequence)
        except (SQLAlchemyError, NremError, OSError) as error:
            _log.warning("a conversation could not be read: %s", type(error).__name__)
            return []
        return _messages(rows)

    async def append(
        self, *, user_id: str, thread_key: str | None, messages: Sequence[ConversationMessage]
    ) -> None:
        """Add messages behind the last one, all or none, with nothing in between."""
        if messages:
            await self._link.run(append_messages, user_id, thread_key, tuple(messages))

    async def clear(self, *, user_id: str, thread_key: str | None) -> None:
        """Have what is in the thread now loaded no more; what nobody observed still will be."""
        await self._link.run(_clear, user_id, thread_key)


def key_of(means: Means, user_id: str, thread_key: str | None) -> Key:
    """What names a conversation of the stores' agent."""
    key = None if thread_key is None else clean_id(thread_key)
    return Key(agent=means.agent, user=clean_id(user_id), thread_key=key)


def _load(
    conn: Connection, means: Means, user_id: str, thread_key: str | None, after_sequence: int
) -> list[tuple[int, Any]]:
    found = zeno_thread.find(conn, means.org_id, key_of(means, user_id, thread_key))
    if found is None or found.thread_id is None:
        return []
    return zeno_thread.load(conn, means.org_id, found.thread_id, after_sequence=after_sequence)


def _clear(conn: Connection, means: Means, user_id: str, thread_key: str | None) -> None:
    found = zeno_thread.find(conn, means.org_id, key_of(means, user_id, thread_key))
    if found is not None and found.thread_id is not None:
        zeno_thread.clear(conn, means.org_id, found.thread_id)


def append_messages(
    conn: Connection,
    means: Means,
    user_id: str,
    thread_key: str | None,
    messages: Sequence[ConversationMessage],
) -> None:
    """Add messages behind the last one of a thread."""
    key = key_of(means, user_id, thread_key)
    subject_id, _ = zeno_thread.ensure(conn, means.org_id, key)
    thread = zeno_thread.name(subject_id, key)
    events = [_event(means, key.user, thread, index, one) for index, one in enumerate(messages)]
    waits = Waits.of(policy.load(conn, means.org_id, means.now))
    append(conn, means.org_id, events, now=means.now, waits=waits)


def _event(
    means: Means, user: str, thread: str, index: int, message: ConversationMessage
) -> NewEvent:
    body = _body(message)
    return NewEvent(
        kind=TURN,
        agent=means.agent,
        user=user,
        thread=thread,
        occurred_at=_said_at(message.created_at, means.now),
        body=body,
        body_hash=means.digest.of_json([TURN, body]),
        tokens=token_estimate(body["content"]),
        index=index,
    )


def _said_at(created_at: datetime, now: datetime) -> datetime | None:
    at = created_at if created_at.tzinfo else created_at.replace(tzinfo=UTC)
    return at if _EARLIEST <= at <= now + _AHEAD else None


def _body(message: ConversationMessage) -> dict[str, Any]:
    """A turn, and beside it what of the message a turn does not hold."""
    role: str = message.role
    own: dict[str, Any] = {"created_at": message.created_at.isoformat()}
    if role not in _ROLES:
        own["role"] = clean(role)
    if message.content is None:
        own["is_silent"] = True
    if message.tool_calls is not None:
        own["tool_calls"] = clean_json(message.tool_calls)
    if message.tool_call_id is not None:
        own["tool_call_id"] = clean(message.tool_call_id)
    return {
        "role": role if role in _ROLES else _OTHER,
        "content": clean(message.content or ""),
        _MESSAGE: own,
    }


def _messages(rows: Sequence[tuple[int, Any]]) -> list[tuple[int, ConversationMessage]]:
    """The messages that can be read; the others are logged and counted."""
    found, unreadable = [], 0
    for sequence, body in rows:
        try:
            found.append((sequence, _message(body)))
        except (KeyError, TypeError, ValueError, AttributeError):
            unreadable += 1
    if unreadable:
        _log.warning("messages that cannot be read were left out: %d", unreadable)
    return found


def _message(body: Mapping[str, Any]) -> ConversationMessage:
    own = body[_MESSAGE]
    return as_zeno(ConversationMessage)(
        role=cast("Role", own.get("role", body["role"])),
        content=None if own.get("is_silent") else body["content"],
        tool_calls=own.get("tool_calls"),
        tool_call_id=own.get("tool_call_id"),
        created_at=datetime.fromisoformat(own["created_at"]),
    )
