"""Pages for tests: a real web server on the loopback address."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network

from nrem.reach import Reach

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@dataclass(slots=True, kw_only=True)
class Answer:
    """What a path answers."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/plain"})
    # set: the body comes byte by byte until the event is set
    drips_until: threading.Event | None = None


@dataclass(slots=True, kw_only=True)
class Site:
    """A web server, and what was asked of it."""

    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def reach(self) -> Reach:
        """Whoever may read it."""
        return Reach(hosts=(f"127.0.0.1:{self.port}",), networks=LOOPBACK)

    def url(self, path: str = "/") -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def put(self, path: str, body: bytes | str, content_type: str = "text/plain") -> str:
        """Let a path answer with a body; answers its address."""
        raw = body.encode() if isinstance(body, str) else body
        self.answers[path] = Answer(body=raw, headers={"Content-Type": content_type})
        return self.url(path)

    def move(self, path: str, location: str, status: int = 302) -> str:
        """Let a path lead elsewhere; answers its address."""
        self.answers[path] = Answer(status=status, headers={"Location": location})
        return self.url(path)


@contextmanager
def served() -> Iterator[Site]:
    """A site without pages, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, dict(self.headers)))
            answer = site.answers.get(self.path, Answer(status=404))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if answer.drips_until is None:
                self.wfile.write(answer.body)
                return
            while not answer.drips_until.wait(0.05):
                with suppress(OSError):
                    self.wfile.write(b"x")
                    self.wfile.flush()

        def log_message(self, *_given: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(port=server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
