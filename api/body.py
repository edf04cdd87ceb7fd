"""Reading request bodies: bounded in size and depth, and strict about what JSON is."""

import json
from typing import Any, NoReturn, TypeVar

from fastapi import Request
from pydantic import TypeAdapter, ValidationError

from api.problems import FaultyError, faults
from nrem.errors import InvalidError, RejectedError
from nrem.wire.field import MAX_BODY_BYTES, MAX_DEPTH

Value = TypeVar("Value")


class TooLargeError(RejectedError):
    """The body is larger than 8 MiB."""

    status = 413
    code = "too_large"


async def read(request: Request) -> bytes:
    """The body, counted as it arrives, whatever its length header says.

    Raises: TooLargeError beyond 8 MiB.
    """
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY_BYTES:
            raise TooLargeError(remedy="send smaller batches")
        parts.append(part)
    return b"".join(parts)


def parse(body: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """The JSON value of a body.

    Raises: InvalidError when it is no JSON, holds NaN, or is nested beyond reason.
    """
    if not body.strip():
        raise InvalidError("the body is empty", field="body", remedy="send a JSON object")
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except RecursionError:
        raise too_deep() from None
    except ValueError as error:
        where = f" at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        raise InvalidError(
            f"the body is not valid JSON{where}", field="body", remedy="send JSON in UTF-8"
        ) from None


def too_deep() -> InvalidError:
    """The error of a body that is nested so deep that it cannot even be looked through."""
    return InvalidError(
        f"the body is nested deeper than {MAX_DEPTH} levels", field="body", remedy="flatten it"
    )


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def validate(
    shape: TypeAdapter[Value],
    value: Any,  # noqa: ANN401 - any JSON value
    *,
    skip: int | None = None,
) -> Value:
    """The value in its shape; `skip` as `problems.faults` takes it.

    Raises: FaultyError listing every field that is wrong.
    """
    try:
        return shape.validate_python(value)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        raise FaultyError(faults(found, skip=skip), len(found)) from None
