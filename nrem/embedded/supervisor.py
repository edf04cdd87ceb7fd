"""Starts services in order, restarts those that fail, and stops them in reverse.

One thread starts every child and stays until the last has ended, because a child's death signal
is tied to the thread that started it. Nothing here knows what the services do.
"""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from nrem import clock
from nrem.embedded.process import Command, Process
from nrem.errors import NremError

_FIRST_DELAY_SECONDS: Final = 0.1
_LAST_DELAY_SECONDS: Final = 10.0
# A child that lived this long has recovered; its next failure counts as the first.
_RECOVERED_SECONDS: Final = 20.0
_WATCH_SECONDS: Final = 0.1
_READY_POLL_SECONDS: Final = 0.02


class Service(Protocol):
    """What the supervisor must know of a child."""

    @property
    def name(self) -> str:
        """Its name, unique."""

    def prepare(self) -> None:
        """Do what comes before each start."""

    def command(self) -> Command:
        """Say what to start."""

    def is_ready(self) -> bool:
        """Say whether it does its work; asked only until the first yes."""

    def release(self) -> None:
        """Give back what `prepare` took, after the last end."""


class StopRequested(Exception):  # noqa: N818 - an expected outcome, not a fault
    """Somebody asked to stop while something was starting."""


@dataclass(slots=True, kw_only=True)
class _Running:
    service: Service
    process: Process
    started_at: float
    failures: int = 0
    restart_at: float | None = None


class Supervisor:
    """Owns the children of one thread; `request_stop` alone may be called from others."""

    def __init__(
        self, on_change: Callable[[Mapping[str, int]], None], report: Callable[[str], None]
    ) -> None:
        self._on_change = on_change
        self._report = report
        self._running: dict[str, _Running] = {}
        self._stop = threading.Event()

    def request_stop(self) -> None:
        """Make whatever waits in the supervisor's thread return."""
        self._stop.set()

    def live(
        self, begin: Callable[[], None], stages: Iterable[Sequence[str]]
    ) -> BaseException | None:
        """Begin, keep what was started running until a stop is requested, then stop it all.

        Returns the error that ended it before its time, if one did.
        """
        try:
            begin()
            self._watch()
        except StopRequested:
            return None
        except BaseException as error:  # noqa: BLE001 - it belongs to the thread that waits for us
            return error
        finally:
            self._stop_all(stages)
        return None

    def start(self, service: Service, *, ready_seconds: float | None = None) -> None:
        """Start a service and wait until it is ready, without limit when `ready_seconds` is None.

        Raises: NremError when it ends or is not ready in time; StopRequested.
        """
        try:
            service.prepare()
            self._launch(service)
        except BaseException:
            service.release()
            raise
        process = self._running[service.name].process
        deadline = None if ready_seconds is None else clock.monotonic() + ready_seconds
        while not service.is_ready():
            self._pause(_READY_POLL_SECONDS)
            if process.poll() is not None:
                raise NremError(f"{service.name} ended while starting; see {process.command.log}")
            if deadline is not None and clock.monotonic() > deadline:
                raise NremError(f"{service.name} does not answer; see {process.command.log}")

    def run(self, command: Command) -> None:
        """Run a child to its end.

        Raises: NremError when it fails; StopRequested, after killing it.
        """
        process = Process.start(command)
        try:
            while (status := process.poll()) is None:
                self._pause(_READY_POLL_SECONDS)
        finally:
            process.kill_group()
        if status != 0:
            raise NremError(f"{command.name} failed; see {command.log}")

    def _watch(self) -> None:
        while not self._stop.wait(_WATCH_SECONDS):
            for running in list(self._running.values()):
                self._look_after(running)

    def _stop_all(self, stages: Iterable[Sequence[str]]) -> None:
        """Stage by stage, the services of one stage together; unknown names are skipped."""
        for stage in stages:
            group = [self._running.pop(name) for name in stage if name in self._running]
            for running in group:
                running.process.ask_to_stop()
            for running in group:
                running.process.stop()
                running.service.release()

    def _pause(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise StopRequested

    def _launch(self, service: Service, *, failures: int = 0) -> None:
        self._running[service.name] = _Running(
            service=service,
            process=Process.start(service.command()),
            started_at=clock.monotonic(),
            failures=failures,
        )
        self._on_change({name: child.process.pid for name, child in self._running.items()})

    def _look_after(self, running: _Running) -> None:
        status = running.process.poll()
        if status is None:
            return
        now = clock.monotonic()
        if running.restart_at is None:
            running.process.kill_group()
            if now - running.started_at > _RECOVERED_SECONDS:
                running.failures = 0
            log = running.process.command.log
            self._report(f"{running.service.name} ended with status {status}; see {log}")
            running.restart_at = now + delay_seconds(running.failures)
        elif now >= running.restart_at:
            self._restart(running, now)

    def _restart(self, running: _Running, now: float) -> None:
        failures = running.failures + 1
        try:
            running.service.prepare()
            self._launch(running.service, failures=failures)
        except (OSError, NremError) as error:
            # A full disk, say: what can be cured by itself must not end the rest.
            self._report(f"{running.service.name} cannot be started: {error}")
            running.failures = failures
            running.restart_at = now + delay_seconds(failures)


def delay_seconds(failures: int) -> float:
    """How long to wait before the next start: 0.1 s, doubled with each failure, at most 10 s."""
    return float(min(_FIRST_DELAY_SECONDS * 2 ** min(failures, 10), _LAST_DELAY_SECONDS))
