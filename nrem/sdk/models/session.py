"""Sessions, conversations and their turns."""

from collections.abc import Sequence
from typing import Any

from pydantic import AliasChoices, Field

from nrem.sdk.instant import Timestamp
from nrem.sdk.models.shape import Items, Model


class Consolidation(Model):
    """How the hand-over of an ended session goes.

    waiting; done; failed, and will be tried again; parked, until an operator looks; undone.
    """

    state: str
    reason: str | None = None


class Observing(Model):
    """How observing an ended session goes.

    waiting; done; failed, and will be tried again; parked, until an operator looks.
    """

    state: str
    reason: str | None = None


class Session(Model):
    """A session, and where it stands: open, ended or consolidated."""

    session_id: str = Field(validation_alias=AliasChoices("session_id", "id"))
    agent_id: str
    started_at: Timestamp
    session_type: str = "conversation"
    metadata: dict[str, Any] = Field(default_factory=dict)
    user_id: str | None = None
    state: str = "open"
    ended_at: Timestamp | None = None
    turns: int = 0
    memories: int = 0
    observations: int = 0
    transitioned_count: int = 0
    run_id: str | None = None
    consolidation: Consolidation | None = None
    observing: Observing | None = None

    @property
    def id(self) -> str:
        """The session's id."""
        return self.session_id


class EndFacts(Model):
    """What the end of a session must tell."""

    session_id: str = Field(validation_alias=AliasChoices("session_id", "id"))
    agent_id: str | None = None
    ended_at: Timestamp | None = None
    transitioned_count: int
    run_id: str | None = None


class SessionEnd(dict[str, Any]):
    """What ending a session answered: a dict, with its facts as attributes."""

    def __init__(self, told: dict[str, Any]) -> None:
        """Raises: pydantic.ValidationError when a fact is missing."""
        super().__init__(told)
        self._facts = EndFacts.model_validate(told)

    @property
    def id(self) -> str:
        """The session's id."""
        return self._facts.session_id

    @property
    def session_id(self) -> str:
        """The session's id."""
        return self._facts.session_id

    @property
    def agent_id(self) -> str | None:
        """Whose session it was."""
        return self._facts.agent_id

    @property
    def ended_at(self) -> Timestamp | None:
        """When it ended."""
        return self._facts.ended_at

    @property
    def transitioned_count(self) -> int:
        """How many working memories were handed to consolidation."""
        return self._facts.transitioned_count

    @property
    def run_id(self) -> str | None:
        """The run that consolidated it, once there is one."""
        return self._facts.run_id


class Conversation(Model):
    """A conversation: numbered turns, each of them a memory."""

    id: str
    agent_id: str
    summary_cadence: int
    turn_count: int
    last_summary_turn: int
    created_at: Timestamp
    updated_at: Timestamp
    user_id: str | None = None
    title: str | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)

    @property
    def conversation_id(self) -> str:
        """The conversation's id."""
        return self.id


class TurnAddResponse(Model):
    """The place of a turn, and whether it is time for a summary."""

    turn_index: int
    needs_summary: bool


class Turn(Model):
    """One turn of a conversation."""

    memory_id: str
    turn_index: int
    turn_role: str
    # empty, once the memory is forgotten
    content: str
    created_at: Timestamp
    forgotten: bool = False


class TurnListResponse(Items[Turn]):
    """Turns in their order; `total` counts all of the conversation."""

    turns: list[Turn]
    total: int
    conversation_id: str

    def _items(self) -> Sequence[Turn]:
        return self.turns
