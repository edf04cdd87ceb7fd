# Made from nrem/sdk/_async by `python -m tests.sdk.halves`; do not edit.
"""Calls that look back at one memory, explain it and follow its edges."""

from collections.abc import Mapping
from typing import Any

from nrem.sdk._sync.calls import Calls
from nrem.sdk.instant import Moment, wire_moment
from nrem.sdk.models.event import Explanation, PromotionExplanation
from nrem.sdk.models.memory import Diff, Edge, EdgePage, MemoryHistoryResponse
from nrem.sdk.request import given, read, write

_EDGES = "/v1/memories/{}/relationships"


class HistoryCalls(Calls):
    """Versions, explanations and edges of a memory."""

    def history(self, memory_id: str, *, timeout: float | None = None) -> MemoryHistoryResponse:
        """All versions, oldest first; also of a forgotten memory, until it is purged.

        Raises: Z3rnoError.
        """
        request = read("/v1/memories/{}/history", memory_id, timeout=timeout)
        return self._call(request, MemoryHistoryResponse)

    def get_memory_history(
        self, memory_id: str, *, timeout: float | None = None
    ) -> MemoryHistoryResponse:
        """The same as `history`.

        Raises: Z3rnoError.
        """
        return self.history(memory_id, timeout=timeout)

    def diff(
        self, memory_id: str, *, before: int, after: int, timeout: float | None = None
    ) -> Diff:
        """What differs between two versions, in either order.

        Raises: Z3rnoError.
        """
        query = {"from": before, "to": after}
        request = read("/v1/memories/{}/diff", memory_id, query=query, timeout=timeout)
        return self._call(request, Diff)

    def explain(self, memory_id: str, *, timeout: float | None = None) -> Explanation:
        """What the importance is made of, how it fades, what was passed and what will come.

        Raises: Z3rnoError.
        """
        request = read("/v1/memories/{}/explain", memory_id, timeout=timeout)
        return self._call(request, Explanation)

    def promote_explain(
        self, memory_id: str, *, timeout: float | None = None
    ) -> PromotionExplanation:
        """Why it is promoted or not, and what is missing.

        Raises: Z3rnoError.
        """
        request = read("/v1/memories/{}/promote-explain", memory_id, timeout=timeout)
        return self._call(request, PromotionExplanation)

    def list_relationships(
        self,
        memory_id: str,
        *,
        direction: str = "both",
        relationship_type: str | None = None,
        as_of: Moment | None = None,
        limit: int = 1_000,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> EdgePage:
        """Edges that stand, or stood at `as_of`, oldest first; `direction` is out, in or both.

        Raises: Z3rnoError.
        """
        query = {
            "direction": direction,
            "type": relationship_type,
            "as_of": None if as_of is None else wire_moment(as_of, "as_of"),
            "limit": limit,
            "cursor": cursor,
        }
        return self._call(read(_EDGES, memory_id, query=query, timeout=timeout), EdgePage)

    def add_relationship(
        self,
        memory_id: str,
        *,
        target_memory_id: str,
        relationship_type: str,
        weight: float = 1.0,
        metadata: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> Edge:
        """Draw an edge to another memory; one that stands already is answered as it is.

        Raises: Z3rnoError.
        """
        body = given(
            target_memory_id=target_memory_id,
            relationship_type=relationship_type,
            weight=weight,
            metadata=metadata,
        )
        return self._call(write("POST", _EDGES, memory_id, body=body, timeout=timeout), Edge)

    def remove_relationship(
        self, memory_id: str, relationship_id: str, *, timeout: float | None = None
    ) -> None:
        """End an edge from the memory or to it; it stays in the past. Repeats change nothing.

        Raises: Z3rnoError.
        """
        route = _EDGES + "/{}"
        request = write("DELETE", route, memory_id, relationship_id, timeout=timeout)
        self._send(request)

    def remove_relationship_to(
        self,
        memory_id: str,
        *,
        target_memory_id: str,
        relationship_type: str,
        timeout: float | None = None,
    ) -> None:
        """End the edge of a type to another memory. Repeats change nothing.

        Raises: Z3rnoError.
        """
        query = {"target_memory_id": target_memory_id, "relationship_type": relationship_type}
        request = write("DELETE", _EDGES, memory_id, query=query, timeout=timeout)
        self._send(request)
