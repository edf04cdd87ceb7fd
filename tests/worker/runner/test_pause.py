"""Pauses: a pass that rests does what it is asked for by name, and nothing else; its work stays."""

from dataclasses import replace
from datetime import timedelta

import pytest

from nrem.policy.params import Policy
from nrem.store import engine, policy, work
from tests.world import NOW, Org, end, memory, turn
from worker.passes.consolidate import CONSOLIDATE
from worker.passes.score import SCORE
from worker.runner import Cause, drain, summon


def _pause(org: Org, *names: str, paused: bool = True) -> None:
    given = {"schedules": {name: {"paused": paused} for name in names}}
    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        policy.add(conn, org.number, Policy.from_json(given), now=NOW)


@pytest.mark.parametrize("name", ["score", "consolidate"])
def test_paused_pass_does_no_work_and_ingest_goes_on(org: Org, name: str) -> None:
    _pause(org, name)

    org.append(turn("I moved to Lisbon.", session="s"), end("s"))
    org.world.settle()

    assert org.column("SELECT count(*) FROM events WHERE org_id = %(org)s") == [2]
    assert org.memories() == []
    runs = "SELECT count(*) FROM runs WHERE org_id = %(org)s AND pass = %(name)s"
    assert org.column(runs, name=name) == [0]


@pytest.mark.parametrize("name", ["score", "consolidate"])
def test_work_of_a_paused_pass_is_done_after_it_is_resumed(org: Org, name: str) -> None:
    _pause(org, name)
    org.append(turn("I moved to Lisbon.", session="s"), end("s"))
    org.world.settle()
    org.world.drain("rescue")

    _pause(org, name, paused=False)
    org.world.settle(now=NOW + timedelta(minutes=1))

    assert len(org.memories()) == 1


def test_pause_of_one_org_leaves_the_others(org: Org) -> None:
    other = org.world.found("other")
    _pause(org, "score")
    org.append(memory("fact"))
    other.append(memory("fact"))

    org.world.drain("score")

    assert (len(org.memories()), len(other.memories())) == (0, 1)


def test_paused_pass_is_not_nudged(org: Org) -> None:
    _pause(org, "score")
    org.append(memory("fact"))

    with engine.begin(org.world.worker, now=NOW) as conn:
        due = work.due_passes(conn)

    assert "score" not in due


def test_paused_pass_does_what_a_request_asks_for(org: Org) -> None:
    _pause(org, "score")
    org.append(*(memory(f"fact {n}") for n in range(3)))

    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        work.request(conn, org.number, "score", "request:1")
    with engine.begin(org.world.worker, now=NOW) as conn:
        due = work.due_passes(conn)
    drain(org.world.setting(cause=Cause(name="nudge")), replace(SCORE, batch=2))

    assert "score" in due
    causes = "SELECT DISTINCT cause FROM runs WHERE org_id = %(org)s AND pass = 'score'"
    assert org.column(causes) == ["request:1"]
    assert len(org.memories()) == 3


def test_summoned_pass_runs_though_it_rests(org: Org) -> None:
    _pause(org, "consolidate")
    for city in ("Lisbon", "Kyiv"):
        org.append(turn(f"I moved to {city}.", session=city, user=city), end(city))
    org.world.settle()

    summon(org.world.setting(), CONSOLIDATE)

    assert len(org.memories()) == 2
