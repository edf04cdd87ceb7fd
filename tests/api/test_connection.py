"""A connection knows that its client has gone before the event loop does."""

import asyncio
import socket
from collections.abc import Callable

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from api.connection import Protocol, connection_of

REQUEST = b"GET / HTTP/1.1\r\nHost: nrem\r\n\r\n"


def _leave(client: socket.socket) -> None:
    client.shutdown(socket.SHUT_WR)


def _stay(_client: socket.socket) -> None:
    """Nothing happens."""


def _reset(client: socket.socket) -> None:
    # a close that waits for nothing sends a reset
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    client.close()


@pytest.mark.parametrize(
    ("act", "is_open"),
    [(_stay, True), (_leave, False), (_reset, False)],
    ids=["stays", "leaves", "resets"],
)
def test_connection_is_open_while_its_client_is_there(
    act: Callable[[socket.socket], None],
    is_open: bool,  # noqa: FBT001
) -> None:
    seen: list[bool] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())

        async def application(scope: Scope, _receive: Receive, send: Send) -> None:
            connection = connection_of(scope)
            assert connection
            seen.append(connection.is_open())
            # no turn of the loop lies between
            act(client)
            seen.append(connection.is_open())
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body"})
            server.should_exit = True

        settings = uvicorn.Config(application, http=Protocol, lifespan="off", log_level="critical")
        server = uvicorn.Server(settings)
        client.sendall(REQUEST)
        asyncio.run(server.serve(sockets=[listener]))
        client.close()

    assert seen == [True, is_open]


def test_a_request_of_another_server_has_no_connection() -> None:
    assert connection_of({"type": "http"}) is None
