"""Runs of passes, what they would do, how they are undone; and legal holds."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from nrem.sdk.instant import Timestamp
from nrem.sdk.models.shape import Items, Model


class RunRequested(Model):
    """A run that was asked for; its row will have this cause."""

    pass_name: str = Field(alias="pass")
    cause: str
    status: str = "due"


class Run(Model):
    """One execution of a pass for the org."""

    id: str
    pass_name: str = Field(alias="pass")
    cause: str
    task_id: str | None = None
    read: int
    proposed: int
    changed: int
    outcome: str
    reason: str | None = None
    started_at: Timestamp
    finished_at: Timestamp
    duration_ms: float | None = None
    engine: str | None = None
    detail: dict[str, Any] = Field(default_factory=dict)
    reverted_at: Timestamp | None = None
    reverted_by: str | None = None
    reverts: str | None = None


class RunPage(Items[Run]):
    """A page of runs, newest first."""

    runs: list[Run]
    next_cursor: str | None = None

    def _items(self) -> Sequence[Run]:
        return self.runs


class RunChange(Model):
    """What a run did to one memory."""

    memory_id: str
    what: str
    version_before: int | None = None
    version_after: int
    content_before: str | None = None
    content_after: str | None = None
    before: dict[str, Any] = Field(default_factory=dict)
    after: dict[str, Any] = Field(default_factory=dict)


class RunShown(Run):
    """One run with what it did to each memory."""

    changes: list[RunChange]


class Kept(Model):
    """Something that was not undone, and why."""

    memory_id: str
    field: str | None = None
    reason: str
    run_id: str | None = None


class Reverted(Model):
    """What undoing a run did: `reverted` counts by what the run had done."""

    run_id: str
    reverted_by: str
    reverted: dict[str, int]
    kept: list[Kept]
    dependents: list[str]
    already: bool


class ChangeLine(Model):
    """One line of a diff: what a thing was, and what it is to be."""

    kind: str
    id: str | int | None = None
    name: str | None = None
    before: str | None = None
    after: str
    reason: str | None = None
    evidence: list[str] = Field(default_factory=list)


class Preview(Items[ChangeLine]):
    """What a pass would do, and how far its approval is; read as a list it is its changes."""

    preview_id: str
    pass_name: str = Field(alias="pass")
    state: str
    read: int
    proposed: int
    changes: list[ChangeLine]
    outcome: str | None = None
    reason: str | None = None
    run_ids: list[str] = Field(default_factory=list)
    expires_at: Timestamp

    @property
    def id(self) -> str:
        """The preview's id."""
        return self.preview_id

    def _items(self) -> Sequence[ChangeLine]:
        return self.changes


class Hold(Model):
    """A legal hold; `lifted_at` is None while it stands."""

    id: str
    kind: str
    ref: str | None = None
    reference: str
    placed_at: Timestamp
    lifted_at: Timestamp | None = None


class HoldPage(Items[Hold]):
    """A page of holds, oldest first."""

    holds: list[Hold]
    next_cursor: str | None = None

    def _items(self) -> Sequence[Hold]:
        return self.holds
