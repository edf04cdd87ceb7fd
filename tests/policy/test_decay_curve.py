"""The three curves: their values, their inverses, and how use stretches them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrem.policy.decay import (
    days_until,
    days_until_faded,
    effective_importance,
    retention,
    stability_days,
)
from nrem.policy.params_fade import Curve, CurveKind

EXPONENTIAL = Curve(stability_days=10.0)
LOGARITHMIC = Curve(kind=CurveKind.LOGARITHMIC, stability_days=10.0)
STEP = Curve(kind=CurveKind.STEP, steps=((1.0, 0.8), (7.0, 0.5), (30.0, 0.0)))
CURVES = (EXPONENTIAL, LOGARITHMIC, STEP, Curve(kind=CurveKind.NONE))
SMOOTH = (EXPONENTIAL, LOGARITHMIC)

days = st.floats(0.0, 40_000.0)
shares = st.floats(0.0, 1.0)
stabilities = st.floats(0.001, 36_500.0)
curves = st.sampled_from(CURVES)


@pytest.mark.parametrize(
    ("curve", "elapsed", "left"),
    [
        (EXPONENTIAL, 0.0, 1.0),
        (EXPONENTIAL, 10.0, 0.5),
        (EXPONENTIAL, 30.0, 0.125),
        (LOGARITHMIC, 0.0, 1.0),
        (LOGARITHMIC, 10.0, 1.0 / (1.0 + math.log(2.0))),
        (LOGARITHMIC, 10.0 * (math.e - 1.0), 0.5),
        (STEP, 0.999999, 1.0),
        (STEP, 1.0, 0.8),
        (STEP, 6.999999, 0.8),
        (STEP, 7.0, 0.5),
        (STEP, 30.0, 0.0),
        (Curve(kind=CurveKind.NONE), 36_500.0, 1.0),
    ],
)
def test_retention_has_the_documented_values(curve: Curve, elapsed: float, left: float) -> None:
    found = retention(elapsed, curve=curve, stability_days=curve.stability_days)

    assert found == pytest.approx(left, abs=1e-12)


@given(curve=curves, stability=stabilities, one=days, other=days)
def test_retention_never_rises_with_time(
    curve: Curve, stability: float, one: float, other: float
) -> None:
    early, late = sorted((one, other))

    assert (
        1.0
        >= retention(early, curve=curve, stability_days=stability)
        >= retention(late, curve=curve, stability_days=stability)
        >= 0.0
    )


@given(curve=curves, elapsed=days, one=stabilities, other=stabilities)
def test_retention_never_falls_with_stability(
    curve: Curve, elapsed: float, one: float, other: float
) -> None:
    less, more = sorted((one, other))

    assert retention(elapsed, curve=curve, stability_days=more) >= retention(
        elapsed, curve=curve, stability_days=less
    )


@given(curve=st.sampled_from(SMOOTH), stability=stabilities, level=st.floats(1e-9, 1.0))
def test_the_inverse_of_a_smooth_curve_is_exact(
    curve: Curve, stability: float, level: float
) -> None:
    at = days_until(level, curve=curve, stability_days=stability)

    if math.isinf(at):
        assert retention(36_500.0, curve=curve, stability_days=stability) >= level - 1e-12
    else:
        assert retention(at, curve=curve, stability_days=stability) == pytest.approx(
            level, abs=1e-12
        )


@pytest.mark.parametrize(
    ("level", "at"), [(1.0, 1.0), (0.8, 7.0), (0.5, 30.0), (0.50001, 7.0), (0.0, math.inf)]
)
def test_the_inverse_of_a_step_curve_is_the_first_step_below(level: float, at: float) -> None:
    assert days_until(level, curve=STEP, stability_days=STEP.stability_days) == at


def test_use_stretches_a_step_curve_as_it_does_the_others() -> None:
    twice = 2 * STEP.stability_days

    assert days_until(0.8, curve=STEP, stability_days=twice) == 14.0
    assert retention(13.9, curve=STEP, stability_days=twice) == 0.8
    assert retention(14.0, curve=STEP, stability_days=twice) == 0.5


@pytest.mark.parametrize("curve", CURVES)
def test_a_level_above_one_is_reached_at_once_and_zero_never(curve: Curve) -> None:
    assert days_until(1.1, curve=curve, stability_days=10.0) == 0.0
    assert days_until(0.0, curve=curve, stability_days=10.0) == math.inf


def test_what_takes_more_than_a_hundred_years_never_comes() -> None:
    century = 36_500.0

    assert days_until(0.5, curve=EXPONENTIAL, stability_days=century) == century
    assert days_until(0.5, curve=EXPONENTIAL, stability_days=century + 0.001) == math.inf
    assert days_until(1e-300, curve=LOGARITHMIC, stability_days=1.0) == math.inf


def test_stability_grows_with_use_up_to_its_maximum() -> None:
    curve = Curve(stability_days=10.0, gain=0.5, max_stability_days=15.0)

    assert stability_days(curve, 0) == 10.0
    assert stability_days(curve, 1) == pytest.approx(10.0 * (1.0 + 0.5 * math.log(2.0)))
    assert stability_days(curve, 1000) == 15.0


@given(importance=shares, elapsed=days, curve=curves, stability=stabilities)
def test_effective_importance_lies_between_floor_and_importance(
    importance: float, elapsed: float, curve: Curve, stability: float
) -> None:
    left = effective_importance(importance, days=elapsed, curve=curve, stability_days=stability)

    assert min(curve.floor, importance) <= left <= importance + 1e-15


@given(
    importance=shares,
    below=shares,
    curve=st.sampled_from(SMOOTH),
    stability=st.floats(0.1, 1000.0),
)
def test_a_memory_fades_exactly_to_the_level(
    importance: float, below: float, curve: Curve, stability: float
) -> None:
    at = days_until_faded(importance, below=below, curve=curve, stability_days=stability)

    if 0.0 < at < math.inf:
        left = effective_importance(importance, days=at, curve=curve, stability_days=stability)
        assert left == pytest.approx(below, abs=1e-9)
    elif at == 0.0:
        assert importance <= below
