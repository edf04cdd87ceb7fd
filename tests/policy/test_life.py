"""A memory on its way through time: uses, crossings and changes of policy, in their order."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrem.policy.life import Life, Passed, Settled, settle
from nrem.policy.model import MemoryFacts, MemoryType, Reason, State, Tier
from nrem.policy.params import ExpirePolicy, Policy
from nrem.policy.params_fade import Curve, CurveKind, DecayPolicy, TierPolicy
from nrem.policy.timeline import Timeline

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
ALWAYS = Timeline(Policy.default())
END = START + 60 * DAY


def memory(**changes: object) -> MemoryFacts:
    facts = MemoryFacts(
        memory_type=MemoryType.EPISODIC,
        tier=Tier.SHORT,
        importance=0.9,
        last_access=START,
        state_since=START,
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


def lived(*days: float, now: float, timeline: Timeline = ALWAYS, **changes: object) -> Settled:
    """A memory that was used so many days after its birth, looked at on day `now`."""
    uses = tuple(START + one * DAY for one in days)
    return settle(Life(memory(**changes), uses), timeline, START + now * DAY)


def test_use_postpones_the_crossing() -> None:
    assert lived(now=8).facts.state is State.ARCHIVED
    assert lived(3, now=8).facts.state is State.LIVE
    assert lived(3, now=10).facts.state_since == START + 10 * DAY


@pytest.mark.parametrize(
    ("uses", "tier"),
    [(1, Tier.SHORT), (2, Tier.LONG), (4, Tier.LONG), (5, Tier.PERMANENT), (6, Tier.PERMANENT)],
)
def test_tier_escalates_at_the_use_that_reaches_the_count(uses: int, tier: Tier) -> None:
    found = lived(*range(1, uses + 1), now=uses)

    assert (found.facts.tier, found.facts.access_count) == (tier, uses)


def test_escalation_has_the_instant_of_its_use() -> None:
    found = lived(1, 2, 3, now=20)

    assert found.passed == (Passed(START + 2 * DAY, Tier.SHORT, Tier.LONG, Reason.USED),)


def test_use_at_the_instant_of_the_crossing_comes_too_late() -> None:
    crossing = 7.0

    assert lived(crossing, now=8).facts.access_count == 0
    assert (
        settle(
            Life(memory(), (START + 7 * DAY - MICROSECOND,)), ALWAYS, START + 8 * DAY
        ).facts.state
        is State.LIVE
    )


@pytest.mark.parametrize("state", [State.ARCHIVED, State.FORGOTTEN])
def test_memory_that_is_not_live_is_not_used(state: State) -> None:
    found = lived(1, now=2, state=state, reason=Reason.REQUESTED)

    assert (found.facts.access_count, found.facts.last_access) == (0, START)


def test_use_of_the_future_is_left_for_later() -> None:
    assert lived(5, now=4).facts.access_count == 0


def test_use_told_late_keeps_the_newer_last_access() -> None:
    found = lived(1, now=9, last_access=START + 4 * DAY)

    assert found.facts.access_count == 1
    assert found.facts.last_access == START + 4 * DAY


def test_use_told_after_the_crossing_it_should_have_prevented_undoes_it() -> None:
    archived = lived(now=8).facts

    found = settle(Life(archived, (START + 6 * DAY,)), ALWAYS, START + 8 * DAY)

    assert found.facts.state is State.LIVE
    assert found.facts.access_count == 1


def test_use_told_late_does_not_undo_what_a_caller_asked_for() -> None:
    archived = memory(state=State.ARCHIVED, state_since=START + 7 * DAY, reason=Reason.REQUESTED)

    found = settle(Life(archived, (START + 6 * DAY,)), ALWAYS, START + 8 * DAY)

    assert found.facts.state is State.ARCHIVED


def test_policy_does_not_reach_back_before_its_instant() -> None:
    strict = Policy(tiers=TierPolicy(short_idle_days=2.0))
    timeline = ALWAYS.followed_by(strict, START + 5 * DAY)

    assert lived(now=4.99, timeline=timeline).facts.state is State.LIVE
    assert lived(now=6, timeline=timeline).facts.state_since == START + 5 * DAY


def test_crossing_of_the_old_policy_stays_when_a_milder_one_follows() -> None:
    mild = Policy(tiers=TierPolicy(short_idle_days=25.0))
    timeline = ALWAYS.followed_by(mild, START + 10 * DAY)

    assert lived(now=20, timeline=timeline).facts.state_since == START + 7 * DAY


def test_milder_policy_in_time_prevents_the_crossing() -> None:
    mild = Policy(tiers=TierPolicy(short_idle_days=25.0))

    assert lived(now=20, timeline=ALWAYS.followed_by(mild, START + 7 * DAY)).passed == ()


def test_use_at_the_instant_of_a_new_policy_falls_under_it() -> None:
    quick = Policy(tiers=TierPolicy(long_at_accesses=1))
    timeline = ALWAYS.followed_by(quick, START + 2 * DAY)

    assert lived(2, now=3, timeline=timeline).facts.tier is Tier.LONG


def test_lower_importance_does_not_reach_back_before_it_was_given() -> None:
    found = lived(now=30, tier=Tier.LONG, importance=0.0, facts_since=START + 20 * DAY)

    assert found.passed[0] == Passed(START + 20 * DAY, State.LIVE, State.FORGOTTEN, Reason.FADED)


def test_pass_that_may_not_purge_stops_before_it_and_says_when_it_was_due() -> None:
    found = settle(Life(memory(expires_at=START + DAY)), ALWAYS, START + 90 * DAY, purges=False)

    assert found.facts.state is State.FORGOTTEN
    assert found.upcoming is not None
    assert (found.upcoming.to, found.upcoming.at) == (State.PURGED, START + 31 * DAY)


CURVES = (
    Curve(stability_days=10.0),
    Curve(kind=CurveKind.LOGARITHMIC, stability_days=10.0),
    Curve(kind=CurveKind.STEP, steps=((1.0, 0.8), (7.0, 0.5), (30.0, 0.0))),
    Curve(kind=CurveKind.NONE),
)
shares = st.floats(0.0, 1.0)
instants = st.integers(0, 60 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
memories = st.builds(
    memory,
    memory_type=st.sampled_from(MemoryType),
    tier=st.sampled_from(Tier),
    importance=shares,
    access_count=st.integers(0, 10),
    is_pinned=st.booleans(),
    expires_at=st.none() | instants,
)
policies = st.builds(
    lambda curve, below, grace, kept, idle, gone: Policy(
        decay=DecayPolicy(
            working=curve,
            episodic=curve,
            episodic_long=CURVES[0],
            forget_below=below,
            forget_grace_days=grace,
            archived_retention_days=kept,
        ),
        tiers=TierPolicy(short_idle_days=idle),
        expire=ExpirePolicy(forgotten_retention_days=gone),
    ),
    st.sampled_from(CURVES),
    shares,
    st.floats(0.0, 10.0),
    st.floats(0.0, 40.0),
    st.floats(0.0, 30.0),
    st.floats(0.0, 40.0),
)
timelines = st.builds(
    lambda first, changes: Timeline(first, tuple(sorted(changes, key=lambda one: one[0]))),
    policies,
    st.lists(st.tuples(instants, policies), max_size=3),
)
uses = st.lists(instants, max_size=8).map(lambda found: tuple(sorted(found)))


def swept(
    facts: MemoryFacts, told: Sequence[datetime], timeline: Timeline, looks: Sequence[datetime]
) -> tuple[MemoryFacts, list[Passed]]:
    """What is written down when a pass looks at these instants, and at the end."""
    passed: list[Passed] = []
    before = START - MICROSECOND
    for now in [*looks, END]:
        found = settle(Life(facts, tuple(at for at in told if before < at <= now)), timeline, now)
        facts, before = found.facts, now
        passed += found.passed
    return facts, passed


@given(facts=memories, told=uses, timeline=timelines, looks=st.lists(instants, max_size=6))
def test_how_often_one_looks_changes_nothing(
    facts: MemoryFacts,
    told: tuple[datetime, ...],
    timeline: Timeline,
    looks: list[datetime],
) -> None:
    assert swept(facts, told, timeline, sorted(looks)) == swept(facts, told, timeline, [])


@given(facts=memories, told=uses, timeline=timelines)
def test_hourly_daily_and_once_give_the_same(
    facts: MemoryFacts, told: tuple[datetime, ...], timeline: Timeline
) -> None:
    daily = [START + day * DAY for day in range(60)]
    six_hourly = [START + hour * HOUR for hour in range(0, 60 * 24, 6)]

    once = swept(facts, told, timeline, [])

    assert swept(facts, told, timeline, daily) == once
    assert swept(facts, told, timeline, six_hourly) == once


@given(facts=memories, told=uses, timeline=timelines, now=instants)
def test_what_comes_next_lies_ahead(
    facts: MemoryFacts, told: tuple[datetime, ...], timeline: Timeline, now: datetime
) -> None:
    found = settle(Life(facts, told), timeline, now)

    assert found.upcoming is None or found.upcoming.at > now


@given(facts=memories, told=uses, timeline=timelines, now=instants)
def test_what_happened_is_told_in_its_order(
    facts: MemoryFacts, told: tuple[datetime, ...], timeline: Timeline, now: datetime
) -> None:
    found = settle(Life(facts, told), timeline, now)

    instants_told = [one.at for one in found.passed]
    assert instants_told == sorted(instants_told)
    assert all(START <= at <= now for at in instants_told)


@given(facts=memories, told=uses, timeline=timelines)
def test_tiers_never_go_down(
    facts: MemoryFacts, told: tuple[datetime, ...], timeline: Timeline
) -> None:
    found = settle(Life(facts, told), timeline, END).facts.tier

    assert list(Tier).index(found) >= list(Tier).index(facts.tier)
