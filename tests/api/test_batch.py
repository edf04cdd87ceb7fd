"""POST /v1/memories/batch: all or none, each as if stored alone, every fault with its place."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from api import storing
from tests.api.serving import Caller

TEXT = "Ann moved to Kyiv on 3 May 2023 and works as a nurse."
TIERS = ("short", "long", "permanent")


def send(caller: Caller, *items: dict[str, Any], **headers: str) -> httpx2.Response:
    body = {"memories": [{"agent_id": "agent", **one} for one in items]}
    return caller.post("/v1/memories/batch", body, **headers)


def store(caller: Caller, *items: dict[str, Any], **headers: str) -> list[dict[str, Any]]:
    answer = send(caller, *items, **headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["stored_count"] == len(answer.json()["results"])
    return list(answer.json()["results"])


def test_each_is_as_if_it_were_stored_alone(caller: Caller, stranger: Caller) -> None:
    items: list[dict[str, Any]] = [
        {"content": TEXT},
        {"content": "ok", "importance": 0.75, "user_id": "u", "metadata": {"k": 1}},
        {"content": "He left.", "memory_type": "working", "session_id": "s", "ttl_seconds": 60},
    ]
    for one in (caller, stranger):
        one.begin("s")
    # by somebody else: what is known already is worth less
    alone = [stranger.store(**one) for one in items]

    together = store(caller, *items)

    moments = {"created_at", "occurred_at", "last_access", "state_since", "due_at", "expires_at"}
    own = {"id", "sources", "importance_score", *moments}
    assert [{k: v for k, v in one.items() if k not in own} for one in together] == [
        {k: v for k, v in one.items() if k not in own} for one in alone
    ]
    assert len({one["created_at"] for one in together}) == 1
    assert [caller.get(f"/v1/memories/{one['id']}").json()["id"] for one in together] == [
        one["id"] for one in together
    ]


def test_each_is_recalled_at_once_by_words_and_meaning(caller: Caller) -> None:
    stored = store(caller, {"content": "a grey parrot"}, {"content": "the red bicycle"})

    for one in stored:
        (found,) = caller.recall(one["content"], similarity_threshold=0.99)
        assert found["memory_id"] == one["id"]
        assert found["score_components"]["lexical"] > 0.9


def test_vectors_beyond_the_first_come_with_the_pass(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "_MOST_EMBEDDED", 1)
    first, second = store(caller, {"content": "a grey parrot"}, {"content": "the red bicycle"})

    assert first["embedding_model"]
    assert second["embedding_model"] is None
    (by_words,) = [one for one in caller.recall("bicycle") if one["memory_id"] == second["id"]]
    assert by_words["score_components"]["lexical"] > 0
    caller.run("embed")
    (by_meaning,) = caller.recall("the red bicycle", similarity_threshold=0.99)
    assert by_meaning["memory_id"] == second["id"]


def test_a_thousand_are_stored_and_one_more_is_not(caller: Caller) -> None:
    items = [{"content": f"note {n}"} for n in range(1_001)]

    refused = send(caller, *items)
    stored = store(caller, *items[:1_000])

    assert (refused.status_code, refused.json()["field"]) == (422, "memories")
    assert [one["content"] for one in stored] == [one["content"] for one in items[:1_000]]
    assert caller.count("memories") == 1_000


def test_every_fault_is_told_with_its_place_and_nothing_is_stored(caller: Caller) -> None:
    answer = send(
        caller,
        {"content": TEXT},
        {"content": " "},
        {"content": "x", "importance": 2, "tier": "eternal"},
        {"content": "x", "ttl_seconds": 0},
    )

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [
        "memories[1].content",
        "memories[2].importance",
        "memories[2].tier",
        "memories[3].ttl_seconds",
    ]
    assert caller.count("memories") == 0


@pytest.mark.parametrize("body", [{}, {"memories": []}, {"memories": {}}, {"memories": "x"}, []])
def test_body_without_memories_is_refused(caller: Caller, body: object) -> None:
    assert caller.post("/v1/memories/batch", body).status_code == 422


@pytest.mark.parametrize("count", [1, 2])
def test_conflict_is_told_with_its_place_and_nothing_is_stored(caller: Caller, count: int) -> None:
    caller.send({"type": "session.start", "agent_id": "agent", "session_id": "over"})
    caller.post("/v1/sessions/over/end", None)
    items = [{"content": TEXT}, {"content": TEXT, "session_id": "over"}][-count:]

    answer = send(caller, *items)

    assert (answer.status_code, answer.json()["error"]) == (409, "session_ended")
    assert answer.json()["field"] == f"memories[{count - 1}].session_id"
    assert caller.count("memories") == 0


def test_key_answers_the_same_memories_again(caller: Caller) -> None:
    items = [{"content": "one"}, {"content": "two"}, {"content": "one"}]
    first = store(caller, *items, Idempotency_Key="k")

    again = store(caller, *items, Idempotency_Key="k")

    assert [one["id"] for one in again] == [one["id"] for one in first]
    assert len({one["id"] for one in first}) == 3
    assert caller.count("memories") == 3


@pytest.mark.parametrize("items", [("one",), ("one", "two", "three"), ("two", "one")])
def test_key_with_another_body_stores_nothing(caller: Caller, items: tuple[str, ...]) -> None:
    store(caller, {"content": "one"}, {"content": "two"}, Idempotency_Key="k")

    answer = send(caller, *({"content": one} for one in items), Idempotency_Key="k")

    assert (answer.status_code, answer.json()["field"]) == (409, "Idempotency-Key")
    assert caller.count("memories") == 2


def test_concurrent_batches_under_one_key_are_stored_once(caller: Caller) -> None:
    items = [{"content": f"note {n}"} for n in range(5)]
    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(lambda _: send(caller, *items, Idempotency_Key="k"), range(8)))

    assert {one.status_code for one in answers} == {200}
    assert len({str([m["id"] for m in one.json()["results"]]) for one in answers}) == 1
    assert caller.count("memories") == 5


def test_key_of_an_erased_memory_is_not_found(caller: Caller) -> None:
    store(caller, {"content": "one"}, {"content": "two"}, Idempotency_Key="k")
    caller.world.do(
        "UPDATE memories SET state = 'purged', content = '' "
        "WHERE org_id = %(o)s AND content = 'two'",
        o=caller.org,
    )

    answer = send(caller, {"content": "one"}, {"content": "two"}, Idempotency_Key="k")

    assert answer.status_code == 404


@pytest.mark.parametrize("tier", TIERS)
def test_tier_is_a_field_of_every_write(caller: Caller, tier: str) -> None:
    (event,) = caller.send(
        {"type": "memory", "agent_id": "agent", "content": "by event", "tier": tier}
    )
    caller.run("score")
    (scored,) = caller.get(f"/v1/events/{event}").json()["memory_ids"]
    (in_batch,) = store(caller, {"content": "in a batch", "tier": tier})
    edited = caller.store("by edit", tier="short")["id"]
    caller.patch(f"/v1/memories/{edited}", {"tier": tier})
    written = (scored, in_batch["id"], caller.store("alone", tier=tier)["id"], edited)

    tiers = [caller.get(f"/v1/memories/{one}").json()["tier"] for one in written]

    assert tiers == [tier] * 4
