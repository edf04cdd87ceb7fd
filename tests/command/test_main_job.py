"""Results as `nrem recall` prints them."""

from typing import Any

from nrem.command.main_job import describe_results

RESULT: dict[str, Any] = {
    "content": "tea at noon",
    "relevance_score": 0.5,
    "occurred_at": "2026-03-02T09:00:00Z",
    "memory_type": "episodic",
    "sources": ["t1"],
    "via": [],
}


def test_result_that_answers_by_itself_has_no_path() -> None:
    assert describe_results([RESULT]).splitlines() == [
        "0.50  tea at noon",
        "      episodic, said 2026-03-02 in t1",
    ]


def test_path_to_a_result_is_told_edge_by_edge() -> None:
    path = [
        {"source_id": "mem_a", "target_id": "mem_b", "relationship_type": "follows", "weight": 1.0},
        {
            "source_id": "mem_c",
            "target_id": "mem_b",
            "relationship_type": "relates_to",
            "weight": 1,
        },
    ]

    lines = describe_results([RESULT | {"via": path}]).splitlines()

    assert lines[-1] == "      via mem_a follows mem_b, mem_c relates_to mem_b"


def test_nothing_is_said_to_be_nothing() -> None:
    assert describe_results([]) == "nothing is remembered about that"
