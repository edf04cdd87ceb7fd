"""One part of nrem as its operator starts it: an ordinary command, in the checkout."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from nrem.embedded.children import CHECKOUT
from tests.faults import probe
from tests.interpreter import for_python

# Long enough for the main job on a busy machine.
_END_SECONDS: Final = 90.0
_SCRIPTS: Final = Path(sys.executable).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A running command; its output may be read while it runs."""

    process: "subprocess.Popen[bytes]"
    output: IO[bytes]

    def said(self) -> str:
        """Everything it wrote so far, to either stream."""
        return os.pread(self.output.fileno(), 10_000_000, 0).decode(errors="replace")

    def has_ended(self) -> bool:
        """Whether it is over."""
        return self.process.poll() is not None

    def status(self) -> int:
        """Its exit status, once it has ended by itself."""
        probe.until(self.has_ended, f"{self.process.args!r} ends", seconds=_END_SECONDS)
        return self.process.returncode

    def descendants(self) -> list[int]:
        """Its children, their children, and so on."""
        below: list[int] = []
        last = [self.process.pid]
        while last:
            last = [child for pid in last for child in children(pid)]
            below += last
        return below

    def stop(self) -> int:
        """Ask it to stop; answers its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.status()


@contextmanager
def part(*command: str, environment: Mapping[str, str]) -> Iterator[Part]:
    """A command of the environment's, such as `celery …` or `python -m …`; killed at the end."""
    program, *arguments = command
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [sys.executable if program == "python" else str(_SCRIPTS / program), *arguments],
            cwd=CHECKOUT,
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                "HOME": os.environ.get("HOME", "/"),
                **for_python(),
                **environment,
            },
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield Part(process=process, output=output)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def any_ended(parts: Iterable[Part]) -> bool:
    """For a wait that none of these may end during: fails with what the one said that did."""
    for one in parts:
        assert not one.has_ended(), one.said()
    return False


def ran(*command: str, environment: Mapping[str, str]) -> tuple[int, str]:
    """Run a command to its end; answers its exit status and everything it wrote."""
    with part(*command, environment=environment) as running:
        return running.status(), running.said()


def children(pid: int) -> list[int]:
    """The children of every thread of a process, as the kernel lists them."""
    found: list[int] = []
    for listing in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(child) for child in listing.read_text(encoding="ascii").split()]
    return found
