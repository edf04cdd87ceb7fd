"""The forms of time and filters that the public documentation shows, against the application."""

from datetime import UTC, date, datetime, timedelta

import pytest

from nrem import sdk
from nrem.sdk.instant import Moment, TimeRange

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
NOON = datetime(2026, 3, 15, 12, tzinfo=UTC)
LAST = datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC)
AFTER = datetime(2026, 4, 1, tzinfo=UTC)

# What is asked, and which of the four memories lie in it.
RANGES: dict[str, tuple[TimeRange, set[datetime]]] = {
    "documented": ({"start": "2026-03-01", "end": "2026-03-31"}, {FIRST, NOON, LAST}),
    "dates": ((date(2026, 3, 1), date(2026, 3, 31)), {FIRST, NOON, LAST}),
    "instants": ((FIRST + timedelta(seconds=1), LAST), {NOON, LAST}),
    "naive": ((NOON.replace(tzinfo=None), LAST.replace(tzinfo=None)), {NOON, LAST}),
    "without end": ({"start": "2026-03-31"}, {LAST, AFTER}),
    "without start": ((None, "2026-03-15"), {FIRST, NOON}),
    "day": ("2026-03-15", {NOON}),
    "day of a calendar": (date(2026, 3, 31), {LAST}),
}


@pytest.mark.parametrize("form", RANGES)
def test_recall_takes_a_time_range(form: str, real: sdk.Client) -> None:
    time_range, expected = RANGES[form]
    for moment in (FIRST, NOON, LAST, AFTER):
        real.store(agent_id="agent-1", content=f"tea of {moment}", occurred_at=moment)

    found = real.recall(agent_id="agent-1", query="tea", time_range=time_range)

    assert {one.occurred_at for one in found} == expected


def test_start_after_end_is_refused(real: sdk.Client) -> None:
    with pytest.raises(sdk.ValidationError):
        real.recall(agent_id="agent-1", time_range=("2026-03-31", "2026-03-01"))


@pytest.mark.parametrize(
    "as_of",
    [NOON, NOON.replace(tzinfo=None), date(2026, 3, 15), "2026-03-15T12:00:00Z", "2026-03-15"],
    ids=["instant", "naive", "day of a calendar", "text", "day"],
)
def test_recall_takes_an_as_of_in_each_form(as_of: Moment, real: sdk.Client) -> None:
    real.store(agent_id="agent-1", content="likes tea")

    assert len(real.recall(agent_id="agent-1", query="tea", as_of=as_of)) == 0


def test_as_of_today_is_now(real: sdk.Client) -> None:
    memory = real.store(agent_id="agent-1", content="likes tea")

    found = real.recall(agent_id="agent-1", query="tea", as_of=memory.created_at.date())

    assert [one.memory_id for one in found] == [memory.id]


def test_recall_takes_a_metadata_filter_by_both_names(real: sdk.Client) -> None:
    kept = real.store(agent_id="agent-1", content="likes tea", metadata={"a": {"b": 1}, "c": 2})
    real.store(agent_id="agent-1", content="likes tea, too", metadata={"a": {"b": 2}})
    wanted = {"a": {"b": 1}}

    named = real.recall(agent_id="agent-1", query="tea", metadata_filter=wanted)
    other = real.recall(agent_id="agent-1", query="tea", filters=wanted)

    assert [one.memory_id for one in named] == [one.memory_id for one in other] == [kept.id]


@pytest.mark.parametrize("strategy", [one for one in sdk.Strategy if one != sdk.Strategy.CYPHER])
def test_recall_takes_every_strategy(strategy: sdk.Strategy, real: sdk.Client) -> None:
    real.store(agent_id="agent-1", content="likes green tea")

    found = real.recall(agent_id="agent-1", query="green tea", strategy=strategy.lower())

    assert [one.content for one in found] == ["likes green tea"]
    assert found.strategy_used in set(sdk.Strategy)


def test_cypher_is_refused(real: sdk.Client) -> None:
    with pytest.raises(sdk.AuthorisationError):
        real.recall(agent_id="agent-1", query="tea", strategy="CYPHER")


def test_stream_tells_results_then_done(real: sdk.Client) -> None:
    memory = real.store(agent_id="agent-1", content="likes tea\u2028and cake")

    events = list(real.recall_stream_sse(agent_id="agent-1", query="tea"))

    assert [one["event"] for one in events] == ["results", "done"]
    assert [one["memory_id"] for one in events[0]["data"]["results"]] == [memory.id]


def test_store_refuses_a_session_that_is_unknown_or_ended(real: sdk.Client) -> None:
    with real.session(agent_id="agent-1") as session:
        pass

    with pytest.raises(sdk.NotFoundError):
        real.store(agent_id="agent-1", content="likes tea", session_id="never begun")
    with pytest.raises(sdk.ConflictError):
        real.store(agent_id="agent-1", content="likes tea", session_id=session.id)


def test_store_and_update_are_told_by_the_audit_trail(real: sdk.Client) -> None:
    memory = real.store(agent_id="agent-1", content="likes tea")
    real.update_memory(memory.id, content="likes coffee")

    events = real.audit(memory_id=memory.id)

    assert [one.event_type for one in events] == ["update", "store"]
