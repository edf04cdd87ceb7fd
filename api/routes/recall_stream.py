"""POST /v1/memories/recall/stream: a recall as server-sent events, which always end with `done`.

What is wrong with a request is answered before the stream begins, as plain JSON with its status.
Afterwards an error is an event. No connection is held while anything is sent.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from starlette.responses import StreamingResponse

from api import body, problems, recalling
from api.deps import Nrem, Reader, actor
from api.openapi import takes
from api.recalling import Asked, elapsed_ms
from nrem.clock import monotonic
from nrem.policy.strategy import Strategy
from nrem.wire.recall import RecallIn, RecallOut

router = APIRouter(tags=["memories"])

# Nearly every recall is over by then, so that its error has a status.
_SETTLES_SECONDS: Final = 1.0
# A proxy closes what says nothing for half a minute.
_PING_SECONDS: Final = 10.0
_LONGEST_SECONDS: Final = 55.0
_PING: Final = ": ping\n\n"


class EventStream(StreamingResponse):
    """Server-sent events."""

    media_type = "text/event-stream"


@router.post(
    "/v1/memories/recall/stream", response_class=EventStream, openapi_extra=takes(RecallIn)
)
async def stream_recall(request: Request, state: Nrem, caller: Reader) -> EventStream:
    """As a recall: `step` for the strategy TRACE, `results`, and `done` at the end of each stream.

    When the work dies there is `error` in place of `results`.
    """
    begun, told = monotonic(), Response()
    given = await body.take(request, told, RecallIn)
    who = actor(request, caller)
    asked = Asked(given=given, caller=caller, actor=who, surface="recall_stream")
    work = asyncio.create_task(recalling.answer(state, asked))
    await asyncio.wait({work}, timeout=_SETTLES_SECONDS)
    if work.done():
        # raises what can still be answered with its status
        work.result()
    ignored = {
        name: value for name, value in told.headers.items() if name == "x-nrem-ignored-fields"
    }
    return EventStream(
        _frames(request, work, begun, traces=given.strategy is Strategy.TRACE),
        # a proxy that collects an answer first would keep the pings to itself
        headers={"X-Accel-Buffering": "no", **ignored},
    )


async def _frames(
    request: Request, work: "asyncio.Task[RecallOut]", begun: float, *, traces: bool
) -> AsyncIterator[str]:
    try:
        while not work.done() and (left := begun + _LONGEST_SECONDS - monotonic()) > 0:
            await asyncio.wait({work}, timeout=min(_PING_SECONDS, left))
            if not work.done():
                yield _PING
        for frame in _outcome(request, work, begun, traces=traces):
            yield frame
        yield _frame("done", {"elapsed_ms": elapsed_ms(begun)})
    finally:
        work.cancel()


def _outcome(
    request: Request, work: "asyncio.Task[RecallOut]", begun: float, *, traces: bool
) -> list[str]:
    """The frames before the last one."""
    if not work.done():
        return [_frame("error", {"detail": "the recall took too long; ask for less"})]
    error = work.exception()
    if error is not None:
        return [_frame("error", {"detail": problems.tell(request, error)})]
    found = work.result().model_dump(mode="json")
    names = ("results", "total", "strategy_used", "strategies_considered", "reranked")
    frames = [_frame("results", {name: found[name] for name in names})]
    if traces:
        # what stands in for it looks once
        seen = {"step": 1, "query": found["query"], "results": found["results"]}
        frames.insert(0, _frame("step", {**seen, "elapsed_ms": elapsed_ms(begun)}))
    return frames


def _frame(event: str, data: dict[str, Any]) -> str:
    """One event; escaped, since readers break lines at more than the newline."""
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return f"event: {event}\ndata: {text}\n\n"
