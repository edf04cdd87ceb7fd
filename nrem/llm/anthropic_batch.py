"""Message Batches through the official client: each call once, every ending told apart.

The API knows no key under which a batch is made only once. Who does not know whether it has one
looks for it among those that were made since, and knows it again by the names of its requests.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, cast

import httpx2

from nrem.llm import order as statuses
from nrem.llm.anthropic import Answered, AnthropicModel, refused, reply_of, within
from nrem.llm.batch import Accepted, Listed, NotAccepted, Progress, Requests
from nrem.llm.order import Reply

if TYPE_CHECKING:
    from anthropic.resources.messages.batches import Batches
    from anthropic.types.messages import MessageBatchIndividualResponse
    from anthropic.types.messages.batch_create_params import Request

_PAGE: Final = 100
# Of one call, however much is sent and read: two of them fit into the lease of a batch.
_MOST_SECONDS: Final = 240.0
_GONE: Final = frozenset({404, 410})
# What ended one request of a batch; none of them was paid for.
_ERRORS: Final = {
    "invalid_request_error": statuses.REJECTED,
    "authentication_error": statuses.DENIED,
    "permission_error": statuses.DENIED,
    "not_found_error": statuses.DENIED,
    "billing_error": statuses.SPEND_LIMIT,
    "rate_limit_error": statuses.LIMITED,
    "timeout_error": statuses.TIMEOUT,
}


class AnthropicBatches:
    """Over the client of a model's adapter."""

    def __init__(self, model: AnthropicModel) -> None:
        self._model = model

    def create(self, requests: Requests) -> Accepted | NotAccepted:
        """Hand the requests over, once."""
        import anthropic  # noqa: PLC0415 - heavy: 1.5 s

        named = [{"custom_id": name, "params": body} for name, body in requests.items()]
        try:
            made = self._model.client.messages.batches.create(requests=cast("list[Request]", named))
            return Accepted(provider_id=made.id)
        except anthropic.APITimeoutError:
            return NotAccepted(status=statuses.TIMEOUT, is_certain=False)
        except anthropic.APIConnectionError:
            return NotAccepted(status=statuses.UNREACHABLE, is_certain=False)
        except anthropic.APIStatusError as error:
            said = refused(error)
            return NotAccepted(
                status=said.status,
                # after a 5xx nobody knows what was done before it
                is_certain=said.status != statuses.OVERLOADED,
                retry_after_seconds=said.retry_after_seconds,
            )
        except (anthropic.APIError, AttributeError, ValueError):
            return NotAccepted(status=statuses.UNREACHABLE, is_certain=False)

    def created_since(self, since: datetime) -> Sequence[Listed] | None:
        """The batches that were made since then, the oldest first; None: it could not be asked."""
        import anthropic  # noqa: PLC0415 - heavy: 1.5 s

        try:
            found = self._in_time(lambda: list(self._listed(since)))
        except (anthropic.AnthropicError, AttributeError, OSError, TypeError, ValueError):
            return None
        return sorted(found, key=lambda its: its.created_at)

    def _listed(self, since: datetime) -> Iterator[Listed]:
        for one in self._batches.list(limit=_PAGE):
            if one.created_at < since:
                return
            counts = one.request_counts
            size = counts.canceled + counts.errored + counts.expired
            size += counts.processing + counts.succeeded
            yield Listed(provider_id=one.id, size=size, created_at=one.created_at)

    def progress(self, provider_id: str) -> Progress:
        """How far it is."""
        import anthropic  # noqa: PLC0415 - heavy: 1.5 s

        try:
            found = self._in_time(lambda: self._batches.retrieve(provider_id))
            is_ended = found.processing_status == "ended"
            return Progress(is_ended=is_ended, is_gone=found.archived_at is not None)
        except anthropic.APIStatusError as error:
            is_gone = error.status_code in _GONE
            return Progress(is_ended=False, is_gone=is_gone, is_unknown=not is_gone)
        except (anthropic.AnthropicError, AttributeError, OSError, ValueError):
            return Progress(is_ended=False, is_unknown=True)

    def results(self, provider_id: str) -> Mapping[str, Reply] | None:
        """What came of each request, by its name; None: they could not be read to the end."""
        import anthropic  # noqa: PLC0415 - heavy: 1.5 s

        try:
            lines = self._in_time(lambda: list(self._batches.results(provider_id)))
            return {one.custom_id: _reply(one) for one in lines}
        except (
            anthropic.AnthropicError,
            httpx2.HTTPError,
            AttributeError,
            OSError,
            ValueError,
        ):
            return None

    def cancel(self, provider_id: str) -> None:
        """Ask for no more answers; who is not heard is asked again with the next look."""
        import anthropic  # noqa: PLC0415 - heavy: 1.5 s

        with suppress(anthropic.AnthropicError, OSError):
            self._in_time(lambda: self._batches.cancel(provider_id))

    @property
    def _batches(self) -> "Batches":
        return self._model.client.messages.batches

    def _in_time(self, call: Callable[[], Answered]) -> Answered:
        """What `call` answers; raises TimeoutError when that takes longer than a holder has."""
        try:
            return within(_MOST_SECONDS, call)
        except TimeoutError:
            self._model.close()
            raise


def _reply(line: "MessageBatchIndividualResponse") -> Reply:
    result = line.result
    if result.type == "succeeded":
        return reply_of(result.message)
    if result.type == "errored":
        error: Any = result.error.error
        return Reply(
            status=_ERRORS.get(error.type, statuses.OVERLOADED),
            request_id=result.error.request_id,
        )
    return Reply(status=statuses.EXPIRED if result.type == "expired" else statuses.CANCELED)
