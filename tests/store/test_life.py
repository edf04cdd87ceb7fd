"""The formula of fading in SQL and in Python; settling memories under their locks."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nrem.policy.decay import effective_importance, stability_days
from nrem.policy.params import Policy
from nrem.policy.params_fade import Curve, CurveKind, TierPolicy
from nrem.policy.timeline import Timeline
from nrem.store import life
from tests.world import NOW, Org, World, memory

DAY = timedelta(days=1)
_SQL = """
SELECT effective_importance(
  %(importance)s, %(count)s, %(days)s, %(kind)s, %(stability)s, %(gain)s, %(most)s, %(floor)s,
  array(SELECT jsonb_array_elements_text(%(at)s::jsonb)::float8),
  array(SELECT jsonb_array_elements_text(%(factors)s::jsonb)::float8))
"""

shares = st.floats(0.0, 1.0)
steps = st.lists(st.tuples(st.floats(0.0, 400.0), shares), min_size=1, max_size=5).map(
    lambda found: tuple(
        zip(
            sorted({at for at, _ in found}),
            sorted((factor for _, factor in found), reverse=True),
            strict=False,
        )
    )
)
curves = st.builds(
    Curve,
    kind=st.sampled_from(CurveKind),
    stability_days=st.floats(0.001, 1000.0),
    gain=st.floats(0.0, 10.0),
    max_stability_days=st.floats(1000.0, 36_500.0),
    floor=shares,
    steps=steps,
)


def _in_sql(world: World, curve: Curve, importance: float, count: int, days: float) -> Any:  # noqa: ANN401
    return world.ask(
        _SQL,
        importance=importance,
        count=count,
        days=days,
        kind=str(curve.kind),
        stability=curve.stability_days,
        gain=curve.gain,
        most=curve.max_stability_days,
        floor=curve.floor,
        at=json.dumps([at for at, _ in curve.steps]),
        factors=json.dumps([factor for _, factor in curve.steps]),
    )[0][0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    curve=curves,
    importance=shares,
    count=st.integers(0, 2_000_000_000),
    days=st.floats(-10.0, 36_500.0),
)
def test_sql_and_python_leave_the_same_of_an_importance(
    world: World, curve: Curve, importance: float, count: int, days: float
) -> None:
    stretched = stability_days(curve, count)
    expected = effective_importance(importance, days=days, curve=curve, stability_days=stretched)

    assert _in_sql(world, curve, importance, count, days) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("days", [0.0, 1e-9, 1.0, 13.999, 14.0, 14.001, 36_500.0, 3_650_000.0])
@pytest.mark.parametrize("kind", CurveKind)
def test_sql_and_python_agree_at_the_ends_of_the_range(
    world: World, kind: CurveKind, days: float
) -> None:
    curve = Curve(kind=kind, steps=((1.0, 0.8), (14.0, 0.5)))
    expected = effective_importance(0.7, days=days, curve=curve, stability_days=14.0)

    assert _in_sql(world, curve, 0.7, 0, days) == pytest.approx(expected, abs=1e-9)


def _remember(org: Org, **given: Any) -> list[int]:  # noqa: ANN401
    org.append(memory("fact", **{"importance": 0.9, "tier": "short", **given}))
    org.world.drain("score")
    return list(org.memories("id"))


def _used(org: Org, *days: float) -> None:
    for day in days:
        org.world.do(
            "INSERT INTO accesses (org_id, memory_id, at) SELECT org_id, id, %(at)s FROM memories",
            at=NOW + day * DAY,
        )


def test_memory_is_brought_up_to_date_before_it_is_changed(org: Org) -> None:
    ids = _remember(org)
    _used(org, 1, 2)

    with org.begin(now=NOW + 3 * DAY) as conn:
        (found,) = life.bring_up_to_date(
            conn, org.number, ids, Timeline(Policy.default()), NOW + 3 * DAY
        )

    assert found.facts.access_count == 2
    assert org.memories("access_count, tier, last_access") == [(2, "long", NOW + 2 * DAY)]


def test_use_is_counted_once_however_often_one_looks(org: Org) -> None:
    ids = _remember(org)
    _used(org, 1)

    for day in (2, 3):
        with org.begin(now=NOW + day * DAY) as conn:
            life.bring_up_to_date(
                conn, org.number, ids, Timeline(Policy.default()), NOW + day * DAY
            )

    assert org.memories("access_count") == [1]


def test_use_of_later_waits_until_its_time(org: Org) -> None:
    ids = _remember(org)
    _used(org, 4)

    with org.begin(now=NOW + 3 * DAY) as conn:
        life.bring_up_to_date(conn, org.number, ids, Timeline(Policy.default()), NOW + 3 * DAY)

    assert org.memories("access_count") == [0]
    assert org.column("SELECT folded_at FROM accesses") == [None]


def test_each_policy_judges_its_own_time(org: Org) -> None:
    ids = _remember(org)
    mild = Policy(tiers=TierPolicy(short_idle_days=25.0))
    timeline = Timeline(Policy.default()).followed_by(mild, NOW + 10 * DAY)

    with org.begin(now=NOW + 20 * DAY) as conn:
        life.bring_up_to_date(conn, org.number, ids, timeline, NOW + 20 * DAY)

    assert org.memories("state, state_since") == [("archived", NOW + 7 * DAY)]


def test_what_did_not_change_is_not_written(org: Org) -> None:
    ids = _remember(org)
    before = org.memories("xmin::text")

    with org.begin(now=NOW + DAY) as conn:
        life.bring_up_to_date(conn, org.number, ids, Timeline(Policy.default()), NOW + DAY)

    assert org.memories("xmin::text") == before
