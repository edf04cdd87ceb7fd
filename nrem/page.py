"""A page of the web as text: fetched once, bounded in size and time, from where it may be read.

A name is looked up once and every address it has must be admitted; the connection goes to one of
them, so that a second look-up cannot lead elsewhere. Each redirect is checked as the first URL was.
No proxy, no cookie and no key is sent.
"""

import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Timer
from typing import Final
from urllib.parse import urljoin

from nrem import __version__
from nrem.clock import monotonic
from nrem.errors import PageError
from nrem.policy.ingest_html import text_of
from nrem.reach import Reach, Target

# Of a whole fetch, with its redirects.
SECONDS: Final = 20.0
# Twice as much text would be more than an ingest takes.
MAX_BYTES: Final = 4 * 1024 * 1024
MAX_REDIRECTS: Final = 5
_CONNECT_SECONDS: Final = 5.0
_CHUNK: Final = 65_536
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_TOO_MANY: Final = 429
_HTML: Final = frozenset({"text/html", "application/xhtml+xml"})
_PLAIN: Final = frozenset({"text/plain", "text/markdown", "text/x-markdown", "application/json"})
_HEADERS: Final = {
    "Accept": "text/html, text/plain, text/markdown, application/json",
    "Accept-Encoding": "identity",
    "Connection": "close",
    "User-Agent": f"nrem/{__version__}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page says."""

    text: str
    content_type: str
    # bytes, as it came
    size: int


def fetch(url: str, reach: Reach, *, seconds: float = SECONDS) -> Page:
    """Read a page.

    Raises: PageError with a code that says why it cannot be read.
    """
    ends = monotonic() + seconds
    for _ in range(MAX_REDIRECTS + 1):
        with _answer(reach.target(url), reach, ends) as answer:
            location = answer.headers.get("Location")
            if answer.status not in _MOVED or location is None:
                return _page(answer)
        url = _joined(url, location)
    raise PageError("too_many_redirects")


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise PageError("invalid_url") from None


class _Connection(HTTPConnection):
    """A connection to addresses that were checked, whatever the name leads to by now."""

    def __init__(self, target: Target, addresses: list[str]) -> None:
        super().__init__(target.host, target.port, timeout=_CONNECT_SECONDS)
        self.default_port = 443 if target.scheme == "https" else 80
        self._target = target
        self._addresses = addresses
        # `sock` is taken away once the headers are read
        self._live: socket.socket | None = None

    def connect(self) -> None:
        """Connect to the first address that answers."""
        fault: OSError | None = None
        for address in self._addresses:
            try:
                plain = socket.create_connection((address, self._target.port), self.timeout)
            except OSError as error:
                fault = error
                continue
            self.sock = self._live = plain
            if self._target.scheme == "https":
                self._secure(plain)
            return
        raise fault or OSError("no address")

    def _secure(self, plain: socket.socket) -> None:
        sock = ssl.create_default_context().wrap_socket(
            plain, server_hostname=self._target.host, do_handshake_on_connect=False
        )
        self.sock = self._live = sock
        sock.do_handshake()

    def cut(self) -> None:
        """End whatever waits on the connection."""
        if self._live is not None:
            with suppress(OSError):
                # Of the plain socket: a TLS socket would talk before it ends.
                socket.socket.shutdown(self._live, socket.SHUT_RDWR)


@contextmanager
def _answer(target: Target, reach: Reach, ends: float) -> Iterator[HTTPResponse]:
    """The answer to a request, its body unread."""
    connection = _Connection(target, _addresses(target, reach))
    # A peer that sends a letter now and then never runs into the timeout of the socket.
    watch = Timer(max(0.0, ends - monotonic()), connection.cut)
    watch.daemon = True
    watch.start()
    try:
        connection.request("GET", target.path, headers=_HEADERS)
        with closing(connection.getresponse()) as answer:
            yield answer
        if monotonic() >= ends:
            raise TimeoutError
    except ssl.SSLCertVerificationError:
        raise PageError("untrusted_certificate") from None
    except (OSError, HTTPException) as error:
        is_late = isinstance(error, TimeoutError) or monotonic() >= ends
        raise PageError("timed_out" if is_late else "unreachable", is_passing=True) from None
    finally:
        watch.cancel()
        connection.close()


def _addresses(target: Target, reach: Reach) -> list[str]:
    """Every address of a host; all must be admitted, as any of them may be meant to be hidden."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise PageError("unresolvable", is_passing=True) from None
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not all(reach.admits(one) for one in addresses):
        raise PageError("address_not_allowed")
    return addresses


def _page(answer: HTTPResponse) -> Page:
    if answer.status != 200:
        is_passing = answer.status >= 500 or answer.status == _TOO_MANY
        raise PageError(f"http_{answer.status}", is_passing=is_passing)
    content_type = answer.headers.get_content_type() if "Content-Type" in answer.headers else ""
    if content_type not in _HTML | _PLAIN:
        raise PageError("unsupported_content_type")
    if answer.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise PageError("unsupported_encoding")
    raw = _body(answer)
    said = _decoded(raw, answer.headers)
    return Page(
        text=text_of(said) if content_type in _HTML else said,
        content_type=content_type,
        size=len(raw),
    )


def _body(answer: HTTPResponse) -> bytes:
    parts, size = [], 0
    while part := answer.read(_CHUNK):
        size += len(part)
        if size > MAX_BYTES:
            raise PageError("too_large")
        parts.append(part)
    if answer.length:
        raise HTTPException("the body ended early")
    return b"".join(parts)


def _decoded(raw: bytes, headers: Message) -> str:
    """As the header says, else in UTF-8; a byte that is no letter becomes a mark."""
    charset = headers.get_content_charset("utf-8")
    try:
        return raw.decode(charset, errors="replace")
    except (LookupError, ValueError):
        return raw.decode("utf-8", errors="replace")
