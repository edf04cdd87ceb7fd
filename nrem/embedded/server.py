"""What the embedded servers share: one directory, one lock, and a life as a context manager."""

import contextlib
import os
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from nrem.embedded import files
from nrem.embedded.process import Command, Process
from nrem.errors import NremError

_POLL_SECONDS: Final = 0.02


class EmbeddedServer(ABC):
    """A server from a wheel that runs between entering and leaving.

    Raises: NremError when the server does not come up.
    """

    name = "server"

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir.absolute()
        self._lock: int | None = None
        self._process: Process | None = None

    @property
    def pid(self) -> int:
        """The process id of the server started by this context manager."""
        if self._process is None:
            raise NremError(f"the embedded {self.name} is not running")
        return self._process.pid

    @abstractmethod
    def prepare(self) -> None:
        """Everything before each start."""

    @abstractmethod
    def command(self) -> Command:
        """The server in the foreground."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether the server answers."""

    def release(self) -> None:
        """Give the lock back; call it when the server has stopped."""
        if self._lock is not None:
            files.leave_socket_dir(self._data_dir)
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as undo:
            undo.callback(self._end)
            self.prepare()
            self._process = Process.start(self.command())
            self._await_ready(self._process)
            undo.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def _await_ready(self, process: Process) -> None:
        """No time limit while the server lives: recovery after a crash may be long."""
        while not self.is_ready():
            if process.wait(_POLL_SECONDS) is not None:
                raise NremError(f"{self.name} did not start: {process.last_words()}")

    def _end(self) -> None:
        if self._process is not None:
            self._process.stop()
            self._process = None
        self.release()
