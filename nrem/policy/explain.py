"""What a memory's curve looks like, and every change of state that time alone will bring it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from nrem.policy.decay import Crossing, effective_importance, next_crossing, stability_days
from nrem.policy.model import MemoryFacts
from nrem.policy.params import Policy
from nrem.policy.params_fade import CurveKind

# d: days since the last access; S: the stability; f: the floor, or the importance if that is less.
FORMULAS: Final[Mapping[CurveKind, str]] = MappingProxyType(
    {
        CurveKind.EXPONENTIAL: "f + (importance - f) * 2^(-d / S)",
        CurveKind.LOGARITHMIC: "f + (importance - f) / (1 + ln(1 + d / S))",
        CurveKind.STEP: "f + (importance - f) * factor of the last step at or before"
        " d * stability_days / S",
        CurveKind.NONE: "importance",
    }
)
# Days since the last access at which a curve is told: a week, the idle limits, a year.
_DAYS: Final = (0, 1, 3, 7, 14, 30, 60, 90, 180, 365)
# live, archived, forgotten, purged: more changes than states would be a circle.
_MOST_CHANGES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A memory's curve: what it is made of, and (days since the last access, what is left)."""

    kind: CurveKind
    # S, stretched by use
    stability_days: float
    floor: float
    formula: str
    points: tuple[tuple[int, float], ...]


def shape(facts: MemoryFacts, policy: Policy) -> Shape:
    """The curve that a memory fades by."""
    curve = policy.decay.curve(facts.memory_type, facts.tier)
    stretched = stability_days(curve, facts.access_count)
    return Shape(
        kind=curve.kind,
        stability_days=stretched,
        floor=min(curve.floor, facts.importance),
        formula=FORMULAS[curve.kind],
        points=tuple(
            (
                days,
                effective_importance(
                    facts.importance, days=days, curve=curve, stability_days=stretched
                ),
            )
            for days in _DAYS
        ),
    )


def coming(first: Crossing | None, facts: MemoryFacts, policy: Policy) -> list[Crossing]:
    """`first` and what follows it, in order, if nobody touches the memory and the policy stays."""
    found: list[Crossing] = []
    while first is not None and len(found) < _MOST_CHANGES:
        found.append(first)
        facts = replace(facts, state=first.to, state_since=first.at)
        first = next_crossing(facts, policy)
    return found
