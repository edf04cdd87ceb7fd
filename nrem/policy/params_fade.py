"""How memories fade and idle out: curves by type and tier, and the limits of each tier.

Reasons for the defaults: docs/policies.md.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from nrem.policy.model import MemoryType, Tier
from nrem.policy.setting import MAX_DAYS, Steps, choice, flag, integer, number, optional, steps


class CurveKind(StrEnum):
    """The shape by which retention falls; `none` never falls."""

    EXPONENTIAL = "exponential"
    LOGARITHMIC = "logarithmic"
    STEP = "step"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """How memories of one type fade: see docs/policies.md for the formulas."""

    kind: CurveKind = choice(CurveKind.EXPONENTIAL)
    # Days; the half-life of the exponential curve. Twice as much fades half as fast.
    stability_days: float = number(14.0, 0.001, MAX_DAYS)
    # How much an access slows fading: stability grows by gain * ln(1 + accesses).
    gain: float = number(0.5, 0.0, 10.0)
    max_stability_days: float = number(365.0, 0.001, MAX_DAYS)
    # Effective importance never falls below this (or below the importance, if that is less).
    floor: float = number(0.02, 0.0, 1.0)
    # (days, factor): from that many days on, retention is the factor. Read by the step curve only.
    steps: Steps = steps()
    # False: the tier's idle limit does not apply to this type.
    archives_when_idle: bool = flag(default=True)


_LASTING: Final = Curve(kind=CurveKind.NONE, archives_when_idle=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecayPolicy:
    """The curve of each memory type, and when a faded memory is forgotten."""

    working: Curve = Curve(stability_days=3.0, max_stability_days=30.0)
    episodic: Curve = Curve()
    semantic: Curve = _LASTING
    procedural: Curve = _LASTING
    # A curve for one type in one tier; null: the type's own.
    working_short: Curve | None = optional(Curve)
    working_long: Curve | None = optional(Curve)
    working_permanent: Curve | None = optional(Curve)
    episodic_short: Curve | None = optional(Curve)
    episodic_long: Curve | None = optional(Curve)
    episodic_permanent: Curve | None = optional(Curve)
    semantic_short: Curve | None = optional(Curve)
    semantic_long: Curve | None = optional(Curve)
    semantic_permanent: Curve | None = optional(Curve)
    procedural_short: Curve | None = optional(Curve)
    procedural_long: Curve | None = optional(Curve)
    procedural_permanent: Curve | None = optional(Curve)
    # Effective importance below this is forgotten; 0 never forgets by fading.
    forget_below: float = number(0.05, 0.0, 1.0)
    # Days after the last access in which nothing is forgotten by fading, however unimportant.
    forget_grace_days: float = number(1.0, 0.0, MAX_DAYS)
    # Days an archived memory can be restored before it is forgotten.
    archived_retention_days: float = number(90.0, 0.0, MAX_DAYS)

    def curve(self, memory_type: MemoryType, tier: Tier | None = None) -> Curve:
        """The curve of a memory type in a tier, or without a tier the type's own."""
        own: Curve = getattr(self, memory_type)
        special: Curve | None = getattr(self, f"{memory_type}_{tier}") if tier else None
        return special or own


@dataclass(frozen=True, slots=True, kw_only=True)
class TierPolicy:
    """Days of idleness after which a tier archives, and accesses at which it escalates."""

    short_idle_days: float = number(7.0, 0.0, MAX_DAYS)
    long_idle_days: float = number(30.0, 0.0, MAX_DAYS)
    long_at_accesses: int = integer(2, 1, 1_000_000)
    permanent_at_accesses: int = integer(5, 1, 1_000_000)

    def idle_days(self, tier: Tier) -> float | None:
        """Days without an access after which `tier` archives; None for permanent: never."""
        return {Tier.SHORT: self.short_idle_days, Tier.LONG: self.long_idle_days}.get(tier)
