"""A client that is a bare socket: it may go away at any byte."""

import json
import socket
from urllib.parse import urlsplit

from tests.api.serving import Service


def request(path: str, value: object, key: str, *, method: str = "POST", **headers: str) -> bytes:
    """The bytes of a request."""
    raw = json.dumps(value).encode()
    lines = {
        "Host": "nrem",
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Content-Length": str(len(raw)),
        **{name.replace("_", "-"): text for name, text in headers.items()},
    }
    head = "".join(f"{name}: {text}\r\n" for name, text in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + raw


def connect(service: Service, *, receive_buffer: int | None = None) -> socket.socket:
    """A connection to the public listener."""
    place = urlsplit(service.url)
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if receive_buffer:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    made.settimeout(30)
    made.connect((place.hostname, place.port))
    return made


def read_answer(client: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Status, headers (names in lower case) and body of the next answer on a connection."""
    seen = b""
    while b"\r\n\r\n" not in seen:
        part = client.recv(65536)
        assert part, "the connection ended"
        seen += part
    head, _, body = seen.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {
        name.lower(): text.strip() for name, _, text in (line.partition(":") for line in lines)
    }
    while len(body) < int(headers.get("content-length", "0")):
        part = client.recv(65536)
        assert part, "the connection ended"
        body += part
    return int(first.split()[1]), headers, body
