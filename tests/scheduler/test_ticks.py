"""Tickers: any number of them fire each instant once, and make every org due."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import structlog
from apscheduler.triggers.cron import CronTrigger

from nrem.queue import Nudger
from scheduler.plan import Schedule
from scheduler.ticks import Ticker
from tests.world import Org, World, memory

# Its last instant stays the same for as long as a test runs.
NEW_YEAR = Schedule(
    name="decay", duty="decay", trigger=CronTrigger.from_crontab("0 0 1 1 *", timezone="UTC")
)


def _ticker(world: World, name: str = "one", *schedules: Schedule) -> Ticker:
    return Ticker(
        database=world.worker,
        nudger=Nudger(None),
        name=name,
        schedules=schedules or (NEW_YEAR,),
    )


def _due(world: World) -> list[tuple[int, str]]:
    rows = world.ask(
        "SELECT org_id, pass FROM org_work WHERE due_at <= clock_timestamp() ORDER BY 1, 2"
    )
    return [tuple(row) for row in rows]


def _take_everything(world: World) -> None:
    """As if workers had picked all that was due."""
    world.do("UPDATE org_work SET due_at = 'infinity'")


def test_tick_makes_every_org_due(world: World) -> None:
    orgs = [world.found(name) for name in ("a", "b", "c")]

    _ticker(world).tick()

    assert _due(world) == [(org.number, "decay") for org in orgs]


def test_tick_leaves_a_row_with_its_instant_and_scheduler(world: World) -> None:
    _ticker(world, "the first").tick()

    rows = world.ask(
        "SELECT schedule, scheduler, instant = date_trunc('year', clock_timestamp(), 'UTC') "
        "FROM ticks"
    )
    assert [tuple(row) for row in rows] == [("decay", "the first", True)]


def test_instant_fires_once_for_one_ticker(org: Org) -> None:
    ticker = _ticker(org.world)
    ticker.tick()
    _take_everything(org.world)

    ticker.tick()

    assert not _due(org.world)


def test_second_ticker_does_not_repeat_the_first(org: Org) -> None:
    _ticker(org.world, "first").tick()
    _take_everything(org.world)

    _ticker(org.world, "second").tick()

    assert not _due(org.world)
    assert [row[0] for row in org.world.ask("SELECT scheduler FROM ticks")] == ["first"]


def test_two_tickers_at_once_fire_each_instant_once(world: World) -> None:
    world.found("org")
    schedules = tuple(
        Schedule(
            name=f"schedule {day}",
            duty=f"duty {day}",
            trigger=CronTrigger.from_crontab(f"0 0 {day} 1 *", timezone="UTC"),
        )
        for day in range(1, 21)
    )
    barrier = Barrier(2)

    def run(name: str) -> None:
        ticker = _ticker(world, name, *schedules)
        barrier.wait()
        ticker.tick()

    with structlog.testing.capture_logs() as logs, ThreadPoolExecutor(2) as pool:
        list(pool.map(run, ("first", "second")))

    fired = [line["duty"] for line in logs if line["event"] == "tick.fired"]
    assert sorted(fired) == sorted(its.duty for its in schedules)


def test_tick_never_postpones_what_is_due(org: Org) -> None:
    org.append(memory("fact"))
    org.world.do("UPDATE org_work SET pass = 'decay', due_at = '2020-01-01'")

    _ticker(org.world).tick()

    due = org.column("SELECT due_at = '2020-01-01' FROM org_work WHERE org_id = %(org)s")
    assert due == [True]


def test_missed_instants_fire_as_one(org: Org) -> None:
    org.world.do(
        "INSERT INTO ticks (schedule, instant, scheduler) VALUES ('decay', '2001-01-01', 'old')"
    )

    _ticker(org.world).tick()

    assert org.world.ask("SELECT count(*) FROM ticks")[0][0] == 2


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
