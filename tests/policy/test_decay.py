"""Crossings: what holds at an instant, whenever one asks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from nrem.policy.decay import Crossing, effective_at, next_crossing
from nrem.policy.life import Life, Passed, settle
from nrem.policy.model import MemoryFacts, MemoryType, Reason, State, Tier
from nrem.policy.params import ExpirePolicy, Policy
from nrem.policy.params_fade import Curve, DecayPolicy, TierPolicy
from nrem.policy.timeline import Timeline

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
POLICY = Policy.default()


def memory(**changes: object) -> MemoryFacts:
    facts = MemoryFacts(
        memory_type=MemoryType.EPISODIC,
        tier=Tier.SHORT,
        importance=0.5,
        last_access=START,
        state_since=START,
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


def with_curve(curve: Curve, **changes: float) -> Policy:
    return Policy(decay=DecayPolicy(working=curve, episodic=curve, **changes))  # type: ignore[arg-type]


def standing(facts: MemoryFacts, policy: Policy, now: datetime) -> MemoryFacts:
    return settle(Life(facts), Timeline(policy), now).facts


def test_effective_importance_does_not_fade_before_the_last_access() -> None:
    assert effective_at(memory(), POLICY, START - timedelta(days=3)) == 0.5


def test_a_half_life_leaves_half_of_what_lies_above_the_floor() -> None:
    curve = POLICY.decay.episodic
    now = START + timedelta(days=curve.stability_days)

    assert effective_at(memory(), POLICY, now) == pytest.approx(
        curve.floor + (0.5 - curve.floor) / 2, abs=1e-12
    )


@pytest.mark.parametrize(("tier", "idle"), [(Tier.SHORT, 7), (Tier.LONG, 30)])
def test_a_tier_archives_exactly_at_its_idle_limit(tier: Tier, idle: int) -> None:
    facts, limit = memory(tier=tier, importance=0.9), START + timedelta(days=idle)

    before = settle(Life(facts), Timeline(POLICY), limit - MICROSECOND)
    at = settle(Life(facts), Timeline(POLICY), limit)

    assert before.facts == facts
    assert before.upcoming == Crossing(at=limit, to=State.ARCHIVED, reason=Reason.IDLE)
    assert (at.facts.state, at.facts.state_since) == (State.ARCHIVED, limit)
    assert at.passed == (Passed(limit, State.LIVE, State.ARCHIVED, Reason.IDLE),)
    assert at.upcoming is not None
    assert (at.upcoming.at, at.upcoming.to) == (limit + timedelta(days=90), State.FORGOTTEN)


@pytest.mark.parametrize("memory_type", [MemoryType.SEMANTIC, MemoryType.PROCEDURAL])
@pytest.mark.parametrize("tier", Tier)
def test_facts_and_skills_neither_fade_nor_archive(memory_type: MemoryType, tier: Tier) -> None:
    facts = memory(memory_type=memory_type, tier=tier, importance=0.0)

    assert standing(facts, POLICY, START + timedelta(days=400)) == facts
    assert next_crossing(facts, POLICY) is None
    assert effective_at(replace(facts, importance=0.7), POLICY, START + timedelta(days=400)) == 0.7


@pytest.mark.parametrize("protected", [{"is_pinned": True}, {"tier": Tier.PERMANENT}])
def test_pinned_and_permanent_memories_stay_however_faded(protected: dict[str, object]) -> None:
    facts = memory(importance=0.06, **protected)

    assert standing(facts, POLICY, START + timedelta(days=4000)) == facts
    assert next_crossing(facts, POLICY) is None


def test_a_ttl_ends_a_pinned_memory_too() -> None:
    facts = memory(is_pinned=True, expires_at=START + timedelta(hours=1))

    assert standing(facts, POLICY, START + timedelta(hours=1) - MICROSECOND).state is State.LIVE
    assert standing(facts, POLICY, START + timedelta(hours=1)).reason is Reason.EXPIRED


def test_a_faded_memory_is_forgotten_when_it_falls_below_the_level() -> None:
    policy = with_curve(Curve(stability_days=2.0, floor=0.0), forget_below=0.25)
    limit = START + timedelta(days=2)

    assert standing(memory(), policy, limit - MICROSECOND).state is State.LIVE
    assert standing(memory(), policy, limit).reason is Reason.FADED
    assert standing(memory(), policy, limit).state_since == limit


def test_an_unimportant_memory_lives_through_its_days_of_grace() -> None:
    facts, limit = memory(importance=0.0), START + timedelta(days=1)

    assert standing(facts, POLICY, limit - MICROSECOND).state is State.LIVE
    assert standing(facts, POLICY, limit).reason is Reason.FADED


def test_an_archived_memory_is_forgotten_after_its_retention() -> None:
    facts = memory(state=State.ARCHIVED)
    limit = START + timedelta(days=90)

    assert standing(facts, POLICY, limit - MICROSECOND).state is State.ARCHIVED
    assert standing(facts, POLICY, limit).state is State.FORGOTTEN
    assert standing(facts, POLICY, limit).reason is Reason.RETENTION_ENDED


def test_an_archived_memory_that_is_pinned_is_kept() -> None:
    facts = memory(state=State.ARCHIVED, is_pinned=True)

    assert next_crossing(facts, POLICY) is None


def test_a_forgotten_memory_is_purged_after_its_retention() -> None:
    facts = memory(state=State.FORGOTTEN, is_pinned=True)
    policy = Policy(expire=ExpirePolicy(forgotten_retention_days=10.0))
    limit = START + timedelta(days=10)

    assert standing(facts, policy, limit - MICROSECOND).state is State.FORGOTTEN
    assert standing(facts, policy, limit).state is State.PURGED


def test_nothing_follows_a_purge() -> None:
    assert next_crossing(memory(state=State.PURGED, expires_at=START), POLICY) is None


@pytest.mark.parametrize("tier", Tier)
def test_a_tier_may_have_a_curve_of_its_own(tier: Tier) -> None:
    policy = Policy(decay=DecayPolicy(episodic_long=Curve(stability_days=1.0, floor=0.0)))
    now = START + timedelta(days=2)

    left = effective_at(memory(tier=tier), policy, now)

    assert (left == pytest.approx(0.125)) is (tier is Tier.LONG)


def test_a_crossing_never_lies_before_the_present_state_began() -> None:
    restored = memory(state_since=START + timedelta(days=20))

    crossing = next_crossing(restored, POLICY)

    assert crossing is not None
    assert crossing.at == START + timedelta(days=20)


def test_forgetting_wins_over_archiving_at_the_same_instant() -> None:
    facts = memory(expires_at=START + timedelta(days=7))

    assert standing(facts, POLICY, START + timedelta(days=7)).state is State.FORGOTTEN


def test_a_day_has_24_hours_also_where_the_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    facts = memory(
        last_access=datetime(2026, 3, 28, 12, tzinfo=berlin),
        state_since=datetime(2026, 3, 28, 12, tzinfo=berlin),
    )
    limit = datetime(2026, 4, 4, 11, tzinfo=UTC)

    assert standing(facts, POLICY, limit.astimezone(berlin)).state_since == limit
    assert standing(facts, POLICY, (limit - MICROSECOND).astimezone(berlin)).state is State.LIVE
    assert effective_at(facts, POLICY, limit.astimezone(berlin)) == effective_at(
        memory(), POLICY, START + timedelta(days=7)
    )


def test_instants_without_a_zone_are_refused() -> None:
    naive = datetime(2026, 3, 1)  # noqa: DTZ001 - the fault under test

    with pytest.raises(ValueError, match="aware"):
        standing(memory(), POLICY, naive)


def test_a_crossing_between_two_microseconds_is_due_at_the_earlier_one() -> None:
    policy = Policy(tiers=TierPolicy(short_idle_days=1.5 / 86_400_000_000))

    crossing = next_crossing(memory(), policy)

    assert crossing is not None
    assert crossing.at == START + MICROSECOND


def test_a_crossing_beyond_the_calendar_never_comes() -> None:
    late = datetime(9999, 12, 30, tzinfo=timezone(timedelta(0)))

    assert next_crossing(memory(last_access=late, state_since=late), POLICY) is None
