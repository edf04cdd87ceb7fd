"""Reading request bodies: bounded in size and depth, and strict about what JSON is."""

import json
import re
from typing import Any, Final, NoReturn, TypeVar, get_args

from fastapi import Request, Response
from pydantic import AliasChoices, AliasPath, BaseModel, TypeAdapter, ValidationError

from api.problems import FIELD_NAME, FaultyError, faults
from nrem.errors import InvalidError, RejectedError
from nrem.wire.field import MAX_BODY_BYTES, MAX_DEPTH, MAX_LAX_BODY_BYTES

Value = TypeVar("Value")
Model = TypeVar("Model", bound=BaseModel)
_JSON: Final = re.compile(r"application/([a-z0-9.-]+\+)?json\b", re.IGNORECASE)
# A header is read by a person.
_MOST_NAMED: Final = 20


class TooLargeError(RejectedError):
    """The body is too large."""

    status = 413
    code = "too_large"


class UnsupportedError(RejectedError):
    """The body is not JSON."""

    status = 415
    code = "unsupported_media_type"


async def read(request: Request, *, most: int = MAX_BODY_BYTES) -> bytes:
    """The body, counted as it arrives, whatever its length header says.

    Raises: TooLargeError beyond `most` bytes.
    """
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise TooLargeError(
                f"the body is larger than {most} bytes", remedy="send smaller batches"
            )
        parts.append(part)
    return b"".join(parts)


def _refuse_other_types(request: Request) -> None:
    """What a request says its body is must be JSON, if it says so."""
    given = request.headers.get("content-type", "")
    if given and not _JSON.match(given):
        raise UnsupportedError(
            "the header Content-Type names no JSON",
            field="Content-Type",
            remedy="send application/json",
        )


async def take(request: Request, response: Response, shape: type[Model]) -> Model:
    """The body of a route that other clients know too, in its shape.

    Fields it does not know are left alone, and named in the header `X-Nrem-Ignored-Fields`.
    An empty body counts as an empty object.

    Raises: TooLargeError, UnsupportedError, InvalidError, FaultyError.
    """
    return (await take_with_bytes(request, response, shape))[0]


async def take_with_bytes(
    request: Request, response: Response, shape: type[Model]
) -> tuple[Model, bytes]:
    """As `take`, with the body as it came."""
    raw = await read(request, most=MAX_LAX_BODY_BYTES)
    if raw:
        _refuse_other_types(request)
    return shaped(response, shape, parse(raw) if raw.strip() else {}), raw


def shaped(response: Response, shape: type[Model], value: Any) -> Model:  # noqa: ANN401 - JSON
    """As `take`, of a value that is parsed already."""
    made = validate(TypeAdapter(shape), value)
    unknown = sorted(_unknown(shape, value))
    if unknown:
        response.headers["X-Nrem-Ignored-Fields"] = ", ".join(unknown[:_MOST_NAMED])
    return made


def _unknown(shape: type[BaseModel], value: Any) -> set[str]:  # noqa: ANN401 - any JSON value
    """Paths of fields that no model knows; a name that no field could have is shown as `?`."""
    if not isinstance(value, dict):
        return set()
    known = dict(shape.model_fields)
    for field in shape.model_fields.values():
        known |= dict.fromkeys(_aliases(field.validation_alias), field)
    paths = {name if FIELD_NAME.fullmatch(name) else "?" for name in value.keys() - known.keys()}
    for name in value.keys() & known.keys():
        inner = _model(known[name].annotation)
        if inner is not None:
            paths |= _within(inner, name, value[name])
    return paths


def _within(shape: type[BaseModel], name: str, value: Any) -> set[str]:  # noqa: ANN401 - any JSON value
    """As `_unknown`, of one part; those of a list's items count together."""
    if isinstance(value, list):
        return {f"{name}[].{path}" for item in value for path in _unknown(shape, item)}
    return {f"{name}.{path}" for path in _unknown(shape, value)}


def _model(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - any annotation
    """The model that a field is made of, alone, in a list or beside None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for one in get_args(annotation) if (found := _model(one))), None)


def _aliases(given: str | AliasPath | AliasChoices | None) -> set[str]:
    if isinstance(given, AliasChoices):
        return {name for choice in given.choices for name in _aliases(choice)}
    return {given} if isinstance(given, str) else set()


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
