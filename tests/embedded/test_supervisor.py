import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue

import pytest

from nrem.embedded.process import Command
from nrem.embedded.supervisor import Service, Supervisor, delay_seconds
from nrem.errors import NremError
from tests.embedded.watching import has_ended

_STEADY = "while :; do sleep 600; done"
_SAYS_STOPPED = 'trap "echo $0 >> ended; exit" TERM; : > $0; sleep 600 & wait'


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """A service that is a line of shell; ready when the file `flag`, if any, is there."""

    name: str
    folder: Path
    line: str
    flag: str | None = None
    stop_seconds: float = 10.0
    prepared: list[str] = field(default_factory=list)

    def prepare(self) -> None:
        self.prepared.append(self.name)

    def command(self) -> Command:
        return Command(
            name=self.name,
            argv=("/bin/sh", "-c", self.line, self.name),
            env={"PATH": "/usr/bin:/bin"},
            cwd=self.folder,
            log=self.folder / f"{self.name}.log",
            stop_seconds=self.stop_seconds,
        )

    def is_ready(self) -> bool:
        return self.flag is None or (self.folder / self.flag).exists()

    def release(self) -> None:
        self.prepared.clear()


class Living:
    """A supervisor in its thread, with what it told."""

    def __init__(self) -> None:
        self.changes: Queue[Mapping[str, int]] = Queue()
        self.reports: Queue[str] = Queue()
        self.supervisor = Supervisor(self.changes.put, self.reports.put)
        self.has_begun = threading.Event()
        self.has_ended = threading.Event()
        self.error: BaseException | None = None

    def pid(self, name: str) -> int:
        """The pid in the next change that names the service."""
        while name not in (change := self.changes.get(timeout=30)):
            pass
        return change[name]


@contextmanager
def living(
    *services: Service,
    stages: tuple[tuple[str, ...], ...] = (("a", "b", "c"),),
    begin: Callable[[Supervisor], None] | None = None,
) -> Iterator[Living]:
    it = Living()

    def start() -> None:
        if begin is not None:
            begin(it.supervisor)
        for service in services:
            it.supervisor.start(service)
        it.has_begun.set()

    def live() -> None:
        it.error = it.supervisor.live(start, stages)
        it.has_ended.set()

    thread = threading.Thread(target=live)
    thread.start()
    try:
        yield it
    finally:
        it.supervisor.request_stop()
        thread.join()


def test_killed_child_is_started_again_and_reported(tmp_path: Path) -> None:
    with living(Shell(name="a", folder=tmp_path, line=_STEADY)) as it:
        first = it.pid("a")

        os.kill(first, signal.SIGKILL)

        assert it.pid("a") != first
        assert "a ended with status -9" in it.reports.get(timeout=30)


def test_what_a_killed_child_leaves_is_killed_before_the_next_start(tmp_path: Path) -> None:
    line = "sleep 600 & echo $! > $$; : > started; wait"
    service = Shell(name="a", folder=tmp_path, line=line, flag="started")
    with living(service) as it:
        first = it.pid("a")
        assert it.has_begun.wait(30)
        grandchild = int((tmp_path / str(first)).read_text())

        os.kill(first, signal.SIGKILL)

        it.pid("a")
        assert has_ended(grandchild)


def test_children_stop_stage_by_stage(tmp_path: Path) -> None:
    services = [
        Shell(name=name, folder=tmp_path, line=_SAYS_STOPPED, flag=name) for name in ("a", "b", "c")
    ]

    with living(*services, stages=(("c",), ("a",), ("b",))) as it:
        assert it.has_begun.wait(30)

    assert (tmp_path / "ended").read_text().split() == ["c", "a", "b"]


def test_child_that_ignores_the_request_is_killed_with_its_group(tmp_path: Path) -> None:
    line = 'trap "" TERM; sleep 600 & echo $! > new; mv new sleeper; while :; do wait; done'
    stubborn = Shell(name="a", folder=tmp_path, line=line, flag="sleeper", stop_seconds=0.1)

    with living(stubborn) as it:
        assert it.has_begun.wait(30)
        pid = it.pid("a")
        sleeper = int((tmp_path / "sleeper").read_text())

    assert has_ended(pid)
    assert has_ended(sleeper)


def test_child_that_ends_while_starting_is_an_error_that_names_its_log(tmp_path: Path) -> None:
    with living(Shell(name="a", folder=tmp_path, line="exit 3", flag="never")) as it:
        assert it.has_ended.wait(30)

    assert isinstance(it.error, NremError)
    assert str(tmp_path / "a.log") in str(it.error)


def test_stop_ends_a_start_that_would_never_be_ready(tmp_path: Path) -> None:
    service = Shell(name="a", folder=tmp_path, line=_STEADY, flag="never")

    with living(service) as it:
        pid = it.pid("a")

    assert it.error is None
    assert has_ended(pid)
    assert not service.prepared


def test_failed_command_is_an_error_that_names_its_log(tmp_path: Path) -> None:
    failing = Shell(name="once", folder=tmp_path, line="exit 1").command()

    with living(begin=lambda supervisor: supervisor.run(failing)) as it:
        assert it.has_ended.wait(30)

    assert isinstance(it.error, NremError)
    assert "once failed" in str(it.error)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0.1), (1, 0.2), (6, 6.4), (7, 10), (9999, 10)]
)
def test_delay_doubles_up_to_ten_seconds(failures: int, seconds: float) -> None:
    assert delay_seconds(failures) == pytest.approx(seconds)
