"""Calls that store memories, read them and change one of them."""

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from nrem.sdk._async.calls import AsyncCalls
from nrem.sdk.body import batch_body, listed
from nrem.sdk.instant import Moment, wire_moment
from nrem.sdk.models.memory import BatchStoreResponse, Memory, MemoryPage, Relationship
from nrem.sdk.request import given, read, write
from nrem.sdk.vocabulary import KEEP, Keep

_ONE = "/v1/memories/{}"


class AsyncMemoryCalls(AsyncCalls):
    """Storing, reading and changing memories."""

    async def store(
        self,
        *,
        agent_id: str,
        content: str,
        memory_type: str = "episodic",
        user_id: str | None = None,
        session_id: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        relationships: Iterable[Relationship | Mapping[str, Any]] | None = None,
        ttl_seconds: int | None = None,
        importance: float | None = None,
        tier: str | None = None,
        occurred_at: Moment | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> Memory:
        """Store a statement at once; it is recallable when this returns.

        `importance` is 0 to 1, else it is scored; `session_id` names an open session;
        `occurred_at` defaults to now. Whoever sends an `idempotency_key` again gets the same
        memory.

        Raises: Z3rnoError.
        """
        body = given(
            agent_id=agent_id,
            content=content,
            memory_type=memory_type,
            user_id=user_id,
            session_id=session_id,
            metadata=metadata,
            relationships=None if relationships is None else listed("relationships", relationships),
            ttl_seconds=ttl_seconds,
            importance=importance,
            tier=tier,
            occurred_at=None if occurred_at is None else wire_moment(occurred_at, "occurred_at"),
        )
        request = write("POST", "/v1/memories", body=body, key=idempotency_key, timeout=timeout)
        return await self._call(request, Memory)

    async def store_batch(
        self,
        *,
        agent_id: str,
        memories: Iterable[Mapping[str, Any]],
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> BatchStoreResponse:
        """Store 1 to 1,000 statements at once, all or none.

        Each is a mapping of what `store` takes; `agent_id` holds where it names none.

        Raises: Z3rnoError.
        """
        body = batch_body(agent_id, memories)
        request = write(
            "POST", "/v1/memories/batch", body=body, key=idempotency_key, timeout=timeout
        )
        return await self._call(request, BatchStoreResponse)

    async def get_memory(self, memory_id: str, *, timeout: float | None = None) -> Memory:
        """One memory as it stands now.

        Raises: Z3rnoError; NotFoundError also for a forgotten one.
        """
        return await self._call(read(_ONE, memory_id, timeout=timeout), Memory)

    async def list_memories(
        self,
        *,
        agent_id: str | None = None,
        user_id: str | None = None,
        session_id: str | None = None,
        memory_type: str | None = None,
        tier: str | None = None,
        state: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> MemoryPage:
        """A page of memories, oldest first; forgotten ones only when `state` asks for them.

        Raises: Z3rnoError.
        """
        query = {
            "agent_id": agent_id,
            "user_id": user_id,
            "session_id": session_id,
            "type": memory_type,
            "tier": tier,
            "state": state,
            "limit": limit,
            "cursor": cursor,
        }
        return await self._call(read("/v1/memories", query=query, timeout=timeout), MemoryPage)

    async def browse(
        self,
        *,
        agent_id: str | None = None,
        user_id: str | None = None,
        session_id: str | None = None,
        memory_type: str | None = None,
        tier: str | None = None,
        state: str | None = None,
        timeout: float | None = None,
    ) -> AsyncIterator[Memory]:
        """Every memory that `list_memories` would show, page after page.

        Raises: Z3rnoError.
        """
        cursor = None
        while True:
            page = await self.list_memories(
                agent_id=agent_id,
                user_id=user_id,
                session_id=session_id,
                memory_type=memory_type,
                tier=tier,
                state=state,
                limit=1_000,
                cursor=cursor,
                timeout=timeout,
            )
            for memory in page:
                yield memory
            cursor = page.next_cursor
            if cursor is None:
                return

    async def update_memory(
        self,
        memory_id: str,
        *,
        content: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        importance: float | None = None,
        tier: str | None = None,
        ttl_seconds: int | Keep | None = KEEP,
        expected_version: int | None = None,
        timeout: float | None = None,
    ) -> Memory:
        """Change what is given; a real change is one new version.

        `metadata` replaces the whole; `ttl_seconds` counts from now, None stands for ever.

        Raises: Z3rnoError; ConflictError when the memory is not at `expected_version`.
        """
        body = given(
            content=content,
            metadata=metadata,
            importance=importance,
            tier=tier,
            expected_version=expected_version,
        )
        if ttl_seconds is not KEEP:
            body["ttl_seconds"] = ttl_seconds
        return await self._call(write("PATCH", _ONE, memory_id, body=body, timeout=timeout), Memory)

    async def pin(
        self, memory_id: str, *, expected_version: int | None = None, timeout: float | None = None
    ) -> Memory:
        """Keep it: a pinned memory never fades and is never merged.

        Raises: Z3rnoError.
        """
        return await self._change(":pin", memory_id, expected_version, timeout)

    async def unpin(
        self, memory_id: str, *, expected_version: int | None = None, timeout: float | None = None
    ) -> Memory:
        """Undo a pin.

        Raises: Z3rnoError.
        """
        return await self._change(":unpin", memory_id, expected_version, timeout)

    async def archive(
        self, memory_id: str, *, expected_version: int | None = None, timeout: float | None = None
    ) -> Memory:
        """Take it out of recall; `restore` undoes it.

        Raises: Z3rnoError.
        """
        return await self._change(":archive", memory_id, expected_version, timeout)

    async def forget_memory(
        self, memory_id: str, *, expected_version: int | None = None, timeout: float | None = None
    ) -> Memory:
        """Forget one memory softly; `restore` undoes it until it is purged.

        Raises: Z3rnoError; ConflictError when the memory is not at `expected_version`.
        """
        return await self._change(":forget", memory_id, expected_version, timeout)

    async def restore(
        self,
        memory_id: str,
        *,
        ttl_seconds: int | Keep | None = KEEP,
        expected_version: int | None = None,
        timeout: float | None = None,
    ) -> Memory:
        """Make it live again; one whose time to live is over needs a new one, or None.

        Raises: Z3rnoError.
        """
        body = given(expected_version=expected_version)
        if ttl_seconds is not KEEP:
            body["ttl_seconds"] = ttl_seconds
        request = write("POST", _ONE + ":restore", memory_id, body=body, timeout=timeout)
        return await self._call(request, Memory)

    async def rollback(
        self,
        memory_id: str,
        *,
        version: int,
        expected_version: int | None = None,
        timeout: float | None = None,
    ) -> Memory:
        """Write a new version that equals an earlier one.

        Raises: Z3rnoError; NotFoundError when there is no such version.
        """
        body = given(version=version, expected_version=expected_version)
        request = write("POST", _ONE + "/rollback", memory_id, body=body, timeout=timeout)
        return await self._call(request, Memory)

    async def _change(
        self, verb: str, memory_id: str, expected_version: int | None, timeout: float | None
    ) -> Memory:
        body = given(expected_version=expected_version)
        request = write("POST", _ONE + verb, memory_id, body=body, timeout=timeout)
        return await self._call(request, Memory)
