"""From episodes to knowledge with real processes: HTTP in, a schedule's run, HTTP out."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from nrem.clock import utc_now
from nrem.command import keys, promotion, runs, schedule
from nrem.command.server import Server
from tests.faults import probe
from tests.faults.system import quick, started

TEA: Final = (
    "User drinks green tea in the morning",
    "In the morning the user drinks green tea",
    "This morning the user drinks green tea again",
)
BUILD: Final = (
    "The nightly build failed, we cleared the cache and it worked.",
    "When the nightly build failed, clearing the cache fixed it.",
    "The nightly build failed, so I cleared the cache and it worked.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A system whose `promote` rests, so that it runs when it is asked for; a user of its own."""

    server: Server
    admin: Server
    user: str

    def store(self, *contents: str, sessions: str, **changes: Any) -> list[str]:  # noqa: ANN401
        """Episodes, each in the session of its letter; answers their ids."""
        stored = [
            self.server.ask(
                "POST",
                "/v1/memories",
                json={
                    "agent_id": "agent",
                    "user_id": self.user,
                    "metadata": {"session_id": f"{self.user} {name}"},
                    "memory_type": "episodic",
                    "content": content,
                    **changes,
                },
            )
            for content, name in zip(contents, sessions, strict=True)
        ]
        return [str(one["id"]) for one in stored]

    def promote(self) -> dict[str, Any]:
        """The run of promote that was asked for, by a worker."""
        asked = schedule.run_now(self.admin, "promote")
        found: list[dict[str, Any]] = []

        def look() -> bool:
            page = runs.read(self.admin, limit=50, **{"pass": "promote"})
            found[:] = [run for run in page if run["cause"] == asked["cause"]]
            return bool(found)

        probe.until(look, "promote has run")
        return found[0]

    def made(self, memory_type: str) -> list[dict[str, Any]]:
        """The user's memories of a type."""
        place = {"agent_id": "agent", "user_id": self.user}
        return list(self.server.memories(type=memory_type, **place))

    def edges(self, memory_id: str) -> set[tuple[str, str, str]]:
        """The edges that stand at a memory."""
        path = f"/v1/memories/{memory_id}/relationships"
        found = self.server.ask("GET", path)["relationships"]
        return {
            (one["source_memory_id"], one["relationship_type"], one["target_memory_id"])
            for one in found
        }

    def recall(self, query: str, **changes: Any) -> list[str]:  # noqa: ANN401
        """What is recalled of the user's memories."""
        whose = {"agent_id": "agent", "user_id": self.user}
        asked = {**whose, "query": query, "include_turns": False, **changes}
        return [str(one["content"]) for one in self.server.recall(**asked)]


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Server, Server]]:
    """The public and the admin listener of a system of its own."""
    with tempfile.TemporaryDirectory(prefix="nrem-", dir="/tmp") as folder:
        data_dir = Path(folder) / "data"
        with started(quick(data_dir)) as system, system.server() as server:
            admin = Server(system.stack.endpoints.admin, keys.read(data_dir).admin)
            with admin:
                yield server, admin


@pytest.fixture
def running(servers: tuple[Server, Server], request: pytest.FixtureRequest) -> Running:
    return Running(server=servers[0], admin=servers[1], user=request.node.name)


def test_three_like_episodes_from_two_sessions_make_one_fact_and_two_make_none(
    running: Running,
) -> None:
    two = running.store(*TEA[:2], sessions="ab")
    first = running.promote()
    none = running.made("semantic")
    (third,) = running.store(TEA[2], sessions="b")

    run = running.promote()
    again = running.promote()

    assert (first["outcome"], none) == ("noop", [])
    assert (run["outcome"], again["outcome"]) == ("applied", "noop")
    assert run["task_id"]
    (made,) = running.made("semantic")
    assert running.edges(made["id"]) == {
        edge
        for one in (*two, third)
        for edge in ((one, "supports", made["id"]), (made["id"], "derived_from", one))
    }
    assert (made["derived_by"], made["run_id"]) == ("promote", run["id"])
    explained = promotion.read(running.server, third)
    assert (explained["supports"], explained["waiting"]) == ([made["id"]], False)


def test_what_worked_three_times_becomes_one_procedure(running: Running) -> None:
    episodes = running.store(*BUILD, sessions="aab")

    running.promote()
    running.promote()

    (made,) = running.made("procedural")
    assert made["content"].startswith("When the nightly build failed, ")
    assert {one for one, kind, _ in running.edges(made["id"]) if kind == "supports"} == set(
        episodes
    )


def test_newer_fact_supersedes_and_the_older_is_answered_as_of_before(running: Running) -> None:
    (older,) = running.store("Ada lives in Berlin", sessions="a", memory_type="semantic")
    running.promote()
    before = utc_now().isoformat()
    (newer,) = running.store("Ada lives in Paris", sessions="b", memory_type="semantic")

    running.promote()

    assert running.recall("Where does Ada live?") == ["Ada lives in Paris"]
    assert running.recall("Where does Ada live?", as_of=before) == ["Ada lives in Berlin"]
    assert running.edges(newer) == {(newer, "contradicts", older), (newer, "supersedes", older)}


def test_a_run_that_promoted_is_undone_over_http(running: Running) -> None:
    running.store(*TEA, sessions="aab")
    run = running.promote()

    undone = runs.revert(running.admin, run["id"], again=False)
    again = runs.revert(running.admin, run["id"], again=False)

    assert undone["reverted"]["created"] == 1
    assert (undone["already"], again["already"]) == (False, True)
    assert running.made("semantic") == []
    assert running.promote()["outcome"] == "noop"
