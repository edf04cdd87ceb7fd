"""One child process: started through the launcher, in its own session, with its log file.

Promises that the child dies with the thread that started it, however that ends, and that `stop`
leaves none of its process group behind.
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from nrem.embedded import launch
from nrem.own_file import owner_only

_LOG_LIMIT_BYTES: Final = 10_000_000
# Longer lines of a log are not worth repeating in a message.
_TAIL_LETTERS: Final = 300
_LAUNCHER: Final = (sys.executable, "-I", "-S", "-B", launch.__file__)


class Identity(StrEnum):
    """Whom a child runs as; see `nrem.embedded.launch`."""

    SAME = "same"
    MAPPED = "mapped"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What to start, and how to end it."""

    name: str
    # The program by its full path, then its arguments.
    argv: tuple[str, ...]
    # The whole environment of the child; a password in it shows in no message.
    env: Mapping[str, str] = field(repr=False)
    cwd: Path
    log: Path
    identity: Identity = Identity.SAME
    # Sent by the kernel when we are gone. Work is safe against SIGKILL, and nothing outlives it.
    death_signal: signal.Signals = signal.SIGKILL
    stop_signal: signal.Signals = signal.SIGTERM
    # How long a stop may take before the whole group is killed.
    stop_seconds: float = 10.0
    # File descriptors the child keeps open, such as a lock that shall live as long as the child.
    inherited: tuple[int, ...] = ()


class Process:
    """A running child; `start` it in a thread that outlives it."""

    def __init__(self, command: Command, popen: subprocess.Popen[bytes]) -> None:
        self.command = command
        self._popen = popen

    @classmethod
    def start(cls, command: Command) -> "Process":
        """Start the child; its group id is its pid, and its output is appended to its log."""
        order = (str(int(command.death_signal)), str(os.getpid()), command.identity.value)
        with open(_log_file(command.log), "ab", opener=owner_only) as log:
            popen = subprocess.Popen(
                (*_LAUNCHER, *order, *command.argv),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=command.cwd,
                env=dict(command.env),
                pass_fds=command.inherited,
                start_new_session=True,
            )
        return cls(command, popen)

    @property
    def pid(self) -> int:
        """The process id, which is the group id too."""
        return self._popen.pid

    def poll(self) -> int | None:
        """The exit status, negative for a signal, or None while it runs."""
        return self._popen.poll()

    def wait(self, seconds: float) -> int | None:
        """The exit status, or None when it still runs after `seconds`."""
        try:
            return self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def ask_to_stop(self) -> None:
        """Send the stop signal to the child alone; its own children are its affair."""
        if self.poll() is None:
            self._popen.send_signal(self.command.stop_signal)

    def stop(self) -> int:
        """Ask, wait `stop_seconds`, then kill the group; returns the exit status."""
        self.ask_to_stop()
        self.wait(self.command.stop_seconds)
        self.kill_group()
        return self._popen.wait()

    def kill_group(self) -> None:
        """Kill whatever is left of the group, also after the child itself is gone."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def last_words(self) -> str:
        """The last line of the log, shortened; for servers whose log holds no content."""
        lines = self.command.log.read_bytes()[-4096:].decode(errors="replace").splitlines()
        return lines[-1].strip()[:_TAIL_LETTERS] if lines else "it said nothing"


def _log_file(path: Path) -> Path:
    """Make the folder, and put a log that has grown large aside; one old one is kept."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size > _LOG_LIMIT_BYTES:
            path.replace(path.with_suffix(".log.1"))
    return path
