"""Every error that leaves the client, in one tree; the code is the fact, the message is for people.

Z3rnoError                     .message .code .status_code .request_id .field .remedy .errors
+- AuthenticationError   401   authentication_failed
+- AuthorisationError    403   forbidden
+- NotFoundError         404   not_found
+- ValidationError       422   validation_error (400, 413 and 415 too, and what is wrong before a
|                              request is sent)
+- RateLimitError        429   rate_limited, with .retry_after
+- ConflictError         409   conflict
+- ServerError           5xx   internal_error, unavailable; bad_response for what makes no sense
+- ConnectionError             connection_failed: no answer came
"""

from collections.abc import Sequence
from typing import Any, ClassVar


class Z3rnoError(Exception):
    """Something went wrong between the program and nrem.

    `message` is the server's own text, `code` its stable name; `str()` shows both. `status_code`
    and `request_id` are None where no answer came.
    """

    default_code: ClassVar[str] = "error"
    default_status: ClassVar[int | None] = None

    def __init__(
        self,
        message: str,
        status_code: int | None = None,
        *,
        code: str | None = None,
        request_id: str | None = None,
        field: str | None = None,
        remedy: str | None = None,
        errors: Sequence[Any] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.status_code = self.default_status if status_code is None else status_code
        self.request_id = request_id
        self.field = field
        self.remedy = remedy
        self.errors = list(errors)

    def __str__(self) -> str:
        """The message, then the code in brackets."""
        return f"{self.message} [{self.code}]"


class AuthenticationError(Z3rnoError):
    """The API key is missing or not valid."""

    default_code = "authentication_failed"
    default_status = 401


class AuthorisationError(Z3rnoError):
    """The API key may not do this."""

    default_code = "forbidden"
    default_status = 403


class NotFoundError(Z3rnoError):
    """There is no such thing, or it belongs to somebody else."""

    default_code = "not_found"
    default_status = 404


class ValidationError(Z3rnoError):
    """The request is not right; `field` and `remedy` say where and what to do."""

    default_code = "validation_error"
    default_status = 422


class ConflictError(Z3rnoError):
    """The request contradicts what is stored: a duplicate, or another version."""

    default_code = "conflict"
    default_status = 409


class RateLimitError(Z3rnoError):
    """Too many requests; `retry_after` says how many seconds to wait, 1 where nobody said."""

    default_code = "rate_limited"
    default_status = 429
    retry_after: int = 1


class ServerError(Z3rnoError):
    """The server could not do it, or answered what makes no sense (`bad_response`)."""

    default_code = "internal_error"
    default_status = 500
    # seconds, where the server named them
    retry_after: int | None = None


class ConnectionError(Z3rnoError):  # noqa: A001 - its documented name
    """No answer came: refused, cut off or out of time. A write may or may not have happened."""

    default_code = "connection_failed"


AuthorizationError = AuthorisationError
NremError = Z3rnoError
Z3rnoConnectionError = ConnectionError
