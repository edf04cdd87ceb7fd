"""What an import carries over: memories, edges and conversations as another system had them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A memory: its first version as `Client.store` takes it, and what changed afterwards."""

    source_id: str
    first: Mapping[str, Any]
    # as `Client.update_memory` takes them, oldest first
    later: tuple[Mapping[str, Any], ...] = ()
    expires_at: datetime | None = None
    is_pinned: bool = False
    uses: int = 0
    last_used: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A relationship between two of the memories, by their ids there."""

    source: str
    target: str
    kind: str
    weight: float = 1.0
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def source_id(self) -> str:
        """What it is known by: there is one of each type between two memories."""
        return f"{self.source} {self.kind} {self.target}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A conversation as `Client.create_conversation` takes it, and its turns in their order."""

    source_id: str
    fields: Mapping[str, Any]
    # memory and role of each
    turns: tuple[tuple[str, str], ...]


class Source(Protocol):
    """Where an import reads."""

    # of what was read, for the keys under which it is written; the same for the same source
    name: str

    def memories(self) -> Iterator[Statement]:
        """Memories, oldest first."""

    def edges(self) -> Iterator[Edge]:
        """Relationships between them."""

    def talks(self) -> Iterator[Talk]:
        """Conversations of them."""

    def total(self) -> int:
        """How many memories, relationships and conversations there are."""

    def left_out(self) -> Mapping[str, int]:
        """What is there and cannot be carried, by its kind."""
