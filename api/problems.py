"""Every error answer is one JSON object with a stable code, the field, and what to do about it.

Nothing of the request is repeated in it, and nothing of a database error reaches it.
"""

from collections.abc import Sequence
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from nrem.errors import InvalidError, OverloadedError, RejectedError, UnavailableError
from nrem.wire import Problem

_log = structlog.get_logger("api")

_RETRY_SECONDS: Final = 1
_CODES: Final = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "wrong_type"}


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


def faults(error: ValidationError | RequestValidationError) -> list[dict[str, str]]:
    """Each fault with the path of its field; the input is not repeated."""
    return [{"field": _path(one["loc"]), "detail": _say(one)} for one in error.errors()]


def _say(fault: dict[str, Any] | Any) -> str:  # noqa: ANN401 - pydantic's record
    if fault["type"] == "extra_forbidden":
        return "is not a known field; leave it out"
    text = str(fault["msg"])
    return text.removeprefix("Value error, ")


def _path(location: Sequence[str | int]) -> str:
    parts = [part for part in location if part not in _EVENT_TAGS]
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return path or "body"


# pydantic names the branch of a union in the path; callers know the field, not the branch.
_EVENT_TAGS: Final = frozenset(
    ("memory", "turn", "access", "session.start", "session.end", "body", "query")
)


def _rejected(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RejectedError)  # noqa: S101 - registered for this class
    headers = None
    if isinstance(error, OverloadedError):
        headers = {"Retry-After": str(error.retry_after_seconds)}
    errors = error.errors if isinstance(error, FaultyError) else None
    return answer(
        request,
        error.status,
        error.error_code,
        str(error),
        field=error.field,
        remedy=error.remedy,
        errors=errors,
        headers=headers,
    )


class FaultyError(InvalidError):
    """The body breaks the contract in the fields listed."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        first = errors[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        super().__init__(
            f"{first['field']}: {first['detail']}{more}",
            field=first["field"],
            remedy="correct every field listed under errors",
        )
        self.errors = errors


def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    return _rejected(request, FaultyError(faults(error)))


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    code = _CODES.get(error.status_code, "bad_request")
    headers = dict(error.headers) if error.headers else None
    return answer(request, error.status_code, code, str(error.detail), headers=headers)


def _away(request: Request, error: Exception) -> JSONResponse:
    _log.warning("request.unavailable", error=type(error.__cause__ or error).__name__)
    return answer(
        request,
        503,
        "unavailable",
        str(UnavailableError()),
        remedy="send the request again, with the same idempotency key if it had one",
        headers={"Retry-After": str(_RETRY_SECONDS)},
    )


def _fault(request: Request, error: Exception) -> JSONResponse:
    # The type alone: a message could hold content.
    _log.error("request.failed", error=type(error).__name__, request=request_id(request))
    return answer(request, 500, "internal_error", "nrem failed to answer; the fault was logged")


def install(app: FastAPI) -> None:
    """Map every error class to its answer."""
    app.add_exception_handler(RejectedError, _rejected)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    # A statement of ours that is wrong is a fault (500); a database that is away is not.
    for away in (UnavailableError, OperationalError, InterfaceError, PoolTimeout, OSError):
        app.add_exception_handler(away, _away)
    app.add_exception_handler(Exception, _fault)
