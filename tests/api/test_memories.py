"""POST and GET /v1/memories: stored at once, listed page by page, never seen by another org."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from nrem.store import engine, policy, recall, view
from nrem.store.recall_match import Question, Scope
from nrem.store.view import Filters
from tests.api.serving import Caller

TEXT = "Ann moved to Kyiv on 3 May 2023 and works as a nurse."


def test_stored_memory_can_be_read_at_once(caller: Caller) -> None:
    stored = caller.store(TEXT, user_id="u", metadata={"a": [1]})

    found = caller.get(f"/v1/memories/{stored['id']}").json()

    assert found["content"] == TEXT
    assert (found["agent_id"], found["user_id"]) == ("agent", "u")
    assert (found["metadata"], found["recall_count"], found["version"]) == ({"a": [1]}, 0, 1)
    assert (found["state"], found["derived_by"]) == ("live", None)
    assert found["sources"][0].startswith("evt_")


def test_answer_of_a_store_is_what_a_read_answers(caller: Caller) -> None:
    stored = caller.store(TEXT)

    found = caller.get(f"/v1/memories/{stored['id']}").json()

    fading = {"importance_score"}
    assert {k: v for k, v in found.items() if k not in fading} == {
        k: v for k, v in stored.items() if k not in fading
    }


def test_stored_memory_is_recalled_by_its_words_before_any_pass(caller: Caller) -> None:
    stored = caller.store(TEXT)

    (found,) = caller.recall("nurse")

    assert found["memory_id"] == stored["id"]
    assert found["score_components"]["lexical"] > 0


def test_stored_memory_is_recalled_by_its_vector_before_any_pass(caller: Caller) -> None:
    stored = caller.store(TEXT)

    (found,) = caller.recall(TEXT, similarity_threshold=0.99)

    assert found["memory_id"] == stored["id"]
    assert found["similarity_score"] == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("memory_type", ["working", "episodic", "semantic", "procedural"])
def test_direct_store_and_pass_give_the_same_memory(caller: Caller, memory_type: str) -> None:
    stored = caller.store(TEXT, memory_type=memory_type)
    # of another subject, to whom it is as new
    event = {"type": "memory", "agent_id": "agent", "user_id": "another", "content": TEXT}
    (event_id,) = caller.send({**event, "memory_type": memory_type})
    caller.run("score")

    (queued,) = caller.get(f"/v1/events/{event_id}").json()["memory_ids"]
    found = caller.get(f"/v1/memories/{queued}").json()
    same = ("importance", "tier", "memory_type", "content", "due_to", "trust")
    assert {k: found[k] for k in same} == {k: stored[k] for k in same}


def test_direct_store_that_repeats_weighs_less(caller: Caller) -> None:
    first, second = caller.store(TEXT), caller.store(TEXT)

    assert first["importance"] > second["importance"]


@pytest.mark.parametrize("importance", [0, 0.123456789, 1])
def test_given_importance_wins(caller: Caller, importance: float) -> None:
    assert caller.store(TEXT, importance=importance)["importance"] == importance


@pytest.mark.parametrize(
    ("memory_type", "tier"),
    [
        ("working", "short"),
        ("episodic", "long"),
        ("semantic", "permanent"),
        ("procedural", "permanent"),
    ],
)
def test_tier_follows_from_the_type(caller: Caller, memory_type: str, tier: str) -> None:
    assert caller.store(TEXT, memory_type=memory_type)["tier"] == tier


def test_given_tier_wins(caller: Caller) -> None:
    assert caller.store(TEXT, memory_type="semantic", tier="short")["tier"] == "short"


def test_ttl_names_the_instant_of_its_end(caller: Caller) -> None:
    stored = caller.store(TEXT, ttl_seconds=60)

    age = datetime.fromisoformat(stored["expires_at"]) - datetime.fromisoformat(
        stored["created_at"]
    )
    assert age == timedelta(seconds=60)
    assert (stored["due_at"], stored["due_to"]) == (stored["expires_at"], "forgotten")


@pytest.mark.parametrize(("microseconds", "seen"), [(-1, True), (0, False), (1, False)])
def test_ttl_ends_at_its_exact_instant(caller: Caller, microseconds: int, seen: bool) -> None:  # noqa: FBT001
    stored = caller.store(TEXT, ttl_seconds=60)
    now = datetime.fromisoformat(stored["expires_at"]) + timedelta(microseconds=microseconds)

    with engine.begin(caller.world.worker, org_id=caller.org, now=now) as conn:
        timeline = policy.timeline(conn, caller.org)
        page = view.list_memories(
            conn, caller.org, Filters(), after_id=0, limit=9, timeline=timeline, now=now
        )
        ((agent,),) = caller.world.ask(
            "SELECT agent_id FROM memories WHERE org_id = %(o)s", o=caller.org
        )
        asked = Question(query="nurse", vector=None, model="none", limit=9, least_similarity=0)
        scope = Scope(agent_id=agent)
        recalled = recall.recall(conn, caller.org, scope, asked, timeline=timeline, now=now)

    assert (bool(page.memories), bool(recalled)) == (seen, seen)


def test_key_answers_the_same_memory_again(caller: Caller) -> None:
    body = {"agent_id": "agent", "content": TEXT}
    first = caller.post("/v1/memories", body, Idempotency_Key="k").json()

    again = caller.post("/v1/memories", body, Idempotency_Key="k")

    assert again.status_code == 200
    assert again.json()["id"] == first["id"]
    assert caller.count("memories") == 1


def test_key_with_another_body_names_the_header(caller: Caller) -> None:
    caller.post("/v1/memories", {"agent_id": "a", "content": TEXT}, Idempotency_Key="k")

    answer = caller.post("/v1/memories", {"agent_id": "a", "content": "Y"}, Idempotency_Key="k")

    assert answer.status_code == 409
    assert answer.json()["field"] == "Idempotency-Key"


def test_concurrent_stores_under_one_key_make_one_memory(caller: Caller) -> None:
    body = {"agent_id": "agent", "content": TEXT}
    with ThreadPoolExecutor(20) as many:
        answers = list(
            many.map(lambda _: caller.post("/v1/memories", body, Idempotency_Key="k"), range(20))
        )

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert caller.count("memories") == 1


def test_ended_session_takes_no_more_memories(caller: Caller) -> None:
    caller.send({"type": "session.start", "agent_id": "agent", "session_id": "s"})
    caller.post("/v1/sessions/s/end", None)

    answer = caller.post("/v1/memories", {"agent_id": "agent", "content": TEXT, "session_id": "s"})

    assert answer.status_code == 409
    assert (answer.json()["error"], answer.json()["field"]) == ("session_ended", "session_id")
    assert caller.count("memories") == 0


def test_working_memory_joins_its_session(caller: Caller) -> None:
    caller.begin("s")
    stored = caller.store(TEXT, memory_type="working", session_id="s")

    session = caller.get("/v1/sessions/s").json()

    assert stored["session_id"] == "s"
    assert (session["state"], session["memories"]) == ("open", 1)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"content": " "}, "content"),
        ({"content": "\x00 "}, "content"),
        ({"memory_type": "dream"}, "memory_type"),
        ({"importance": 2}, "importance"),
        ({"ttl_seconds": 0}, "ttl_seconds"),
        ({"agent_id": None}, "agent_id"),
    ],
)
def test_fault_is_named_by_its_field(caller: Caller, fields: dict[str, Any], named: str) -> None:
    answer = caller.post("/v1/memories", {"agent_id": "a", "content": "c", **fields})

    assert answer.status_code == 422
    assert answer.json()["field"] == named


@pytest.mark.parametrize("wrong", ["mem_0000000000000", "mem_", "evt_0000000000000", "x", "%00"])
def test_unknown_or_malformed_id_is_not_found(caller: Caller, wrong: str) -> None:
    assert caller.get(f"/v1/memories/{wrong}").status_code == 404


def test_memory_of_another_org_is_not_found(caller: Caller, stranger: Caller) -> None:
    stored = caller.store(TEXT)

    assert stranger.get(f"/v1/memories/{stored['id']}").status_code == 404
