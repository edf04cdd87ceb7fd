"""Every error nrem raises on purpose, in one tree; the docstring is the default message.

NremError
+- ConfigError            a setting is missing or wrong; names the setting and the remedy
|  +- SchemaVersionError  the database is at another schema version
|  +- UnsafeRoleError     the runtime role could bypass row-level security
+- RejectedError          the caller's request cannot be carried out; has an HTTP status
|  +- InvalidError        422, a field is wrong
|  +- UnauthenticatedError  401
|  +- ForbiddenError      403, the key lacks a scope
|  +- NotFoundError       404
|  +- ConflictError       409
|  +- OverloadedError     429, with a time to wait
+- UnavailableError       503, nothing was committed; sending again is safe
+- PassError              a pass cannot process an item; the runner retries, then parks
+- PageError              a page of the web cannot be read; has a code
|  +- ReplyError           a model's reply cannot be used; it was paid for
+- Deferred               a pass must wait for somebody else; the runner makes it due then
|  +- Batched             it waits for an answer that comes with others; nobody else has to wait
+- NoModelError           no paid model may be asked, or none answers
+- LostLease              another worker took the work over; nothing was written
"""

from math import ceil
from typing import ClassVar, Final

_LONGEST_WAIT_SECONDS: Final = 60


class NremError(Exception):
    """Something went wrong inside nrem."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class ConfigError(NremError):
    """A setting is missing or wrong."""


class SchemaVersionError(ConfigError):
    """The database is at another schema version; run `alembic upgrade head`."""


class UnsafeRoleError(ConfigError):
    """The database role could bypass row-level security; connect as nrem_api or nrem_worker."""


class RejectedError(NremError):
    """The request cannot be carried out."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"

    def __init__(
        self,
        message: str | None = None,
        *,
        field: str | None = None,
        remedy: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.field = field
        self.remedy = remedy
        self.error_code = code or self.code


class InvalidError(RejectedError):
    """A field of the request is wrong."""

    status = 422
    code = "validation_error"


class UnauthenticatedError(RejectedError):
    """The API key is missing or not valid."""

    status = 401
    code = "authentication_failed"


class ForbiddenError(RejectedError):
    """The API key lacks the scope this route needs."""

    status = 403
    code = "forbidden"


class NotFoundError(RejectedError):
    """There is no such thing."""

    status = 404
    code = "not_found"


class ConflictError(RejectedError):
    """The request contradicts what is stored."""

    status = 409
    code = "conflict"


class OverloadedError(RejectedError):
    """Too much work is waiting; send again later."""

    status = 429
    code = "rate_limited"

    def __init__(
        self,
        message: str | None = None,
        *,
        retry_after_seconds: float = 1.0,
        remedy: str | None = None,
    ) -> None:
        super().__init__(message, remedy=remedy)
        # Clients sleep exactly that long, and read whole seconds only.
        self.retry_after_seconds = min(max(ceil(retry_after_seconds), 1), _LONGEST_WAIT_SECONDS)


class UnavailableError(NremError):
    """The database cannot be reached; nothing was committed, so sending again is safe."""


class PassError(NremError):
    """A pass cannot process an item."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PageError(NremError):
    """A page of the web cannot be read; `is_passing` when it may be, a while later."""

    def __init__(self, code: str, *, is_passing: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.is_passing = is_passing


class ReplyError(PassError):
    """A model's reply cannot be used."""


class Deferred(NremError):  # noqa: N818 - an expected outcome, not a fault
    """A pass must wait for somebody else; the try does not count."""

    def __init__(self, reason: str, *, retry_after_seconds: float) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after_seconds = retry_after_seconds


class Waiting(Deferred):
    """One piece of work must wait for what it alone needs; the rest of the pass's goes on."""


class Batched(Waiting):
    """What it waits for is an answer that comes with many others."""


class NoModelError(NremError):
    """No paid model may be asked, or none answers; `until_seconds` says for how long."""

    def __init__(self, reason: str, *, until_seconds: float) -> None:
        super().__init__(reason)
        self.reason = reason
        self.until_seconds = until_seconds


class LostLease(NremError):  # noqa: N818 - an expected outcome, not a fault
    """Another worker took the work over; nothing was written."""
