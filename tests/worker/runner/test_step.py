"""Steps and drains: fair between orgs, and every run says who asked for it."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.world import NOW, Org, World, memory
from worker.passes.score import SCORE
from worker.runner import Cause, Outcome, drain, step

ONE_BY_ONE = replace(SCORE, batch=1)


def _fill(org: Org, count: int) -> None:
    org.append(*(memory(f"fact {number}") for number in range(count)))


def _orgs(outcomes: list[Outcome]) -> list[int]:
    return [its.org_id for its in outcomes if its.outcome == "applied"]


def _steps(world: World, count: int) -> list[int]:
    found = [world.step(ONE_BY_ONE) for _ in range(count)]
    return _orgs([its for its in found if its])


def test_nothing_due_is_none(world: World) -> None:
    assert world.step(SCORE) is None


def test_quiet_org_does_not_wait_behind_a_backlog(org: Org) -> None:
    quiet = org.world.found("quiet")
    _fill(org, 20)
    _fill(quiet, 1)

    order = _orgs(org.world.drain(ONE_BY_ONE))

    assert len(order) == 21
    assert order.index(quiet.number) <= 1


def test_org_that_wakes_up_late_does_not_wait_behind_a_backlog(org: Org) -> None:
    quiet = org.world.found("quiet")
    _fill(org, 20)
    _steps(org.world, 10)

    _fill(quiet, 1)

    assert quiet.number in _steps(org.world, 2)


def test_org_that_slept_gets_no_credit_for_it(org: Org) -> None:
    sleeper = org.world.found("sleeper")
    _fill(org, 40)
    _steps(org.world, 20)

    _fill(sleeper, 20)
    order = Counter(_steps(org.world, 12))

    assert min(order[org.number], order[sleeper.number]) >= 5


def test_busy_orgs_take_turns(world: World) -> None:
    orgs = [world.found(name) for name in ("a", "b", "c")]
    for org in orgs:
        _fill(org, 10)

    turns = Counter(_steps(world, 15))

    assert len(turns) == 3
    assert max(turns.values()) - min(turns.values()) <= 2


def test_drain_may_be_kept_to_one_org(org: Org) -> None:
    other = org.world.found("other")
    _fill(org, 1)
    _fill(other, 1)

    drain(org.world.setting(only_org=other.number), SCORE)

    assert (len(org.memories()), len(other.memories())) == (0, 1)


def test_two_workers_at_once_do_each_item_once(org: Org) -> None:
    _fill(org, 6)
    taken = []

    def propose(*_: object) -> None:
        # Another worker steps in while this one proposes, once per item.
        taken.append(step(org.world.setting(), ONE_BY_ONE))

    org.world.drain(replace(ONE_BY_ONE, propose=propose))

    assert any(taken)
    assert len(org.memories()) == len(set(org.memories())) == 6


@pytest.mark.parametrize("task_id", [None, "7d0e8f0c"])
def test_run_row_carries_cause_and_task_id(org: Org, task_id: str | None) -> None:
    cause = Cause(name="tick:decay@2026-03-02T09:17:00+00:00", task_id=task_id)
    _fill(org, 1)

    drain(org.world.setting(cause=cause), SCORE)

    rows = org.ask("SELECT cause, task_id FROM runs WHERE org_id = %(org)s")
    assert [tuple(row) for row in rows] == [(cause.name, task_id)]


def test_run_row_starts_at_the_given_instant(org: Org) -> None:
    _fill(org, 1)

    org.world.drain(SCORE)

    assert org.column("SELECT started_at FROM runs WHERE org_id = %(org)s") == [NOW]


def test_runs_are_counted_per_pass_and_outcome(org: Org) -> None:
    _fill(org, 3)

    org.world.drain(ONE_BY_ONE)

    rows = org.ask("SELECT pass, outcome, runs FROM run_totals WHERE org_id = %(org)s")
    assert [tuple(row) for row in rows] == [("score", "applied", 3)]


def test_policy_of_the_org_is_in_force(org: Org) -> None:
    other = org.world.found("other")
    org.world.do(
        "INSERT INTO policies (org_id, version, body, created_at) VALUES "
        """(%(org)s, 1, '{}', %(then)s), (%(org)s, 2, '{"score": {"base": 1.0}}', %(then)s)""",
        org=other.number,
        then=NOW,
    )
    _fill(org, 1)
    _fill(other, 1)

    org.world.drain(SCORE)

    assert other.memories("importance")[0] > org.memories("importance")[0]
