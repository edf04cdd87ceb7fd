"""What is asked of a paid model and what came of it: the values between duties, ledger and adapter.

An order is a whole request: the same order is the same request, byte for byte, so its digest names
it in the ledger. What people said is in `content` only, as JSON.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from nrem.errors import ReplyError
from nrem.policy.price import Usage

Shape = TypeVar("Shape", bound=BaseModel)

OK: Final = "ok"
# Paid for, and of no use.
REFUSED: Final = "refused"
TRUNCATED: Final = "truncated"
INVALID: Final = "invalid"
# Not paid for: the provider's own troubles pass, the others do not by themselves.
LIMITED: Final = "limited"
OVERLOADED: Final = "overloaded"
TIMEOUT: Final = "timeout"
UNREACHABLE: Final = "unreachable"
SPEND_LIMIT: Final = "spend_limit"
DENIED: Final = "denied"
REJECTED: Final = "rejected"
# Of a batch: nobody came to it.
CANCELED: Final = "canceled"
EXPIRED: Final = "expired"
_FENCE: Final = "```"
_JSON: Final = TypeAdapter(Any)
# Four times what the longest reply that can be asked for has; what is longer came from elsewhere.
_MOST_CHARACTERS: Final = 1_000_000
PASSING: Final = frozenset({LIMITED, OVERLOADED, TIMEOUT, UNREACHABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Generic[Shape]):
    """One request: whose words, for which duty, in which shape the reply must be."""

    duty: str
    model: str
    system: str
    content: str
    shape: type[Shape]
    # of the shape, as the provider takes it
    schema: dict[str, Any]
    max_tokens: int
    # None: left to the model
    effort: str | None
    prompt_hash: bytes
    # whose words are in it; None: nobody's
    subject_id: int | None = None
    # pieces of the pass's backlog that it answers
    items: int = 1
    # replies of no use after which rules propose instead; None: it is for ever asked again
    most_bad: int | None = 2

    @property
    def engine(self) -> str:
        """What is written into a run row: the model, and the prompt's digest."""
        return f"{self.model}@{self.prompt_hash.hex()[:8]}"

    def body(self) -> dict[str, Any]:
        """The request; its fixed part first and marked, so that the provider's cache holds it."""
        config: dict[str, Any] = {"format": {"type": "json_schema", "schema": self.schema}}
        if self.effort is not None:
            config["effort"] = self.effort
        return {
            "model": self.model,
            "max_tokens": self.max_tokens,
            "system": [
                {"type": "text", "text": self.system, "cache_control": {"type": "ephemeral"}}
            ],
            "messages": [{"role": "user", "content": self.content}],
            "output_config": config,
        }

    def bytes(self) -> bytes:
        """The request as one text, the same for the same request."""
        text = json.dumps(self.body(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """How a call ended; `text` is what the model said."""

    status: str
    text: str = ""
    usage: Usage = field(default_factory=Usage)
    # the provider's own
    request_id: str | None = None
    # as the provider said, where it did
    retry_after_seconds: float | None = None
    duration_ms: float = 0.0


Answer = TypeVar("Answer")
# From a reply of the right shape to what the duty makes of it; raises ReplyError for what is wrong.
Reader = Callable[[Shape], Answer]


def read(order: Order[Shape], text: str, reader: Reader[Shape, Answer]) -> Answer:
    """What the duty makes of the words of a reply.

    Raises: ReplyError when they are no JSON, have another shape, or say what cannot be.
    """
    if len(text) > _MOST_CHARACTERS:
        raise ReplyError("reply_is_too_long")
    try:
        value = _JSON.validate_json(_unfenced(text))
    except ValidationError:
        raise ReplyError("reply_is_no_json") from None
    try:
        shaped = order.shape.model_validate(value)
    except ValidationError:
        # Its own message would repeat what people said.
        raise ReplyError("reply_has_another_shape") from None
    return reader(shaped)


def _unfenced(text: str) -> str:
    """The words between the marks of a code block, when all of them stand between such marks."""
    bare = text.strip()
    if not (bare.startswith(_FENCE) and bare.endswith(_FENCE)):
        return bare
    return bare.partition("\n")[2].removesuffix(_FENCE)
