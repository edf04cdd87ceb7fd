"""POST /v1/memories/recall by strategy: each does what its name says, or says what stood in."""

from typing import Any

import pytest

from tests.api.serving import Caller

NAMES = ("AUTO", "VECTOR", "LEXICAL", "GRAPH", "TRIPLET", "TRACE", "TEMPORAL", "ASK")


def ask(caller: Caller, query: str | None = None, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    answer = caller.post(
        "/v1/memories/recall", {"agent_id": "agent", "query": query, "top_k": 10, **fields}
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def contents(found: dict[str, Any]) -> list[str]:
    return [one["content"] for one in found["results"]]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("query", ["cat", None])
def test_every_strategy_answers_and_says_how(caller: Caller, name: str, query: str | None) -> None:
    caller.store("Ann has a cat.")

    found = ask(caller, query, strategy=name)

    assert contents(found) == ["Ann has a cat."]
    assert found["strategy_used"] in {"AUTO", "VECTOR", "LEXICAL", "GRAPH", "TEMPORAL"}
    assert found["strategies_considered"]
    assert found["reranked"] is False
    assert (found["query"], found["total"]) == (query, 1)


@pytest.mark.parametrize("name", ["vector", "Vector", "Strategy.VECTOR", "strategy.vector"])
def test_name_is_read_in_any_case_and_with_its_list(caller: Caller, name: str) -> None:
    caller.store("Ann has a cat.")

    assert ask(caller, "cat", strategy=name)["strategy_used"] == "VECTOR"


@pytest.mark.parametrize("name", [None, ""])
def test_no_name_is_auto(caller: Caller, name: str | None) -> None:
    assert ask(caller, "cat", strategy=name)["strategy_used"] == "AUTO"


@pytest.mark.parametrize("name", ["MAGIC", "AUTO.", 7, []])
def test_unknown_name_is_refused_with_the_known_ones(caller: Caller, name: object) -> None:
    answer = caller.post("/v1/memories/recall", {"agent_id": "agent", "strategy": name})

    assert (answer.status_code, answer.json()["field"]) == (422, "strategy")
    assert all(known in answer.json()["detail"] for known in NAMES)


@pytest.mark.parametrize("path", ["recall", "recall/stream"])
def test_no_key_is_granted_cypher(caller: Caller, path: str) -> None:
    answer = caller.post(f"/v1/memories/{path}", {"agent_id": "agent", "strategy": "cypher"})

    assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")


def test_lexical_finds_by_words_alone_and_shows_the_likeness(caller: Caller) -> None:
    caller.store("Ann has a cat.")
    caller.store("Bob plays the cello.")

    (found,) = ask(caller, "Ann has a cat", strategy="LEXICAL")["results"]

    parts = found["score_components"]
    assert found["content"] == "Ann has a cat."
    assert (parts["similarity_weight"], parts["lexical"] > 0) == (0, True)
    assert found["similarity_score"] > 0.9


def test_lexical_obeys_the_least_similarity(caller: Caller) -> None:
    caller.store("cat")
    caller.store("cat and many other words that have nothing to do with one another at all")

    found = ask(caller, "cat", strategy="LEXICAL", similarity_threshold=0.9)

    assert contents(found) == ["cat"]


def test_vector_weighs_no_words(caller: Caller) -> None:
    caller.store("Ann has a cat.")
    caller.store("Bob plays the cello.")

    found = ask(caller, "Ann has a cat", strategy="VECTOR")["results"]

    assert [one["content"] for one in found] == ["Ann has a cat.", "Bob plays the cello."]
    for one in found:
        parts = one["score_components"]
        assert (parts["lexical"], parts["lexical_weight"]) == (0, 0)


@pytest.mark.parametrize(("name", "reached"), [("VECTOR", False), ("AUTO", True), ("GRAPH", True)])
def test_neighbours_come_where_edges_are_followed(
    caller: Caller,
    name: str,
    reached: bool,  # noqa: FBT001
) -> None:
    paris = caller.store("Zebras graze at noon.", importance=0)
    edge = {"target_memory_id": paris["id"], "relationship_type": "CAUSED_BY"}
    caller.store("Ann has a cat.", relationships=[edge], importance=1)

    found = ask(caller, "Ann has a cat", strategy=name)["results"]

    depths = {one["content"]: one["graph_depth"] for one in found}
    assert depths["Zebras graze at noon."] == (1 if reached else 0)


def test_graph_goes_two_edges_far_unless_told(caller: Caller) -> None:
    third = caller.store("Yaks doze.", importance=0)
    edge = {"target_memory_id": third["id"], "relationship_type": "follows"}
    second = caller.store("Zebras graze.", importance=0, relationships=[edge])
    edge = {"target_memory_id": second["id"], "relationship_type": "follows"}
    caller.store("Ann has a cat.", relationships=[edge], importance=1)

    def depth_of_third(**fields: Any) -> int:  # noqa: ANN401
        found = ask(caller, "Ann has a cat", strategy="GRAPH", **fields)["results"]
        return {one["content"]: int(one["graph_depth"]) for one in found}["Yaks doze."]

    assert depth_of_third() == 2
    assert depth_of_third(graph_depth=1) == 1


def test_temporal_puts_the_latest_of_the_best_first(caller: Caller) -> None:
    for year in (2021, 2023, 2022):
        caller.store(f"Ann moved, said she in {year}.", occurred_at=f"{year}-05-01")
    caller.store("Bob plays the cello.", occurred_at="2024-05-01")

    best = ask(caller, "Where did Ann move", strategy="TEMPORAL", top_k=3)
    newest = ask(caller, None, strategy="TEMPORAL", top_k=2)

    assert [one["occurred_at"][:4] for one in best["results"]] == ["2023", "2022", "2021"]
    assert [one["occurred_at"][:4] for one in newest["results"]] == ["2024", "2023"]
    assert best["strategy_used"] == "TEMPORAL"


@pytest.mark.parametrize("fields", [{"rerank": True}, {"tier_route": True}, {"role": "admin"}])
def test_what_has_no_effect_is_taken(caller: Caller, fields: dict[str, Any]) -> None:
    caller.store("Ann has a cat.")
    asked = {"agent_id": "agent", "query": "cat", **fields}

    answer = caller.post("/v1/memories/recall", asked)

    assert (answer.status_code, len(answer.json()["results"])) == (200, 1)
    assert answer.json()["reranked"] is False
    assert "x-nrem-ignored-fields" not in answer.headers
