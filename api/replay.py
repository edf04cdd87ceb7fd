"""Has a request that is sent again join its first attempt, unless its answer was delivered.

Between the network and the routes of the public listener. What a request does is done in a task of
its own: a client that goes away ends nothing. docs/adr/0018-repeats-join.md says which routes
keep a repeat harmless by which means.
"""

import asyncio
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import auth, marker, problems
from api.attempt import Answer, Attempt
from api.connection import connection_of
from api.state import State
from nrem.errors import RejectedError
from nrem.wire.field import MAX_LAX_BODY_BYTES

# Reads, and the route whose events carry keys of their own.
_PASSED_ON: Final = frozenset({"/v1/events", "/v1/memories/recall", "/v1/memories/recall/stream"})
_KEY: Final = "idempotency-key"
_KEYED_METHODS: Final = frozenset({"PATCH", "PUT", "DELETE"})


class Replays:
    """Lets repeats of writes join."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if not _is_write(scope):
            await self._app(scope, receive, send)
            return
        raw, receive = await _read(receive)
        if raw is None:
            await self._app(scope, receive, send)
            return
        try:
            await self._answer(scope, raw, send)
        except RejectedError as error:
            response = problems.rejected(Request(scope), error)
            await response(scope, receive, send)

    async def _answer(self, scope: Scope, raw: bytes, send: Send) -> None:
        state: State = scope["app"].state.nrem
        attempt = _attempt(state, scope, raw)
        if attempt.is_joined:
            # The key was good when the attempt began, and every request counts.
            await auth.admit(state, scope, _key_of(scope))
        answer = await state.attempts.run(attempt, lambda: self._work(scope, raw, attempt))
        is_delivered = await _deliver(scope, answer, send)
        state.attempts.settle(attempt, answer, is_delivered=is_delivered)

    async def _work(self, scope: Scope, raw: bytes, attempt: Attempt) -> Answer:
        """Do what the request asks for, once for all processes where its route is marked."""
        mark = marker.begin(scope["method"], scope["path"], key=attempt.key, body=attempt.body)
        answer = await self._call(_named(scope, attempt.key), raw)
        if mark is not None and mark.is_repeated:
            return await self._read_back(scope, mark.shown_at) or answer
        return answer

    async def _read_back(self, scope: Scope, path: str) -> Answer | None:
        """What the first attempt changed, as it stands now."""
        marker.end()
        passed = [pair for pair in scope["headers"] if not pair[0].startswith(b"content-")]
        asked = {"method": "GET", "path": path, "raw_path": path.encode(), "query_string": b""}
        answer = await self._call({**scope, **asked, "headers": passed}, b"")
        return answer if answer.is_success else None

    async def _call(self, scope: Scope, raw: bytes) -> Answer:
        """The application's answer to a request whose body is here already."""
        parts = [{"type": "http.request", "body": raw, "more_body": False}]
        sent: list[Message] = []

        async def receive() -> Message:
            if parts:
                return parts.pop()
            # Its client may go; nobody tells it.
            await asyncio.Event().wait()
            raise AssertionError

        async def send(message: Message) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        return Answer(
            status=sent[0]["status"],
            headers=tuple(sent[0]["headers"]),
            body=b"".join(one.get("body", b"") for one in sent[1:]),
        )


def _is_write(scope: Scope) -> bool:
    if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
        return False
    given = Headers(scope=scope)
    if "authorization" not in given or scope["path"] in _PASSED_ON:
        return False
    return scope["method"] == "POST" or (
        scope["method"] in _KEYED_METHODS and bool(given.get(_KEY))
    )


async def _read(receive: Receive) -> tuple[bytes | None, Receive]:
    """The whole body, or None and what still gives it: it is too large, or the client has gone."""
    seen: list[Message] = []
    size = 0
    while True:
        message = await receive()
        seen.append(message)
        size += len(message.get("body", b""))
        if message["type"] != "http.request" or size > MAX_LAX_BODY_BYTES:
            return None, _again(seen, receive)
        if not message.get("more_body", False):
            return b"".join(one.get("body", b"") for one in seen), _again(seen, receive)


def _again(seen: list[Message], receive: Receive) -> Receive:
    waiting = list(reversed(seen))

    async def take() -> Message:
        return waiting.pop() if waiting else await receive()

    return take


def _attempt(state: State, scope: Scope, raw: bytes) -> Attempt:
    given = Headers(scope=scope)
    body = state.digest.of("replay-body", raw)
    who = given["authorization"]
    what = (scope["method"], scope["path"], scope["query_string"])
    own = given.get(_KEY)
    identity = state.digest.of("replay", who, *what, *(("key", own) if own else ("body", body)))
    return state.attempts.find(identity, body, own)


def _named(scope: Scope, its_key: str) -> Scope:
    """The request under the key of its attempt."""
    others = [pair for pair in scope["headers"] if pair[0] != _KEY.encode()]
    return {**scope, "headers": [*others, (_KEY.encode(), its_key.encode("latin-1"))]}


def _key_of(scope: Scope) -> str:
    return Headers(scope=scope)["authorization"].partition(" ")[2].strip()


async def _deliver(scope: Scope, answer: Answer, send: Send) -> bool:
    """Send an answer; says whether every byte of it left while the client was there."""
    connection = connection_of(scope)
    if connection is not None and not connection.is_open():
        return False
    start = {"status": answer.status, "headers": list(answer.headers)}
    await send({"type": "http.response.start", **start})
    await send({"type": "http.response.body", "body": answer.body})
    return connection is None or await connection.has_sent()
