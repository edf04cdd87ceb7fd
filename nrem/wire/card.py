"""The shapes of requests and answers about cards, and about renaming an agent."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field

from nrem.policy.card import MAX_FIELDS, MAX_VALUE
from nrem.wire.field import AsOf, Id, Tree, no_nul
from nrem.wire.request import Strict

_Value = Annotated[str, Field(max_length=MAX_VALUE), AfterValidator(no_nul)]
_Name = Annotated[str, Field(min_length=1, max_length=64)]


class CardSchemaIn(Strict):
    """A flat JSON schema whose properties are texts."""

    # its own reader says what is wrong with it
    json_schema: Annotated[Tree, Field(alias="schema")]


class CardSchemaOut(BaseModel):
    """The schema of an agent's cards, its fields in the order declared."""

    agent_id: str
    version: int
    set_at: datetime
    json_schema: Annotated[dict[str, Any], Field(serialization_alias="schema")]


class CardPatchIn(Strict):
    """Fields to write: "" clears, null leaves as it is."""

    fields: Annotated[dict[_Name, _Value | None], Field(max_length=MAX_FIELDS)]
    # write only if the card is at this version
    expected_version: Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)] | None = None


class CardQuery(Strict):
    """When."""

    # as it was then: an instant with its offset, or a day (its end in UTC)
    as_of: AsOf | None = None


class CardFieldOut(BaseModel):
    """A field of the schema; null is one that nobody knows."""

    value: str | None
    updated_at: datetime | None


class CardOut(BaseModel):
    """A card: every field of the schema, in the order declared."""

    agent_id: str
    user_id: str
    # 0: nothing was ever written
    version: int
    updated_at: datetime | None
    fields: dict[str, CardFieldOut]
    # names of the fields that a patch or a deletion changed
    changed: list[str] = Field(default_factory=list)


class PastValueOut(BaseModel):
    """A value and how long it held; null: it holds still."""

    field: str
    value: str
    version: int
    valid_from: datetime
    valid_to: datetime | None


class CardHistoryOut(BaseModel):
    """What a card said, the newest first."""

    values: list[PastValueOut]


class RenameIn(Strict):
    """What an agent is called, and what it is to be called."""

    old: Id
    new: Id


class RenameOut(BaseModel):
    """What an agent was called, and is called now."""

    old: str
    new: str
