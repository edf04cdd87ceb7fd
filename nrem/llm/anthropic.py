"""The Messages API through its official client: one request, no retries, every ending told apart.

The client's own retries are off: when to ask again is a matter of the ledger, for all workers. The
reply is taken raw and checked by nrem, since the client's own parsing would throw the usage away
with a reply that does not fit its schema, and that reply was paid for.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

from nrem.clock import monotonic
from nrem.llm import order as statuses
from nrem.llm.order import Order, Reply, Shape
from nrem.policy.price import Usage

if TYPE_CHECKING:
    import anthropic
    from anthropic.types import Message

Answered = TypeVar("Answered")

_ENDINGS: Final = {
    "end_turn": statuses.OK,
    "stop_sequence": statuses.OK,
    "max_tokens": statuses.TRUNCATED,
    "model_context_window_exceeded": statuses.TRUNCATED,
    "refusal": statuses.REFUSED,
}
_PAYMENT_REQUIRED: Final = 402
_LIMITED: Final = 429
_DENIED: Final = frozenset({401, 403, 404})
_FIRST_SERVER_ERROR: Final = 500
_OVERLOADED: Final = frozenset({408, 409})


class AnthropicModel:
    """One client per process, made at the first call, so that it is made after a fork."""

    def __init__(self, api_key: str, base_url: str, timeout_seconds: float) -> None:
        self._api_key = api_key
        self._base_url = base_url
        self._timeout_seconds = timeout_seconds

    @cached_property
    def client(self) -> "anthropic.Anthropic":
        """The official client, without retries of its own."""
        import anthropic  # noqa: PLC0415 - heavy: 1.5 s

        return anthropic.Anthropic(
            api_key=self._api_key,
            base_url=self._base_url,
            timeout=self._timeout_seconds,
            max_retries=0,
        )

    def send(self, order: Order[Shape]) -> Reply:
        """Make the call, once, within the time limit, whatever the other side does meanwhile."""
        import anthropic  # noqa: PLC0415 - heavy: 1.5 s

        began = monotonic()
        client, body = self.client, order.body()
        try:
            message: Message = within(self._timeout_seconds, lambda: client.messages.create(**body))
        except TimeoutError:
            # Nobody waits for that call any more.
            self.close()
            return Reply(status=statuses.TIMEOUT, duration_ms=_since(began))
        except anthropic.APITimeoutError:
            return Reply(status=statuses.TIMEOUT, duration_ms=_since(began))
        except anthropic.APIConnectionError:
            return Reply(status=statuses.UNREACHABLE, duration_ms=_since(began))
        except anthropic.APIStatusError as error:
            return refused(error, _since(began))
        except (anthropic.APIError, ValueError):
            # An answer that is none of the API's: a proxy's page, a broken body.
            return Reply(status=statuses.UNREACHABLE, duration_ms=_since(began))
        return reply_of(message, _since(began))

    def close(self) -> None:
        """Close its connections, if it has any; the next call makes new ones."""
        client: anthropic.Anthropic | None = vars(self).pop("client", None)
        if client is not None:
            client.close()


def within(seconds: float, call: Callable[[], Answered]) -> Answered:
    """What `call` answers. The client's own limit is for silence: a byte now and then passes it.

    Raises: TimeoutError when it takes longer, and whatever `call` raises.
    """
    beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="model-call")
    try:
        return beside.submit(call).result(timeout=seconds)
    finally:
        # A thread that nobody waits for ends with the next byte, or by the limit for silence.
        beside.shutdown(wait=False)


def schema_of(shape: type[Shape]) -> dict[str, Any]:
    """The JSON schema of a reply, as the API takes it."""
    import anthropic  # noqa: PLC0415 - heavy: 1.5 s

    return dict(anthropic.transform_schema(shape))


def _since(began: float) -> float:
    return (monotonic() - began) * 1000


def reply_of(message: "Message", duration_ms: float = 0.0) -> Reply:
    """What a message says, how it ended and what it used."""
    usage = message.usage
    return Reply(
        status=_ENDINGS.get(message.stop_reason or "", statuses.INVALID),
        text="".join(block.text for block in message.content if block.type == "text"),
        usage=Usage(
            tokens_in=usage.input_tokens,
            tokens_out=usage.output_tokens,
            cache_write=usage.cache_creation_input_tokens or 0,
            cache_read=usage.cache_read_input_tokens or 0,
        ),
        request_id=getattr(message, "_request_id", None),  # of a batch's messages there is none
        duration_ms=duration_ms,
    )


def refused(error: "anthropic.APIStatusError", duration_ms: float = 0.0) -> Reply:
    """Why the API did not do what it was asked."""
    return Reply(
        status=_status(error),
        request_id=error.request_id,
        retry_after_seconds=_retry_after(error.response.headers),
        duration_ms=duration_ms,
    )


def _status(error: "anthropic.APIStatusError") -> str:
    code = error.status_code
    if _is_spend_limit(error):
        return statuses.SPEND_LIMIT
    if code == _LIMITED:
        return statuses.LIMITED
    if code in _DENIED:
        return statuses.DENIED
    if code >= _FIRST_SERVER_ERROR or code in _OVERLOADED:
        return statuses.OVERLOADED
    return statuses.REJECTED


def _is_spend_limit(error: "anthropic.APIStatusError") -> bool:
    """Whether the account has no money left, which no waiting brings back."""
    names = (error.type or "", error.error_code or "")
    if error.status_code == _PAYMENT_REQUIRED or "billing_error" in names:
        return True
    # An empty account is told as an invalid request; its words are all there is to know it by.
    is_empty = "credit balance" in (error.api_message or "").lower()
    return is_empty or any("spend_limit" in name for name in names)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds; a date, which the API does not send, counts as nothing said."""
    try:
        return max(0.0, float(headers["retry-after"]))
    except (KeyError, ValueError):
        return None
