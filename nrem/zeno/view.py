"""Handles on the stores for one turn: what a tool may see, with user, thread and agent bound.

They have the fields and verbs of zeno-memory's own, for programs without it. A tool that holds one
cannot name another user.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nrem.zeno.conversation import ConversationStore
from nrem.zeno.knowledge import KnowledgeStore
from nrem.zeno.observation import ObservationStore
from nrem.zeno.record import (
    ConversationMessage,
    MemoryHit,
    Observation,
    SessionRecord,
    Tier,
    WorkingMemoryRecord,
)
from nrem.zeno.session import SessionStore
from nrem.zeno.user_memory import UserMemoryStore
from nrem.zeno.working_memory import WorkingMemoryStore


@dataclass(frozen=True, slots=True)
class UserMemoryView:
    """What is remembered of the user."""

    _store: UserMemoryStore
    _user_id: str

    async def search(self, query: str, k: int = 5) -> list[MemoryHit]:
        """The k best memories for a question."""
        return await self._store.search(self._user_id, query, k)

    async def add(
        self, text: str, meta: dict[str, Any] | None = None, *, tier: Tier = "long"
    ) -> None:
        """Remember a text."""
        await self._store.add(self._user_id, text, meta, tier=tier)


@dataclass(frozen=True, slots=True)
class KnowledgeView:
    """What the user's documents say."""

    _store: KnowledgeStore
    _user_id: str

    async def search(self, query: str, k: int = 5) -> list[MemoryHit]:
        """The k best pieces for a question."""
        return await self._store.search(self._user_id, query, k)

    async def add(self, text: str, meta: dict[str, Any] | None = None) -> None:
        """Keep a piece."""
        await self._store.add(self._user_id, text, meta)


@dataclass(frozen=True, slots=True)
class SessionHandle:
    """The session of the turn."""

    _store: SessionStore
    _user_id: str
    _channel: str
    _thread_key: str | None

    async def current(self) -> SessionRecord | None:
        """The session, or None when there is none."""
        return await self._store.get(self._user_id, self._channel, self._thread_key)

    async def update_summary(self, summary: str) -> None:
        """Say what the session is about; without a session nothing is done."""
        record = await self.current()
        if record is not None:
            await self._store.touch(record, summary=summary)


@dataclass(frozen=True, slots=True)
class ConversationHandle:
    """The messages of the turn's thread."""

    _store: ConversationStore
    _user_id: str
    _thread_key: str | None

    async def load(self) -> list[ConversationMessage]:
        """The messages so far."""
        return await self._store.load(user_id=self._user_id, thread_key=self._thread_key)

    async def append(self, messages: Sequence[ConversationMessage]) -> None:
        """Add messages."""
        await self._store.append(
            user_id=self._user_id, thread_key=self._thread_key, messages=messages
        )

    async def clear(self) -> None:
        """Begin anew."""
        await self._store.clear(user_id=self._user_id, thread_key=self._thread_key)


@dataclass(frozen=True, slots=True)
class WorkingMemoryView:
    """The card that the agent keeps of the user."""

    _store: WorkingMemoryStore
    _user_id: str
    _agent_id: str

    async def get(self) -> dict[str, WorkingMemoryRecord]:
        """The fields by name."""
        return await self._store.get(self._user_id, self._agent_id)

    async def update(self, patch: dict[str, str]) -> None:
        """Write fields; "" takes one away."""
        await self._store.update(self._user_id, self._agent_id, patch)

    async def clear(self) -> None:
        """Take every field away."""
        await self._store.clear(self._user_id, self._agent_id)


@dataclass(frozen=True, slots=True)
class ObservationView:
    """What the agent has noted of the user; to read only."""

    _store: ObservationStore
    _user_id: str
    _agent_id: str

    async def list_active(self) -> list[Observation]:
        """The observations that are not archived."""
        return await self._store.list_active(self._user_id, self._agent_id)


@dataclass(frozen=True, slots=True)
class MemoryView:
    """All handles of a turn."""

    user: UserMemoryView
    knowledge: KnowledgeView
    session: SessionHandle
    conversation: ConversationHandle
    working_memory: WorkingMemoryView
    observation_log: ObservationView
