import asyncio
import json
from typing import Any

import pytest

from nrem import sdk
from tests.sdk import samples
from tests.sdk.stub import Reply, Stub

SSE = {"Content-Type": "text/event-stream"}
RESULTS = ("results", samples.RECALL)
DONE = ("done", {"elapsed_ms": 3.0})


def _frames(*events: tuple[str, Any]) -> bytes:
    told = [f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events]
    return (": ping\n\n" + "".join(told)).encode()


def _stream(client: sdk.Client) -> list[dict[str, Any]]:
    return list(client.recall_stream_sse(agent_id="agent-1", query="tea?"))


def test_stream_yields_every_event_until_done(client: sdk.Client, stub: Stub) -> None:
    step = ("step", {"step": 1, "query": "line\u2028break", "results": [], "elapsed_ms": 1.0})
    stub.will(Reply(body=_frames(step, RESULTS, DONE), headers=SSE))

    found = _stream(client)

    assert [(one["event"], one["data"]) for one in found] == [step, RESULTS, DONE]
    assert (stub.last.method, stub.last.path) == ("POST", "/v1/memories/recall/stream")
    assert stub.last.headers["accept"] == "text/event-stream"


def test_nothing_is_read_after_done(client: sdk.Client, stub: Stub) -> None:
    stub.will(Reply(body=_frames(DONE, RESULTS), headers=SSE))

    assert [one["event"] for one in _stream(client)] == ["done"]


def test_error_of_the_server_is_an_event(client: sdk.Client, stub: Stub) -> None:
    stub.will(Reply(body=_frames(("error", {"detail": "no"}), DONE), headers=SSE))

    assert [one["event"] for one in _stream(client)] == ["error", "done"]


def test_refusal_before_the_first_event_is_an_error_of_the_tree(
    client: sdk.Client, stub: Stub
) -> None:
    stub.answers({"detail": "no", "error": "validation_error"}, 422)

    with pytest.raises(sdk.ValidationError) as caught:
        _stream(client)

    assert caught.value.message == "no"


def test_stream_that_cannot_begin_yet_is_asked_for_again(
    client: sdk.Client, stub: Stub, pauses: list[float]
) -> None:
    stub.will(Reply(status=503, body={}), Reply(body=_frames(DONE), headers=SSE))

    assert len(_stream(client)) == 1
    assert len(pauses) == 1


def test_stream_that_breaks_off_is_a_connection_error(client: sdk.Client, stub: Stub) -> None:
    stub.will(Reply(body=_frames(RESULTS), headers=SSE))
    found = client.recall_stream_sse(agent_id="agent-1")

    assert next(found)["event"] == "results"
    with pytest.raises(sdk.Z3rnoConnectionError):
        next(found)


@pytest.mark.parametrize(
    "reply",
    [Reply(body=samples.RECALL), Reply(body=b"event: done\ndata: no JSON\n\n", headers=SSE)],
    ids=["no stream", "no JSON"],
)
def test_stream_that_makes_no_sense_is_a_server_error(
    reply: Reply, client: sdk.Client, stub: Stub
) -> None:
    stub.will(reply)

    with pytest.raises(sdk.ServerError) as caught:
        _stream(client)

    assert caught.value.code == "bad_response"


def test_error_of_the_callers_own_passes_untouched(client: sdk.Client, stub: Stub) -> None:
    stub.will(Reply(body=_frames(RESULTS, DONE), headers=SSE))

    def read() -> None:
        for event in client.recall_stream_sse(agent_id="agent-1"):
            raise KeyError(event["event"])

    with pytest.raises(KeyError, match="results"):
        read()


def test_async_stream_yields_the_same(stub: Stub) -> None:
    stub.will(Reply(body=_frames(RESULTS, DONE), headers=SSE))

    async def read() -> list[dict[str, Any]]:
        async with sdk.AsyncClient(stub.url, "key") as client:
            return [one async for one in client.recall_stream_sse(agent_id="agent-1")]

    assert [one["event"] for one in asyncio.run(read())] == ["results", "done"]


def test_recall_stream_yields_results_one_by_one(client: sdk.Client, stub: Stub) -> None:
    stub.answers(samples.RECALL)

    found = list(client.recall_stream(agent_id="agent-1", query="tea?"))

    assert [type(one) for one in found] == [sdk.RecallResult]
    assert stub.last.body == {"agent_id": "agent-1", "query": "tea?", "top_k": 10}
