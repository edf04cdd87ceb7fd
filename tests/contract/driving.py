"""Another product's unmodified client, its two halves driven alike by one set of tests."""

import asyncio
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from z3rno import AsyncZ3rnoClient, Z3rnoClient
from z3rno.models import Session

from tests.faults import probe

# Answered jobs stand still in these.
_OVER = {"completed", "failed", "cancelled"}


class Driver:
    """A client of the package `z3rno`: the plain one, or the async one on a loop of its own."""

    def __init__(self, colour: str, base_url: str, api_key: str, *, max_retries: int = 3) -> None:
        self.colour = colour
        kind: Any = Z3rnoClient if colour == "sync" else AsyncZ3rnoClient
        self._client = kind(base_url=base_url, api_key=api_key, max_retries=max_retries)
        self._runner = asyncio.Runner()

    def close(self) -> None:
        """Close the client and its loop."""
        self.wait(self._client.close())
        self._runner.close()

    def wait(self, answer: Any) -> Any:  # noqa: ANN401 - whatever the client answers
        """What a call answers, now."""
        return self._runner.run(_whole(answer)) if inspect.isawaitable(answer) else answer

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """A method of the client, called the same way in both colours."""
        method = getattr(self._client, name)
        return lambda *given, **named: self.wait(method(*given, **named))

    def admin(self, name: str, *given: Any) -> Any:  # noqa: ANN401 - whatever it answers
        """A method of the client's `admin`."""
        return self.wait(getattr(self._client.admin, name)(*given))

    def collect(self, name: str, **named: Any) -> list[Any]:  # noqa: ANN401 - its arguments
        """Everything that a streaming method yields."""
        stream = getattr(self._client, name)(**named)
        if hasattr(stream, "__aiter__"):
            collected: list[Any] = self._runner.run(_collect(stream))
            return collected
        return list(stream)

    @contextmanager
    def session(self, **named: Any) -> Iterator[Session]:  # noqa: ANN401 - its arguments
        """The client's own context manager of a session."""
        held = self._client.session(**named)
        if self.colour == "sync":
            with held as made:
                yield made
            return
        made = self._runner.run(held.__aenter__())
        try:
            yield made
        finally:
            self._runner.run(held.__aexit__(None, None, None))

    def await_job(self, family: str, job_id: str) -> Any:  # noqa: ANN401 - a status
        """The status of a job once it is over."""
        look = getattr(self, f"get_{family}_status")
        probe.until(lambda: look(job_id).status in _OVER, f"the job {family} is over")
        return look(job_id)


async def _whole(answer: Any) -> Any:  # noqa: ANN401 - whatever the client answers
    return await answer


async def _collect(stream: Any) -> list[Any]:  # noqa: ANN401 - an async iterator
    return [one async for one in stream]
