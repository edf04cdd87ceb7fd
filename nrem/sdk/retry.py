"""Whether a failed request is sent again, and after how long."""

import random
from typing import Final

from nrem.sdk.errors import RateLimitError, ServerError, Z3rnoConnectionError, Z3rnoError

RETRIED: Final = frozenset({429, 502, 503, 504})
# Seconds; the first pause, and the longest one of our own. Twice as long: half the load on a
# server that is coming back, and callers that wait twice as long.
_FIRST_SECONDS: Final = 0.5
_LONGEST_SECONDS: Final = 8.0
# However long a server asks to wait.
_MOST_SECONDS: Final = 60.0


def seconds_until_next(error: Z3rnoError, retries: int, *, most: int) -> float | None:
    """How long to wait before the next attempt, after `retries` of them; None: there is none."""
    is_retried = isinstance(error, Z3rnoConnectionError) or error.status_code in RETRIED
    if not is_retried or retries >= most:
        return None
    own = backoff_seconds(retries)
    named = error.retry_after if isinstance(error, RateLimitError | ServerError) else None
    is_heard = error.status_code in {429, 503} and named is not None
    return min(_MOST_SECONDS, max(own, float(named))) if is_heard and named else own


def backoff_seconds(retries: int) -> float:
    """A random part, between half and all, of what doubles with each retry up to 8 s."""
    longest = min(_LONGEST_SECONDS, _FIRST_SECONDS * 2.0 ** min(retries, 10))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads callers, guards nothing
