"""A proxy between clients and the API that drops the first reply to each request, in two ways.

UNWRITTEN: it ends both sides before the server writes its reply. Then it reads until the server's
end what came all the same: no byte of it means that the reply was not written.
UNREAD: it reads the whole reply and does not pass it on, which no server can know.
"""

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from itertools import cycle
from typing import Final
from urllib.parse import urlsplit

# From "before the server has read it" to "as the reply is ready".
_DELAYS_SECONDS: Final = (0.0, 0.001, 0.002, 0.004, 0.008, 0.016)
_PATIENCE_SECONDS: Final = 60.0
_Message = bytes


class Way(Enum):
    """How replies are dropped."""

    UNWRITTEN = "unwritten"
    UNREAD = "unread"


@dataclass(slots=True, kw_only=True)
class Dropped:
    """Replies that were dropped."""

    # the server wrote none of it
    unwritten: int = 0
    # the server had written it
    written: int = 0


@dataclass(kw_only=True)
class Proxy:
    """The running proxy: where it listens, and what it dropped."""

    way: Way
    server: tuple[str, int]
    listener: socket.socket
    dropped: Dropped = field(default_factory=Dropped)
    _seen: set[_Message] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _delays: Iterator[float] = field(default_factory=lambda: cycle(_DELAYS_SECONDS))

    @property
    def url(self) -> str:
        """Where clients find it."""
        host, port = self.listener.getsockname()
        return f"http://{host}:{port}"

    def accept(self) -> None:
        """Serve connections until the listener is closed."""
        serving = []
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                break
            one = threading.Thread(target=self._serve, args=(client,))
            one.start()
            serving.append(one)
        for one in serving:
            one.join(_PATIENCE_SECONDS)

    def _serve(self, client: socket.socket) -> None:
        """One connection: requests one after the other, until one's reply is dropped."""
        client.settimeout(_PATIENCE_SECONDS)
        with client, socket.create_connection(self.server, _PATIENCE_SECONDS) as server:
            while message := _read(client):
                server.sendall(message)
                if self._is_first(message):
                    self._drop(client, server)
                    return
                client.sendall(_read(server))

    def _is_first(self, message: bytes) -> bool:
        body = message.partition(b"\r\n\r\n")[2]
        with self._lock:
            is_first = body not in self._seen
            self._seen.add(body)
        return is_first

    def _drop(self, client: socket.socket, server: socket.socket) -> None:
        if self.way is Way.UNREAD:
            assert _read(server)
            self._count(is_written=True)
            return
        with self._lock:
            delay = next(self._delays)
        select.select([server], [], [], delay)
        server.shutdown(socket.SHUT_WR)
        client.shutdown(socket.SHUT_RDWR)
        self._count(is_written=bool(_rest(server)))

    def _count(self, *, is_written: bool) -> None:
        with self._lock:
            self.dropped.written += is_written
            self.dropped.unwritten += not is_written


@contextmanager
def dropping(url: str, way: Way) -> Iterator[Proxy]:
    """A proxy before the server at `url`, until the block ends."""
    place = urlsplit(url)
    assert place.hostname
    assert place.port
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        proxy = Proxy(way=way, server=(place.hostname, place.port), listener=listener)
        thread = threading.Thread(target=proxy.accept)
        thread.start()
        try:
            yield proxy
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(_PATIENCE_SECONDS)


def _read(peer: socket.socket) -> bytes:
    """The next request or reply, whole; empty when the peer has ended."""
    seen = b""
    while b"\r\n\r\n" not in seen:
        part = _part(peer)
        if not part:
            return b""
        seen += part
    head, _, body = seen.partition(b"\r\n\r\n")
    names = [line.partition(b":") for line in head.lower().split(b"\r\n")]
    (size,) = [int(value) for name, _, value in names if name == b"content-length"] or [0]
    while len(body) < size:
        part = _part(peer)
        if not part:
            return b""
        body += part
    return head + b"\r\n\r\n" + body


def _rest(peer: socket.socket) -> bytes:
    seen = b""
    while part := _part(peer):
        seen += part
    return seen


def _part(peer: socket.socket) -> bytes:
    try:
        return peer.recv(65536)
    except ConnectionError:
        return b""
