"""A preview through real processes: asked over HTTP, rehearsed by a worker, approved, done."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from nrem.command import keys, preview, runs, schedule
from nrem.command.server import AnswerError, Server
from tests.extent import full_only
from tests.faults import probe
from tests.faults.system import quick, started

PLACE = {"agent_id": "ada", "user_id": "ben", "session_id": "s"}
SAID = ("I moved to Lisbon on 3 May 2025.", "I'm allergic to peanuts.")


def _say(line: str) -> None:
    print(line)  # noqa: T201 - shown when the test fails


@contextmanager
def _resting(data_dir: Path) -> Iterator[tuple[Server, Server]]:
    """A system whose `consolidate` rests; its public and its admin listener."""
    with started(quick(data_dir)) as system, system.server() as server:
        admin = Server(system.stack.endpoints.admin, keys.read(data_dir).admin)
        with admin:
            schedule.rest(admin, "consolidate", paused=True)
            yield server, admin


def _written(server: Server) -> list[tuple[str, int]]:
    return [(one["id"], one["version"]) for one in server.memories()]


def _end_session(server: Server, session: str, *said: str) -> None:
    place = {**PLACE, "session_id": session}
    turns: list[dict[str, Any]] = [
        {"type": "turn", "role": "user", "content": one, **place} for one in said
    ]
    server.send_events([*turns, {"type": "session.end", **place}])


def _ask(admin: Server) -> dict[str, Any]:
    """A preview of the agent and user, once the session's events are scored."""
    found: list[dict[str, Any]] = []

    def look() -> bool:
        found[:] = [preview.ask(admin, "consolidate", agent="ada", user="ben", progress=_say)]
        return found[0]["reason"] is None

    probe.until(look, "the session can be shown")
    return found[0]


@full_only
def test_preview_is_asked_for_approved_and_done_while_the_pass_rests(data_dir: Path) -> None:
    with _resting(data_dir) as (server, admin):
        _end_session(server, "s", *SAID)
        shown = _ask(admin)
        before = list(server.memories())

        done = preview.approve(admin, shown["preview_id"], progress=_say)

        again = preview.approve(admin, shown["preview_id"], progress=_say)
        made = sorted(server.memories(), key=lambda one: str(one["content"]))
        page = runs.read(admin, limit=10, **{"pass": "consolidate"})
        # What the start of the system made due may have left a run that found nothing.
        (run,) = [one for one in page if one["outcome"] == "applied"]

    lines = [one for one in shown["changes"] if one["kind"] == "memory"]
    assert before == []
    assert done == again
    assert (done["state"], done["run_ids"]) == ("applied", [run["id"]])
    assert run["cause"] == f"preview:{shown['preview_id']}"
    assert [one["content"] for one in made] == sorted(one["after"] for one in lines)
    assert {one["run_id"] for one in made} == {run["id"]}


@full_only
def test_preview_that_another_run_overtook_is_refused(data_dir: Path) -> None:
    with _resting(data_dir) as (server, admin):
        _end_session(server, "s", *SAID)
        shown = _ask(admin)
        schedule.rest(admin, "consolidate", paused=False)
        probe.until(lambda: list(server.memories()), "the session is consolidated")
        made = _written(server)

        with pytest.raises(AnswerError) as refused:
            preview.approve(admin, shown["preview_id"], progress=_say)

        left = _written(server)

    assert (refused.value.status, refused.value.body["error"]) == (409, "preview_stale")
    assert left == made
