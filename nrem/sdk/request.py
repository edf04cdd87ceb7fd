"""A request before it is sent: made from what a call was given, refused here if it makes no sense.

Every write has an idempotency key, the same for all its attempts, so that a retry never doubles.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from urllib.parse import quote

import pydantic

from nrem.sdk.errors import ValidationError
from nrem.sdk.instant import wire_moment

_MOST_KEY_LETTERS: Final = 255
# Whoever wants to wait for ever, or for longer than a day, waits a day.
_MOST_SECONDS: Final = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request. `route` is its path without ids, fit for a log."""

    method: str
    route: str
    # what callers said, so in no trace
    path: str = field(repr=False)
    params: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes | None = field(default=None, repr=False)
    # seconds; None: the client's
    timeout: float | None = None
    # none: it changes nothing
    idempotency_key: str | None = None
    # of what is changed, where its body does not name it
    if_match: str | None = None


def read(
    route: str, *ids: object, query: Mapping[str, object] | None = None, timeout: float | None
) -> Request:
    """A GET; each `{}` of the route takes an id.

    Raises: ValidationError.
    """
    return Request(
        method="GET",
        route=route,
        path=_path(route, ids),
        params=_params(query or {}),
        timeout=_seconds(timeout),
    )


def ask(route: str, body: Mapping[str, object], *ids: object, timeout: float | None) -> Request:
    """A POST that changes nothing.

    Raises: ValidationError.
    """
    return Request(
        method="POST",
        route=route,
        path=_path(route, ids),
        body=_json(body),
        timeout=_seconds(timeout),
    )


def write(
    method: str,
    route: str,
    *ids: object,
    body: Mapping[str, object] | None = None,
    query: Mapping[str, object] | None = None,
    key: str | None = None,
    expected_version: int | None = None,
    timeout: float | None,
) -> Request:
    """A change, with the caller's idempotency key or one of its own.

    `expected_version` goes into a header; it is for changes without a body.

    Raises: ValidationError.
    """
    return Request(
        method=method,
        route=route,
        path=_path(route, ids),
        params=_params(query or {}),
        body=None if body is None else _json(body),
        timeout=_seconds(timeout),
        idempotency_key=uuid.uuid4().hex if key is None else _key(key),
        if_match=None if expected_version is None else _tag(expected_version),
    )


def given(**fields: object) -> dict[str, object]:
    """Those fields that are not None."""
    return {name: value for name, value in fields.items() if value is not None}


def _path(route: str, ids: tuple[object, ...]) -> str:
    return route.format(*map(_segment, ids))


def _segment(value: object) -> str:
    """An id as one part of a path, whatever letters it has.

    Raises: ValidationError for what cannot be an id.
    """
    if not isinstance(value, str) or not value:
        raise ValidationError(
            "an id is a text of one letter or more", field="id", remedy="give the id as it came"
        )
    try:
        # Dots alone would be taken for steps of the path.
        return quote(value, safe="") if value.strip(".") else value.replace(".", "%2E")
    except UnicodeEncodeError:
        raise ValidationError("the id is no valid Unicode", field="id") from None


def _params(query: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple((name, _param(name, value)) for name, value in query.items() if value is not None)


def _param(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return wire_moment(value, name)
    try:
        text = str(value)
        text.encode()
    except UnicodeEncodeError:
        raise ValidationError(f"{name} is no valid Unicode", field=name) from None
    return text


def _json(body: Mapping[str, object]) -> bytes:
    """The body in UTF-8; the error names the field at fault and repeats nothing of it."""
    try:
        return _dumped(body)
    except (TypeError, ValueError, RecursionError):
        at_fault = next((name for name, value in body.items() if not _is_json(value)), "body")
        raise ValidationError(
            f"{at_fault} cannot be written as JSON",
            field=at_fault,
            remedy="give texts, finite numbers, booleans, lists and objects with texts as names",
        ) from None


def _dumped(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain).encode()


def _plain(value: object) -> object:
    """A model or mapping as JSON knows it."""
    if isinstance(value, pydantic.BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError


def _is_json(value: Any) -> bool:  # noqa: ANN401 - that is the question
    try:
        _dumped(value)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _key(key: object) -> str:
    if (
        isinstance(key, str)
        and 0 < len(key) <= _MOST_KEY_LETTERS
        and key.isascii()
        and key.isprintable()
    ):
        return key
    raise ValidationError(
        f"idempotency_key is no text of 1 to {_MOST_KEY_LETTERS} printable ASCII letters",
        field="idempotency_key",
        remedy="give such a text, or leave it out",
    )


def _tag(version: object) -> str:
    if isinstance(version, int) and not isinstance(version, bool) and version >= 0:
        return f'"{version}"'
    raise ValidationError(
        "expected_version is no whole number, 0 or more",
        field="expected_version",
        remedy="give the version that was read, or leave it out",
    )


def _seconds(timeout: float | None) -> float | None:
    """Raises: ValidationError when it is no time to wait."""
    if timeout is None:
        return None
    return positive_seconds(timeout)


def positive_seconds(timeout: object) -> float:
    """The seconds given, above 0.

    Raises: ValidationError.
    """
    if isinstance(timeout, int | float) and not isinstance(timeout, bool) and timeout > 0:
        return min(float(timeout), _MOST_SECONDS)
    raise ValidationError(
        "timeout is no number of seconds above 0", field="timeout", remedy="give one, as in 30.0"
    )
