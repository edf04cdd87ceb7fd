"""Reading request bodies: bounded in size and depth, and strict about what JSON is."""

import json
from typing import Any, NoReturn, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from api.problems import FaultyError, faults
from nrem.errors import InvalidError, RejectedError
from nrem.wire import MAX_BODY_BYTES, MAX_DEPTH

Model = TypeVar("Model", bound=BaseModel)


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
        raise InvalidError(
            f"the body is nested deeper than {MAX_DEPTH} levels", field="body", remedy="flatten it"
        ) from None
    except (UnicodeDecodeError, json.JSONDecodeError, ValueError) as error:
        where = f" at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        raise InvalidError(
            f"the body is not valid JSON{where}", field="body", remedy="send JSON in UTF-8"
        ) from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def validate(model: type[Model], value: Any) -> Model:  # noqa: ANN401 - any JSON value
    """The value as a model.

    Raises: FaultyError listing every field that is wrong.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise FaultyError(faults(error)) from None


async def read_as(request: Request, model: type[Model]) -> Model:
    """The request's body as a model."""
    return validate(model, parse(await read(request)))
