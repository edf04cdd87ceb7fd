"""Editing a memory over HTTP: what is sent changes, once, and nothing else does."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.api.changing import NAMED, NOBODY, OTHER, TEXT, age, crossings, edit, history
from tests.api.serving import Caller


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"content": OTHER}, {"content": OTHER}),
        ({"metadata": {"k": [1]}}, {"metadata": {"k": [1]}}),
        ({"metadata": {}}, {"metadata": {}}),
        ({"importance": 0.25}, {"importance": 0.25, "importance_given": True}),
    ],
)
def test_edit_makes_one_version(
    caller: Caller, fields: dict[str, Any], shown: dict[str, Any]
) -> None:
    stored = caller.store(TEXT, metadata={"a": 1})

    found = edit(caller, stored, **fields)

    assert found == found | shown
    assert found["version"] == 2
    assert [one["version"] for one in history(caller, stored)] == [1, 2]
    same = set(stored) - {*shown, "version", "due_at", "importance", "importance_score"}
    assert {k: found[k] for k in same} == {k: stored[k] for k in same}


@pytest.mark.parametrize("fields", [{"tier": "permanent"}, {"ttl_seconds": 60}])
def test_tier_and_ttl_make_no_version(caller: Caller, fields: dict[str, Any]) -> None:
    stored = caller.store(TEXT)

    found = edit(caller, stored, **fields)

    assert found["version"] == 1
    assert found["due_at"] != stored["due_at"]


@pytest.mark.parametrize(
    "fields",
    [{}, {"content": TEXT}, {"metadata": {"a": 1}}, {"importance": 0.5}, {"tier": "long"}],
)
def test_edit_that_changes_nothing_writes_nothing(caller: Caller, fields: dict[str, Any]) -> None:
    stored = caller.store(TEXT, metadata={"a": 1}, importance=0.5)
    question = "SELECT xmin::text, facts_since FROM memories WHERE org_id = %(o)s"
    before = caller.world.ask(question, o=caller.org)

    found = edit(caller, stored, **fields)

    assert found["version"] == 1
    assert caller.world.ask(question, o=caller.org) == before
    assert crossings(caller) == []


def test_true_is_not_1(caller: Caller) -> None:
    stored = caller.store(TEXT, metadata={"a": 1})

    found = edit(caller, stored, metadata={"a": True})

    assert (found["version"], found["metadata"]) == (2, {"a": True})
    changes = caller.get(f"/v1/memories/{stored['id']}/diff", **{"from": "1", "to": "2"}).json()
    assert [one["field"] for one in changes["changes"]] == ["metadata"]


def test_edited_text_is_found_and_the_old_one_is_not(caller: Caller) -> None:
    stored = caller.store(TEXT)

    edit(caller, stored, content=OTHER)

    (by_words,) = caller.recall("cello quartet")
    (by_meaning,) = caller.recall(OTHER, similarity_threshold=0.99)
    assert by_words["memory_id"] == by_meaning["memory_id"] == stored["id"]
    assert (by_words["content"], by_words["version"]) == (OTHER, 2)
    assert by_words["score_components"]["lexical"] > 0
    assert caller.recall("nurse")[0]["score_components"]["lexical"] == 0
    assert caller.recall(TEXT, similarity_threshold=0.99) == []


def test_new_text_is_scored_anew_as_a_stored_one_is(caller: Caller) -> None:
    stored = caller.store("ok")
    # of another subject: what one knows already is worth less to it
    fresh = caller.store(TEXT, user_id="somebody else")

    found = edit(caller, stored, content=TEXT)

    assert found["importance"] == fresh["importance"] != stored["importance"]
    assert not found["importance_given"]


@pytest.mark.parametrize("later", [False, True])
def test_given_importance_outlives_a_new_text(caller: Caller, later: bool) -> None:  # noqa: FBT001
    stored = caller.store("ok", **({} if later else {"importance": 0.75}))
    if later:
        edit(caller, stored, importance=0.75)

    found = edit(caller, stored, content=TEXT)

    assert (found["importance"], found["importance_given"]) == (0.75, True)


def test_tier_goes_up_and_tells_so(caller: Caller) -> None:
    stored = caller.store(TEXT, tier="short")

    assert edit(caller, stored, tier="long")["tier"] == "long"
    assert edit(caller, stored, tier="permanent")["tier"] == "permanent"

    assert crossings(caller) == [
        ("tier", "short", "long", "requested"),
        ("tier", "long", "permanent", "requested"),
    ]


def test_tier_never_goes_down(caller: Caller) -> None:
    stored = caller.store(TEXT, tier="long")

    answer = caller.patch(f"/v1/memories/{stored['id']}", {"tier": "short", "content": OTHER})

    assert answer.status_code == 409
    assert (answer.json()["error"], answer.json()["field"]) == ("tier_lower", "tier")
    assert "remedy" in answer.json()
    assert [one["content"] for one in history(caller, stored)] == [TEXT]


def test_tier_raised_by_use_is_what_an_edit_compares_with(caller: Caller) -> None:
    stored = caller.store(TEXT, tier="short")
    for _ in range(2):
        caller.send({"type": "access", "agent_id": "agent", "memory_id": stored["id"]})

    answer = caller.patch(f"/v1/memories/{stored['id']}", {"tier": "short"})

    assert answer.status_code == 409
    assert edit(caller, stored, tier="permanent")["recall_count"] == 2
    assert crossings(caller) == [
        ("tier", "short", "long", "used"),
        ("tier", "long", "permanent", "requested"),
    ]


def test_ttl_begins_at_the_edit_and_null_ends_it(caller: Caller) -> None:
    stored = caller.store(TEXT, ttl_seconds=3_600)

    longer = edit(caller, stored, ttl_seconds=7_200)
    without = edit(caller, stored, ttl_seconds=None)

    gained = datetime.fromisoformat(longer["expires_at"]) - datetime.fromisoformat(
        stored["expires_at"]
    )
    assert timedelta(hours=1) <= gained < timedelta(hours=2)
    assert (longer["due_at"], longer["due_to"]) == (longer["expires_at"], "forgotten")
    assert without["expires_at"] is None
    assert without["due_reason"] != "expired"


@pytest.mark.parametrize("fields", [{"importance": 0.75}, {"tier": "permanent"}])
def test_edit_does_not_wake_what_faded_before(caller: Caller, fields: dict[str, Any]) -> None:
    stored = caller.store(TEXT, tier="short", importance=0.9)
    age(caller, 8)

    found = edit(caller, stored, **fields)

    assert (found["state"], found["state_reason"]) == ("archived", "idle")
    assert crossings(caller)[0] == ("state", "live", "archived", "idle")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"content": " "}, "content"),
        ({"metadata": []}, "metadata"),
        ({"importance": 1.1}, "importance"),
        ({"tier": "eternal"}, "tier"),
        ({"ttl_seconds": 0}, "ttl_seconds"),
        ({"expected_version": 0}, "expected_version"),
    ],
)
def test_fault_is_named_by_its_field(caller: Caller, fields: dict[str, Any], named: str) -> None:
    stored = caller.store(TEXT)

    answer = caller.patch(f"/v1/memories/{stored['id']}", fields)

    assert answer.status_code == 422
    assert answer.json()["field"] == named


def test_unknown_and_foreign_memories_are_not_told_apart(caller: Caller, stranger: Caller) -> None:
    stored = caller.store(TEXT)

    def answers(number: str) -> list[Any]:
        path = f"/v1/memories/{number}"
        found = [
            stranger.patch(path, {"content": OTHER}),
            stranger.post(f"{path}/rollback", {"version": 1}),
            stranger.get(f"{path}/history"),
            stranger.get(f"{path}/diff", **{"from": "1", "to": "1"}),
            *(stranger.post(f"{path}:{name}", {}) for name in NAMED),
        ]
        return [(one.status_code, one.json() | {"request_id": ""}) for one in found]

    assert answers(stored["id"]) == answers(NOBODY)
    assert {status for status, _ in answers("mem_0000000000000")} == {404}
    assert history(caller, stored)[-1]["content"] == TEXT
