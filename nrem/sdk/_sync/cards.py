# Made from nrem/sdk/_async by `python -m tests.sdk.halves`; do not edit.
"""Calls about cards: what an agent keeps in mind of a person."""

from collections.abc import Mapping
from typing import Any

import pydantic

from nrem.sdk._sync.calls import Calls
from nrem.sdk.body import schema_body
from nrem.sdk.instant import Moment
from nrem.sdk.models.card import Card, CardHistory, CardSchema
from nrem.sdk.request import given, read, write

_SCHEMA = "/v1/agents/{}/card-schema"
_CARD = "/v1/cards/{}/{}"


class CardCalls(Calls):
    """Cards, their schemas and their past."""

    def set_card_schema(
        self,
        *,
        agent_id: str,
        schema: type[pydantic.BaseModel] | Mapping[str, Any],
        timeout: float | None = None,
    ) -> CardSchema:
        """Say which fields the agent's cards have: a model of texts, or a flat JSON schema.

        A field that is left out stays stored, and is not shown.

        Raises: Z3rnoError.
        """
        request = write("PUT", _SCHEMA, agent_id, body=schema_body(schema), timeout=timeout)
        return self._call(request, CardSchema)

    def get_card_schema(self, *, agent_id: str, timeout: float | None = None) -> CardSchema:
        """The fields that the agent's cards have.

        Raises: Z3rnoError; NotFoundError when it has none.
        """
        return self._call(read(_SCHEMA, agent_id, timeout=timeout), CardSchema)

    def get_card(
        self,
        *,
        agent_id: str,
        user_id: str,
        as_of: Moment | None = None,
        timeout: float | None = None,
    ) -> Card:
        """What the agent keeps in mind of the person, now or as it was.

        Raises: Z3rnoError; NotFoundError when the agent's cards have no schema.
        """
        query = {"as_of": as_of}
        return self._call(read(_CARD, agent_id, user_id, query=query, timeout=timeout), Card)

    def update_card(
        self,
        *,
        agent_id: str,
        user_id: str,
        fields: Mapping[str, str | None],
        expected_version: int | None = None,
        timeout: float | None = None,
    ) -> Card:
        """Write fields: an empty text clears one, None leaves it as it is.

        Raises: Z3rnoError; ConflictError when the card has another version, ValidationError for a
            field that the schema does not name; nothing is written then.
        """
        body = given(fields=fields, expected_version=expected_version)
        request = write("PATCH", _CARD, agent_id, user_id, body=body, timeout=timeout)
        return self._call(request, Card)

    def clear_card(
        self,
        *,
        agent_id: str,
        user_id: str,
        expected_version: int | None = None,
        timeout: float | None = None,
    ) -> Card:
        """Clear every field; what was stays in the history.

        Raises: Z3rnoError; ConflictError when the card has another version.
        """
        request = write(
            "DELETE",
            _CARD,
            agent_id,
            user_id,
            expected_version=expected_version,
            timeout=timeout,
        )
        return self._call(request, Card)

    def card_history(
        self, *, agent_id: str, user_id: str, timeout: float | None = None
    ) -> CardHistory:
        """Every value that the card had, the newest first; 1,000 at most.

        Raises: Z3rnoError.
        """
        request = read(_CARD + "/history", agent_id, user_id, timeout=timeout)
        return self._call(request, CardHistory)
