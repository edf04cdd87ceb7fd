"""A server that speaks the Messages API on localhost, and answers as a test tells it to.

What it sends is read by the official client with its own types. Replies are scripted, in order,
or made by `model`, a function from a request to the text of the reply, or to its blocks where they
are more than a text; faults may be drawn from a seed. What it knows of batches is in `batches_api`.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from random import Random
from threading import Event, Lock, Thread
from typing import Any

from nrem.clock import monotonic
from tests.llm.batches_api import BatchesApi, Fate, Told

Request = dict[str, Any]
Blocks = list[dict[str, Any]]
Model = Callable[[Request], str | Blocks]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer of the server."""

    status: int = 200
    # of the reply; None: what the model says
    text: str | None = None
    stop_reason: str = "end_turn"
    # of an error
    error: str = "api_error"
    message: str = "no"
    headers: dict[str, str] = field(default_factory=dict)
    # the connection is held for so long, then dropped without an answer
    hang_seconds: float = 0.0
    # every byte of the answer, its headers too, comes so long after the one before
    drip_seconds: float = 0.0
    # the body as it is, whatever it is
    raw: bytes | None = None
    # of a batch: what is asked is done, and the connection is dropped without an answer
    is_unheard: bool = False


def limited(retry_after: str | None = None) -> Answer:
    headers = {"retry-after": retry_after} if retry_after is not None else {}
    return Answer(status=429, error="rate_limit_error", headers=headers)


def overloaded() -> Answer:
    return Answer(status=529, error="overloaded_error")


def broke() -> Answer:
    return Answer(status=400, error="billing_error")


