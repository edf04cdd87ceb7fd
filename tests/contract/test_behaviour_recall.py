"""Behaviour to beat, lines 11 to 18: what recall answers. The names carry the numbers."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from tests.api.serving import Caller, Service

STREAM = "/v1/memories/recall/stream"


def frames(text: str) -> list[tuple[str, dict[str, Any]]]:
    """The events of a stream with their data."""
    blocks = [block.split("\n") for block in text.strip().split("\n\n")]
    named = [block for block in blocks if block[0].startswith("event: ")]
    return [
        (block[0].removeprefix("event: "), json.loads(block[1].removeprefix("data: ")))
        for block in named
    ]


def test_line_11_the_default_strategy_uses_the_query(caller: Caller) -> None:
    wanted = caller.store("Ada keeps a grey cat called Pixel.")
    caller.store("The night train to Vienna leaves at ten.")

    found = caller.recall("Which cat does Ada keep?")
    alike = caller.recall("Ada keeps a grey cat called Pixel.", similarity_threshold=0.9)

    assert found[0]["memory_id"] == wanted["id"]
    assert len({one["similarity_score"] for one in found}) > 1
    assert [one["memory_id"] for one in alike] == [wanted["id"]]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Анна переехала в Киев весной.", "киев летом поезд"),
        ("安娜在五月搬到了北京。", "北京 火车"),
        ("Zoë wohnt in Köln am Rhein.", "koln bahnhof"),
    ],
)
def test_line_12_some_of_the_words_suffice_in_any_language(
    caller: Caller, text: str, query: str
) -> None:
    made = caller.store(text)
    caller.store("Nothing to do with it.")

    found = caller.recall(query, strategy="LEXICAL")

    assert [one["memory_id"] for one in found] == [made["id"]]


def test_line_13_a_small_agent_beside_a_large_one_gets_all_it_asks_for(caller: Caller) -> None:
    crowd = [{"agent_id": "large", "content": f"Ada keeps cat number {n}."} for n in range(300)]
    assert caller.post("/v1/memories/batch", {"memories": crowd}).status_code == 200
    for n in range(5):
        caller.store(f"Ada keeps cat number {n} in the garden.", agent_id="small")

    found = caller.recall("Ada cat", agent_id="small", top_k=5, strategy="VECTOR")

    assert len(found) == 5


def test_line_14_the_graph_answers_neighbours_too(caller: Caller) -> None:
    end = caller.store("The harbour opens at six.")
    edge = {"target_memory_id": end["id"], "relationship_type": "supports"}
    seed = caller.store("Ada sails.", relationships=[edge])

    found = {one["memory_id"]: one for one in caller.recall("Ada sails", graph_depth=1)}

    assert found[end["id"]]["graph_depth"] == 1
    assert found[end["id"]]["via"][0]["source_id"] == seed["id"]
    assert end["id"] in {one["memory_id"] for one in caller.recall("Ada sails", strategy="GRAPH")}


def test_line_15_an_earlier_instant_knows_the_old_text_and_what_was_forgotten(
    caller: Caller,
) -> None:
    edited, forgotten = caller.store("Ann has a cat."), caller.store("Ann has a hat.")
    then = datetime.fromisoformat(forgotten["created_at"]) + timedelta(microseconds=1)
    caller.patch(f"/v1/memories/{edited['id']}", {"content": "Ann has a dog."})
    gone = {"agent_id": "agent", "memory_id": forgotten["id"]}
    assert caller.post("/v1/memories/forget", gone).json()["deleted_count"] == 1

    found = {one["content"] for one in caller.recall("Ann", as_of=then.isoformat())}

    assert found == {"Ann has a cat.", "Ann has a hat."}


def test_line_16_the_stream_always_ends(caller: Caller) -> None:
    caller.store("Ann has a cat.")

    told = frames(caller.post(STREAM, {"agent_id": "agent", "query": "cat"}).text)

    assert [name for name, _ in told] == ["results", "done"]
    assert told[0][1]["results"][0]["content"] == "Ann has a cat."


def test_line_17_no_model_is_loaded_for_a_request(service: Service, caller: Caller) -> None:
    before = service.state.embedder

    caller.recall("anything")

    assert service.state.embedder is before


def test_line_18_two_hundred_recalls_at_once_are_all_answered(
    service: Service, caller: Caller
) -> None:
    caller.store("Ann has a cat.")
    asked = {"agent_id": "agent", "query": "cat"}

    with ThreadPoolExecutor(max_workers=40) as pool:
        codes = list(
            pool.map(lambda _: caller.post("/v1/memories/recall", asked).status_code, range(200))
        )

    assert set(codes) == {200}


def test_line_18_a_recall_holds_one_connection_at_most(service: Service, caller: Caller) -> None:
    caller.store("Ann has a cat.")
    held, most = 0, 0

    def out(*_: object) -> None:
        nonlocal held, most
        held += 1
        most = max(most, held)

    def back(*_: object) -> None:
        nonlocal held
        held -= 1

    pool = service.state.database.sync_engine.pool
    event.listen(pool, "checkout", out)
    event.listen(pool, "checkin", back)
    try:
        caller.recall("cat")
    finally:
        event.remove(pool, "checkout", out)
        event.remove(pool, "checkin", back)

    assert most == 1
