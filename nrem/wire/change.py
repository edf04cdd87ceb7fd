"""Changing a memory and looking back: the shapes of requests and answers.

A field that is left out, or null, stays as it is; null means something for a time to live only.
"""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from nrem.wire.field import (
    LaxContent,
    LaxSeconds,
    MemoryTypeName,
    Seconds,
    Share,
    TierName,
    Tree,
    VersionNumber,
)
from nrem.wire.request import Lax, MemoryIn, Strict

_MAX_BATCH = 1_000


class ChangeIn(Strict):
    """A change that needs no more than its name."""

    # the change is refused when the memory is at another version
    expected_version: VersionNumber | None = None


class EditIn(Lax):
    """What is to be different in a memory."""

    content: LaxContent | None = None
    # replaced as a whole
    metadata: Tree | None = None
    importance: Share | None = None
    # the same or a higher one
    tier: TierName | None = None
    # from now on; null: for ever
    ttl_seconds: LaxSeconds | None = None
    # as in `ChangeIn`
    expected_version: VersionNumber | None = None


class RestoreIn(ChangeIn):
    """A restore; a memory whose time to live is over needs a new one, or null for none."""

    ttl_seconds: Annotated[Seconds, Field(strict=True)] | None = None


class RollbackIn(Lax):
    """Which version the new one is to equal."""

    version: VersionNumber
    # as in `ChangeIn`
    expected_version: VersionNumber | None = None


class MemoryBatchIn(Lax):
    """Up to 1,000 statements to store at once, all or none."""

    memories: Annotated[list[MemoryIn], Field(min_length=1, max_length=_MAX_BATCH)]


class DiffQuery(Strict):
    """Two versions to compare."""

    before: Annotated[VersionNumber, Field(alias="from")]
    after: Annotated[VersionNumber, Field(alias="to")]


class VersionOut(BaseModel):
    """What a memory said, and from when until when."""

    id: str
    version: int
    content: str
    memory_type: MemoryTypeName
    # as given or scored, before fading
    importance_score: float
    metadata: dict[str, Any]
    pinned: bool
    occurred_at: datetime
    valid_from: datetime
    # null: it still is
    valid_to: datetime | None


class HistoryOut(BaseModel):
    """All versions of a memory, oldest first."""

    memory_id: str
    versions: list[VersionOut]
    total: int


class DifferenceOut(BaseModel):
    """A field of a version that is another in the other one."""

    field: str
    before: Any
    after: Any


class DiffOut(BaseModel):
    """What differs between two versions of a memory."""

    memory_id: str
    # named as in the query
    from_: Annotated[int, Field(serialization_alias="from")]
    to: int
    changes: list[DifferenceOut]
