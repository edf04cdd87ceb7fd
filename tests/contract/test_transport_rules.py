"""What clients of Z3rno rely on in every answer; tests/api/test_replay.py has the rule on repeats.

One test or more for each: no redirects, errors as objects, whole seconds to wait, connections that
stay usable, bodies that may be missing, ids, request ids, instants and numbers.
"""

import asyncio
import json
import math
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from api import problems
from api.app import app
from nrem.errors import OverloadedError
from tests.api.routing import routes_of
from tests.api.serving import Caller, Service
from tests.api.wire import connect, read_answer, request

ID = re.compile(r"[A-Za-z0-9_-]+")
PATHS = sorted({path for _, path in routes_of(app) if path.startswith("/v1/")})
REFUSED: list[tuple[str, str, object, int]] = [
    ("GET", "/v1/memories/mem_unknown", None, 404),
    ("GET", "/v1/nowhere", None, 404),
    ("DELETE", "/v1/memories", None, 405),
    ("POST", "/v1/memories", [], 422),
    ("POST", "/v1/memories/recall", {"agent_id": "a", "top_k": 0}, 422),
    ("POST", "/v1/sessions/unknown/end", None, 404),
]


def _values(answer: object) -> Iterator[tuple[str, Any]]:
    """Every field of an answer with its value, however deep."""
    if isinstance(answer, dict):
        for name, value in answer.items():
            yield name, value
            yield from _values(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from _values(value)


def _answers(caller: Caller) -> list[Any]:
    """What a memory's life looks like from outside."""
    stored = caller.store("I like tea.", metadata={"cups": 3}, importance=0.5)
    path = f"/v1/memories/{stored['id']}"
    caller.patch(path, {"content": "I like green tea."})
    found = caller.post("/v1/memories/recall", {"agent_id": "agent", "query": "tea"}).json()
    session = caller.post("/v1/sessions", {"agent_id": "agent"}).json()
    talk = caller.post("/v1/conversations", {"agent_id": "agent"}).json()
    read = [caller.get(one).json() for one in (path, f"{path}/history", "/v1/audit")]
    return [stored, found, session, talk, *read]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_path_is_answered_with_a_redirect(caller: Caller, method: str, path: str) -> None:
    given = path.translate(str.maketrans("", "", "{}"))

    for ending in ("", "/"):
        assert caller.client.request(method, given + ending).status_code // 100 != 3


@pytest.mark.parametrize(("method", "path", "body", "status"), REFUSED)
def test_an_error_is_one_json_object_with_detail_code_and_request_id(
    caller: Caller, method: str, path: str, body: object, status: int
) -> None:
    answer = caller.client.request(method, path, json=body)

    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("application/json")
    told = answer.json()
    assert isinstance(told["detail"], str)
    assert told["detail"]
    assert re.fullmatch("[a-z_]+", told["error"])
    assert told["request_id"] == answer.headers["X-Request-ID"]


@pytest.mark.parametrize(("wait", "told"), [(0, "1"), (1, "1"), (60, "60"), (61, "60")])
def test_a_wait_is_told_in_whole_seconds_up_to_a_minute(wait: int, told: str) -> None:
    full = FastAPI()
    problems.install(full)

    @full.get("/full")
    async def _full() -> None:
        raise OverloadedError(retry_after_seconds=wait)

    async def ask() -> httpx2.Response:
        transport = httpx2.ASGITransport(full)
        async with httpx2.AsyncClient(transport=transport, base_url="http://nrem") as client:
            return await client.get("/full")

    answer = asyncio.run(ask())

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == told


@pytest.mark.parametrize(("method", "path", "body", "status"), REFUSED)
def test_a_connection_is_usable_after_an_error(
    service: Service, caller: Caller, method: str, path: str, body: object, status: int
) -> None:
    with connect(service) as client:
        client.sendall(request(path, body, caller.key, method=method))
        first, headers, _ = read_answer(client)
        client.sendall(request("/v1/memories?limit=1", None, caller.key, method="GET"))
        second = read_answer(client)[0]

    assert (first, second) == (status, 200)
    assert headers.get("connection") != "close"


@pytest.mark.parametrize("path", ["/v1/memories", "/v1/events", "/v1/memories/recall"])
def test_a_body_that_is_too_large_leaves_a_usable_connection_or_says_that_it_ends(
    service: Service, caller: Caller, path: str
) -> None:
    body = {"agent_id": "a", "content": "x" * 11_000_000}
    with connect(service) as client:
        client.sendall(request(path, body, caller.key))
        status, headers, _ = read_answer(client)
        if headers.get("connection") != "close":
            client.sendall(request("/v1/memories?limit=1", None, caller.key, method="GET"))
            assert read_answer(client)[0] == 200

    assert status == 413


@pytest.mark.parametrize("given", ["application/json", "text/plain", "nonsense", ""])
def test_content_type_says_nothing_where_there_is_no_body(caller: Caller, given: str) -> None:
    session = caller.post("/v1/sessions", {"agent_id": "agent"}).json()["session_id"]
    headers = {"Content-Type": given, "Content-Length": "0"}

    ended = caller.client.post(f"/v1/sessions/{session}/end", headers=headers)
    read = caller.client.get(f"/v1/sessions/{session}", headers={"Content-Type": given})

    assert (ended.status_code, read.status_code) == (200, 200)


def test_ids_are_words_of_a_url(caller: Caller) -> None:
    for answer in _answers(caller):
        for name, value in _values(answer):
            if name in {"id", "memory_id", "session_id", "conversation_id"} and value is not None:
                assert isinstance(value, int) or ID.fullmatch(value), name


@pytest.mark.parametrize(
    ("given", "kept"), [("a" * 64, "a" * 64), ("a" * 65, "a" * 64), ("b" * 4000, "b" * 64)]
)
def test_a_request_id_of_any_length_is_taken(caller: Caller, given: str, kept: str) -> None:
    answer = caller.client.get("/v1/memories", headers={"X-Request-ID": given})

    assert answer.status_code == 200
    assert answer.headers["X-Request-ID"] == kept


def test_every_answer_has_a_request_id(caller: Caller) -> None:
    assert caller.get("/v1/memories").headers["X-Request-ID"]
    assert caller.get("/v1/nowhere").headers["X-Request-ID"]
    stored = caller.post("/v1/memories", {"agent_id": "a", "content": "c"})
    assert stored.headers["X-Request-ID"]


def test_instants_have_an_offset(caller: Caller) -> None:
    seen = 0
    for answer in _answers(caller):
        for name, value in _values(answer):
            is_named = name.endswith("_at") or name in {"valid_from", "valid_to", "timestamp"}
            if is_named and value is not None:
                assert value.endswith("Z"), name
                assert datetime.fromisoformat(value).tzinfo
                seen += 1
    assert seen > 10


def test_numbers_are_finite(caller: Caller) -> None:
    for answer in _answers(caller):
        text = json.dumps(answer)
        assert not re.search(r"\b(NaN|-?Infinity)\b", text)
        for _, value in _values(answer):
            assert not isinstance(value, float) or math.isfinite(value)