@dataclass(frozen=True, kw_only=True)
class Faults:
    """Shares, 0 to 1, of answers of each kind; the rest is as it should be."""

    seed: int
    limited: float = 0.0
    overloaded: float = 0.0
    hanging: float = 0.0
    broken: float = 0.0
    truncated: float = 0.0
    retry_after: int = 30
    hang_seconds: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request as it came, and how it was answered."""

    request: Request
    headers: dict[str, str]
    answer: Answer
    at: float


@dataclass(kw_only=True)
class MessagesApi:
    """The server's side: what came, and what is to be said."""

    model: Model
    url: str = ""
    script: list[Answer] = field(default_factory=list)
    faults: Faults | None = None
    calls: list[Call] = field(default_factory=list)
    # is called before each answer, in the server's thread
    meanwhile: Callable[[], object] = lambda: None
    over: Event = field(default_factory=Event)
    batches: BatchesApi = field(init=False)
    # of what is asked about batches
    batch_script: list[Answer] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)
    _chance: Random | None = None

    def __post_init__(self) -> None:
        self.batches = BatchesApi(say=self._said)

    def _said(self, request: Request, fate: Fate) -> dict[str, Any]:
        return self.body(request, Answer(text=fate.text, stop_reason=fate.stop_reason))

    def batched(self, method: str, target: str, request: Any) -> tuple[Answer, Told] | None:  # noqa: ANN401
        """The answer about batches, and what is to be done with it; None: it is about none."""
        if not target.startswith("/v1/messages/batches"):
            return None
        with self._lock:
            answer = self.batch_script.pop(0) if self.batch_script else Answer()
            if answer.status != 200 or answer.raw is not None:
                body = answer.raw or json.dumps(self.body({}, answer)).encode()
                return answer, Told(body=body, status=answer.status)
            told = self.batches.handle(method, target, request, self.url)
        self.meanwhile()
        return answer, told or Told(body=b"")

    def choose(self) -> Answer:
        if self.script:
            return self.script.pop(0)
        return self._drawn(self.faults) if self.faults else Answer()

    def _drawn(self, faults: Faults) -> Answer:
        if self._chance is None:
            self._chance = Random(faults.seed)  # noqa: S311 - a test that can be repeated
        drawn = self._chance.random()
        kinds = (
            (faults.limited, limited(str(faults.retry_after))),
            (faults.overloaded, overloaded()),
            (faults.hanging, Answer(hang_seconds=faults.hang_seconds)),
            (faults.broken, Answer(text='{"memories": [{"text": "half')),
            (faults.truncated, Answer(text='{"mem', stop_reason="max_tokens")),
        )
        for share, answer in kinds:
            if drawn < share:
                return answer
            drawn -= share
        return Answer()

    def take(self, request: Request, headers: dict[str, str]) -> Answer:
        with self._lock:
            answer = self.choose()
            self.calls.append(Call(request=request, headers=headers, answer=answer, at=monotonic()))
        self.meanwhile()
        return answer

    def body(self, request: Request, answer: Answer) -> dict[str, Any]:
        """The reply; a token is four characters, and the prefix is cached after the first call."""
        if answer.status != 200:
            return {
                "type": "error",
                "error": {"type": answer.error, "message": answer.message},
                "request_id": "req_double",
            }
        said = self.model(request) if answer.text is None else answer.text
        blocks = [{"type": "text", "text": said}] if isinstance(said, str) else said
        is_wish = any(one["type"] == "tool_use" for one in blocks)
        length = sum(len(one.get("text") or json.dumps(one.get("input"))) for one in blocks)
        prefix = sum(len(block["text"]) for block in request["system"]) // 4
        is_first = len(self.calls) == 1
        return {
            "id": f"msg_{len(self.calls)}",
            "type": "message",
            "role": "assistant",
            "model": request["model"],
            "content": blocks,
            "stop_reason": "tool_use" if is_wish else answer.stop_reason,
            "stop_sequence": None,
            "usage": {
                "input_tokens": len(request["messages"][0]["content"]) // 4,
                "output_tokens": max(1, length // 4),
                "cache_creation_input_tokens": prefix if is_first else 0,
                "cache_read_input_tokens": 0 if is_first else prefix,
            },
        }


def _drip(to: BufferedIOBase, body: bytes, *, seconds: float, over: Event) -> None:
    """A whole answer, one byte after the other, until nobody reads any more."""
    kind = "content-type: application/json"
    head = f"HTTP/1.1 200 OK\r\n{kind}\r\ncontent-length: {len(body)}\r\n\r\n"
    with suppress(OSError):
        for byte in head.encode() + body:
            if over.wait(seconds):
                return
            to.write(bytes([byte]))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, api: MessagesApi, *given: Any) -> None:  # noqa: ANN401
        self._api = api
        super().__init__(*given)

    def do_GET(self) -> None:
        if not self._batched(None):
            self.send_error(404)

    def _batched(self, request: Any) -> bool:  # noqa: ANN401
        found = self._api.batched(self.command, self.path, request)
        if found is None:
            return False
        answer, told = found
        if answer.is_unheard:
            self.close_connection = True
            return True
        self._send(told.status, told.content_type, told.body, answer.headers)
        return True

    def do_POST(self) -> None:
        length = int(self.headers["content-length"] or 0)
        request = json.loads(self.rfile.read(length) or b"null")
        if self._batched(request):
            return
        answer = self._api.take(request, {k.lower(): v for k, v in self.headers.items()})
        if self.path != "/v1/messages":
            answer = Answer(status=404, error="not_found_error")
        if answer.hang_seconds:
            self._api.over.wait(answer.hang_seconds)
            self.close_connection = True
            return
        body = answer.raw or json.dumps(self._api.body(request, answer)).encode()
        if answer.drip_seconds:
            _drip(self.wfile, body, seconds=answer.drip_seconds, over=self._api.over)
            return
        self._send(answer.status, "application/json", body, answer.headers)

    def _send(self, status: int, kind: str, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.send_header("request-id", f"req_{len(self._api.calls)}")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401
        """Say nothing."""


@contextmanager
def serving(model: Model, **given: Any) -> Iterator[MessagesApi]:  # noqa: ANN401
    """The double on a port of its own; it ends with the context."""
    api = MessagesApi(model=model, **given)

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, api))
    server.daemon_threads = True
    api.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        api.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
