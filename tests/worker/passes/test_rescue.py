"""The pass rescue: what a crash, a lost nudge or a lapsed lease left behind becomes due again."""

from datetime import timedelta

import pytest

from tests.worker.trouble import Killed, killed
from tests.world import NOW, Org, World, end, memory, turn
from worker.passes.consolidate import CONSOLIDATE
from worker.passes.rescue import RESCUE
from worker.passes.score import SCORE
from worker.runner import Outcome, rehearse


def _lose_announcements(world: World) -> None:
    """As if every process had died between its pick and its claim."""
    world.do("UPDATE org_work SET due_at = 'infinity'")


def _worked(outcomes: list[Outcome]) -> list[int]:
    return sorted(its.org_id for its in outcomes if its.outcome == "applied")


def test_unannounced_work_of_every_org_is_found(world: World) -> None:
    orgs = [world.found(name) for name in ("a", "b")]
    for org in orgs:
        org.append(memory("fact"))
    _lose_announcements(world)
    lost = world.drain("score")

    world.drain("rescue")

    assert not lost
    assert _worked(world.drain("score")) == [org.number for org in orgs]


def test_dry_run_tells_whom_it_would_make_due_and_writes_nothing(org: Org) -> None:
    org.append(memory("fact"))
    _lose_announcements(org.world)

    told = [
        (line.id, line.reason)
        for its in rehearse(org.world.setting(), RESCUE)
        for line in its.changes.diff
    ]

    assert told == [(org.number, "score")]
    assert org.column("SELECT due_at = 'infinity' FROM org_work") == [True]


def test_unannounced_stream_is_found(org: Org) -> None:
    org.append(turn("I moved to Lisbon.", session="s"), end("s"))
    org.world.drain("score")
    _lose_announcements(org.world)

    org.world.drain("rescue")

    assert _worked(org.world.drain("consolidate")) == [org.number]


@pytest.mark.parametrize("name", ["score", "consolidate"])
def test_lapsed_lease_is_found(org: Org, name: str) -> None:
    duty = {"score": SCORE, "consolidate": CONSOLIDATE}[name]
    org.append(turn("I moved to Lisbon.", session="s"), end("s"))
    if duty is CONSOLIDATE:
        org.world.drain("score")
    with pytest.raises(Killed):
        org.world.step(killed(duty))
    held = _worked(org.world.drain(duty))

    org.world.lapse()

    assert not held
    assert _worked(org.world.drain(duty)) == [org.number]


def test_work_that_is_due_later_stays_so(org: Org) -> None:
    org.append(turn("I moved to Lisbon.", session="s"))
    _lose_announcements(org.world)

    org.world.drain("rescue")

    due = org.column("SELECT due_at FROM org_work WHERE pass = 'consolidate'")
    assert due == [NOW + timedelta(minutes=30)]


def test_announced_work_is_left_alone(org: Org) -> None:
    org.append(memory("fact"), turn("I moved to Lisbon.", session="s"))

    (outcome,) = org.world.drain("rescue")

    assert outcome.changes.changed == 0


def test_parked_stream_is_left_alone(org: Org) -> None:
    org.append(turn("I moved to Lisbon.", session="s"), end("s"))
    org.world.do("UPDATE leases SET state = 'parked'")
    _lose_announcements(org.world)

    org.world.drain("rescue")

    due = org.column("SELECT due_at = 'infinity' FROM org_work WHERE pass = 'consolidate'")
    assert due == [True]
