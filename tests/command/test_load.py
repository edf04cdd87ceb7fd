"""`nrem load`: a conversation goes in once, however often it is loaded."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from nrem.command.load import describe, load
from nrem.command.server import AnswerError, Server
from tests.api.serving import Caller, Service
from tests.command.talk import LINES, locomo, own, written


@contextmanager
def working(caller: Caller) -> Iterator[None]:
    """Passes run beside the block, as the worker process would do it."""
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            caller.run()
            done.wait(0.05)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@pytest.fixture
def server(service: Service, caller: Caller) -> Iterator[Server]:
    with Server(service.url, caller.key) as opened, working(caller):
        yield opened


def _quiet(_line: str) -> None:
    """Progress is for people."""


def _contents(caller: Caller) -> list[str]:
    listed = caller.get("/v1/memories", state="live").json()["memories"]
    return [one["content"] for one in listed]


@pytest.mark.parametrize(
    ("value", "turns", "merged"), [(locomo(), 4, 0), (own(), 6, 3)], ids=["locomo", "own"]
)
def test_load_counts_what_went_in(
    server: Server, tmp_path: Path, value: dict[str, Any], turns: int, merged: int
) -> None:
    done = load(server, [written(tmp_path, value)], _quiet)

    assert (done.turns, done.sessions, done.errors) == (turns, 2, [])
    assert sum(done.memories.values()) >= len(LINES)
    assert done.merged == merged
    assert done.turns_per_s > 0
    assert f"{turns} turns in 2 sessions" in describe(done)


def test_loading_twice_changes_nothing(server: Server, caller: Caller, tmp_path: Path) -> None:
    path = written(tmp_path, own())
    first = load(server, [path], _quiet)
    before = (caller.count("events"), _contents(caller))

    again = load(server, [path], _quiet)

    assert (caller.count("events"), _contents(caller)) == before
    assert (again.turns, again.memories, again.merged) == (
        first.turns,
        first.memories,
        first.merged,
    )


def test_turn_that_is_refused_is_reported_with_its_session(server: Server, tmp_path: Path) -> None:
    value = own()
    value["sessions"][0]["turns"][1]["content"] = " "

    done = load(server, [written(tmp_path, value)], _quiet)

    assert len(done.errors) == 1
    assert done.errors[0].startswith("talk/1?#: 422 validation_error: events[2].content")
    assert (done.sessions, done.turns) == (1, 3)


def test_answer_that_refuses_is_an_error_with_its_body(server: Server) -> None:
    with pytest.raises(AnswerError, match="404 not_found") as caught:
        server.session("nothing")

    assert caught.value.status == 404
    assert caught.value.body["request_id"]
