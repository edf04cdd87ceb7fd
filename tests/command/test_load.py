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
from tests.world import TOOLS
from worker.passes import BY_NAME
from worker.runner import Cause, Setting, drain


@contextmanager
def working(caller: Caller) -> Iterator[None]:
    """Passes run beside the block for every org, as the worker process would do it.

    What other tests left to do counts for whoever asks how much there is.
    """
    done = threading.Event()
    setting = Setting(database=caller.world.worker, tools=TOOLS, cause=Cause(name="command"))

    def work() -> None:
        while not done.is_set():
            for name in ("score", "embed", "consolidate", "observe"):
                drain(setting, BY_NAME[name])
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


def test_load_waits_for_observations_and_counts_them_by_session(
    server: Server, caller: Caller, tmp_path: Path
) -> None:
    done = load(server, [written(tmp_path, locomo())], _quiet)

    stored = caller.world.ask(
        "SELECT s.external_id, count(DISTINCT o.id) FROM observations AS o "
        "JOIN derivations AS d ON d.org_id = o.org_id AND d.child_id = o.id "
        "AND d.child_kind = 'observation' "
        "JOIN events AS e ON e.org_id = d.org_id AND e.id = d.event_id "
        "JOIN sessions AS s ON s.org_id = e.org_id AND s.id = e.session_id "
        "WHERE o.org_id = %(org)s GROUP BY s.external_id",
        org=caller.org,
    )
    assert done.observations == {"talk-1-session-2": 3, "talk-1-session-10": 1}
    assert done.observations == dict(map(tuple, stored))
    assert "observations: 4 of 2 sessions" in describe(done)


@pytest.mark.parametrize(
    ("name", "told"), [("consolidate", "consolidation"), ("observe", "observing")]
)
def test_load_does_not_wait_for_what_was_set_aside(
    server: Server, caller: Caller, tmp_path: Path, name: str, told: str
) -> None:
    path = written(tmp_path, own())
    load(server, [path], _quiet)
    _set_aside(caller, name)

    done = load(server, [path], _quiet)

    assert done.errors == [
        f"talk/{at}?#: {told} parked (ValueError); see `nrem parked list`" for at in (1, 2)
    ]


def _set_aside(caller: Caller, name: str) -> None:
    """As if the pass had given up before its first step."""
    org = {"org": caller.org, "name": name}
    state = {"consolidate": "ended", "observe": "consolidated"}[name]
    caller.world.do(
        "UPDATE leases SET state = 'parked', cursor_seq = 0 "
        "WHERE org_id = %(org)s AND pass = %(name)s",
        **org,
    )
    caller.world.do(
        "UPDATE sessions SET state = %(state)s WHERE org_id = %(org)s", state=state, **org
    )
    caller.world.do(
        "INSERT INTO parked (org_id, pass, item_kind, item_id, reason, error_class, attempts) "
        "SELECT org_id, pass, 'stream', stream_id, 'failed', 'ValueError', 5 FROM leases "
        "WHERE org_id = %(org)s AND pass = %(name)s",
        **org,
    )


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
