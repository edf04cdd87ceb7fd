"""What every group of calls stands on."""

from typing import TypeVar

import httpx2
import pydantic

from nrem.sdk._async.transport import AsyncTransport
from nrem.sdk.request import Request
from nrem.sdk.settings import Door

Shape = TypeVar("Shape", bound=pydantic.BaseModel)


class AsyncCalls:
    """A group of calls through one listener."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    def _door(self) -> Door:
        """The listener that is asked, and the key for it."""
        return self._transport.settings.public

    async def _call(self, request: Request, shape: type[Shape]) -> Shape:
        return await self._transport.call(request, shape, self._door())

    async def _send(self, request: Request) -> httpx2.Response:
        return await self._transport.send(request, self._door())
