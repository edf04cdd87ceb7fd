"""Requests that may be sent again: who repeats one joins its first attempt.

An attempt is forgotten once its answer was delivered, so that an equal request is a new one then.
Until that, for three minutes, it keeps its idempotency key, under which doing it again does
nothing, and where memory allows its answer. All of it is this process's own.
"""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from nrem.clock import monotonic
from nrem.errors import ConflictError

# Three requests of a client that waits 30 seconds for each, and its pauses: 2 minutes.
KEPT_SECONDS: Final = 180.0
# Beyond either, the oldest are given up: a client that drops every answer must not fill memory.
_MOST_ATTEMPTS: Final = 10_000
_MOST_BYTES: Final = 64 * 1024 * 1024
_SERVER_ERROR: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as it goes over the wire."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether what was asked for was done."""
        return 200 <= self.status < 300


@dataclass(slots=True, kw_only=True, eq=False)
class Attempt:
    """One request, however often it is sent."""

    # which request: who, what, and its key or its body
    identity: bytes
    body: bytes
    # what it is known by further down: the caller's key, or one of ours
    key: str
    touched: float
    task: asyncio.Task[Answer] | None = None
    answer: Answer | None = None

    @property
    def is_running(self) -> bool:
        """Whether somebody is at it."""
        return self.task is not None and not self.task.done()

    @property
    def is_joined(self) -> bool:
        """Whether who sends it again gets what was or is being done, and does nothing."""
        return self.is_running or self.answer is not None or self._has_succeeded()

    def _has_succeeded(self) -> bool:
        """Whether it is done and its answer on the way."""
        task = self.task
        if task is None or not task.done() or task.cancelled() or task.exception():
            return False
        return task.result().is_success


class Attempts:
    """The attempts of one process whose answers are not delivered yet."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._open: OrderedDict[bytes, Attempt] = OrderedDict()
        self._bytes = 0

    @property
    def kept(self) -> int:
        """How many answers wait for their request to be sent again."""
        return sum(one.answer is not None for one in self._open.values())

    def find(self, identity: bytes, body: bytes, key: str | None) -> Attempt:
        """The attempt that a request belongs to: a known one, or a new one.

        Raises: ConflictError when its key came with another body.
        """
        self._give_up()
        found = self._open.get(identity)
        if found is None:
            found = Attempt(
                identity=identity,
                body=body,
                key=key or secrets.token_hex(16),
                touched=self._clock(),
            )
            self._open[identity] = found
        if found.body != body:
            raise conflict()
        return found

    async def run(self, attempt: Attempt, work: Callable[[], Awaitable[Answer]]) -> Answer:
        """The attempt's answer: kept, awaited, or made by `work`, which nobody's going away ends.

        One that waited for a failure makes an attempt of its own.
        """
        while attempt.answer is None:
            is_mine = not attempt.is_joined
            if is_mine or attempt.task is None:
                attempt.task = asyncio.create_task(_coroutine(work))
            answer = await asyncio.shield(attempt.task)
            if is_mine or answer.is_success:
                return answer
        return attempt.answer

    def settle(self, attempt: Attempt, answer: Answer, *, is_delivered: bool) -> None:
        """Say what became of an answer."""
        if is_delivered and answer.status < _SERVER_ERROR:
            if self._open.get(attempt.identity) is attempt:
                self._drop(attempt)
            return
        attempt.touched = self._clock()
        if not attempt.is_running:
            attempt.task = None
        if self._open.setdefault(attempt.identity, attempt) is not attempt:
            return
        self._open.move_to_end(attempt.identity)
        if answer.is_success and attempt.answer is None:
            attempt.answer = answer
            self._bytes += len(answer.body)
        self._give_up()

    async def wait(self) -> None:
        """Wait for all that runs."""
        tasks = [one.task for one in self._open.values() if one.task]
        await asyncio.gather(*tasks, return_exceptions=True)

    def _drop(self, attempt: Attempt) -> None:
        del self._open[attempt.identity]
        self._forget_answer(attempt)

    def _forget_answer(self, attempt: Attempt) -> None:
        if attempt.answer is not None:
            self._bytes -= len(attempt.answer.body)
            attempt.answer = None

    def _give_up(self) -> None:
        """Let go of what is too old or too much, the longest untouched first."""
        oldest = self._clock() - KEPT_SECONDS
        gone: list[Attempt] = []
        for one in self._open.values():
            is_surplus = len(self._open) - len(gone) > _MOST_ATTEMPTS
            if one.touched > oldest and not is_surplus and self._bytes <= _MOST_BYTES:
                break
            if one.touched <= oldest or is_surplus:
                gone += [] if one.is_running else [one]
            else:
                # Its key stays: doing it again under that does nothing.
                self._forget_answer(one)
        for one in gone:
            self._drop(one)


async def _coroutine(work: Callable[[], Awaitable[Answer]]) -> Answer:
    return await work()


def conflict() -> ConflictError:
    """The error of a key that came with two requests."""
    return ConflictError(
        "this idempotency key was used before with another body",
        field="Idempotency-Key",
        remedy="send a new key with a new body, or the same body with this key",
        code="idempotency_conflict",
    )
