"""What is told about a memory's future is what the functions of decay say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from nrem.policy.decay import effective_at, next_crossing
from nrem.policy.explain import FORMULAS, coming, shape
from nrem.policy.model import MemoryFacts, MemoryType, Reason, State, Tier
from nrem.policy.params import Policy
from nrem.policy.params_fade import CurveKind

START = datetime(2026, 3, 1, tzinfo=UTC)
POLICY = Policy()
FACTS = MemoryFacts(
    memory_type=MemoryType.EPISODIC,
    tier=Tier.SHORT,
    importance=0.5,
    last_access=START,
    state_since=START,
)


def followed(facts: MemoryFacts) -> list[tuple[int, State, Reason]]:
    found = coming(next_crossing(facts, POLICY), facts, POLICY)
    return [((one.at - START).days, one.to, one.reason) for one in found]


def test_every_kind_of_curve_has_a_formula() -> None:
    assert set(FORMULAS) == set(CurveKind)


def test_crossings_follow_one_another() -> None:
    days = POLICY.decay.archived_retention_days

    assert followed(FACTS)[:2] == [
        (7, State.ARCHIVED, Reason.IDLE),
        (7 + days, State.FORGOTTEN, Reason.RETENTION_ENDED),
    ]


def test_what_lasts_has_no_crossing_ahead() -> None:
    assert followed(replace(FACTS, memory_type=MemoryType.SEMANTIC, tier=Tier.PERMANENT)) == []


@pytest.mark.parametrize("access_count", [0, 3])
@pytest.mark.parametrize("memory_type", MemoryType)
def test_points_lie_on_the_curve(memory_type: MemoryType, access_count: int) -> None:
    facts = replace(FACTS, memory_type=memory_type, access_count=access_count)

    points = shape(facts, POLICY).points

    assert points[0] == (0, 0.5)
    assert points == tuple(
        (days, effective_at(facts, POLICY, START + timedelta(days=days))) for days, _ in points
    )


def test_use_stretches_the_stability_that_is_told() -> None:
    used = replace(FACTS, access_count=3)

    assert shape(FACTS, POLICY).stability_days == 14.0
    assert shape(used, POLICY).stability_days == pytest.approx(14 * (1 + 0.5 * 1.3862944))


@pytest.mark.parametrize(("importance", "floor"), [(0.5, 0.02), (0.01, 0.01)])
def test_floor_is_never_above_the_importance(importance: float, floor: float) -> None:
    assert shape(replace(FACTS, importance=importance), POLICY).floor == floor
