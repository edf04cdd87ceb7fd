"""The shapes of requests and answers about legal holds."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from nrem.wire.field import Id, no_nul
from nrem.wire.request import Strict

HoldKindName = Literal["org", "agent", "user", "memory"]


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("is blank; name the case")
    return value


class HoldIn(Strict):
    """What to hold, and for which case."""

    kind: HoldKindName
    # the caller's id of the agent or user, or a memory's id; left out for the org
    ref: Id | None = None
    reference: Annotated[
        str,
        Field(min_length=1, max_length=1_000),
        AfterValidator(no_nul),
        AfterValidator(_not_blank),
    ]

    @model_validator(mode="after")
    def _ref_fits_kind(self) -> Self:
        if (self.kind == "org") != (self.ref is None):
            raise ValueError("needs ref for an agent, a user or a memory, and none for the org")
        return self


class HoldQuery(Strict):
    """Which holds to list."""

    standing: bool | None = None
    limit: Annotated[int, Field(ge=1, le=1_000)] = 100
    # `next_cursor` of the page before
    cursor: Annotated[str, Field(max_length=64)] | None = None


class HoldOut(BaseModel):
    """A legal hold."""

    id: str
    kind: HoldKindName
    ref: str | None
    reference: str
    placed_at: datetime
    # null while it stands
    lifted_at: datetime | None


class HoldPage(BaseModel):
    """A page of holds, oldest first."""

    holds: list[HoldOut]
    next_cursor: str | None
