import asyncio
import inspect

import pytest

from nrem.sdk import Admin, AsyncClient, Client
from tests.sdk import samples
from tests.sdk.admin_calls import ADMIN
from tests.sdk.call import Call
from tests.sdk.context_calls import CONTEXT
from tests.sdk.memory_calls import MEMORY
from tests.sdk.org_calls import ORG
from tests.sdk.stub import Reply, Stub

# Not one request and one answer: each has tests of its own.
APART = {"admin", "browse", "close", "recall_stream", "recall_stream_sse", "session", "tools"}
PUBLIC = [*MEMORY, *ORG, *CONTEXT]
PUBLIC_IDS = [f"{call.name}-{index}" for index, call in enumerate(PUBLIC)]
ADMIN_IDS = [f"{call.name}-{index}" for index, call in enumerate(ADMIN)]


def _names(kind: type) -> set[str]:
    return {name for name, _ in inspect.getmembers(kind) if not name.startswith("_")}


def _check(call: Call, stub: Stub, made: object, key: str) -> None:
    asked = stub.last
    assert (asked.method, asked.path, asked.body) == (call.method, call.path, call.body)
    assert asked.headers["authorization"] == f"Bearer {key}"
    is_write = asked.method != "GET" and "recall" not in asked.path and ":preview" not in asked.path
    assert ("idempotency-key" in asked.headers) == (is_write or "passes/" in asked.path)
    assert ("content-type" in asked.headers) == (call.body is not None)
    assert (made is None) if call.shape is None else isinstance(made, call.shape)


def test_every_call_is_in_the_tables() -> None:
    assert _names(Client) - APART == {call.name for call in PUBLIC}
    assert _names(Admin) == {call.name for call in ADMIN}


@pytest.mark.parametrize("call", PUBLIC, ids=PUBLIC_IDS)
def test_call_sends_what_it_is_given_and_reads_the_smallest_answer(
    call: Call, client: Client, stub: Stub
) -> None:
    stub.answers(call.answer, 204 if call.answer is None else 200)

    made = getattr(client, call.name)(*call.given, **call.named)

    _check(call, stub, made, "key")


@pytest.mark.parametrize("call", ADMIN, ids=ADMIN_IDS)
def test_operators_call_sends_what_it_is_given_with_the_admin_key(
    call: Call, client: Client, stub: Stub
) -> None:
    stub.answers(call.answer)

    made = getattr(client.admin, call.name)(*call.given, **call.named)

    _check(call, stub, made, "admin")


def test_async_calls_do_the_same(stub: Stub) -> None:
    async def make_all() -> None:
        async with AsyncClient(stub.url, "key", admin_url=stub.url, admin_key="admin") as client:
            for group, calls in ((client, PUBLIC), (client.admin, ADMIN)):
                for call in calls:
                    stub.answers(call.answer, 204 if call.answer is None else 200)
                    made = await getattr(group, call.name)(*call.given, **call.named)
                    _check(call, stub, made, "key" if calls is PUBLIC else "admin")

    asyncio.run(make_all())


def test_browse_follows_the_cursor_to_the_last_page(client: Client, stub: Stub) -> None:
    first = samples.PAGE | {"next_cursor": "mem_1"}
    stub.will(Reply(body=first), Reply(body=samples.PAGE))

    found = [memory.id for memory in client.browse(agent_id="agent-1")]

    assert found == ["mem_1", "mem_1"]
    assert [one.path for one in stub.asked] == [
        "/v1/memories?agent_id=agent-1&limit=1000",
        "/v1/memories?agent_id=agent-1&limit=1000&cursor=mem_1",
    ]
