"""Ticks: an instant of a schedule happens once, whoever is first."""

from datetime import timedelta

from nrem.store import engine, tick
from tests.world import NOW, World

HOUR = timedelta(hours=1)


def test_instant_is_claimed_once(world: World) -> None:
    with engine.begin(world.worker) as conn:
        claims = [tick.claim(conn, {"decay": NOW}, scheduler=name) for name in ("first", "second")]

    assert claims == [{"decay"}, set()]
    assert [row[0] for row in world.ask("SELECT scheduler FROM ticks")] == ["first"]


def test_another_instant_and_another_schedule_are_their_own(world: World) -> None:
    with engine.begin(world.worker) as conn:
        claims = [
            tick.claim(conn, instants, scheduler="one")
            for instants in ({"decay": NOW}, {"decay": NOW + HOUR, "decay/1": NOW})
        ]

    assert claims == [{"decay"}, {"decay", "decay/1"}]


def test_newest_instant_of_each_schedule_is_known(world: World) -> None:
    with engine.begin(world.worker) as conn:
        tick.claim(conn, {"decay": NOW + HOUR, "rescue": NOW}, scheduler="one")
        tick.claim(conn, {"decay": NOW}, scheduler="one")

        newest = tick.newest(conn, ["decay", "expire"])

    assert newest == {"decay": NOW + HOUR}


def test_pruning_keeps_young_ticks_and_the_newest_of_each_schedule(world: World) -> None:
    world.do(
        "INSERT INTO ticks (schedule, instant, scheduler) SELECT s, clock_timestamp() - d, 'one' "
        "FROM (VALUES ('old', interval '36 days'), ('old', '40 days'), ('mixed', '36 days'), "
        "('mixed', '34 days'), ('mixed', '1 day')) AS t (s, d)"
    )

    with engine.begin(world.worker) as conn:
        tick.prune(conn)

    rows = world.ask(
        "SELECT schedule, extract(day FROM clock_timestamp() - instant)::int "
        "FROM ticks ORDER BY 1, 2"
    )
    assert [tuple(row) for row in rows] == [("mixed", 1), ("mixed", 34), ("old", 36)]
