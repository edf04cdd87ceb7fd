"""POST /v1/events: bad input gets a 4xx that says which field and why, and repeats none of it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from nrem.clock import utc_now
from tests.api.serving import Caller

CANARY = "a canary that sings of Canaan"
TURN = {"type": "turn", "agent_id": "agent", "role": "user", "content": CANARY}
KIB = 1024


def problem(answer: httpx2.Response) -> dict[str, Any]:
    """The error object of an answer, which is well formed and repeats nothing."""
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert CANARY not in answer.text
    body: dict[str, Any] = answer.json()
    assert body["error"]
    assert body["detail"]
    assert body["request_id"] == answer.headers["x-request-id"]
    return body


def ahead(**hours: float) -> str:
    return (utc_now() + timedelta(**hours)).isoformat()


FAULTY: list[tuple[dict[str, Any], str]] = [
    ({**TURN, "colour": CANARY}, "colour"),
    ({**TURN, "turn": CANARY}, "turn"),
    ({**TURN, CANARY: 1}, "?"),
    ({**TURN, "type": CANARY}, "type"),
    ({**TURN, "type": "\ud800"}, "type"),
    ({**TURN, "type": ["turn"]}, "type"),
    ({"agent_id": CANARY}, "type"),
    ({"type": "turn", "agent_id": CANARY, "role": "user"}, "content"),
    ({**TURN, "agent_id": 7}, "agent_id"),
    ({**TURN, "agent_id": ""}, "agent_id"),
    ({**TURN, "agent_id": "a" * 257}, "agent_id"),
    ({**TURN, "agent_id": "a\x00"}, "agent_id"),
    ({**TURN, "agent_id": None}, "agent_id"),
    ({**TURN, "content": ""}, "content"),
    ({**TURN, "content": " \n\t\u3000"}, "content"),
    ({**TURN, "content": "a\x00b"}, "content"),
    ({**TURN, "content": "\ud83d"}, "content"),
    ({**TURN, "content": {"text": CANARY}}, "content"),
    ({**TURN, "content": "x" * 100_001}, "content"),
    ({**TURN, "role": CANARY}, "role"),
    ({**TURN, "speaker": "x" * 129}, "speaker"),
    ({**TURN, "occurred_at": "2023-05-08T13:56:00"}, "occurred_at"),
    ({**TURN, "occurred_at": "2023-05-08"}, "occurred_at"),
    ({**TURN, "occurred_at": "1899-12-31T23:59:59Z"}, "occurred_at"),
    ({**TURN, "occurred_at": ahead(hours=25)}, "occurred_at"),
    ({**TURN, "occurred_at": 1_683_554_160}, "occurred_at"),
    ({**TURN, "occurred_at": "1683554160"}, "occurred_at"),
    ({**TURN, "occurred_at": CANARY}, "occurred_at"),
    ({**TURN, "metadata": [CANARY]}, "metadata"),
    ({**TURN, "metadata": {CANARY: {"a\x00": 1}}}, "metadata"),
    ({**TURN, "metadata": {"a": ["\x00"]}}, "metadata"),
    ({**TURN, "metadata": {"a": {"\udfff": CANARY}}}, "metadata"),
    ({**TURN, "metadata": {"\udfff": CANARY}}, "metadata"),
    ({**TURN, "metadata": {str(n): CANARY for n in range(65)}}, "metadata"),
    ({"type": "memory", "agent_id": "a", "content": "c", "importance": "0.5"}, "importance"),
    ({"type": "memory", "agent_id": "a", "content": "c", "importance": True}, "importance"),
    ({"type": "memory", "agent_id": "a", "content": "c", "importance": 1.01}, "importance"),
    ({"type": "memory", "agent_id": "a", "content": "c", "ttl_seconds": 0}, "ttl_seconds"),
    ({"type": "memory", "agent_id": "a", "content": "c", "ttl_seconds": 1.5}, "ttl_seconds"),
    ({"type": "memory", "agent_id": "a", "content": "c", "tier": CANARY}, "tier"),
    ({"type": "memory", "agent_id": "a", "content": "c", "memory_type": CANARY}, "memory_type"),
    ({"type": "session.end", "agent_id": "a"}, "session_id"),
    ({"type": "access", "agent_id": "a", "memory_id": CANARY}, "memory_id"),
    ({"type": "access", "agent_id": "a", "memory_id": "evt_0000000000000"}, "memory_id"),
]


def _named(value: object) -> str | None:
    return value if isinstance(value, str) and len(value) < 20 and value.isascii() else None


@pytest.mark.parametrize(("event", "field"), FAULTY, ids=_named)
def test_fault_is_named_by_its_field(caller: Caller, event: dict[str, Any], field: str) -> None:
    found = problem(caller.client.post("/v1/events", content=json.dumps(event)))

    assert found["field"] == field
    assert found["remedy"]


@pytest.mark.parametrize(("event", "field"), FAULTY, ids=_named)
def test_fault_in_a_batch_is_named_by_its_place(
    caller: Caller, event: dict[str, Any], field: str
) -> None:
    batch = {"events": [TURN, event]}

    found = problem(caller.client.post("/v1/events", content=json.dumps(batch)))

    assert found["field"] == f"events[1].{field}"


@pytest.mark.parametrize(
    ("batch", "place"),
    [({**TURN, "\ud800": 1}, "body"), ({"events": [{**TURN, "\ud800": 1}]}, "events[0]")],
)
def test_name_that_is_no_text_is_a_fault_of_the_event(
    caller: Caller, batch: dict[str, Any], place: str
) -> None:
    found = problem(caller.client.post("/v1/events", content=json.dumps(batch)))

    assert any(fault["field"] == place for fault in found["errors"])


@pytest.mark.parametrize(
    "event",
    [
        {**TURN, "occurred_at": "1900-01-01T00:00:00Z"},
        {**TURN, "occurred_at": ahead(hours=23)},
        {**TURN, "occurred_at": "2023-05-08T13:56:00+05:30"},
        {**TURN, "agent_id": "a" * 256},
        {**TURN, "agent_id": "alice@example.org / 爱丽丝"},
        {**TURN, "content": "x" * 100_000},
        {**TURN, "content": "\U0001f9e0"},
        {**TURN, "metadata": {str(n): 10**300 for n in range(64)}},
        {**TURN, "metadata": {"a": [None, True, -0.0, 1e308, "\U0001f9e0"]}},
        {"type": "memory", "agent_id": "a", "content": "c", "importance": 0, "ttl_seconds": 1},
        {"type": "memory", "agent_id": "a", "content": "c", "importance": 1.0},
    ],
)
def test_value_at_the_limit_is_accepted(caller: Caller, event: dict[str, Any]) -> None:
    assert caller.post("/v1/events", event).status_code == 202


def nested(depth: int) -> str:
    return '{"a":' * (depth - 1) + "{}" + "}" * (depth - 1)


def test_metadata_of_32_levels_is_accepted(caller: Caller) -> None:
    text = json.dumps(TURN)[:-1] + f', "metadata": {nested(32)}}}'

    assert caller.client.post("/v1/events", content=text).status_code == 202


@pytest.mark.parametrize("depth", [33, 300, 900, 950, 970, 990, 10_000, 100_000])
def test_metadata_nested_deeper_is_refused(caller: Caller, depth: int) -> None:
    text = json.dumps(TURN)[:-1] + f', "metadata": {nested(depth)}}}'

    found = problem(caller.client.post("/v1/events", content=text))

    assert "nested deeper than 32 levels" in found["detail"]


@pytest.mark.parametrize("depth", [40, 980, 10_000])
@pytest.mark.parametrize("around", ["{}", '{{"events": {}}}', '{{"events": [{}]}}'])
def test_deep_list_instead_of_an_event_is_refused(caller: Caller, depth: int, around: str) -> None:
    deep = "[" * depth + "]" * depth

    problem(caller.client.post("/v1/events", content=around.format(deep)))


def test_large_event_of_any_depth_is_refused(caller: Caller) -> None:
    text = json.dumps("x" * 300_000)
    # Reading and measuring run out of stack at depths that differ by one or two.
    for depth in range(900, 1_000):
        deep = f'{{"type": "turn", "x": {"[" * depth}{text}{"]" * depth}}}'

        problem(caller.client.post("/v1/events", content=deep))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b" \n",
        b"{",
        b"null",
        b"true",
        b"7",
        b'"text"',
        b"[]",
        b"[{}]",
        b"{}",
        b'{"events": null}',
        b'{"events": {}}',
        b'{"events": 7}',
        b'{"events": [7]}',
        b'{"events": [null]}',
        b'{"events": [[]]}',
        b"\xff\xfe",
        b"\x00",
        b'{"type": "turn", "content": "\xed\xa0\x80"}',
        b'{"type": NaN}',
        b'{"a": Infinity}',
        b'{"a": ' + b"9" * 5_000 + b"}",
        b"type=turn&content=text",
        b"\x1f\x8b\x08\x00\x00",
    ],
)
def test_body_that_is_no_event_is_refused(caller: Caller, text: bytes) -> None:
    found = problem(caller.client.post("/v1/events", content=text))

    assert found["field"]
    assert found["remedy"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400"])
@pytest.mark.parametrize("field", ['"importance": {}', '"metadata": {{"a": [{}]}}'])
def test_number_that_is_not_finite_is_refused(caller: Caller, number: str, field: str) -> None:
    event = '{"type": "memory", "agent_id": "a", "content": "c", ' + field.format(number) + "}"

    problem(caller.client.post("/v1/events", content=event))


@pytest.mark.parametrize(
    "given",
    [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "nonsense"],
)
def test_json_is_read_whatever_the_content_type_says(caller: Caller, given: str | None) -> None:
    headers = {"Content-Type": given} if given else {}

    answer = caller.client.post("/v1/events", content=json.dumps(TURN), headers=headers)

    assert answer.status_code == 202


def padded(size: int) -> str:
    """An event of that many bytes."""
    bare = json.dumps({**TURN, "metadata": {"a": ""}}, separators=(",", ":"))
    return bare.replace('"a":""', f'"a":"{"x" * (size - len(bare))}"')


def test_event_of_256_kib_is_accepted(caller: Caller) -> None:
    assert caller.client.post("/v1/events", content=padded(256 * KIB)).status_code == 202


@pytest.mark.parametrize("size", [256 * KIB + 1, 300 * KIB])
def test_larger_event_is_refused_by_its_place(caller: Caller, size: int) -> None:
    batch = f'{{"events": [{json.dumps(TURN)}, {padded(size)}]}}'

    found = problem(caller.client.post("/v1/events", content=batch))

    assert (found["error"], found["field"]) == ("too_large", "events[1]")
    assert found["detail"].startswith("events[1]")


def test_larger_single_event_is_called_an_event(caller: Caller) -> None:
    found = problem(caller.client.post("/v1/events", content=padded(300 * KIB)))

    assert (found["error"], found["field"]) == ("too_large", "body")
    assert found["detail"].startswith("the event")


def test_size_of_an_event_is_counted_in_bytes_of_utf8(caller: Caller) -> None:
    event = {**TURN, "content": "茶" * 80_000}

    assert caller.post("/v1/events", event).status_code == 202


def _chunks(size: int) -> Iterator[bytes]:
    piece = b" " * 65_536
    for _ in range(size // len(piece)):
        yield piece
    yield json.dumps(TURN).encode()


def test_body_of_almost_8_mib_is_read(caller: Caller) -> None:
    answer = caller.client.post("/v1/events", content=_chunks(8 * KIB * KIB - 65_536))

    assert answer.status_code == 202


def test_body_over_8_mib_is_refused_however_it_is_sent(caller: Caller) -> None:
    streamed = caller.client.post("/v1/events", content=_chunks(9 * KIB * KIB))
    measured = caller.client.post("/v1/events", content=b" " * (9 * KIB * KIB))

    for answer in (streamed, measured):
        assert problem(answer)["error"] == "too_large"
        assert answer.status_code == 413


def test_next_request_is_answered_after_a_body_that_was_too_large(caller: Caller) -> None:
    caller.client.post("/v1/events", content=_chunks(20 * KIB * KIB))

    assert caller.post("/v1/events", TURN).status_code == 202


def test_thousand_faults_are_counted_but_not_all_listed(caller: Caller) -> None:
    found = problem(caller.post("/v1/events", {"events": [{"type": "turn"}] * 1_000}))

    assert len(found["errors"]) == 50
    assert "2999 more" in found["detail"]
