"""The shapes of requests and answers about erasures."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, model_validator

from nrem.wire.field import Id
from nrem.wire.request import Strict

ErasureKind = Literal["user", "agent", "session", "memory", "org"]
ErasureState = Literal[
    "requested",
    "previewed",
    "confirmed",
    "fenced",
    "keys_destroyed",
    "deleted",
    "derived",
    "rewritten",
    "scanned",
    "certified",
    "cancelled",
    "failed",
]


class ErasureIn(Strict):
    """What to erase."""

    kind: ErasureKind
    # the caller's id of the user, agent or session, or a memory's id; left out for the org
    ref: Id | None = None

    @model_validator(mode="after")
    def _ref_fits_kind(self) -> Self:
        if (self.kind == "org") != (self.ref is None):
            raise ValueError("needs ref for all but the org, and none for the org")
        return self


class ErasureConfirmIn(Strict):
    """Which preview is meant."""

    # as the preview says it, in hexadecimal digits
    preview_hash: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]


class ErasureAccepted(BaseModel):
    """An erasure that was asked for."""

    erasure_id: str
    state: ErasureState


class ErasureOut(BaseModel):
    """How far an erasure has come. Counts are rows by table; nobody is named."""

    erasure_id: str
    kind: ErasureKind
    # keyed digest of what it is about: all that is left to say who
    target_hash: str
    state: ErasureState
    # what has been reached of one that failed
    reached: ErasureState
    # the last step that was done, of those in the documentation
    step: str | None
    requested_at: datetime
    due_by: datetime
    # how long it has waited, or `overdue`
    warning: str | None
    # 0..1: the share of the rows that are deleted
    progress: float
    # what there was when nothing more could be written
    manifest: dict[str, int]
    deleted: dict[str, int]
    # what was found afterwards, of the same
    measured: dict[str, int]
    # what was looked for afterwards, and found: counts
    scan: dict[str, Any]
    # when each state was reached
    instants: dict[str, datetime]
    error: str | None


class ErasurePreviewOut(BaseModel):
    """What would go."""

    erasure_id: str
    state: ErasureState
    # confirm with this
    preview_hash: str
    # rows by table
    tables: dict[str, int]
    # memories of others that came only from what goes: deleted
    derived: int
    # memories of others that came also from what stays: deleted; and how many are made anew of that
    mixed: int
    remade: int
    # memories of others that stay, with a source less
    loosened: int
    # memories of others under a legal hold: as long as there are any, nothing is erased
    held: int
    # rows of others that say the id of the target; they stay, whoever reviews them decides
    mentions: dict[str, int]
