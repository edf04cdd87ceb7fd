"""Crossings: what holds at an instant, whenever one asks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrem.policy.decay import (
    Cross,
    Rearm,
    decide,
    effective_at,
    next_crossing,
    state_at,
)
from nrem.policy.model import MemoryFacts, MemoryType, Reason, State, Tier
from nrem.policy.params import Curve, CurveKind, DecayPolicy, Policy, TierPolicy

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
POLICY = Policy.default()
EXPONENTIAL = Curve(stability_days=10.0)
LOGARITHMIC = Curve(kind=CurveKind.LOGARITHMIC, stability_days=10.0)
STEP = Curve(kind=CurveKind.STEP, steps=((1.0, 0.8), (7.0, 0.5), (30.0, 0.0)))
CURVES = (EXPONENTIAL, LOGARITHMIC, STEP, Curve(kind=CurveKind.NONE))

shares = st.floats(0.0, 1.0)
curves = st.sampled_from(CURVES)


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


memories = st.builds(
    memory,
    memory_type=st.sampled_from(MemoryType),
    tier=st.sampled_from(Tier),
    importance=shares,
    last_access=st.datetimes(
        START.replace(year=2020, tzinfo=None),
        START.replace(tzinfo=None),
        timezones=st.just(UTC),
    ),
    access_count=st.integers(0, 1000),
    is_pinned=st.booleans(),
    expires_at=st.none() | st.integers(0, 200).map(lambda hours: START + timedelta(hours=hours)),
)
policies = st.builds(
    lambda curve, below, grace, kept: with_curve(
        curve, forget_below=below, forget_grace_days=grace, archived_retention_days=kept
    ),
    curves,
    shares,
    st.floats(0.0, 10.0),
    st.floats(0.0, 90.0),
)


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

    before = decide(facts, POLICY, limit - MICROSECOND)
    at = decide(facts, POLICY, limit)

    assert before == Rearm(due_at=limit, due_to=State.ARCHIVED)
    assert isinstance(at, Cross)
    assert (at.to, at.since, at.reason) == (State.ARCHIVED, limit, Reason.IDLE)
    assert (at.due_at, at.due_to) == (limit + timedelta(days=90), State.FORGOTTEN)


@pytest.mark.parametrize("memory_type", [MemoryType.SEMANTIC, MemoryType.PROCEDURAL])
@pytest.mark.parametrize("tier", Tier)
def test_facts_and_skills_neither_fade_nor_archive(memory_type: MemoryType, tier: Tier) -> None:
    facts = memory(memory_type=memory_type, tier=tier, importance=0.0)

    assert decide(facts, POLICY, START + timedelta(days=400)) == Rearm(due_at=None, due_to=None)
    assert effective_at(replace(facts, importance=0.7), POLICY, START + timedelta(days=400)) == 0.7


@pytest.mark.parametrize("protected", [{"is_pinned": True}, {"tier": Tier.PERMANENT}])
def test_pinned_and_permanent_memories_stay_however_faded(protected: dict[str, object]) -> None:
    facts = memory(importance=0.06, **protected)

    assert decide(facts, POLICY, START + timedelta(days=4000)) == Rearm(due_at=None, due_to=None)


def test_a_ttl_ends_a_pinned_memory_too() -> None:
    facts = memory(is_pinned=True, expires_at=START + timedelta(hours=1))

    assert state_at(facts, POLICY, START + timedelta(hours=1) - MICROSECOND).state is State.LIVE
    assert state_at(facts, POLICY, START + timedelta(hours=1)).reason is Reason.EXPIRED


def test_a_faded_memory_is_forgotten_when_it_falls_below_the_level() -> None:
    policy = with_curve(Curve(stability_days=2.0, floor=0.0), forget_below=0.25)
    limit = START + timedelta(days=2)

    assert state_at(memory(), policy, limit - MICROSECOND).state is State.LIVE
    assert state_at(memory(), policy, limit).reason is Reason.FADED
    assert state_at(memory(), policy, limit).since == limit


def test_an_unimportant_memory_lives_through_its_days_of_grace() -> None:
    facts, limit = memory(importance=0.0), START + timedelta(days=1)

    assert state_at(facts, POLICY, limit - MICROSECOND).state is State.LIVE
    assert state_at(facts, POLICY, limit).reason is Reason.FADED


def test_an_archived_memory_is_forgotten_after_its_retention() -> None:
    facts = memory(state=State.ARCHIVED)
    limit = START + timedelta(days=90)

    assert state_at(facts, POLICY, limit - MICROSECOND).state is State.ARCHIVED
    assert state_at(facts, POLICY, limit).state is State.FORGOTTEN
    assert state_at(facts, POLICY, limit).reason is Reason.RETENTION_ENDED


def test_an_archived_memory_that_is_pinned_is_kept() -> None:
    facts = memory(state=State.ARCHIVED, is_pinned=True)

    assert next_crossing(facts, POLICY) is None


@pytest.mark.parametrize("state", [State.FORGOTTEN, State.PURGED])
def test_time_alone_changes_nothing_after_forgetting(state: State) -> None:
    facts = memory(state=state, expires_at=START)

    assert next_crossing(facts, POLICY) is None


def test_a_crossing_never_lies_before_the_present_state_began() -> None:
    restored = memory(state_since=START + timedelta(days=20))

    crossing = next_crossing(restored, POLICY)

    assert crossing is not None
    assert crossing.at == START + timedelta(days=20)


def test_forgetting_wins_over_archiving_at_the_same_instant() -> None:
    facts = memory(expires_at=START + timedelta(days=7))

    assert state_at(facts, POLICY, START + timedelta(days=7)).state is State.FORGOTTEN


def test_a_day_has_24_hours_also_where_the_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    facts = memory(
        last_access=datetime(2026, 3, 28, 12, tzinfo=berlin),
        state_since=datetime(2026, 3, 28, 12, tzinfo=berlin),
    )
    limit = datetime(2026, 4, 4, 11, tzinfo=UTC)

    assert state_at(facts, POLICY, limit.astimezone(berlin)).since == limit
    assert state_at(facts, POLICY, (limit - MICROSECOND).astimezone(berlin)).state is State.LIVE
    assert effective_at(facts, POLICY, limit.astimezone(berlin)) == effective_at(
        memory(), POLICY, START + timedelta(days=7)
    )


def test_instants_without_a_zone_are_refused() -> None:
    naive = datetime(2026, 3, 1)  # noqa: DTZ001 - the fault under test

    with pytest.raises(ValueError, match="aware"):
        decide(memory(), POLICY, naive)


def test_a_crossing_between_two_microseconds_is_due_at_the_earlier_one() -> None:
    policy = Policy(tiers=TierPolicy(short_idle_days=1.5 / 86_400_000_000))

    crossing = next_crossing(memory(), policy)

    assert crossing is not None
    assert crossing.at == START + MICROSECOND


def test_a_crossing_beyond_the_calendar_never_comes() -> None:
    late = datetime(9999, 12, 30, tzinfo=timezone(timedelta(0)))

    assert next_crossing(memory(last_access=late, state_since=late), POLICY) is None


@given(facts=memories, policy=policies, hours=st.integers(0, 5000))
def test_rearming_always_moves_ahead(facts: MemoryFacts, policy: Policy, hours: int) -> None:
    now = START + timedelta(hours=hours)

    decision = decide(facts, policy, now)

    assert decision.due_at is None or decision.due_at > now


@given(facts=memories, policy=policies, hours=st.integers(0, 5000))
def test_the_decision_is_what_holds_at_that_instant(
    facts: MemoryFacts, policy: Policy, hours: int
) -> None:
    now = START + timedelta(hours=hours)

    decision, standing = decide(facts, policy, now), state_at(facts, policy, now)

    if isinstance(decision, Cross):
        assert (decision.to, decision.since) == (standing.state, standing.since)
        assert decision.since <= now
    else:
        assert (facts.state, facts.state_since) == (standing.state, standing.since)


@given(facts=memories, policy=policies)
def test_hourly_daily_and_once_after_thirty_days_give_the_same_state(
    facts: MemoryFacts, policy: Policy
) -> None:
    hourly = _swept(facts, policy, every_hours=1)
    daily = _swept(facts, policy, every_hours=24)
    once = _swept(facts, policy, every_hours=720)

    assert hourly == daily == once


@given(facts=memories, policy=policies)
def test_waiting_for_due_at_gives_the_same_state_as_asking_every_hour(
    facts: MemoryFacts, policy: Policy
) -> None:
    end, awaited = START + timedelta(days=30), _written(facts, decide(facts, policy, START))
    crossing = next_crossing(awaited, policy)
    while crossing and crossing.at <= end:
        awaited = _written(awaited, decide(awaited, policy, crossing.at))
        crossing = next_crossing(awaited, policy)

    assert awaited == _swept(facts, policy, every_hours=1)


def _swept(facts: MemoryFacts, policy: Policy, *, every_hours: int) -> MemoryFacts:
    for hour in range(0, 721, every_hours):
        facts = _written(facts, decide(facts, policy, START + timedelta(hours=hour)))
    return facts


def _written(facts: MemoryFacts, decision: Cross | Rearm) -> MemoryFacts:
    if isinstance(decision, Rearm):
        return facts
    return replace(facts, state=decision.to, state_since=decision.since)
