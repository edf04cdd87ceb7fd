"""Calls that recall: at once, one result after the other, and as the server finds them."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from nrem.sdk._async.calls import AsyncCalls
from nrem.sdk.body import recall_body
from nrem.sdk.instant import Moment, TimeRange
from nrem.sdk.models.recall import RecallResponse, RecallResult
from nrem.sdk.request import ask


class AsyncRecallCalls(AsyncCalls):
    """Recall in its three forms."""

    async def recall(
        self,
        *,
        agent_id: str,
        query: str | None = None,
        memory_type: str | None = None,
        metadata_filter: Mapping[str, Any] | None = None,
        filters: Mapping[str, Any] | None = None,
        user_id: str | None = None,
        session_id: str | None = None,
        conversation_id: str | None = None,
        top_k: int = 10,
        similarity_threshold: float = 0.0,
        time_range: TimeRange | None = None,
        as_of: Moment | None = None,
        true_at: Moment | None = None,
        graph_depth: int = 1,
        strategy: str = "AUTO",
        rerank: bool = False,
        include_turns: bool = True,
        include_deleted: bool = False,
        turn_id: str | None = None,
        timeout: float | None = None,
    ) -> RecallResponse:
        """What answers the query best; without one, what is newest. It is read as a list.

        `time_range` is about when things happened: {"start": …, "end": …}, a pair or one day.
        `as_of` asks what was believed then, `true_at` what was true then; a date alone is the end
        of that UTC day. `graph_depth` follows so many edges from each result: 0 for none.
        `filters` is another name of `metadata_filter`.

        Raises: Z3rnoError.
        """
        body = recall_body(
            agent_id=agent_id,
            query=query,
            memory_type=memory_type,
            metadata_filter=metadata_filter,
            filters=filters,
            user_id=user_id,
            session_id=session_id,
            conversation_id=conversation_id,
            top_k=top_k,
            similarity_threshold=similarity_threshold,
            time_range=time_range,
            as_of=as_of,
            true_at=true_at,
            graph_depth=graph_depth,
            strategy=strategy,
            rerank=rerank,
            include_turns=include_turns,
            include_deleted=include_deleted,
            turn_id=turn_id,
        )
        return await self._call(ask("/v1/memories/recall", body, timeout=timeout), RecallResponse)

    async def recall_stream(
        self,
        *,
        agent_id: str,
        query: str | None = None,
        memory_type: str | None = None,
        metadata_filter: Mapping[str, Any] | None = None,
        filters: Mapping[str, Any] | None = None,
        user_id: str | None = None,
        session_id: str | None = None,
        conversation_id: str | None = None,
        top_k: int = 10,
        similarity_threshold: float = 0.0,
        time_range: TimeRange | None = None,
        as_of: Moment | None = None,
        true_at: Moment | None = None,
        graph_depth: int = 1,
        strategy: str = "AUTO",
        rerank: bool = False,
        include_turns: bool = True,
        include_deleted: bool = False,
        turn_id: str | None = None,
        timeout: float | None = None,
    ) -> AsyncIterator[RecallResult]:
        """The results of `recall`, one after the other.

        Raises: Z3rnoError.
        """
        found = await self.recall(
            agent_id=agent_id,
            query=query,
            memory_type=memory_type,
            metadata_filter=metadata_filter,
            filters=filters,
            user_id=user_id,
            session_id=session_id,
            conversation_id=conversation_id,
            top_k=top_k,
            similarity_threshold=similarity_threshold,
            time_range=time_range,
            as_of=as_of,
            true_at=true_at,
            graph_depth=graph_depth,
            strategy=strategy,
            rerank=rerank,
            include_turns=include_turns,
            include_deleted=include_deleted,
            turn_id=turn_id,
            timeout=timeout,
        )
        for result in found:
            yield result

    async def recall_stream_sse(
        self,
        *,
        agent_id: str,
        query: str | None = None,
        memory_type: str | None = None,
        metadata_filter: Mapping[str, Any] | None = None,
        filters: Mapping[str, Any] | None = None,
        user_id: str | None = None,
        session_id: str | None = None,
        conversation_id: str | None = None,
        top_k: int = 10,
        similarity_threshold: float = 0.0,
        time_range: TimeRange | None = None,
        as_of: Moment | None = None,
        true_at: Moment | None = None,
        graph_depth: int = 1,
        strategy: str = "AUTO",
        rerank: bool = False,
        include_turns: bool = True,
        include_deleted: bool = False,
        turn_id: str | None = None,
        timeout: float | None = None,
    ) -> AsyncIterator[dict[str, Any]]:
        """What the server tells while it recalls: dicts of `event` and `data`, the last is `done`.

        Each `step` is one look, `results` holds what `recall` answers, `error` says why there are
        none.

        Raises: Z3rnoError; ConnectionError when the stream breaks off.
        """
        body = recall_body(
            agent_id=agent_id,
            query=query,
            memory_type=memory_type,
            metadata_filter=metadata_filter,
            filters=filters,
            user_id=user_id,
            session_id=session_id,
            conversation_id=conversation_id,
            top_k=top_k,
            similarity_threshold=similarity_threshold,
            time_range=time_range,
            as_of=as_of,
            true_at=true_at,
            graph_depth=graph_depth,
            strategy=strategy,
            rerank=rerank,
            include_turns=include_turns,
            include_deleted=include_deleted,
            turn_id=turn_id,
        )
        request = ask("/v1/memories/recall/stream", body, timeout=timeout)
        async for event in self._transport.events(request, self._door()):
            yield event
