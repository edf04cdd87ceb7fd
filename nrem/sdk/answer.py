"""What an answer says: a model, or an error of the tree. Nothing of httpx2 or pydantic gets out."""

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final, TypeVar

import httpx2
import pydantic

from nrem.clock import utc_now
from nrem.sdk.errors import (
    AuthenticationError,
    AuthorisationError,
    ConflictError,
    NotFoundError,
    RateLimitError,
    ServerError,
    ValidationError,
    Z3rnoError,
)

Shape = TypeVar("Shape", bound=pydantic.BaseModel)

_BY_STATUS: Final[Mapping[int, type[Z3rnoError]]] = {
    400: ValidationError,
    401: AuthenticationError,
    403: AuthorisationError,
    404: NotFoundError,
    409: ConflictError,
    413: ValidationError,
    415: ValidationError,
    422: ValidationError,
    429: RateLimitError,
}
# More than this is named by its number alone.
_MOST_FIELDS: Final = 5


def shaped(response: httpx2.Response, shape: type[Shape]) -> Shape:
    """The body of a success in its shape.

    Raises: ServerError with the code `bad_response` when it has another one.
    """
    try:
        return shape.model_validate_json(response.content)
    except pydantic.ValidationError as error:
        raise bad_response(response, f"is no {shape.__name__}{_places(error)}") from None


def plain(response: httpx2.Response) -> dict[str, Any]:
    """The body of a success as a dict.

    Raises: ServerError with the code `bad_response` when it is no JSON object.
    """
    value = _object(response.content)
    if value is None:
        raise bad_response(response, "is no JSON object")
    return value


def bad_response(response: httpx2.Response, what: str) -> ServerError:
    """The error of an answer that makes no sense; nothing of the answer is repeated."""
    return ServerError(
        f"the server's answer {what}",
        response.status_code,
        code="bad_response",
        request_id=response.headers.get("x-request-id"),
        remedy="check that base_url leads to nrem",
    )


def refusal(response: httpx2.Response) -> Z3rnoError:
    """The error that an answer stands for."""
    body = _object(response.content) or {}
    status = response.status_code
    kind = _BY_STATUS.get(
        status, ServerError if status >= HTTPStatus.INTERNAL_SERVER_ERROR else Z3rnoError
    )
    error = kind(
        _text(body.get("detail")) or _text(body.get("error")) or _phrase(status),
        status,
        code=_text(body.get("error")) or _code(status, kind),
        request_id=_text(body.get("request_id")) or response.headers.get("x-request-id"),
        field=_text(body.get("field")) or None,
        remedy=_text(body.get("remedy")) or None,
        errors=body["errors"] if isinstance(body.get("errors"), list) else (),
    )
    named = retry_after_seconds(response.headers.get("retry-after"), utc_now())
    if named is not None and isinstance(error, RateLimitError | ServerError):
        error.retry_after = named
    return error


def retry_after_seconds(header: str | None, now: datetime) -> int | None:
    """Whole seconds until one may ask again, 0 or more; None where the header names none."""
    if header is None:
        return None
    try:
        return max(0, math.ceil(float(header)))
    except (OverflowError, ValueError):
        pass
    try:
        then = parsedate_to_datetime(header)
    except ValueError:
        return None
    aware = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max(0, math.ceil((aware - now).total_seconds()))


def _code(status: int, kind: type[Z3rnoError]) -> str:
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return "unavailable"
    return f"http_{status}" if kind is Z3rnoError else kind.default_code


def _phrase(status: int) -> str:
    try:
        return f"the server answered {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"the server answered {status}"


def _object(content: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(content)
    except (RecursionError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def _text(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)


def _places(error: pydantic.ValidationError) -> str:
    """Which fields are wrong, without what they hold."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    names = [".".join(map(str, one["loc"])) for one in found[:_MOST_FIELDS] if one["loc"]]
    return f": look at {', '.join(names)}" if names else ""
