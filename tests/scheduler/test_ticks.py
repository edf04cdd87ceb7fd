"""Tickers: any number of them fire each instant once, for the orgs that a schedule is about."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier

import structlog

from nrem.clock import utc_now
from nrem.policy.params import Policy
from nrem.queue import Nudger
from nrem.store import engine, policy
from scheduler.ticks import Ticker
from tests.world import Org, World, memory
from worker.passes import PASSES
from worker.passes.decay import DECAY
from worker.passes.rescue import RESCUE

LONG_AGO = utc_now() - timedelta(days=800)
# Its last instant stays the same for as long as a test runs.
NEW_YEAR = "0 0 1 1 *"


def _ticker(world: World, name: str = "one") -> Ticker:
    return Ticker(database=world.worker, nudger=Nudger(None), name=name, passes=(DECAY,))


def _plan(org: Org, *, at: datetime = LONG_AGO, **decay: object) -> None:
    """A policy of the org, in force since `at`."""
    with engine.begin(org.world.api, org_id=org.number, now=at) as conn:
        policy.add(conn, org.number, Policy.from_json({"schedules": {"decay": decay}}), now=at)


def _due(world: World) -> list[tuple[int, str]]:
    rows = world.ask(
        "SELECT org_id, pass FROM org_work WHERE due_at <= clock_timestamp() ORDER BY 1, 2"
    )
    return [tuple(row) for row in rows]


def _take_everything(world: World) -> None:
    """As if workers had picked all that was due."""
    world.do("UPDATE org_work SET due_at = 'infinity', cause = NULL")


def _causes(world: World) -> list[tuple[int, str]]:
    """For each org, which schedule made it due."""
    rows = world.ask("SELECT org_id, split_part(cause, '@', 1) FROM org_work ORDER BY org_id")
    return [tuple(row) for row in rows]


def test_tick_makes_every_org_due(world: World) -> None:
    orgs = [world.found(name) for name in ("a", "b", "c")]

    _ticker(world).tick()

    assert _due(world) == [(org.number, "decay") for org in orgs]


def test_tick_says_why_the_org_is_due(org: Org) -> None:
    _ticker(org.world).tick()

    (instant,) = org.column("SELECT instant FROM ticks")
    causes = org.column("SELECT cause FROM org_work WHERE org_id = %(org)s")
    assert causes == [f"tick:decay@{instant.isoformat()}"]


def test_tick_leaves_a_row_with_its_instant_and_scheduler(org: Org) -> None:
    _plan(org, cron=NEW_YEAR)

    _ticker(org.world, "the first").tick()

    rows = org.ask(
        "SELECT scheduler, instant = date_trunc('year', clock_timestamp(), 'UTC') "
        "FROM ticks WHERE schedule = 'decay/' || %(org)s"
    )
    assert [tuple(row) for row in rows] == [("the first", True)]


def test_instant_fires_once_for_one_ticker(org: Org) -> None:
    _plan(org, cron=NEW_YEAR)
    ticker = _ticker(org.world)
    ticker.tick()
    _take_everything(org.world)

    ticker.tick()

    assert not _due(org.world)


def test_second_ticker_does_not_repeat_the_first(org: Org) -> None:
    _plan(org, cron=NEW_YEAR)
    _ticker(org.world, "first").tick()
    _take_everything(org.world)

    _ticker(org.world, "second").tick()

    assert not _due(org.world)
    assert {row[0] for row in org.world.ask("SELECT scheduler FROM ticks")} == {"first"}


def test_two_tickers_at_once_fire_each_instant_once(world: World) -> None:
    orgs = [world.found(f"org {number}") for number in range(20)]
    for org in orgs:
        _plan(org, cron=NEW_YEAR)
    barrier = Barrier(2)

    def run(name: str) -> None:
        barrier.wait()
        _ticker(world, name).tick()

    with structlog.testing.capture_logs() as logs, ThreadPoolExecutor(2) as pool:
        list(pool.map(run, ("first", "second")))

    fired = Counter(line["cause"] for line in logs if line["event"] == "tick.fired")
    assert len(fired) == len(orgs) + 1
    assert set(fired.values()) == {1}


def test_tick_never_postpones_what_is_due(org: Org) -> None:
    org.append(memory("fact"))
    org.world.do("UPDATE org_work SET pass = 'decay', due_at = '2020-01-01'")

    _ticker(org.world).tick()

    due = org.column("SELECT due_at = '2020-01-01' FROM org_work WHERE org_id = %(org)s")
    assert due == [True]


def test_tick_leaves_a_request_its_name(org: Org) -> None:
    org.world.do(
        "INSERT INTO org_work (org_id, pass, due_at, cause) "
        "VALUES (%(org)s, 'decay', now(), 'request:1')",
        org=org.number,
    )

    _ticker(org.world).tick()

    assert _causes(org.world) == [(org.number, "request:1")]


def test_missed_instants_fire_as_one(org: Org) -> None:
    org.world.do(
        "INSERT INTO ticks (schedule, instant, scheduler) VALUES ('decay', '2001-01-01', 'old')"
    )

    _ticker(org.world).tick()

    assert org.world.ask("SELECT count(*) FROM ticks")[0][0] == 2


def test_org_with_a_schedule_of_its_own_ticks_by_that_alone(org: Org) -> None:
    other = org.world.found("other")
    _plan(org, cron=NEW_YEAR)

    _ticker(org.world).tick()

    assert _causes(org.world) == [
        (org.number, f"tick:decay/{org.number}"),
        (other.number, "tick:decay"),
    ]


def test_zones_of_two_orgs_give_two_instants(org: Org) -> None:
    other = org.world.found("other")
    _plan(org, cron=NEW_YEAR, timezone="Asia/Tokyo")
    _plan(other, cron=NEW_YEAR, timezone="America/New_York")

    _ticker(org.world).tick()

    rows = org.world.ask("SELECT instant FROM ticks WHERE schedule LIKE 'decay/%%' ORDER BY 1")
    assert [f"{row[0]:%m-%d %H:%M}" for row in rows] == ["12-31 15:00", "01-01 05:00"]


def test_change_takes_effect_without_a_restart(org: Org) -> None:
    ticker = _ticker(org.world)
    ticker.tick()
    _take_everything(org.world)

    _plan(org, cron=NEW_YEAR)
    ticker.tick()

    assert _causes(org.world) == [(org.number, f"tick:decay/{org.number}")]


def test_schedule_that_is_set_does_not_fire_what_is_past(org: Org) -> None:
    _plan(org, at=utc_now(), cron=NEW_YEAR)

    _ticker(org.world).tick()

    assert not _due(org.world)


def test_policy_that_leaves_a_schedule_as_it_is_does_not_delay_it(org: Org) -> None:
    _plan(org, cron=NEW_YEAR)
    _plan(org, at=utc_now(), cron=NEW_YEAR)

    _ticker(org.world).tick()

    assert _due(org.world) == [(org.number, "decay")]


def test_paused_org_does_not_tick(org: Org) -> None:
    other = org.world.found("other")
    _plan(org, paused=True)

    _ticker(org.world).tick()

    assert _due(org.world) == [(other.number, "decay")]


def test_org_that_goes_back_to_the_default_ticks_with_the_others(org: Org) -> None:
    _plan(org, paused=True)
    _plan(org)

    _ticker(org.world).tick()

    assert _causes(org.world) == [(org.number, "tick:decay")]


def test_row_that_cannot_be_read_is_told_once_and_stops_nobody(org: Org) -> None:
    other = org.world.found("other")
    _plan(org, cron=NEW_YEAR)
    org.world.do("UPDATE schedules SET cron = 'soon'")
    ticker = _ticker(org.world)

    with structlog.testing.capture_logs() as logs:
        ticker.tick()
        ticker.tick()

    assert _due(org.world) == [(other.number, "decay")]
    told = [line["org"] for line in logs if line["event"] == "schedule.unreadable"]
    assert told == [org.number]


def test_duty_of_the_whole_system_makes_no_org_due(org: Org) -> None:
    ticker = replace(_ticker(org.world), passes=(RESCUE,))

    with structlog.testing.capture_logs() as logs:
        ticker.tick()

    assert [line["duty"] for line in logs if line["event"] == "tick.fired"] == ["rescue"]
    assert not _due(org.world)


def test_every_pass_that_an_org_can_plan_ticks(org: Org) -> None:
    replace(_ticker(org.world), passes=PASSES).tick()

    planned = set(Policy.default().schedules.by_pass()) & {duty.name for duty in PASSES}
    assert {name for _, name in _due(org.world)} == planned


def test_dispatch_changes_nothing(org: Org) -> None:
    org.append(memory("fact"))
    before = org.world.ask("SELECT *, xmin::text FROM org_work ORDER BY pass")

    _ticker(org.world).dispatch()

    assert org.world.ask("SELECT *, xmin::text FROM org_work ORDER BY pass") == before


def test_prune_keeps_the_newest(org: Org) -> None:
    ticker = _ticker(org.world)
    ticker.tick()

    ticker.prune()

    assert org.world.ask("SELECT count(*) FROM ticks")[0][0] == 1
