"""A server of scripted answers behind a real socket, and what it was asked."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

JSON: Final = {"Content-Type": "application/json"}


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer; a dropped one is never written, and the connection closed."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    is_dropped: bool = False

    def payload(self) -> bytes:
        """The body as bytes: as it is, or as JSON."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


class Stub:
    """Answers what it was given, in turn; the last answer stays."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[Asked] = []
        self._replies: list[Reply] = [Reply(body={})]
        self._lock = threading.Lock()

    def will(self, *replies: Reply) -> None:
        """Answer these, one request after the other, and the last one from then on."""
        self._replies = list(replies)

    def answers(self, body: Any, status: int = 200, **headers: str) -> None:  # noqa: ANN401
        """Answer this from now on."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        self.will(Reply(status=status, body=body, headers=named))

    def take(self, asked: Asked) -> Reply:
        """Note a request; answers its reply."""
        with self._lock:
            self.asked.append(asked)
            return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]

    @property
    def last(self) -> Asked:
        """The last request."""
        return self.asked[-1]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # nothing of an answer waits for the next packet
    disable_nagle_algorithm = True
    stub: Stub

    def _serve(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = Asked(
            method=self.command,
            path=self.path,
            headers={name.lower(): text for name, text in self.headers.items()},
            body=json.loads(raw) if raw else None,
        )
        reply = self.stub.take(asked)
        if reply.is_dropped:
            self.close_connection = True
            return
        payload = b"" if reply.status == 204 else reply.payload()
        self.send_response(reply.status)
        for name, text in (JSON | reply.headers).items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    do_DELETE = do_GET = do_PATCH = do_POST = do_PUT = _serve  # noqa: N815 - names of the library

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401
        """Say nothing."""


@contextlib.contextmanager
def serving() -> Iterator[Stub]:
    """A stub on a free port, until the block ends."""
    stub = Stub()
    handler = type("Handler", (_Handler,), {"stub": stub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    # a connection that is kept alive has a thread of its own, which ends with it
    server.block_on_close = False
    stub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
