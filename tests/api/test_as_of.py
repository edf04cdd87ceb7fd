"""POST /v1/memories/recall with `as_of`: which instants can be asked about, and how they answer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.changing import OTHER, TEXT, age, do, edit
from tests.api.serving import Caller


def instant(caller: Caller) -> datetime:
    """What the database's clock shows."""
    found: datetime = caller.world.ask("SELECT clock_timestamp()")[0][0]
    return found.astimezone(UTC)


def test_query_that_matches_only_the_old_text_finds_it_as_of_then(caller: Caller) -> None:
    stored = caller.store(TEXT, metadata={"k": 1})
    before = instant(caller).isoformat()
    edit(caller, stored, content=OTHER, metadata={}, importance=0.125)

    (found,) = caller.recall("nurse", as_of=before)
    (by_meaning,) = caller.recall(TEXT, as_of=before, similarity_threshold=0.99)
    (today,) = caller.recall("nurse")

    assert found["memory_id"] == by_meaning["memory_id"] == stored["id"]
    assert (found["content"], found["metadata"], found["version"]) == (TEXT, {"k": 1}, 1)
    assert found["score_components"]["lexical"] > 0
    assert found["importance_score"] == pytest.approx(stored["importance"], abs=1e-3)
    assert (today["content"], today["score_components"]["lexical"]) == (OTHER, 0)
    assert caller.recall(TEXT, similarity_threshold=0.99) == []


def test_memory_forgotten_since_is_found(caller: Caller) -> None:
    stored = caller.store(TEXT)
    before = instant(caller).isoformat()
    do(caller, stored, "forget")

    assert [one["memory_id"] for one in caller.recall("nurse", as_of=before)] == [stored["id"]]
    assert [one["memory_id"] for one in caller.recall(as_of=before)] == [stored["id"]]
    assert caller.recall("nurse", as_of=instant(caller).isoformat()) == []


def test_past_of_another_org_is_not_found(caller: Caller, stranger: Caller) -> None:
    caller.store(TEXT)
    stranger.store(OTHER)
    now = instant(caller).isoformat()
    caller.store(OTHER)

    assert [one["content"] for one in stranger.recall("nurse", as_of=now)] == [OTHER]


def test_looking_back_counts_as_no_use(caller: Caller) -> None:
    caller.store(TEXT)
    day = instant(caller).date().isoformat()
    now = instant(caller).isoformat()

    for as_of in (now, day):
        assert caller.recall("nurse", as_of=as_of, turn_id="t")
    caller.recall("nurse", turn_id="u")
    caller.run("reinforce")

    assert caller.recall("nurse")[0]["recall_count"] <= 1


def test_instant_ahead_is_refused(caller: Caller) -> None:
    caller.store(TEXT)
    ahead = (instant(caller) + timedelta(minutes=5)).isoformat()

    for agent in ("agent", "nobody"):
        body = {"agent_id": agent, "query": "nurse", "as_of": ahead}
        answer = caller.post("/v1/memories/recall", body)

        assert (answer.status_code, answer.json()["field"]) == (422, "as_of")


@pytest.mark.parametrize(
    "as_of",
    [
        "2026-03-32",
        "2026-3-1",
        "1899-12-31",
        "yesterday",
        1_770_000_000,
        "",
        "2026-03-15T12:00:00+99:00",
        "9999-12-31",
        True,
    ],
)
def test_what_is_no_instant_that_has_passed_is_refused(caller: Caller, as_of: object) -> None:
    answer = caller.post("/v1/memories/recall", {"agent_id": "agent", "as_of": as_of})

    assert (answer.status_code, answer.json()["field"]) == (422, "as_of")


def test_offset_is_read(caller: Caller) -> None:
    caller.store(TEXT)
    now = instant(caller)
    shifted = now.replace(tzinfo=None) + timedelta(hours=5)

    assert len(caller.recall(as_of=f"{shifted.isoformat()}+05:00")) == 1
    assert caller.recall(as_of=f"{now.replace(tzinfo=None).isoformat()}+05:00") == []


@pytest.mark.parametrize(("days_ago", "count"), [(0, 1), (1, 1), (2, 1), (3, 0)])
def test_day_stands_for_its_end_in_utc(caller: Caller, days_ago: int, count: int) -> None:
    caller.store(TEXT)
    age(caller, 2)
    day = instant(caller).date() - timedelta(days=days_ago)

    assert len(caller.recall("nurse", as_of=day.isoformat())) == count


def test_tomorrow_is_ahead(caller: Caller) -> None:
    day = (instant(caller) + timedelta(days=1)).date().isoformat()

    answer = caller.post("/v1/memories/recall", {"agent_id": "agent", "as_of": day})

    assert answer.status_code == 422


def test_turns_have_no_version(caller: Caller) -> None:
    body: dict[str, Any] = {"type": "turn", "agent_id": "agent", "role": "user"}
    caller.send(body | {"content": "My cat is grey."})
    caller.run("score", "embed")
    now = instant(caller).isoformat()

    (found,) = caller.recall("cat", as_of=now)

    assert (found["kind"], found["version"]) == ("turn", None)
    assert caller.recall("cat", as_of="2026-01-01") == []
