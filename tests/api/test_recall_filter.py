"""What a recall may be narrowed to: each filter counts before the best are taken, now and then."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from nrem import ids
from nrem.store import recall_match
from tests.api.changing import do, edit
from tests.api.serving import Caller, Service
from tests.api.test_as_of import instant

ARMS: list[dict[str, Any]] = [
    {"query": None},
    {"query": "cat", "strategy": "VECTOR"},
    {"query": "cat", "strategy": "LEXICAL"},
    {"query": "cat"},
]
WAYS = ["newest", "vector", "lexical", "both"]


@pytest.fixture(params=["compared whole", "through the index", "as of an instant"])
def when(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How the scope is read; the index of a small scope is what a large one would use."""
    if request.param == "through the index":
        monkeypatch.setattr(recall_match, "SMALL", 0)
    return str(request.param)


def told(caller: Caller, when: str, **fields: Any) -> list[str]:  # noqa: ANN401
    """Contents, in the order of the alphabet."""
    if when == "as of an instant":
        fields["as_of"] = instant(caller).isoformat()
    found = caller.recall(**{"query": None, **fields})
    return sorted(one["content"] for one in found)


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """One memory among more that do not pass than are looked at for a page."""

    caller: Caller
    conversation: str


@pytest.fixture(scope="module")
def crowd(service: Service) -> Iterator[Crowd]:
    """Told apart by metadata, by when it happened, and by its conversation; only to be read."""
    theirs = {
        "metadata": {"room": {"floor": 1}, "tags": ["a"]},
        "occurred_at": "2026-04-01T00:00:00Z",
    }
    given = [{"agent_id": "agent", "content": f"cat cat {n}", **theirs} for n in range(120)]
    with service.caller() as caller:
        stored = caller.store(
            "a cat",
            metadata={"room": {"floor": 2, "door": "left"}, "tags": ["b", "a"]},
            occurred_at="2026-03-31T23:59:59.5Z",
        )
        assert caller.post("/v1/memories/batch", {"memories": given}).status_code == 200
        caller.run("embed")
        yield Crowd(caller=caller, conversation=conversation(caller, stored["id"]))


@pytest.mark.parametrize("arm", ARMS, ids=WAYS)
@pytest.mark.parametrize("name", ["metadata_filter", "filters"])
def test_metadata_is_contained(crowd: Crowd, when: str, arm: dict[str, Any], name: str) -> None:
    wanted = {"room": {"floor": 2}, "tags": ["a"]}

    assert told(crowd.caller, when, **arm, top_k=1, **{name: wanted}) == ["a cat"]


@pytest.mark.parametrize("arm", ARMS, ids=WAYS)
def test_time_range_is_of_what_happened(crowd: Crowd, when: str, arm: dict[str, Any]) -> None:
    found = told(crowd.caller, when, **arm, top_k=1, time_range=["2026-03-01", "2026-03-31"])

    assert found == ["a cat"]


@pytest.mark.parametrize("arm", ARMS, ids=WAYS)
def test_conversation_is_of_its_turns(crowd: Crowd, when: str, arm: dict[str, Any]) -> None:
    found = told(crowd.caller, when, **arm, top_k=3, conversation_id=crowd.conversation)

    assert found == ["a cat"]


def conversation(caller: Caller, *memory_ids: str) -> str:
    """A conversation with these turns."""
    ((number,),) = caller.world.ask(
        "INSERT INTO conversations (org_id, agent_id, created_at, updated_at) "
        "SELECT a.org_id, a.id, now(), now() FROM agents AS a WHERE a.org_id = %(o)s "
        "RETURNING id",
        o=caller.org,
    )
    for index, memory_id in enumerate(memory_ids, start=1):
        caller.world.do(
            "INSERT INTO conversation_turns "
            "(org_id, conversation_id, turn_index, memory_id, role, created_at) "
            "VALUES (%(o)s, %(c)s, %(i)s, %(m)s, 'user', now())",
            o=caller.org,
            c=number,
            i=index,
            m=ids.decode(ids.MEMORY, memory_id),
        )
    return ids.encode(ids.CONVERSATION, number)


def test_raw_turns_pass_by_the_same_rules(caller: Caller, when: str) -> None:
    place = {"type": "turn", "agent_id": "agent", "role": "user"}
    caller.send(
        {**place, "content": "a cat", "metadata": {"k": 1}, "occurred_at": "2026-03-01T00:00:00Z"},
        {**place, "content": "b cat"},
    )
    caller.run("score", "embed")
    number = conversation(caller)

    def found(**fields: Any) -> list[str]:  # noqa: ANN401
        return told(caller, when, query="cat", **fields)

    assert found() == ["a cat", "b cat"]
    assert found(metadata_filter={"k": 1}) == ["a cat"]
    assert found(time_range={"end": "2026-03-01"}) == ["a cat"]
    assert found(time_range={"start": "2026-03-02"}) == ["b cat"]
    assert found(conversation_id=number) == []


