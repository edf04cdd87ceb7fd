"""The shapes of requests and answers about edges between memories."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from nrem.wire.field import AsOf, Id, RelationshipType
from nrem.wire.request import Strict


class RelationshipQuery(Strict):
    """Which edges of a memory to list; what is left out does not matter."""

    direction: Literal["out", "in", "both"] = "both"
    type: RelationshipType | None = None
    # that stood then: an instant with its offset, or a day (its end in UTC)
    as_of: AsOf | None = None
    limit: Annotated[int, Field(ge=1, le=1_000)] = 1_000
    # `next_cursor` of the page before
    cursor: Annotated[str, Field(max_length=64)] | None = None


class RelationshipEndQuery(Strict):
    """Which edge of a memory to end, by where it leads."""

    target_memory_id: Id
    relationship_type: RelationshipType


class RelationshipOut(BaseModel):
    """An edge between two memories."""

    id: str
    source_memory_id: str
    target_memory_id: str
    relationship_type: str
    weight: float
    metadata: dict[str, Any]
    # the pass that drew it; null: a caller
    drawn_by: str | None
    run_id: str | None
    valid_from: datetime
    # null: it stands
    valid_to: datetime | None


class RelationshipsOut(BaseModel):
    """Edges of a memory, oldest first."""

    relationships: list[RelationshipOut]
    next_cursor: str | None
