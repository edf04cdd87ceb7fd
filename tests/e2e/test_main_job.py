"""The main job, as a newcomer runs it: once, once more until a `kill -9`, and again after it."""

import json
import re
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from nrem.command.server import AnswerError, Server
from nrem.embedded import stack
from tests.embedded.watching import has_ended
from tests.faults import probe
from tests.faults.part import part, ran

pytestmark = pytest.mark.timeout(240)

_MAIN_JOB = ("python", "-P", "-m", "nrem.cli", "--port", "0", "--admin-port", "0")
_FACTS = re.compile(
    r"^ +episodic \| importance 0\.\d\d \| tier short \| "
    r"archived on \d{4}-\d\d-\d\d if not used \(idle\) \| from S\d:\d+(, S\d:\d+)*$",
    re.MULTILINE,
)
_KNOWN = re.compile(
    r"^ +semantic \| .+ \| does not fade \| from S\d:\d+(, S\d:\d+)+$", re.MULTILINE
)
# A word for each place where callers say something; none may leave the database's files.
_CANARIES = {
    place: f"zyxcanary{place}"
    for place in ("agent", "user", "session", "content", "speaker", "memory", "metadata", "query")
}


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="nrem-", dir="/tmp") as folder:
        yield Path(folder) / "data"


@pytest.fixture(scope="module")
def environment(data: Path) -> dict[str, str]:
    checkout = str(Path(__file__).resolve().parents[2])
    return {"PYTHONPATH": checkout, "NREM_DATA_DIR": str(data), "NREM_EMBEDDER": "hash"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """A system that went on after the main job, was told something, and was killed."""

    output: str
    metrics: str
    # its processes, and those of them that had ended right after it
    below: int
    ended: int
    is_running: bool


@pytest.fixture(scope="module")
def first(environment: dict[str, str]) -> tuple[int, str]:
    """Status and output in a new directory."""
    return ran(*_MAIN_JOB, "--exit", environment=environment)


@pytest.fixture(scope="module")
def killed(data: Path, environment: dict[str, str], first: tuple[int, str]) -> Killed:
    """The second one in that directory."""
    assert first[0] == 0, first
    with part(*_MAIN_JOB, environment=environment) as job:
        probe.until(lambda: "API:" in job.said() or job.has_ended(), "the main job is done")
        endpoints = stack.running(data)
        assert endpoints is not None, job.said()
        key = json.loads((data / "keys.json").read_text(encoding="utf-8"))["api"]
        with Server(endpoints.api, key) as server:
            _plant(server)
        metrics = httpx2.get(f"{endpoints.admin}/metrics", trust_env=False).text
        below = job.descendants()

        job.process.kill()

        return Killed(
            output=job.said(),
            metrics=metrics,
            below=len(below),
            ended=sum(has_ended(pid) for pid in below),
            is_running=stack.running(data) is not None,
        )


@pytest.fixture(scope="module")
def again(environment: dict[str, str], killed: Killed) -> tuple[int, str]:
    """The third one."""
    assert not killed.is_running
    return ran(*_MAIN_JOB, "--exit", environment=environment)


@pytest.fixture(scope="module")
def outputs(first: tuple[int, str], killed: Killed) -> list[str]:
    """What was shown to who began, and to who came back."""
    return [first[1], killed.output]


def test_main_job_ends_well(first: tuple[int, str]) -> None:
    assert first[0] == 0, first


def test_memories_are_shown_with_importance_tier_future_and_sources(outputs: list[str]) -> None:
    shown = [_FACTS.findall(output) for output in outputs]

    assert len(shown[0]) > 20
    assert len(shown[0]) == len(shown[1])


def test_what_was_said_in_several_sessions_is_known_and_names_its_turns(
    outputs: list[str],
) -> None:
    shown = [_KNOWN.findall(output) for output in outputs]

    assert len(shown[0]) == len(shown[1]) > 0


def test_questions_are_answered_with_date_and_source(outputs: list[str]) -> None:
    answers = re.findall(r"^ +said \d{4}-\d\d-\d\d in S\d:\d+", outputs[0], re.MULTILINE)

    assert len(answers) == 3


def test_observations_are_shown_with_date_and_source_and_the_context_block(
    outputs: list[str],
) -> None:
    noted = re.findall(
        r"^ +(?:high|medium|low) \| said \d{4}-\d\d-\d\d \| from S\d:\d+", outputs[0], re.MULTILINE
    )
    block = re.findall(r"^ +## Observations\n +### \d{4}-\d\d-\d\d$", outputs[0], re.MULTILINE)

    assert (len(noted), len(block)) == (4, 1)


def test_development_key_is_shown_once_and_kept(data: Path, outputs: list[str]) -> None:
    key = json.loads((data / "keys.json").read_text(encoding="utf-8"))["api"]

    assert [output.count(key) for output in outputs] == [1, 0]


@pytest.mark.usefixtures("first")
def test_data_is_its_owners_alone(data: Path) -> None:
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "keys.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((data / "pepper").stat().st_mode) == 0o600


def test_killed_system_leaves_no_process_and_no_content(data: Path, killed: Killed) -> None:
    assert killed.ended == killed.below > 7
    assert not killed.is_running
    assert "nrem_runs" in killed.metrics
    assert not _found_in(killed.metrics.encode())
    assert not _found_below(data / "logs")
    assert not _found_below(data / "valkey")
    # The control: the database's files hold every one of them.
    assert _found_below(data / "postgres") == set(_CANARIES) - {"query"}


def test_killed_system_starts_again(data: Path, again: tuple[int, str]) -> None:
    status, output = again

    assert status == 0, output
    assert not _found_below(data / "logs")


def _plant(server: Server) -> None:
    """Say every canary where a caller may say something, and let all passes see it."""
    word = _CANARIES
    whose: dict[str, Any] = {"agent_id": word["agent"], "user_id": word["user"]}
    turn = {
        **whose,
        "type": "turn",
        "session_id": word["session"],
        "role": "user",
        "speaker": word["speaker"],
        "content": f"I moved to {word['content']} with 12 boxes on 3 March.",
        "metadata": {"note": word["metadata"]},
    }
    server.send_events([turn])
    server.ask("POST", f"/v1/sessions/{word['session']}/end", json={})
    server.ask(
        "POST",
        "/v1/memories",
        json={**whose, "content": f"Likes {word['memory']}.", "metadata": {"m": word["metadata"]}},
    )
    assert server.recall(**whose, query=f"{word['query']} {word['content']}", top_k=5)
    for refused in ({**turn, word["metadata"]: 1}, {**turn, "role": word["content"]}, turn):
        with pytest.raises(AnswerError):
            server.send_events([refused])
    probe.until(
        lambda: server.session(word["session"])["state"] == "consolidated", "it is consolidated"
    )


def _found_in(data: bytes) -> set[str]:
    return {place for place, word in _CANARIES.items() if word.encode() in data}


def _found_below(folder: Path) -> set[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return {place for path in files for place in _found_in(path.read_bytes())}
