"""What an agent keeps in mind of people, and the fields that it has for it."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from nrem.sdk.instant import Timestamp
from nrem.sdk.models.shape import Items, Model


class CardSchema(Model):
    """The fields of an agent's cards, in the order declared."""

    agent_id: str
    version: int
    set_at: Timestamp
    json_schema: dict[str, Any] = Field(alias="schema")


class CardField(Model):
    """What a field says; None: nobody knows."""

    value: str | None = None
    updated_at: Timestamp | None = None


class Card(Model):
    """What an agent keeps in mind of a person: every field of the schema, known or not."""

    agent_id: str
    user_id: str
    # 0: nothing was ever written
    version: int
    fields: dict[str, CardField]
    updated_at: Timestamp | None = None
    # names of the fields that this write changed
    changed: list[str] = Field(default_factory=list)

    @property
    def values(self) -> Mapping[str, str]:
        """The fields that are known, each with its text."""
        return {name: one.value for name, one in self.fields.items() if one.value is not None}


class PastValue(Model):
    """A value that a field had, and how long; `valid_to` is None while it has it."""

    field: str
    value: str
    version: int
    valid_from: Timestamp
    valid_to: Timestamp | None = None


class CardHistory(Items[PastValue]):
    """What a card said, the newest first."""

    values: list[PastValue]

    def _items(self) -> Sequence[PastValue]:
        return self.values


class RenamedAgent(Model):
    """What an agent was called, and is called now."""

    old: str
    new: str
