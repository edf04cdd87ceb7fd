# Made from nrem/sdk/_async by `python -m tests.sdk.halves`; do not edit.
"""What every group of calls stands on."""

from typing import TypeVar

import httpx2
import pydantic

from nrem.sdk._sync.transport import Transport
from nrem.sdk.request import Request
from nrem.sdk.settings import Door

Shape = TypeVar("Shape", bound=pydantic.BaseModel)


class Calls:
    """A group of calls through one listener."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def _door(self) -> Door:
        """The listener that is asked, and the key for it."""
        return self._transport.settings.public

    def _call(self, request: Request, shape: type[Shape]) -> Shape:
        return self._transport.call(request, shape, self._door())

    def _send(self, request: Request) -> httpx2.Response:
        return self._transport.send(request, self._door())
