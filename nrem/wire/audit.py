"""The shapes of requests and answers about the audit trail."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from nrem.wire.field import Id
from nrem.wire.request import Lax

_PageSize = Annotated[int, Field(ge=1, le=1_000)]


class AuditQuery(Lax):
    """Which entries to list; what is left out does not matter."""

    agent_id: Id | None = None
    user_id: Id | None = None
    memory_id: Id | None = None
    operation: Id | None = None
    # another name of it
    event_type: Id | None = None
    page: Annotated[int, Field(ge=1, le=2**31 - 1)] = 1
    page_size: _PageSize | None = None
    # another name of it
    limit: _PageSize | None = None


class AuditEntryOut(BaseModel):
    """Who did what, and when; never what it said."""

    # ascending within the org
    id: int
    operation: str
    event_type: str
    created_at: datetime
    timestamp: datetime
    # the callers' own ids, while the directory has them
    agent_id: str | None
    user_id: str | None
    memory_id: str | None
    memory_type: str | None
    ip_address: str | None
    # which key asked; it does not open anything
    key_id: str | None
    run_id: str | None
    details: dict[str, Any]


class AuditPage(BaseModel):
    """Entries, newest first; `total` counts all that the query asks for."""

    entries: list[AuditEntryOut]
    total: int
    page: int
    page_size: int
    has_next: bool
