"""Every error answer is one JSON object with a stable code, the field, and what to do about it.

No value of the request is repeated in it, and nothing of a database error reaches it.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nrem.errors import (
    InvalidError,
    OverloadedError,
    RejectedError,
    UnauthenticatedError,
    UnavailableError,
)
from nrem.wire.answer import Problem
from nrem.wire.request import EVENT_TYPES

_log = structlog.get_logger("api")

_RETRY_SECONDS: Final = 1
_CODES: Final = {404: "not_found", 405: "method_not_allowed"}
# An answer is read by a person: more than this says nothing new.
MOST_FAULTS: Final = 50
# what a field of a body may be called
FIELD_NAME: Final = re.compile("[A-Za-z_][A-Za-z0-9_]{0,63}")
_AWAY: Final = (UnavailableError, OperationalError, InterfaceError, PoolTimeout, OSError)
_FAULT: Final = "nrem failed to answer; the fault was logged"
# One entry of pydantic's list of errors.
Fault = Mapping[str, Any]
_OBJECT: Final = "must be a JSON object"
# Where pydantic's own words repeat what was given, or do not say what to do.
_WORDS: Final = {
    "dict_type": _OBJECT,
    "extra_forbidden": "is not a known field; leave it out",
    "missing": "is required",
    "model_attributes_type": _OBJECT,
    "model_type": _OBJECT,
    "string_unicode": "holds half of a surrogate pair; send valid Unicode",
    "timezone_aware": "has no offset; end it with Z, or an offset like +02:00",
    "union_tag_invalid": f"must be one of {', '.join(EVENT_TYPES)}",
    "union_tag_not_found": f"is required: one of {', '.join(EVENT_TYPES)}",
}


def request_id(request: Request) -> str:
    """The id of this request, as the answer's header has it."""
    return str(request.scope.get("nrem.request_id", ""))


def answer(
    request: Request,
    status: int,
    error: str,
    detail: str,
    *,
    field: str | None = None,
    remedy: str | None = None,
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """An error answer."""
    body = Problem(
        error=error,
        detail=detail,
        request_id=request_id(request),
        field=field,
        remedy=remedy,
        errors=errors,
    )
    return JSONResponse(body.model_dump(exclude_none=True), status_code=status, headers=headers)


def faults(errors: Sequence[Fault], *, skip: int | None = None) -> list[dict[str, str]]:
    """Each fault with the path of its field; the values given are not repeated.

    `skip` is the place in a path of what callers did not write: where pydantic looked, or which
    branch of a union it took.
    """
    return [
        {"field": _path(one["loc"], skip, one["type"]), "detail": _say(one)}
        for one in errors[:MOST_FAULTS]
    ]


def _say(fault: Fault) -> str:
    return _WORDS.get(fault["type"]) or str(fault["msg"]).removeprefix("Value error, ")


def _path(location: Sequence[str | int], skip: int | None, kind: str) -> str:
    path = ""
    for place, part in enumerate(location):
        if place == skip:
            continue
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            # A name that no field could have is the caller's text, not a name.
            path += f".{part if FIELD_NAME.fullmatch(part) else '?'}"
        if part == "metadata":
            break
    if kind.startswith("union_tag"):
        path += ".type"
    return path.removeprefix(".") or "body"


def rejected(request: Request, error: Exception) -> JSONResponse:
    """The answer to a request that cannot be carried out."""
    assert isinstance(error, RejectedError)  # noqa: S101 - registered for this class
    headers = None
    if isinstance(error, OverloadedError):
        headers = {"Retry-After": str(error.retry_after_seconds)}
    if isinstance(error, UnauthenticatedError):
        headers = {"WWW-Authenticate": "Bearer"}
    return answer(
        request,
        error.status,
        error.error_code,
        str(error),
        field=error.field,
        remedy=error.remedy,
        errors=error.errors if isinstance(error, FaultyError) else None,
        headers=headers,
    )


class FaultyError(InvalidError):
    """The body breaks the contract in the fields listed."""

    def __init__(self, errors: list[dict[str, str]], count: int) -> None:
        first = errors[0]
        more = f" (and {count - 1} more)" if count > 1 else ""
        super().__init__(
            f"{first['field']}: {first['detail']}{more}",
            field=first["field"],
            remedy="correct every field listed under errors",
        )
        self.errors = errors


def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    found = error.errors()
    # The first part says where it stands: query, path or header.
    return rejected(request, FaultyError(faults(found, skip=0), len(found)))


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    code = _CODES.get(error.status_code, "bad_request")
    headers = dict(error.headers) if error.headers else None
    return answer(request, error.status_code, code, str(error.detail), headers=headers)


class OutcomeUnknownError(UnavailableError):
    """The database did not say whether it committed; sending again tells."""


def _away(request: Request, error: Exception) -> JSONResponse:
    _log.warning("request.unavailable", error=type(error.__cause__ or error).__name__)
    is_unknown = isinstance(error, OutcomeUnknownError)
    return answer(
        request,
        503,
        "outcome_unknown" if is_unknown else "unavailable",
        str(error if isinstance(error, UnavailableError) else UnavailableError()),
        remedy="send the request again, with the same idempotency key if it had one",
        headers={"Retry-After": str(_RETRY_SECONDS)},
    )


def _gone(request: Request, _error: Exception) -> JSONResponse:
    return answer(request, 400, "bad_request", "the request ended before its body did")


def tell(request: Request, error: BaseException) -> str:
    """What an answer that has begun already says of an error; an unexpected one is logged."""
    if isinstance(error, RejectedError):
        return str(error)
    if isinstance(error, _AWAY):
        _log.warning("request.unavailable", error=type(error.__cause__ or error).__name__)
        return str(error if isinstance(error, UnavailableError) else UnavailableError())
    _log.error("request.failed", error=type(error).__name__, request=request_id(request))
    return _FAULT


class Faults:
    """Answers 500 for what nobody expected.

    Nothing is raised on: the server would log the error's text, which may hold content.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        has_begun = False

        async def reply(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, reply)
        except Exception as error:
            if scope["type"] != "http":
                raise
            request = Request(scope)
            # The type alone: a message could hold content.
            _log.error("request.failed", error=type(error).__name__, request=request_id(request))
            if not has_begun:
                await answer(request, 500, "internal_error", _FAULT)(scope, receive, send)


def install(app: FastAPI) -> None:
    """Map every error class to its answer."""
    app.add_middleware(Faults)
    app.add_exception_handler(RejectedError, rejected)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, _gone)
    # A statement of ours that is wrong is a fault (500); a database that is away is not.
    for away in _AWAY:
        app.add_exception_handler(away, _away)
