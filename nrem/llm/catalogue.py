"""Which model is asked for which duty, and how much it may say."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from nrem.llm.anthropic import schema_of
from nrem.llm.order import Order, Shape
from nrem.llm.prompt import prompt

_schema = cache(schema_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Which model does which duty, and how it is asked."""

    models: Mapping[str, str]
    max_tokens: int
    effort: str | None

    def order(self, duty: str, shape: type[Shape], content: str, **more: Any) -> Order[Shape]:  # noqa: ANN401 - fields of Order
        """The request for a duty."""
        told, schema = prompt(duty), _schema(shape)
        return Order(
            duty=duty,
            model=self.models[duty],
            system=told.text,
            content=content,
            shape=shape,
            schema=schema,
            max_tokens=self.max_tokens,
            effort=self.effort,
            prompt_hash=told.digest(schema),
            **more,
        )
