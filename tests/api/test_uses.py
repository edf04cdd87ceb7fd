"""What counts as a use: recalled with enough relevance, or named by an event; once per turn."""

from typing import Any

import pytest

from nrem.policy.params import Policy
from tests.api.serving import Caller
from tests.faults.probe import until

TEXT = "Maria adopted a grey cat named Pixel."
QUESTION = "What is the name of Maria's cat?"


def _waiting(caller: Caller) -> int:
    return caller.count("accesses")


def _count(caller: Caller, memory_id: str) -> int:
    return int(caller.get(f"/v1/memories/{memory_id}").json()["recall_count"])


@pytest.fixture
def stored(caller: Caller) -> dict[str, Any]:
    return caller.store(TEXT)


def test_recalled_memory_was_of_use(caller: Caller, stored: dict[str, Any]) -> None:
    caller.recall(QUESTION)

    until(lambda: _waiting(caller) == 1, "the use is logged")
    assert _count(caller, stored["id"]) == 1


def test_use_shows_before_and_after_it_is_counted_alike(
    caller: Caller, stored: dict[str, Any]
) -> None:
    caller.recall(QUESTION)
    until(lambda: _waiting(caller) == 1, "the use is logged")
    before = caller.get(f"/v1/memories/{stored['id']}").json()

    caller.run("reinforce")

    after = caller.get(f"/v1/memories/{stored['id']}").json()
    fading = {"importance_score": pytest.approx(after["importance_score"])}
    assert before | fading == after
    assert after["last_access"] > stored["last_access"]


def test_each_request_counts_without_a_turn(caller: Caller, stored: dict[str, Any]) -> None:
    for _ in range(2):
        caller.recall(QUESTION)

    until(lambda: _waiting(caller) == 2, "the use is logged")
    assert _count(caller, stored["id"]) == 2


def test_turn_counts_once_whoever_tells_of_it(caller: Caller, stored: dict[str, Any]) -> None:
    for _ in range(2):
        caller.recall(QUESTION, turn_id="turn 7")
    access = {"type": "access", "agent_id": "agent", "memory_id": stored["id"]}
    caller.send({**access, "turn_id": "turn 7"})
    caller.recall(QUESTION, turn_id="turn 8")

    until(lambda: _waiting(caller) == 2, "the use is logged")
    assert _count(caller, stored["id"]) == 2


def _count_from(caller: Caller, relevance: float) -> None:
    caller.world.do(
        "INSERT INTO policies (org_id, version, body, created_at) VALUES "
        "(%(org)s, 1, jsonb_build_object('reinforce', jsonb_build_object('hit_relevance', "
        "%(least)s::float8)), now())",
        org=caller.org,
        least=relevance,
    )


@pytest.mark.parametrize(("relevance", "uses"), [(0.0, 1), (1.0, 0)])
def test_what_only_fills_the_page_is_not_used(
    caller: Caller, stored: dict[str, Any], relevance: float, uses: int
) -> None:
    _count_from(caller, relevance)

    caller.recall("grey")
    caller.send({"type": "access", "agent_id": "agent", "memory_id": stored["id"]})

    until(lambda: _waiting(caller) == uses + 1, "the use is logged")


def test_page_without_a_query_uses_nothing(caller: Caller, stored: dict[str, Any]) -> None:
    _count_from(caller, 0.0)
    assert caller.recall()

    caller.recall(QUESTION)

    until(lambda: _waiting(caller), "the use is logged")
    # uses are logged in their order, so one of the page without a query would be there, too
    assert _waiting(caller) == 1


def test_looking_at_a_memory_is_no_use(caller: Caller, stored: dict[str, Any]) -> None:
    caller.get(f"/v1/memories/{stored['id']}")
    caller.get("/v1/memories")

    caller.send({"type": "access", "agent_id": "agent", "memory_id": stored["id"]})

    until(lambda: _waiting(caller) == 1, "the use is logged")


def test_second_use_lifts_the_tier_at_once(caller: Caller) -> None:
    stored = caller.store(TEXT, tier="short")
    for _ in range(Policy.default().tiers.long_at_accesses):
        caller.send({"type": "access", "agent_id": "agent", "memory_id": stored["id"]})

    shown = caller.get(f"/v1/memories/{stored['id']}").json()
    listed = caller.get("/v1/memories", tier="long").json()["memories"]

    assert shown["tier"] == "long"
    assert [one["id"] for one in listed] == [stored["id"]]
    assert caller.get("/v1/memories", tier="short").json()["memories"] == []


def test_event_tells_that_its_use_was_counted(caller: Caller, stored: dict[str, Any]) -> None:
    (event,) = caller.send({"type": "access", "agent_id": "agent", "memory_id": stored["id"]})
    assert caller.become(event) == ("accepted", None)

    caller.run("reinforce")

    assert caller.become(event) == ("counted", None)


def test_event_that_names_no_memory_of_its_agent_is_dropped(
    caller: Caller, stranger: Caller, stored: dict[str, Any]
) -> None:
    (event,) = stranger.send({"type": "access", "agent_id": "agent", "memory_id": stored["id"]})

    assert stranger.become(event) == ("dropped", "no_such_memory")
    assert _count(caller, stored["id"]) == 0


def test_recall_logs_no_use_of_another_orgs_memory(
    caller: Caller, stranger: Caller, stored: dict[str, Any]
) -> None:
    assert stranger.recall(QUESTION) == []

    caller.recall(QUESTION)

    until(lambda: _waiting(caller) == 1, "the use is logged")
    assert _waiting(stranger) == 0


def test_score_components_say_how_much_of_the_relevance_is_importance(caller: Caller) -> None:
    caller.store(TEXT, importance=0.8)

    (found,) = caller.recall(QUESTION)

    parts = found["score_components"]
    assert parts["importance"] == found["importance_score"]
    names = ("similarity", "lexical", "context", "importance")
    assert found["relevance_score"] == pytest.approx(
        sum(parts[name] * parts[f"{name}_weight"] for name in names)
    )
