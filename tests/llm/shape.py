"""An order for tests that need any."""

from typing import Any

from pydantic import BaseModel

from nrem.llm.order import Order


class Words(BaseModel):
    words: list[str]


def order(content: str, **given: Any) -> Order[Words]:  # noqa: ANN401
    """A request with this content."""
    return Order(
        **{
            "duty": "promote",
            "model": "claude-haiku-5-5",
            "system": "Name the words.",
            "content": content,
            "shape": Words,
            "schema": Words.model_json_schema(),
            "max_tokens": 300,
            "effort": None,
            "prompt_hash": b"0" * 16,
            **given,
        }
    )
