"""The pass decay: what time has changed is written down, the same whenever one looks."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.world import NOW, Org, memory
from worker.passes.decay import DECAY
from worker.runner import summon

DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
STANDING = "content, state, state_since, state_reason, due_at::text"


def _remember(org: Org, content: str = "fact", **given: Any) -> None:  # noqa: ANN401
    org.append(memory(content, **{"importance": 0.9, "tier": "short", **given}))
    org.world.drain("score")


@pytest.mark.parametrize(
    ("idle", "state"), [(7 * DAY - MICROSECOND, "live"), (7 * DAY, "archived")]
)
def test_short_memory_is_archived_after_seven_idle_days(
    org: Org, idle: timedelta, state: str
) -> None:
    _remember(org)

    org.world.drain("decay", now=NOW + idle)

    assert org.memories("state") == [state]


@pytest.mark.parametrize(
    ("idle", "state"), [(30 * DAY - MICROSECOND, "live"), (30 * DAY, "archived")]
)
def test_long_memory_is_archived_after_thirty_idle_days(
    org: Org, idle: timedelta, state: str
) -> None:
    _remember(org, tier="long")

    org.world.drain("decay", now=NOW + idle)

    assert org.memories("state") == [state]


@pytest.mark.parametrize(
    ("after", "state"),
    [(timedelta(seconds=60) - MICROSECOND, "live"), (timedelta(seconds=60), "forgotten")],
)
def test_memory_is_forgotten_when_its_time_to_live_ends(
    org: Org, after: timedelta, state: str
) -> None:
    _remember(org, ttl_seconds=60)

    org.world.drain("decay", now=NOW + after)

    assert org.memories("state") == [state]


@pytest.mark.parametrize(("importance", "state"), [(0.04, "forgotten"), (0.5, "live")])
def test_unimportant_memory_fades_after_the_day_of_grace(
    org: Org, importance: float, state: str
) -> None:
    _remember(org, importance=importance)

    org.world.drain("decay", now=NOW + DAY)

    assert org.memories("state") == [state]


@pytest.mark.parametrize("memory_type", ["semantic", "procedural"])
def test_lasting_memory_never_becomes_due(org: Org, memory_type: str) -> None:
    org.append(memory("fact", memory_type=memory_type, importance=0.01))
    org.world.drain("score")

    due = org.column("SELECT due_at = 'infinity' FROM memories WHERE org_id = %(org)s")

    assert due == [True]


def test_archived_memory_is_forgotten_after_ninety_days(org: Org) -> None:
    _remember(org)
    org.world.drain("decay", now=NOW + 7 * DAY)

    org.world.drain("decay", now=NOW + 97 * DAY)

    assert org.memories("state, state_since, state_reason") == [
        ("forgotten", NOW + 97 * DAY, "retention_ended")
    ]


def test_crossing_is_dated_when_it_came_not_when_it_was_found(org: Org) -> None:
    _remember(org)

    org.world.drain("decay", now=NOW + 50 * DAY)

    assert org.memories("state, state_since, state_reason") == [("archived", NOW + 7 * DAY, "idle")]


def test_memory_that_is_due_wakes_nobody(org: Org) -> None:
    _remember(org)
    org.world.drain("decay", now=NOW + 8 * DAY)

    due = org.column(
        "SELECT pass FROM org_work "
        "WHERE org_id = %(org)s AND pass = 'decay' AND due_at < 'infinity'"
    )

    assert org.memories("state, due_at") == [("archived", NOW + 97 * DAY)]
    assert due == []


def test_sweep_writes_only_what_is_due(org: Org) -> None:
    _remember(org, "due")
    _remember(org, "not due", tier="long")
    versions = "content, xmin::text, ctid::text"
    before = {row[0]: row for row in org.memories(versions)}

    org.world.drain("decay", now=NOW + 8 * DAY)

    after = {row[0]: row for row in org.memories(versions)}
    assert after["not due"] == before["not due"]
    assert after["due"] != before["due"]


def test_crossing_makes_no_version(org: Org) -> None:
    _remember(org)

    org.world.drain("decay", now=NOW + 8 * DAY)

    assert org.memories("version") == [1]
    assert not org.column("SELECT version FROM memory_versions")


def test_run_row_names_what_crossed(org: Org) -> None:
    _remember(org)

    org.world.drain("decay", now=NOW + 8 * DAY)

    rows = org.ask("SELECT changed, detail FROM runs WHERE pass = 'decay'")
    assert [tuple(row) for row in rows] == [(1, {"archived": org.memories("id")})]


def test_due_time_that_was_too_early_is_corrected_once(org: Org) -> None:
    _remember(org)
    org.world.do("UPDATE memories SET due_at = %(early)s", early=NOW + DAY)

    outcomes = org.world.drain("decay", now=NOW + 2 * DAY)

    assert org.memories("state, due_at") == [("live", NOW + 7 * DAY)]
    worked = [(its.outcome, its.changes.reason) for its in outcomes if its.changes.read]
    assert worked == [("noop", "rearmed")]


def test_access_postpones_the_crossing(org: Org) -> None:
    _remember(org)
    org.world.do("UPDATE memories SET last_access = %(then)s, access_count = 1", then=NOW + 3 * DAY)

    org.world.drain("decay", now=NOW + 8 * DAY)

    assert org.memories("state, due_at") == [("live", NOW + 10 * DAY)]


def _varied(org: Org) -> None:
    """Memories that will cross each way, at many instants."""
    types, tiers = ("working", "episodic", "semantic"), ("short", "long", "permanent")
    org.append(
        *(
            memory(
                f"{memory_type} {tier} {importance} {ttl}",
                memory_type=memory_type,
                tier=tier,
                importance=importance,
                ttl_seconds=ttl,
                session="s",
            )
            for memory_type in types
            for tier in tiers
            for importance in (0.03, 0.06, 0.3, 0.95)
            for ttl in (None, 400_000)
        )
    )
    org.world.drain("score")


def test_how_often_the_sweep_runs_changes_nothing(org: Org) -> None:
    rarely, end = org.world.found("rarely"), NOW + 120 * DAY
    _varied(org)
    _varied(rarely)

    instants: list[datetime] = [NOW + timedelta(hours=hours) for hours in range(1, 9 * 24)]
    instants += [NOW + timedelta(days=days) for days in range(9, 121)]
    for now in instants:
        summon(org.world.setting(now=now, only_org=org.number), DECAY)
    summon(org.world.setting(now=end, only_org=rarely.number), DECAY)

    assert {row[1] for row in org.memories(STANDING)} == {"live", "forgotten"}
    assert org.memories(STANDING) == rarely.memories(STANDING)


def test_sweep_that_never_ran_and_runs_late_does_what_all_would_have_done(org: Org) -> None:
    daily = org.world.found("daily")
    _varied(org)
    _varied(daily)

    for days in range(1, 31):
        summon(org.world.setting(now=NOW + days * DAY, only_org=daily.number), DECAY)
    summon(org.world.setting(now=NOW + 30 * DAY, only_org=org.number), DECAY)

    assert {row[1] for row in org.memories(STANDING)} == {"live", "archived", "forgotten"}
    assert org.memories(STANDING) == daily.memories(STANDING)
