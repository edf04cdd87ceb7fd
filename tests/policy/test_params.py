"""Policies: defaults, reading that reports every fault, and writing that loses nothing."""

import json
import math
import re
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrem.errors import InvalidError
from nrem.policy.model import MemoryType, PolicyError, Tier
from nrem.policy.params import Policy
from nrem.policy.params_fade import CurveKind, DecayPolicy

DOCS = Path(__file__).parents[2] / "docs"
DOCUMENT = "".join(
    (DOCS / name).read_text(encoding="utf-8") for name in ("policies.md", "importance.md")
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
SECTIONS = [item.name for item in fields(Policy)]


def faults_of(obj: object) -> dict[str, str]:
    with pytest.raises(PolicyError) as caught:
        Policy.from_json(obj)
    return {fault.path: fault.allowed for fault in caught.value.faults}


def test_the_default_is_what_an_empty_object_gives() -> None:
    assert Policy.from_json({}) == Policy.default()


def test_the_default_has_the_promised_tiers_and_retention() -> None:
    policy = Policy.default()

    assert policy.tiers.idle_days(Tier.SHORT) == 7.0
    assert policy.tiers.idle_days(Tier.LONG) == 30.0
    assert policy.tiers.idle_days(Tier.PERMANENT) is None
    assert (policy.tiers.long_at_accesses, policy.tiers.permanent_at_accesses) == (2, 5)
    assert policy.decay.archived_retention_days == 90.0
    assert policy.session.idle_minutes == 30.0


@pytest.mark.parametrize(
    ("memory_type", "kind", "archives"),
    [
        (MemoryType.WORKING, CurveKind.EXPONENTIAL, True),
        (MemoryType.EPISODIC, CurveKind.EXPONENTIAL, True),
        (MemoryType.SEMANTIC, CurveKind.NONE, False),
        (MemoryType.PROCEDURAL, CurveKind.NONE, False),
    ],
)
def test_each_type_has_its_default_curve(
    memory_type: MemoryType,
    kind: CurveKind,
    archives: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    curve = Policy.default().decay.curve(memory_type)

    assert (curve.kind, curve.archives_when_idle) == (kind, archives)


def test_a_part_of_the_tree_changes_only_that_part() -> None:
    policy = Policy.from_json({"decay": {"episodic": {"stability_days": 20}}})

    assert policy.decay.episodic.stability_days == 20.0
    assert policy.decay.episodic.gain == Policy.default().decay.episodic.gain
    assert policy.tiers == Policy.default().tiers


@given(
    kind=st.sampled_from(CurveKind),
    stability=st.floats(0.001, 36_500.0),
    floor=st.floats(0.0, 1.0),
    steps=st.lists(st.tuples(st.integers(0, 36_500), st.floats(0.0, 1.0)), min_size=1, max_size=32),
    hits=st.integers(5, 1_000_000),
)
def test_a_policy_survives_json_exactly(
    kind: CurveKind,
    stability: float,
    floor: float,
    steps: list[tuple[int, float]],
    hits: int,
) -> None:
    rising = sorted({at for at, _ in steps})
    falling = sorted((factor for _, factor in steps), reverse=True)[: len(rising)]
    curve = {
        "kind": kind,
        "stability_days": stability,
        "max_stability_days": 36_500,
        "floor": floor,
        "steps": list(zip(rising, falling, strict=True)),
    }
    policy = Policy.from_json(
        {"decay": {"episodic": curve}, "tiers": {"permanent_at_accesses": hits}}
    )

    assert Policy.from_json(json.loads(json.dumps(policy.to_json(), allow_nan=False))) == policy


def test_every_fault_is_reported_at_once_with_its_path_and_range() -> None:
    found = faults_of(
        {
            "decay": {
                "episodic": {"kind": "linear", "stability_days": 0, "steps": [[1, 2]]},
                "forget_below": "low",
                "colour": 1,
            },
            "tiers": {"short_idle_days": -1, "long_at_accesses": 2.5},
            "session": 30,
        }
    )

    assert found == {
        "decay.episodic.kind": "one of exponential, logarithmic, step, none",
        "decay.episodic.stability_days": "a number, 0.001 to 36500",
        "decay.episodic.steps": "at most 32 pairs [days, factor]: days rising, 0 to 36500; "
        "factors never rising, 1 to 0",
        "decay.forget_below": "a number, 0 to 1",
        "decay.colour": "left out; known here: "
        + ", ".join(item.name for item in fields(DecayPolicy)),
        "tiers.short_idle_days": "a number, 0 to 36500",
        "tiers.long_at_accesses": "a whole number, 1 to 1000000",
        "session": "an object",
    }


@pytest.mark.parametrize(
    ("obj", "path"),
    [
        ({"tiers": {"short_idle_days": 31}}, "tiers.long_idle_days"),
        ({"tiers": {"long_at_accesses": 6}}, "tiers.permanent_at_accesses"),
        ({"decay": {"working": {"stability_days": 31}}}, "decay.working.max_stability_days"),
        ({"decay": {"working": {"kind": "step"}}}, "decay.working.steps"),
        (
            {"recall": {"similarity_weight": 0, "lexical_weight": 0, "importance_weight": 0}},
            "recall",
        ),
    ],
)
def test_settings_that_contradict_each_other_are_refused(obj: object, path: str) -> None:
    assert list(faults_of(obj)) == [path]


@pytest.mark.parametrize("obj", [None, [], "policy", 1, True])
def test_what_is_no_object_is_refused(obj: object) -> None:
    assert faults_of(obj) == {"policy": "an object"}


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, True, None, "0.5", 10**400])
def test_only_finite_numbers_in_range_are_numbers(number: object) -> None:
    assert list(faults_of({"decay": {"forget_below": number}})) == ["decay.forget_below"]


