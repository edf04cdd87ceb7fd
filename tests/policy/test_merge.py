"""One policy made from another: what is named changes, all else stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrem.policy.merge import differences, merged
from nrem.policy.model import PolicyError
from nrem.policy.params import Policy
from nrem.policy.params_fade import Curve, CurveKind, DecayPolicy, TierPolicy

SET = Policy(
    decay=DecayPolicy(episodic_long=Curve(kind=CurveKind.STEP, steps=((1.0, 0.5), (2.0, 0.1)))),
    tiers=TierPolicy(short_idle_days=3),
)


def test_nothing_named_changes_nothing() -> None:
    assert merged(SET, {}) == SET
    assert differences(SET, SET) == ()


def test_setting_that_is_named_changes_alone() -> None:
    found = merged(SET, {"tiers": {"long_idle_days": 60}})

    assert [(one.path, one.before, one.after) for one in differences(SET, found)] == [
        ("tiers.long_idle_days", 30.0, 60.0)
    ]


def test_null_takes_back_what_is_optional() -> None:
    assert merged(SET, {"decay": {"episodic_long": None}}).decay.episodic_long is None


def test_part_of_what_was_not_there_gets_the_other_defaults() -> None:
    found = merged(Policy(), {"decay": {"working_short": {"floor": 0.5}}})

    assert found.decay.working_short == Curve(floor=0.5)


def test_list_is_replaced_as_a_whole() -> None:
    found = merged(SET, {"decay": {"episodic_long": {"steps": [[9, 0]]}}})

    assert found.decay.episodic_long == Curve(kind=CurveKind.STEP, steps=((9.0, 0.0),))


@pytest.mark.parametrize("changes", [5, [], "tiers", None])
def test_what_is_no_object_is_a_fault(changes: object) -> None:
    with pytest.raises(PolicyError):
        merged(SET, changes)


def test_faults_of_the_outcome_are_told_at_once() -> None:
    wrong = {"tiers": {"short_idle_days": 40}, "decay": {"steep": 1}, "recall": 3}

    with pytest.raises(PolicyError) as refused:
        merged(SET, wrong)

    assert {one.path for one in refused.value.faults} == {
        "tiers.long_idle_days",
        "decay.steep",
        "recall",
    }


_days = st.floats(0, 10, allow_nan=False)


@given(_days, _days)
def test_differences_are_what_a_merge_needs_to_get_there(short: float, below: float) -> None:
    other = Policy(
        tiers=TierPolicy(short_idle_days=short), decay=DecayPolicy(forget_below=below / 10)
    )

    tree: dict[str, object] = {}
    for one in differences(SET, other):
        here = tree
        *parts, last = one.path.split(".")
        for part in parts:
            here = here.setdefault(part, {})  # type: ignore[assignment]
        here[last] = one.after

    assert merged(SET, tree) == other