def test_neighbour_that_does_not_pass_is_no_result(caller: Caller, when: str) -> None:
    other = caller.store("Zebras graze.", metadata={"k": 2})
    edge = {"target_memory_id": other["id"], "relationship_type": "relates_to"}
    caller.store("a cat", metadata={"k": 1}, relationships=[edge])

    assert told(caller, when, query="cat", metadata_filter={"k": 1}) == ["a cat"]
    assert told(caller, when, query="cat", time_range={"end": "2020-01-01"}) == []


def test_past_is_filtered_by_the_metadata_of_then(caller: Caller) -> None:
    stored = caller.store("a cat", metadata={"k": 1})
    before = instant(caller).isoformat()
    edit(caller, stored, metadata={"k": 2})

    def found(k: int, **fields: Any) -> int:  # noqa: ANN401
        return len(caller.recall("cat", metadata_filter={"k": k}, **fields))

    assert (found(1, as_of=before), found(2, as_of=before)) == (1, 0)
    assert (found(1), found(2)) == (0, 1)


@pytest.mark.parametrize("arm", ARMS, ids=WAYS)
def test_deleted_ones_are_answered_when_asked_for(
    caller: Caller, when: str, arm: dict[str, Any]
) -> None:
    for name in ("archive", "forget"):
        do(caller, caller.store(f"{name} cat"), name)
    do(caller, caller.store("purged cat"), "forget")
    caller.world.do(
        "UPDATE memories SET state = 'purged' WHERE org_id = %(o)s AND content LIKE 'purged%%'",
        o=caller.org,
    )
    caller.store("live cat")

    assert told(caller, when, **arm) == ["live cat"]
    found = told(caller, when, **arm, include_deleted=True)
    assert found == ["archive cat", "forget cat", "live cat"]


def test_deleted_ones_show_their_state_and_were_of_no_use(caller: Caller) -> None:
    stored = caller.store("a cat", importance=1)
    do(caller, stored, "archive")

    (found,) = caller.recall("a cat", include_deleted=True)

    assert found["state"] == "archived"
    caller.recall("nothing", agent_id="nobody")
    assert caller.count("accesses") == 0


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ([None, None], 2),
        ({}, 2),
        ({"start": None}, 2),
        (["2026-03-02", None], 1),
        ({"end": "2026-03-01"}, 1),
        ({"end": "2026-03-01T23:59:59.999999"}, 1),
        ({"end": "2026-03-01T23:59:59.999999+01:00"}, 0),
        (["2026-03-01T23:30:00", "2026-03-01T23:30:00Z"], 1),
        (["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"], 2),
        ({"start": "2026-03-01", "colour": "red"}, 2),
    ],
)
def test_time_range_is_read(caller: Caller, value: object, found: int) -> None:
    caller.store("a cat", occurred_at="2026-03-01T23:30:00Z")
    caller.store("b cat", occurred_at="2026-03-02T00:00:00Z")

    assert len(caller.recall("cat", time_range=value)) == found


@pytest.mark.parametrize(
    "value",
    [
        ["2026-03-02", "2026-03-01"],
        {"start": "2026-03-02T00:00:00Z", "end": "2026-03-01"},
        ["2026-03-01"],
        ["2026-03-01", "2026-03-02", "2026-03-03"],
        ["soon", None],
        [1, 2],
        "2026-03-01",
        7,
    ],
)
def test_time_range_that_makes_no_sense_is_refused(caller: Caller, value: object) -> None:
    answer = caller.post("/v1/memories/recall", {"agent_id": "agent", "time_range": value})

    assert answer.status_code == 422
    assert answer.json()["field"].startswith("time_range")


def test_unknown_and_foreign_conversations_are_not_told_apart(
    caller: Caller, stranger: Caller
) -> None:
    foreign = conversation(caller, caller.store("a cat")["id"])

    def answer(number: str) -> tuple[int, dict[str, Any]]:
        asked = {"agent_id": "agent", "conversation_id": number}
        found = stranger.post("/v1/memories/recall", asked)
        return found.status_code, found.json() | {"request_id": ""}

    assert answer(foreign) == answer("cnv_0000000000000") == answer("my own id")
    assert answer(foreign)[0] == 404


def test_deleted_conversation_is_not_there(caller: Caller) -> None:
    number = conversation(caller, caller.store("a cat")["id"])
    caller.world.do(
        "UPDATE conversations SET deleted_at = now() WHERE org_id = %(o)s", o=caller.org
    )

    asked = {"agent_id": "agent", "conversation_id": number}
    assert caller.post("/v1/memories/recall", asked).status_code == 404
    assert len(caller.recall("cat")) == 1


@pytest.mark.parametrize("value", ["[]", '"x"', "7", '{"a": 1e999}', '{"a": "\\u0000"}'])
def test_filter_that_is_no_object_of_json_is_refused(caller: Caller, value: str) -> None:
    body = f'{{"agent_id": "agent", "filters": {value}}}'

    answer = caller.client.post("/v1/memories/recall", content=body)

    assert (answer.status_code, answer.json()["field"]) == (422, "filters")
