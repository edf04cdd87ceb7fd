"""Causes: a run says which tick, request or command asked for it, and leaves a row for nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from nrem.store import engine, work
from tests.world import NOW, TOOLS, Org, World, memory
from worker.contract import Pass
from worker.passes.consolidate import CONSOLIDATE
from worker.passes.decay import DECAY
from worker.passes.embed import EMBED
from worker.passes.score import SCORE
from worker.runner import Cause, Setting, drain, summon

NUDGE = Cause(name="nudge", task_id="7d0e8f0c")
SECOND = timedelta(seconds=1)
LATER = NOW + timedelta(days=8)


def _nudged(world: World, **changes: Any) -> Setting:  # noqa: ANN401
    return world.setting(**{"cause": NUDGE, **changes})


def _runs(org: Org, duty: Pass, columns: str = "cause, outcome, reason") -> list[Any]:
    rows = org.ask(
        f"SELECT {columns} FROM runs WHERE org_id = %(org)s AND pass = %(duty)s ORDER BY id",  # noqa: S608
        duty=duty.name,
    )
    return [tuple(row) for row in rows]


def _request(org: Org, duty: Pass, cause: str = "request:1") -> str:
    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        return work.request(conn, org.number, duty.name, cause)


def _remember(org: Org, count: int = 1) -> None:
    org.append(*(memory(f"fact {n}", importance=0.9, tier="short") for n in range(count)))
    org.world.drain("score")


def test_run_names_the_tick_that_made_its_org_due_and_the_task_that_did_it(org: Org) -> None:
    _remember(org)
    org.world.tick("decay", "tick:decay@then", now=LATER)

    drain(_nudged(org.world, now=LATER), DECAY)

    assert _runs(org, DECAY, "cause, task_id, outcome") == [
        ("tick:decay@then", NUDGE.task_id, "applied")
    ]


def test_run_of_work_that_nobody_asked_for_names_what_woke_the_process(org: Org) -> None:
    org.append(memory("fact"))

    drain(_nudged(org.world), SCORE)

    assert _runs(org, SCORE, "cause") == [("nudge",)]


@pytest.mark.parametrize("duty", [SCORE, EMBED, CONSOLIDATE, DECAY], ids=lambda duty: duty.name)
def test_tick_that_finds_nothing_leaves_a_row(org: Org, duty: Pass) -> None:
    org.world.tick(duty.name, "tick:it@then")

    outcomes = drain(_nudged(org.world), duty)

    assert [its.outcome for its in outcomes] == ["noop"]
    assert _runs(org, duty) == [("tick:it@then", "noop", "nothing_due")]


@pytest.mark.parametrize("duty", [SCORE, EMBED, CONSOLIDATE, DECAY], ids=lambda duty: duty.name)
def test_early_wake_that_finds_nothing_leaves_none(org: Org, duty: Pass) -> None:
    org.world.wake(duty.name)

    outcomes = drain(_nudged(org.world), duty)

    assert [its.outcome for its in outcomes] == ["noop"]
    assert _runs(org, duty) == []


def test_cause_is_used_up_by_its_run(org: Org) -> None:
    org.world.tick("score")
    drain(_nudged(org.world), SCORE)
    org.append(memory("fact"))

    drain(_nudged(org.world), SCORE)

    assert [row[0] for row in _runs(org, SCORE, "cause")][1:] == ["nudge"]


def test_every_batch_of_a_tick_names_it(org: Org) -> None:
    _remember(org, 3)
    org.world.tick("decay", "tick:decay@then", now=LATER)

    drain(_nudged(org.world, now=LATER), replace(DECAY, batch=2))

    assert _runs(org, DECAY, "cause, changed") == [("tick:decay@then", 2), ("tick:decay@then", 1)]


def test_sweep_that_was_full_stays_due_until_it_is_done(org: Org) -> None:
    _remember(org, 3)
    org.world.tick("decay", now=LATER)
    due = "SELECT due_at < 'infinity' FROM org_work WHERE pass = 'decay'"
    small = replace(DECAY, batch=2)

    org.world.step(small, now=LATER)
    after_first = org.column(due)
    org.world.step(small, now=LATER)

    assert after_first == [True]
    assert org.column(due) == [False]


def test_run_row_has_its_duration(org: Org) -> None:
    org.append(memory("fact"))

    org.world.drain("score")

    (duration,) = org.column("SELECT duration_ms FROM runs WHERE org_id = %(org)s")
    assert 0 < duration < 60_000


def test_cause_survives_a_sweep_that_is_halved(org: Org) -> None:
    _remember(org, 2)
    org.world.tick("decay", "tick:decay@then", now=LATER)

    def judge(found: list[Any], proposals: Any, job: Any) -> Any:  # noqa: ANN401
        if len(found) > 1:
            raise ValueError
        return DECAY.decide(found, proposals, job)

    drain(_nudged(org.world, now=LATER), replace(DECAY, batch=2, decide=judge))

    assert {row[0] for row in _runs(org, DECAY, "cause")} == {"tick:decay@then"}
    assert org.memories("state") == ["archived", "archived"]


def test_request_that_waits_answers_the_next_one_too(org: Org) -> None:
    causes = [_request(org, SCORE, "request:1"), _request(org, SCORE, "request:2")]

    assert causes == ["request:1", "request:1"]


def test_request_takes_the_place_of_a_tick(org: Org) -> None:
    org.world.tick("score")

    assert _request(org, SCORE) == "request:1"


def test_summoned_pass_runs_for_every_org_due_or_not(org: Org) -> None:
    other = org.world.found("other")

    outcomes = summon(org.world.setting(), DECAY)

    assert [its.org_id for its in outcomes] == [org.number, other.number]
    assert _runs(org, DECAY) == _runs(other, DECAY) == [("command", "noop", "nothing_due")]


def test_summoned_org_is_done_alone(org: Org) -> None:
    other = org.world.found("other")
    org.world.tick("decay")

    summon(org.world.setting(only_org=other.number), DECAY)

    assert (len(_runs(org, DECAY)), len(_runs(other, DECAY))) == (0, 1)


def _take(org: Org, *, after: timedelta, grace_seconds: float) -> bool:
    setting = Setting(
        database=org.world.worker,
        tools=TOOLS,
        cause=Cause(name="poll"),
        now=NOW + after,
        grace_seconds=grace_seconds,
    )
    return bool(drain(setting, SCORE))


@pytest.mark.parametrize(
    ("after", "grace_seconds", "is_taken"),
    [(4.999, 5.0, False), (5.0, 5.0, True), (0.0, 0.0, True)],
)
def test_what_was_asked_for_is_left_to_others_for_its_grace(
    org: Org,
    after: float,
    grace_seconds: float,
    is_taken: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    org.world.tick("score")

    assert _take(org, after=after * SECOND, grace_seconds=grace_seconds) is is_taken


def test_work_of_its_own_has_no_grace(org: Org) -> None:
    org.append(memory("fact"))

    assert _take(org, after=0 * SECOND, grace_seconds=5.0)


def test_grace_is_over_for_all_batches_at_once(org: Org) -> None:
    org.append(*(memory(f"fact {n}") for n in range(3)))
    org.world.tick("score")
    setting = _nudged(org.world, now=NOW + 5 * SECOND, grace_seconds=5.0)

    drain(setting, replace(SCORE, batch=2))

    assert len(org.memories()) == 3