@pytest.mark.parametrize(
    "steps",
    [
        [[7, 0.5], [1, 0.4]],
        [[1, 0.5], [1, 0.4]],
        [[1, 0.4], [7, 0.5]],
        [[1]],
        [[1, math.nan]],
        ["10"],
        {},
        [[day, 0.5] for day in range(33)],
    ],
)
def test_a_table_of_steps_must_rise_in_days_and_not_in_factors(steps: object) -> None:
    assert list(faults_of({"decay": {"working": {"steps": steps}}})) == ["decay.working.steps"]


@pytest.mark.parametrize("factor", [0.5, 0.25])
def test_a_table_of_steps_may_stay_level(factor: float) -> None:
    steps = [[1, 0.5], [7, factor]]

    policy = Policy.from_json({"decay": {"working": {"steps": steps}}})

    assert policy.decay.working.steps == ((1.0, 0.5), (7.0, factor))


@given(obj=JSON | st.dictionaries(st.sampled_from(SECTIONS), JSON))
def test_any_json_gives_a_policy_or_its_faults(obj: object) -> None:
    faults = []
    try:
        Policy.from_json(obj)
    except PolicyError as error:
        faults = [*error.faults]
        str(error).encode()

    assert all(fault.path and fault.allowed for fault in faults)


def test_a_bad_policy_is_an_invalid_request_with_its_field() -> None:
    with pytest.raises(InvalidError) as caught:
        Policy.from_json({"tiers": {"short_idle_days": -1}})

    assert caught.value.field == "tiers.short_idle_days"
    assert "tiers.short_idle_days: -1; must be a number, 0 to 36500" in str(caught.value)


def test_the_documented_example_is_a_policy() -> None:
    example = re.search(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)

    assert example
    policy = Policy.from_json(json.loads(example.group(1)))
    assert policy.decay.episodic.kind is CurveKind.STEP


def test_every_setting_is_documented_with_its_default() -> None:
    tree = Policy.default().to_json()
    curves = [tree["decay"].pop(memory_type) for memory_type in MemoryType]  # type: ignore[attr-defined]

    rows = (
        [
            f"| `{section}.{name}` | {_written(value)} |"
            for section, settings in tree.items()
            for name, value in settings.items()  # type: ignore[attr-defined]
            # a curve for one type in one tier: documented once for all of them
            if section != "schedules" and value is not None
        ]
        + [
            f"| `schedules.{name}` | `{its['cron']}` | {its['timezone']} | "
            f"{_written(its['paused'])} |"
            for name, its in tree["schedules"].items()  # type: ignore[attr-defined]
        ]
        + [
            f"| `{name}` | " + " | ".join(_written(curve[name]) for curve in curves) + " |"
            for name in curves[0]
        ]
    )

    assert [row for row in rows if row not in DOCUMENT] == []


def _written(value: object) -> str:
    if isinstance(value, bool | list):
        return json.dumps(value)
    return f"{value:g}" if isinstance(value, int | float) else str(value)


@pytest.mark.parametrize("memory_type", MemoryType)
@pytest.mark.parametrize("tier", Tier)
def test_a_curve_can_be_given_for_one_type_in_one_tier(memory_type: MemoryType, tier: Tier) -> None:
    policy = Policy.from_json({"decay": {f"{memory_type}_{tier}": {"stability_days": 3}}})

    found = {
        (one, other)
        for one in MemoryType
        for other in Tier
        if policy.decay.curve(one, other) != Policy.default().decay.curve(one, other)
    }

    assert found == {(memory_type, tier)}
    assert Policy.from_json(policy.to_json()) == policy


def test_faults_of_a_curve_for_one_tier_are_reported() -> None:
    found = faults_of({"decay": {"episodic_long": {"kind": "step"}, "working_short": 3}})

    assert found == {
        "decay.working_short": "an object",
        "decay.episodic_long.steps": "one step or more, since kind is step",
    }
