"""Having memories taken apart: what may be asked for, and what the status tells."""

from typing import Any

import pytest

from tests.api.serving import Caller

SAID = "Ana works as a nurse in Porto. Ana's birthday is on 3 May."


def test_facts_are_found_and_the_status_says_how_many(caller: Caller) -> None:
    memory = caller.store(SAID)["id"]
    body = {"agent_id": "agent", "memory_ids": [memory], "chunk_size": 64, "include_summary": True}

    job = caller.post("/v1/distill", body)
    caller.run("distill")

    assert job.status_code == 202
    assert job.json()["memory_ids"] == [memory]
    done = caller.get(f"/v1/distill/{job.json()['job_id']}").json()
    assert (done["status"], done["model"]) == ("completed", "offline")
    assert (done["memos_written"], done["chunks_total"], done["chunks_failed"]) == (3, 1, 0)
    assert (done["relationships_extracted"], done["entities_extracted"]) == (3, 3)
    assert (done["chunk_size"], done["chunk_overlap"], done["max_concurrency"]) == (64, 8, 4)
    found = caller.recall("where does Ana work", memory_type="semantic")
    assert {one["memory_id"] for one in found} == set(done["memo_ids"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"memory_ids": []},
        {"memory_ids": ["mem_0"] * 1_001},
        {"chunk_size": 63},
        {"chunk_size": 8_193},
        {"chunk_size": 64, "chunk_overlap": 64},
        {"chunk_overlap": 2_049, "chunk_size": 4_096},
        {"max_concurrency": 0},
        {"max_concurrency": 33},
        {"summary_style": "long"},
    ],
)
def test_what_is_out_of_range_is_refused(caller: Caller, wrong: dict[str, Any]) -> None:
    memory = caller.store(SAID)["id"]

    answer = caller.post("/v1/distill", {"agent_id": "agent", "memory_ids": [memory], **wrong})

    assert answer.status_code == 422


def test_limits_themselves_are_accepted(caller: Caller) -> None:
    memory = caller.store(SAID)["id"]
    extremes = (
        {"chunk_size": 64, "chunk_overlap": 0, "max_concurrency": 1},
        {"chunk_size": 8_192, "chunk_overlap": 2_048, "max_concurrency": 32},
        {"memory_ids": [memory] * 1_000},
    )

    answers = [
        caller.post("/v1/distill", {"agent_id": "agent", "memory_ids": [memory], **one}).status_code
        for one in extremes
    ]

    assert answers == [202] * 3


def test_unknown_foreign_and_forgotten_memories_are_not_found(
    caller: Caller, stranger: Caller
) -> None:
    own, other = caller.store(SAID)["id"], caller.store(SAID, agent_id="other")["id"]
    foreign = stranger.store(SAID)["id"]
    gone = caller.store("I like tea.")["id"]
    assert caller.post(f"/v1/memories/{gone}:forget", {}).status_code == 200

    answers = [
        caller.post("/v1/distill", {"agent_id": "agent", "memory_ids": [own, one]})
        for one in (other, foreign, gone, "mem_0000000000000", "who knows")
    ]

    assert [one.status_code for one in answers] == [404] * 5
    assert len({one.json()["detail"] for one in answers}) == 1
    assert caller.count("jobs") == 0
