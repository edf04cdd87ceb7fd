"""Calls about conversations and their turns."""

from collections.abc import Mapping
from typing import Any

from nrem.sdk._async.calls import AsyncCalls
from nrem.sdk.models.session import Conversation, TurnAddResponse, TurnListResponse
from nrem.sdk.request import given, read, write

_ONE = "/v1/conversations/{}"


class AsyncConversationCalls(AsyncCalls):
    """Conversations: numbered turns, each of them a memory."""

    async def create_conversation(
        self,
        *,
        agent_id: str,
        user_id: str | None = None,
        title: str | None = None,
        summary_cadence: int = 10,
        metadata: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> Conversation:
        """Begin a conversation; after `summary_cadence` turns a summary is asked for.

        Raises: Z3rnoError.
        """
        body = given(
            agent_id=agent_id,
            user_id=user_id,
            title=title,
            summary_cadence=summary_cadence,
            metadata=metadata,
        )
        request = write(
            "POST", "/v1/conversations", body=body, key=idempotency_key, timeout=timeout
        )
        return await self._call(request, Conversation)

    async def get_conversation(
        self, conversation_id: str, *, timeout: float | None = None
    ) -> Conversation:
        """One conversation.

        Raises: Z3rnoError.
        """
        return await self._call(read(_ONE, conversation_id, timeout=timeout), Conversation)

    async def add_turn(
        self,
        conversation_id: str,
        *,
        memory_id: str,
        turn_role: str,
        timeout: float | None = None,
    ) -> TurnAddResponse:
        """Append a memory as a turn; one that is there already keeps its place.

        Raises: Z3rnoError; ConflictError for a memory of another conversation.
        """
        body = given(memory_id=memory_id, turn_role=turn_role)
        request = write("POST", _ONE + "/turns", conversation_id, body=body, timeout=timeout)
        return await self._call(request, TurnAddResponse)

    async def list_turns(
        self,
        conversation_id: str,
        *,
        after_turn: int | None = None,
        limit: int = 50,
        timeout: float | None = None,
    ) -> TurnListResponse:
        """Turns in their order, from the one after `after_turn` on.

        Raises: Z3rnoError.
        """
        query = {"after_turn": after_turn, "limit": limit}
        request = read(_ONE + "/turns", conversation_id, query=query, timeout=timeout)
        return await self._call(request, TurnListResponse)

    async def delete_conversation(
        self, conversation_id: str, *, timeout: float | None = None
    ) -> None:
        """End a conversation; its turns stay recallable as memories. Repeats change nothing.

        Raises: Z3rnoError.
        """
        await self._send(write("DELETE", _ONE, conversation_id, timeout=timeout))
