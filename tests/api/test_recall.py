"""POST /v1/memories/recall: hybrid, in any script, within its scope."""

from typing import Any

import pytest

from tests.api.serving import Caller


def contents(results: list[dict[str, Any]]) -> list[str]:
    return [one["content"] for one in results]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Анна переехала в Киев весной.", "киев"),
        ("安娜在五月搬到了北京。", "北京"),
        ("Zoë lives in São Paulo.", "sao paulo"),
        ("The crème brûlée was hers.", "CREME BRULEE"),
        ("ＡＢＣ１２３ is the code.", "abc123"),
        ("Ann hikes on Sundays \U0001f3d4", "hiking"),
        ("حجز رحلة إلى القاهرة", "القاهرة"),
    ],
)
def test_words_are_found_in_any_script(caller: Caller, text: str, query: str) -> None:
    caller.store(text)
    caller.store("Something that has nothing to do with it.")

    best = caller.recall(query)[0]

    assert best["content"] == text
    assert best["score_components"]["lexical"] > 0


def test_results_hold_what_an_answer_needs(caller: Caller) -> None:
    caller.begin("s")
    stored = caller.store("Ann has a cat.", user_id="u", session_id="s", metadata={"k": "v"})

    (found,) = caller.recall("cat")

    assert found["memory_id"] == stored["id"]
    assert (found["kind"], found["memory_type"], found["tier"]) == ("memory", "episodic", "long")
    assert (found["session_id"], found["metadata"]) == ("s", {"k": "v"})
    assert found["sources"] == stored["sources"]
    assert 0 <= found["relevance_score"] <= 1
    assert 0 <= found["similarity_score"] <= 1


def test_filters_let_through_what_they_name(caller: Caller) -> None:
    caller.store("cat one", user_id="u", memory_type="semantic")
    caller.begin("s")
    caller.store("cat two", user_id="v", session_id="s")
    caller.store("cat three", agent_id="other")

    assert contents(caller.recall("cat", user_id="u")) == ["cat one"]
    assert contents(caller.recall("cat", session_id="s")) == ["cat two"]
    assert contents(caller.recall("cat", memory_type="semantic")) == ["cat one"]
    assert contents(caller.recall("cat", agent_id="other")) == ["cat three"]
    assert caller.recall("cat", user_id="u", session_id="s") == []


def test_scope_is_cut_before_the_best_are_taken(caller: Caller) -> None:
    caller.send(
        *(
            {"type": "memory", "agent_id": "agent", "user_id": "loud", "content": f"cat {n}"}
            for n in range(300)
        )
    )
    caller.run("score", "embed")
    stored = caller.store("A cat was seen, said the one who seldom speaks.", user_id="quiet")

    (found,) = caller.recall("cat", user_id="quiet", top_k=1)

    assert found["memory_id"] == stored["id"]


def test_turn_is_recalled_as_evidence_unless_declined(caller: Caller) -> None:
    turn = {"type": "turn", "agent_id": "agent", "role": "user", "content": "My cat is grey."}
    caller.send({**turn, "turn_id": "D1:1", "speaker": "Ann"})
    caller.run("score", "embed")

    (found,) = caller.recall("cat")

    assert (found["kind"], found["sources"]) == ("turn", ["D1:1"])
    assert caller.recall("cat", include_turns=False) == []


def test_other_org_recalls_nothing(caller: Caller, stranger: Caller) -> None:
    caller.store("Ann has a cat.")
    stranger.store("Bob has a dog.")

    assert contents(stranger.recall("cat")) == ["Bob has a dog."]
    assert contents(stranger.recall()) == ["Bob has a dog."]


@pytest.mark.parametrize("query", ["cat", ""])
def test_unknown_agent_has_an_empty_answer(caller: Caller, query: str) -> None:
    caller.store("Ann has a cat.")

    answer = caller.post("/v1/memories/recall", {"agent_id": "nobody", "query": query})

    assert answer.status_code == 200
    assert (answer.json()["results"], answer.json()["total"]) == ([], 0)


@pytest.mark.parametrize("query", ["", "   "])
def test_without_a_query_the_newest_come_first(caller: Caller, query: str) -> None:
    for n in range(4):
        caller.store(f"number {n}")

    found = caller.recall(query, top_k=3)

    assert contents(found) == ["number 3", "number 2", "number 1"]


@pytest.mark.parametrize("query", ["?!", "\U0001f600", "the of and", "'; DROP TABLE memories; --"])
def test_query_without_telling_words_is_answered(caller: Caller, query: str) -> None:
    caller.store("Ann has a cat.")

    assert len(caller.recall(query)) == 1


@pytest.mark.parametrize(("top_k", "status"), [(0, 422), (1, 200), (1_000, 200), (1_001, 422)])
def test_top_k_is_1_to_1000(caller: Caller, top_k: int, status: int) -> None:
    answer = caller.post("/v1/memories/recall", {"agent_id": "agent", "top_k": top_k})

    assert answer.status_code == status


def test_top_k_is_how_many_come_at_most(caller: Caller) -> None:
    for n in range(3):
        caller.store(f"cat {n}")

    assert len(caller.recall("cat", top_k=2)) == 2


def test_threshold_is_applied_before_the_best_are_taken(caller: Caller) -> None:
    exact = "grey cat sleeps"
    caller.store(exact, importance=0)
    for n in range(5):
        caller.store(f"grey cat sleeps and sleeps in a house of many rooms, say {n}", importance=1)

    found = caller.recall(exact, similarity_threshold=0.99, top_k=1)

    assert contents(found) == [exact]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"query": "x" * 100_001}, "query"),
        ({"query": 7}, "query"),
        ({"similarity_threshold": 1.1}, "similarity_threshold"),
        ({"memory_type": "dream"}, "memory_type"),
        ({"agent_id": ""}, "agent_id"),
    ],
)
def test_fault_is_named_by_its_field(caller: Caller, fields: dict[str, Any], field: str) -> None:
    answer = caller.post("/v1/memories/recall", {"agent_id": "agent", **fields})

    assert answer.status_code == 422
    assert answer.json()["field"] == field
