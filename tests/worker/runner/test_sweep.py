"""Sweeps: one transaction per batch, and a row that cannot be judged is set aside alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from nrem.store.life import Held
from tests.worker.trouble import Killed, killed, poisoned
from tests.world import NOW, Org, memory
from worker.changes import Changes
from worker.contract import Pass, Shape
from worker.passes.decay import DECAY

MONTHS_LATER = NOW + timedelta(days=40)


def _remember(org: Org, count: int) -> list[int]:
    org.append(*(memory(f"fact {number}", importance=0.9) for number in range(count)))
    org.world.drain("score")
    return org.memories("id")


def _without(memory_id: int) -> Pass:
    def is_poison(held: Held) -> bool:
        return held.memory_id == memory_id

    return poisoned(DECAY, is_poison)


def test_sweep_goes_batch_by_batch_until_nothing_is_due(org: Org) -> None:
    _remember(org, 5)

    outcomes = org.world.drain(replace(DECAY, batch=2), now=MONTHS_LATER)

    assert [its.changes.changed for its in outcomes if its.outcome == "applied"] == [2, 2, 1]
    assert set(org.memories("state")) == {"archived"}


@pytest.mark.parametrize("batch", [1, 2, 4, 500])
def test_row_that_cannot_be_judged_is_parked_while_the_others_are_done(
    org: Org, batch: int
) -> None:
    ids = _remember(org, 5)

    org.world.drain(replace(_without(ids[2]), batch=batch), now=MONTHS_LATER)

    assert org.memories("state") == ["archived", "archived", "live", "archived", "archived"]
    parked = org.ask("SELECT pass, item_kind, item_id FROM parked WHERE org_id = %(org)s")
    assert [tuple(row) for row in parked] == [("decay", "memory", ids[2])]


def test_parked_row_is_not_swept_again(org: Org) -> None:
    (one,) = _remember(org, 1)
    org.world.drain(_without(one), now=MONTHS_LATER)

    outcomes = org.world.drain(_without(one), now=MONTHS_LATER + timedelta(days=1))

    assert [its.outcome for its in outcomes if its.org_id == org.number and its.changes.read] == []


def test_sweep_killed_in_its_batch_changes_nothing(org: Org) -> None:
    _remember(org, 2)

    def die(*_: object) -> Changes:
        raise Killed

    with pytest.raises(Killed):
        org.world.drain(replace(DECAY, apply=die), now=MONTHS_LATER)

    assert set(org.memories("state")) == {"live"}


def test_sweep_never_proposes(org: Org) -> None:
    _remember(org, 1)

    outcomes = org.world.drain(killed(DECAY), now=MONTHS_LATER)

    assert [its.outcome for its in outcomes if its.changes.read] == ["applied"]


def test_sweep_that_finds_nothing_leaves_no_run_row(org: Org) -> None:
    _remember(org, 1)

    org.world.drain(DECAY)

    assert not org.column("SELECT id FROM runs WHERE org_id = %(org)s AND pass = 'decay'")


def test_sweep_over_control_tables_runs_once_per_drain(org: Org) -> None:
    seen = []

    def sweep(_conn: object, _tools: object) -> Changes:
        seen.append("swept")
        return Changes(read=1, changed=1)

    org.world.drain(Pass(name="rescue", shape=Shape.SWEEP, sweep=sweep))

    assert seen == ["swept"]
