"""`nrem purge`: what an operator is shown, says yes to, and is told of the end."""

from collections.abc import Iterator
from threading import Event, Thread

import pytest
import structlog

from nrem.config import Settings
from tests.api.erasing import work
from tests.api.serving import Caller
from tests.command.conftest import caller, service, settings
from tests.test_cli_schedule import nrem, value_of

__all__ = ["caller", "service", "settings"]


@pytest.fixture
def worker(settings: Settings, caller: Caller) -> Iterator[None]:
    """Somebody who does what is asked for, as long as a test runs."""
    is_over = Event()

    def serve() -> None:
        while not is_over.wait(0.05):
            work(caller, settings.data_dir)

    told = structlog.get_config()
    # What a worker logs is none of what the command prints.
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    thread = Thread(target=serve)
    thread.start()
    yield
    is_over.set()
    thread.join()
    structlog.configure(**told)


@pytest.fixture
def ann(caller: Caller) -> str:
    """A person of whom something is remembered."""
    caller.store("Ann moved to Lisbon.", user_id="ann@example.org")
    return "ann@example.org"


@pytest.mark.usefixtures("worker")
def test_preview_names_the_rows_and_how_to_go_on(ann: str) -> None:
    asked = nrem("purge", "--user", ann)

    assert asked.exit_code == 0, asked.stderr
    lines = asked.stdout.splitlines()
    assert lines[0].endswith("is previewed; this would go:")
    assert "         1  memories" in lines
    assert lines[-1].startswith("with the other key: nrem purge --confirm era_")
    assert ann not in asked.stdout


@pytest.mark.usefixtures("worker")
def test_confirmed_erasure_is_followed_to_its_end(ann: str, caller: Caller) -> None:
    its = value_of("purge", "--user", ann)

    done = value_of(
        *("purge", "--confirm", its["erasure_id"], "--hash", its["preview_hash"], "--wait")
    )

    assert done["state"] == "certified"
    assert done["deleted"] == done["manifest"]
    assert caller.get("/v1/memories").json()["memories"] == []


@pytest.mark.usefixtures("worker")
def test_other_preview_is_refused_with_its_remedy(ann: str) -> None:
    its = value_of("purge", "--user", ann)

    refused = nrem("purge", "--confirm", its["erasure_id"], "--hash", "00" * 16)

    assert refused.exit_code == 1
    assert "preview" in refused.stderr


@pytest.mark.usefixtures("worker")
def test_cancelled_erasure_leaves_everything(ann: str, caller: Caller) -> None:
    its = value_of("purge", "--user", ann)

    ended = value_of("purge", "--cancel", its["erasure_id"])

    assert ended["state"] == "cancelled"
    (kept,) = caller.get("/v1/memories").json()["memories"]
    assert kept["content"] == "Ann moved to Lisbon."


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "name one thing to erase"),
        (("--user", "ann", "--org"), "name one thing to erase"),
        (("--confirm", "era_1"), "belong together"),
    ],
)
def test_call_that_says_not_what_is_meant_is_refused(words: tuple[str, ...], told: str) -> None:
    refused = nrem("purge", *words)

    assert refused.exit_code == 2
    assert told in refused.stderr


def test_unknown_person_is_not_found(settings: Settings) -> None:
    refused = nrem("purge", "--user", "nobody@example.org")

    assert refused.exit_code == 1
    assert "nobody@example.org" not in refused.stderr
