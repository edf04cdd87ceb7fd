"""What httpx2 raises, in words of the tree."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx2

from nrem.sdk.errors import ServerError, ValidationError, Z3rnoConnectionError


@contextmanager
def translated() -> Iterator[None]:
    """Let nothing of httpx2 out of the block.

    Raises: ConnectionError, ServerError with the code `bad_response`, ValidationError.
    """
    try:
        yield
    except httpx2.InvalidURL:
        raise ValidationError(
            "base_url is no address", field="base_url", remedy="give http://host:port"
        ) from None
    except (httpx2.DecodingError, httpx2.SSEError, httpx2.TooManyRedirects) as error:
        raise ServerError(
            f"the server's answer cannot be read ({type(error).__name__})", code="bad_response"
        ) from error
    except httpx2.HTTPError as error:
        why = str(error) or "no reason given"
        raise Z3rnoConnectionError(f"no answer came: {type(error).__name__}, {why}") from error
