"""Events: what may be appended, and where it went. `append` stores them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

TURN: Final = "turn"
MEMORY: Final = "memory"
ACCESS: Final = "access"
# What somebody else noted of a person, of no message that is stored.
OBSERVATION: Final = "observation"
SESSION_START: Final = "session.start"
SESSION_END: Final = "session.end"


class Binding(StrEnum):
    """How an event is bound to the session whose id it brings."""

    # opens one that is not there; refused by one that has ended
    OPENS = "opens"
    # as a field says: refused unless it is there, open, and of the same agent and user
    NAMED = "named"
    # as metadata says: opens one that is not there; goes without one that cannot take it
    MENTIONED = "mentioned"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """A valid event that is not stored yet; `body` holds what a person said."""

    kind: str
    agent: str
    user: str | None = None
    session: str | None = None
    binding: Binding = Binding.OPENS
    thread: str | None = None
    occurred_at: datetime | None = None
    body: Mapping[str, Any] = field(default_factory=dict)
    body_hash: bytes
    idem_key: bytes | None = None
    tokens: int = 0
    # the place in the caller's batch, for errors
    index: int = 0
    # what the turn named by an access event is known by
    turn_key: bytes | None = None
    # a direct store becomes a memory in the same transaction, so nothing is queued for it
    is_stored_now: bool = False

    @property
    def is_working(self) -> bool:
        """Whether consolidation will want it as a working memory."""
        return self.kind == MEMORY and self.body.get("memory_type") == "working"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """Where an event went; a duplicate names the event that was accepted first."""

    event_id: int
    is_duplicate: bool
    agent_id: int = 0
    user_id: int | None = None
    subject_id: int = 0
    session_id: int | None = None
    occurred_at: datetime | None = None
