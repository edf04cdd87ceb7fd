"""Fading as a function of time: what is left of a memory, and when it changes its state.

    effective(t) = f + (importance - f) * R((t - last_access) / S),  f = min(floor, importance)
    S = stability_days * (1 + gain * ln(1 + access_count)), at most max_stability_days

Promises: nothing here depends on how often or how late it is asked: a crossing has one instant.
`nrem.policy.life` follows a memory through its crossings.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from nrem.policy.model import MemoryFacts, Reason, State, Tier, in_utc
from nrem.policy.params import Policy
from nrem.policy.params_fade import Curve, CurveKind
from nrem.policy.setting import MAX_DAYS

_DAY_SECONDS: Final = 86_400.0
_DAY_MICROSECONDS: Final = 86_400_000_000
# exp() of more than this is beyond any number of days we keep, and soon beyond a float.
_LARGEST_EXP: Final = 700.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """The instant at which a memory enters a state, and why."""

    at: datetime
    to: State
    reason: Reason


def stability_days(curve: Curve, access_count: int) -> float:
    """Days by which the curve is stretched, S; grows with use up to `max_stability_days`."""
    grown = curve.stability_days * (1.0 + curve.gain * math.log1p(access_count))
    return min(grown, curve.max_stability_days)


def retention(days: float, *, curve: Curve, stability_days: float) -> float:
    """What the curve leaves, 0 to 1, after `days` without an access; never rises with `days`."""
    if days <= 0.0 and curve.kind is not CurveKind.STEP:
        return 1.0
    elapsed = max(days, 0.0)
    match curve.kind:
        case CurveKind.EXPONENTIAL:
            return math.pow(2.0, -elapsed / stability_days)
        case CurveKind.LOGARITHMIC:
            return 1.0 / (1.0 + math.log1p(elapsed / stability_days))
        case CurveKind.STEP:
            reached = elapsed * curve.stability_days / stability_days
            return next((factor for at, factor in reversed(curve.steps) if at <= reached), 1.0)
        case CurveKind.NONE:
            return 1.0


def days_until(level: float, *, curve: Curve, stability_days: float) -> float:
    """Days without an access after which retention is below `level`; infinity beyond 100 years.

    The closed-form inverse of `retention`, which for the two smooth curves equals `level` there.
    """
    if level > 1.0:
        return 0.0
    if level <= 0.0:
        return math.inf
    days = _inverse(level, curve, stability_days)
    return days if days <= MAX_DAYS else math.inf


def effective_importance(
    importance: float, *, days: float, curve: Curve, stability_days: float
) -> float:
    """What is left of `importance`, 0 to 1, after `days` without an access."""
    floor = min(curve.floor, importance)
    return floor + (importance - floor) * retention(
        days, curve=curve, stability_days=stability_days
    )


def effective_at(facts: MemoryFacts, policy: Policy, now: datetime) -> float:
    """Effective importance of a memory at `now`, 0 to 1; `facts` as they stand then."""
    curve = policy.decay.curve(facts.memory_type, facts.tier)
    days = (in_utc(now) - in_utc(facts.last_access)).total_seconds() / _DAY_SECONDS
    stretched = stability_days(curve, facts.access_count)
    return effective_importance(facts.importance, days=days, curve=curve, stability_days=stretched)


def days_until_faded(
    importance: float, *, below: float, curve: Curve, stability_days: float
) -> float:
    """Days without an access after which effective importance is below `below`, or infinity."""
    floor = min(curve.floor, importance)
    if curve.kind is CurveKind.NONE or below <= floor:
        return math.inf
    if importance <= floor:
        return 0.0
    level = (below - floor) / (importance - floor)
    return days_until(level, curve=curve, stability_days=stability_days)


def next_crossing(
    facts: MemoryFacts, policy: Policy, not_before: datetime | None = None
) -> Crossing | None:
    """The next change of state that time alone will bring under one policy, or None.

    It lies neither before the present state began nor before `not_before`.
    """
    start = in_utc(facts.state_since)
    if not_before is not None:
        start = max(start, in_utc(not_before))
    found: Crossing | None = None
    for at, to, reason in _comers(facts, policy):
        if at is not None:
            clamped = max(at, start)
            if found is None or clamped < found.at:
                found = Crossing(at=clamped, to=to, reason=reason)
    return found


def _inverse(level: float, curve: Curve, stability_days: float) -> float:
    match curve.kind:
        case CurveKind.EXPONENTIAL:
            return -math.log2(level) * stability_days
        case CurveKind.LOGARITHMIC:
            exponent = 1.0 / level - 1.0
            return math.expm1(exponent) * stability_days if exponent < _LARGEST_EXP else math.inf
        case CurveKind.STEP:
            at = next((at for at, factor in curve.steps if factor < level), math.inf)
            return at * (stability_days / curve.stability_days)
        case CurveKind.NONE:
            return math.inf


_Comer = tuple[datetime | None, State, Reason]


def _comers(facts: MemoryFacts, policy: Policy) -> list[_Comer]:
    """Candidates, the stronger first: of two at the same instant the first one counts."""
    if facts.state is State.PURGED:
        return []
    if facts.state is State.FORGOTTEN:
        ends = _later(facts.state_since, policy.expire.forgotten_retention_days)
        return [(ends, State.PURGED, Reason.RETENTION_ENDED)]
    expiry = in_utc(facts.expires_at) if facts.expires_at else None
    comers: list[_Comer] = [(expiry, State.FORGOTTEN, Reason.EXPIRED)]
    if facts.is_pinned:
        return comers
    if facts.state is State.ARCHIVED:
        ends = _later(facts.state_since, policy.decay.archived_retention_days)
        return [*comers, (ends, State.FORGOTTEN, Reason.RETENTION_ENDED)]
    if facts.tier is not Tier.PERMANENT:
        comers.append((_faded(facts, policy), State.FORGOTTEN, Reason.FADED))
        comers.append((_idle(facts, policy), State.ARCHIVED, Reason.IDLE))
    return comers


def _faded(facts: MemoryFacts, policy: Policy) -> datetime | None:
    decay = policy.decay
    curve = decay.curve(facts.memory_type, facts.tier)
    days = days_until_faded(
        facts.importance,
        below=decay.forget_below,
        curve=curve,
        stability_days=stability_days(curve, facts.access_count),
    )
    return _later(facts.last_access, max(days, decay.forget_grace_days))


def _idle(facts: MemoryFacts, policy: Policy) -> datetime | None:
    limit = policy.tiers.idle_days(facts.tier)
    curve = policy.decay.curve(facts.memory_type, facts.tier)
    if limit is None or not curve.archives_when_idle:
        return None
    return _later(facts.last_access, limit)


def _later(start: datetime, days: float) -> datetime | None:
    """`days` x 24 h after `start`, cut to the microsecond, in UTC; None when it never comes."""
    if days > MAX_DAYS:
        return None
    try:
        return in_utc(start) + timedelta(microseconds=math.floor(days * _DAY_MICROSECONDS))
    except OverflowError:
        return None
