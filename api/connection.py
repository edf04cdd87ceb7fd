"""One client's connection, which knows whether an answer really left for it.

ASGI does not tell: uvicorn's `send` returns in silence after a client has gone. Give uvicorn
`Protocol` as its `http` class and `connection_of` finds the connection of a request.
"""

import asyncio
import contextlib
import socket
from typing import Any, Final

from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

_PLACE: Final = "nrem.connection"
# The longest that a slow reader may take before its answer counts as undelivered.
_FLUSH_SECONDS: Final = 60.0


class Protocol(H11Protocol):
    """uvicorn's HTTP/1.1, which shows itself to the application and remembers how it ended."""

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*given, **named)
        self._has_ended = False
        self._has_left = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin; from here on writing pauses until the last byte is with the system."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)
        self.app_state = {**self.app_state, _PLACE: self}

    def connection_lost(self, exc: Exception | None) -> None:
        """End; with an error, what was still to be written is lost."""
        self._has_ended = self._has_ended or exc is not None
        super().connection_lost(exc)

    def eof_received(self) -> None:
        """The client has ended its side, and uvicorn ends ours: it reads no answer any more."""
        self._has_ended = True
        super().eof_received()

    def pause_writing(self) -> None:
        """Some bytes wait for the system to take them."""
        self._has_left = False
        super().pause_writing()

    def resume_writing(self) -> None:
        """The system took the last byte."""
        self._has_left = not self._has_ended
        super().resume_writing()

    def is_open(self) -> bool:
        """Whether the client can still be answered, as the system knows at this instant."""
        if self._has_ended or self.transport.is_closing():
            return False
        with self.transport.get_extra_info("socket").dup() as beside:
            try:
                return bool(beside.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
            except BlockingIOError:
                return True
            except OSError:
                return False

    async def has_sent(self) -> bool:
        """Wait until the system has all that was sent; False when some of it never got there."""
        if self.flow.write_paused:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.flow.drain(), _FLUSH_SECONDS)
            return self._has_left
        # A write that failed is reported in the loop's next turn, what the client does after it
        # read the answer in a later one.
        await asyncio.sleep(0)
        return not self._has_ended


def connection_of(scope: Scope) -> Protocol | None:
    """The connection that a request came by; None behind another server."""
    found = scope.get("state", {}).get(_PLACE)
    return found if isinstance(found, Protocol) else None
