"""POST /v1/memories/recall over edges, and what it says of what is true no more."""

from typing import Any

import pytest

from nrem.store import engine
from tests.api.changing import OTHER, TEXT
from tests.api.serving import Caller
from tests.api.test_as_of import instant
from tests.api.test_relationships import draw, end, place

THIRD = "Snow fell on Monday."


def linked(caller: Caller) -> tuple[str, str, str]:
    """Three memories, each the cause of the one before it."""
    numbers = [caller.store(content, importance=0.0)["id"] for content in (TEXT, OTHER, THIRD)]
    first, second, third = numbers
    for source, target in ((first, second), (second, third)):
        assert draw(caller, source, target, relationship_type="caused_by").status_code == 201
    return first, second, third


def found(caller: Caller, **fields: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401
    return {one["memory_id"]: one for one in caller.recall(TEXT, **fields)}


def test_one_edge_is_followed_when_nothing_is_said(caller: Caller) -> None:
    first, second, _ = linked(caller)

    results = found(caller)

    assert (results[first]["graph_depth"], results[first]["via"]) == (0, [])
    assert results[first]["score_components"]["graph"] == 0
    assert results[second]["graph_depth"] == 1
    assert results[second]["via"] == [
        {
            "source_id": first,
            "target_id": second,
            "relationship_type": "caused_by",
            "weight": 1.0,
        }
    ]
    assert results[second]["score_components"]["graph"] > 0


def test_relevance_is_what_its_components_add_up_to(caller: Caller) -> None:
    _, second, _ = linked(caller)

    one = found(caller)[second]

    parts = one["score_components"]
    own = sum(
        parts[name] * parts[f"{name}_weight"]
        for name in ("similarity", "lexical", "context", "importance")
    )
    assert one["relevance_score"] == pytest.approx(own + parts["graph"])
    assert one["similarity_score"] == parts["similarity"]


@pytest.mark.parametrize("depth", [0, 1, 2, 5, 6, 10**30])
def test_depth_is_the_longest_path(caller: Caller, depth: int) -> None:
    first, second, third = linked(caller)

    results = found(caller, graph_depth=depth)

    paths = {number: [via["source_id"] for via in one["via"]] for number, one in results.items()}
    whole = {first: [], second: [first], third: [first, second]}
    from_first = {number: path for number, path in paths.items() if path[:1] in ([first], [])}
    assert (
        from_first.items() >= {n: path for n, path in whole.items() if len(path) <= depth}.items()
    )
    assert max(map(len, paths.values())) <= depth


@pytest.mark.parametrize("depth", [-1, "x", 1.5, []])
def test_other_depths_are_refused(caller: Caller, depth: object) -> None:
    answer = caller.post("/v1/memories/recall", {"agent_id": "agent", "graph_depth": depth})

    assert (answer.status_code, answer.json()["field"]) == (422, "graph_depth")


def test_turns_come_over_no_edge(caller: Caller) -> None:
    linked(caller)
    turn = {"type": "turn", "agent_id": "agent", "role": "user", "content": "My cat is grey."}
    caller.send(turn)
    caller.run("score", "embed")

    (one,) = [one for one in caller.recall("cat") if one["kind"] == "turn"]

    assert (one["graph_depth"], one["via"], one["true_until"]) == (0, [], None)


def test_ended_edge_is_followed_as_of_then_alone(caller: Caller) -> None:
    first, second, _ = linked(caller)
    stood = instant(caller).isoformat()
    named = {"target_memory_id": second, "relationship_type": "caused_by"}
    assert end(caller, place(first), **named) == 204

    assert found(caller)[second]["graph_depth"] == 0
    assert found(caller, as_of=stood)[second]["graph_depth"] == 1


def test_what_fills_the_page_over_an_edge_is_no_use(caller: Caller) -> None:
    first, second, _ = linked(caller)

    assert found(caller, turn_id="t")[second]["relevance_score"] < 0.4
    caller.run("reinforce")

    counts = {number: one["recall_count"] for number, one in found(caller).items()}
    assert (counts[first], counts[second]) == (1, 0)


def test_what_is_true_no_more_is_listed_and_not_recalled(caller: Caller) -> None:
    stored = caller.store(TEXT)
    before = instant(caller).isoformat()
    with engine.begin(caller.world.worker, org_id=caller.org) as conn:
        conn.exec_driver_sql("UPDATE memories SET true_until = app_now()")

    (listed,) = caller.get("/v1/memories").json()["memories"]
    (then,) = caller.recall(TEXT, true_at=before)
    (believed,) = caller.recall(TEXT, as_of=before)

    assert caller.recall(TEXT) == []
    assert (listed["id"], listed["state"]) == (stored["id"], "live")
    assert listed["true_until"] == then["true_until"]
    assert believed["true_until"] is None
    assert stored["true_until"] is None


def test_true_at_may_be_a_day(caller: Caller) -> None:
    caller.store(TEXT, occurred_at="2026-03-02T10:00:00Z")

    counts = [len(caller.recall(TEXT, true_at=day)) for day in ("2026-03-01", "2026-03-02")]

    assert counts == [0, 1]
