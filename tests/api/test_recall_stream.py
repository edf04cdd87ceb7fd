"""POST /v1/memories/recall/stream: events that always end, whatever becomes of the work."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from api.routes import recall_stream
from tests.api.serving import Caller
from tests.faults.probe import until

PATH = "/v1/memories/recall/stream"
# a reader of lines breaks at each of these
BREAKS = "\u0085\u2028\u2029\x0b\x0c\x1c\x1d\x1e\r\n"


def stream(caller: Caller, query: str | None = None, **fields: Any) -> str:  # noqa: ANN401
    asked = {"agent_id": "agent", "query": query, **fields}
    with caller.client.stream("POST", PATH, json=asked) as answer:
        answer.read()
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    return answer.text


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    """As a client reads them, which breaks lines wherever Python does."""
    found, name, data = [], "message", list[str]()
    for line in text.splitlines():
        if not line and data:
            found.append((name, json.loads("\n".join(data))))
        if not line:
            name, data = "message", []
        elif line.startswith("event:"):
            name = line.removeprefix("event:").strip()
        elif line.startswith("data:"):
            data.append(line.removeprefix("data:").lstrip())
    return found


@contextmanager
def blocked(caller: Caller) -> Iterator[None]:
    """Nobody can read a memory."""
    with caller.world.superuser.begin() as conn:
        conn.exec_driver_sql("LOCK TABLE memories IN ACCESS EXCLUSIVE MODE")
        yield


def test_results_come_before_the_end_and_are_those_of_a_recall(caller: Caller) -> None:
    caller.store("Ann has a cat.")
    at_once = caller.recall("cat")

    (first, found), (last, done) = events(stream(caller, "cat"))

    assert (first, last) == ("results", "done")
    assert set(found) == {
        *("results", "total", "strategy_used", "strategies_considered", "reranked")
    }
    fading = {"importance_score", "relevance_score", "score_components", "recall_count"}
    assert [{k: v for k, v in one.items() if k not in fading} for one in found["results"]] == [
        {k: v for k, v in one.items() if k not in fading} for one in at_once
    ]
    assert (found["total"], found["strategy_used"], found["reranked"]) == (1, "AUTO", False)
    assert done["elapsed_ms"] >= 0


def test_stream_ends_with_a_blank_line(caller: Caller) -> None:
    assert stream(caller).endswith("}\n\n")


def test_no_letter_of_a_memory_breaks_a_line(caller: Caller) -> None:
    content = f"Ann{BREAKS}has a cat \U0001f431."
    caller.store(content)

    text = stream(caller, "cat")

    assert text.isascii()
    assert events(text)[0][1]["results"][0]["content"] == content


def test_only_a_trace_tells_of_steps(caller: Caller) -> None:
    caller.store("Ann has a cat.")

    told = {name: events(stream(caller, "cat", strategy=name)) for name in ("TRACE", "ASK")}

    assert [name for name, _ in told["TRACE"]] == ["step", "results", "done"]
    step = told["TRACE"][0][1]
    assert (step["step"], step["query"], len(step["results"])) == (1, "cat", 1)
    assert [name for name, _ in told["ASK"]] == ["results", "done"]


@pytest.mark.parametrize(
    ("fields", "status", "field"),
    [
        ({"top_k": 0}, 422, "top_k"),
        ({"strategy": "MAGIC"}, 422, "strategy"),
        ({"strategy": "CYPHER"}, 403, "strategy"),
        ({"as_of": "9999-01-01"}, 422, "as_of"),
        ({"conversation_id": "cnv_0000000000000"}, 404, "conversation_id"),
    ],
)
def test_what_is_known_before_the_first_byte_has_its_status(
    caller: Caller, fields: dict[str, Any], status: int, field: str
) -> None:
    answer = caller.post(PATH, {"agent_id": "agent", **fields})

    assert (answer.status_code, answer.json()["field"]) == (status, field)
    assert answer.headers["content-type"] == "application/json"


def test_key_is_asked_for_before_the_stream(caller: Caller) -> None:
    answer = caller.client.post(PATH, json={"agent_id": "a"}, headers={"Authorization": "x"})

    assert answer.status_code == 401


def test_ignored_fields_are_named(caller: Caller) -> None:
    answer = caller.post(PATH, {"agent_id": "agent", "colour": "red"})

    assert answer.headers["x-nrem-ignored-fields"] == "colour"


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every stream begins before anything is known."""
    monkeypatch.setattr(recall_stream, "_SETTLES_SECONDS", 0.0)


@pytest.mark.usefixtures("begun")
def test_waiting_is_filled_with_comments(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recall_stream, "_PING_SECONDS", 0.05)
    caller.store("Ann has a cat.")
    text: list[str] = []

    with blocked(caller):
        asked = {"agent_id": "agent", "query": "cat"}
        answer = caller.client.send(
            caller.client.build_request("POST", PATH, json=asked), stream=True
        )
        parts = answer.iter_text()
        text.append(next(parts))
    text += parts
    answer.close()

    assert text[0] == ": ping\n\n"
    assert [name for name, _ in events("".join(text))] == ["results", "done"]


@pytest.mark.usefixtures("begun")
def test_work_that_takes_too_long_ends_the_stream(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recall_stream, "_LONGEST_SECONDS", 0.1)
    caller.store("Ann has a cat.")

    with blocked(caller):
        told = events(stream(caller, "cat"))

    assert [name for name, _ in told] == ["error", "done"]
    assert told[0][1]["detail"]


@pytest.mark.usefixtures("begun")
def test_work_that_dies_ends_the_stream(caller: Caller) -> None:
    caller.store("Ann has a cat.")
    text: list[str] = []

    with blocked(caller):
        reader = threading.Thread(target=lambda: text.append(stream(caller, "cat")))
        reader.start()
        until(lambda: _kill_waiting(caller), "the recall waits for the table")
        reader.join(30)

    told = events(text[0])
    assert [name for name, _ in told] == ["error", "done"]
    assert "cat" not in json.dumps(told)


def _kill_waiting(caller: Caller) -> bool:
    rows = caller.world.ask(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE wait_event_type = 'Lock' AND application_name = 'nrem_api' "
        "AND query LIKE '-- recall%%'"
    )
    return bool(rows)
