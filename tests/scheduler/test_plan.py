"""The plan: what ticks for whom, and when each entry's last instant was."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from nrem import cron
from nrem.store.schedule import StoredSchedule
from scheduler.plan import Almanac, Entry, plan
from worker.contract import Pass, Shape
from worker.passes import PASSES
from worker.passes.decay import DECAY

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OWN = StoredSchedule(
    org_id=7,
    pass_name="decay",
    cron="0 3 * * *",
    timezone="Europe/Berlin",
    is_paused=False,
    set_at=NINE,
)


def _entry(expression: str, key: str = "decay") -> Entry:
    return Entry(key=key, duty="decay", trigger=cron.trigger(expression, "UTC"))


def test_every_pass_has_the_default_schedule_of_the_policy() -> None:
    entries = {its.key: its for its in plan(PASSES, []).entries}

    assert set(entries) == {duty.name for duty in PASSES}
    assert entries["decay"].trigger is cron.trigger("17 * * * *", "UTC")
    assert {its.org_id for its in entries.values()} == {None}


def test_duty_of_the_whole_system_ticks_every_so_many_seconds() -> None:
    (entry,) = plan([Pass(name="rescue", shape=Shape.SWEEP, every_seconds=5)], []).entries

    assert not entry.is_of_orgs
    assert cron.next_of(entry.trigger, NINE) == NINE + timedelta(seconds=5)


def test_pass_without_any_schedule_is_not_planned() -> None:
    assert plan([Pass(name="dream", shape=Shape.BATCH)], []).entries == ()


def test_own_schedule_of_an_org_is_an_entry_beside_the_default() -> None:
    usual, own = plan([DECAY], [OWN]).entries

    assert (usual.key, usual.org_id) == ("decay", None)
    assert (own.key, own.org_id, own.set_at) == ("decay/7", 7, NINE)
    # In winter Berlin is an hour ahead.
    assert cron.next_of(own.trigger, NINE) == datetime(2026, 3, 3, 2, tzinfo=UTC)


def test_paused_schedule_does_not_tick() -> None:
    assert [its.key for its in plan([DECAY], [replace(OWN, is_paused=True)]).entries] == ["decay"]


def test_schedule_of_a_pass_that_is_not_there_does_not_tick() -> None:
    assert [its.key for its in plan([DECAY], [replace(OWN, pass_name="dream")]).entries] == [
        "decay"
    ]


@pytest.mark.parametrize(
    "unreadable",
    [replace(OWN, org_id=8, cron="61 * * * *"), replace(OWN, org_id=8, timezone="Mars")],
)
def test_row_that_cannot_be_read_stops_nobody_else(unreadable: StoredSchedule) -> None:
    found = plan([DECAY], [unreadable, OWN])

    assert [its.key for its in found.entries] == ["decay", "decay/7"]
    assert found.unreadable == (unreadable,)


def test_almanac_finds_each_instant_when_it_comes() -> None:
    almanac, entry = Almanac(), _entry("*/2 * * * *")

    found = [almanac.last(entry, NINE + half * MINUTE / 2) for half in range(9)]

    assert found == [NINE + 2 * (half // 4) * MINUTE for half in range(9)]


def test_almanac_knows_when_an_entry_was_changed() -> None:
    almanac = Almanac()
    almanac.last(_entry("0 * * * *"), NINE + MINUTE)

    assert almanac.last(_entry("30 8 * * *"), NINE + MINUTE) == NINE - 30 * MINUTE


def test_almanac_bears_a_clock_that_goes_back() -> None:
    almanac, entry = Almanac(), _entry("0 * * * *")
    almanac.last(entry, NINE)

    assert almanac.last(entry, NINE - MINUTE) == NINE - 60 * MINUTE
