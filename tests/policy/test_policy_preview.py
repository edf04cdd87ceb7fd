"""What a policy would do: each memory once per look, by the state it would be in."""

from datetime import UTC, datetime, timedelta

import pytest

from nrem.policy.life import Life
from nrem.policy.model import MemoryFacts, MemoryType, State, Tier
from nrem.policy.params import ExpirePolicy, Policy
from nrem.policy.params_fade import DecayPolicy, TierPolicy
from nrem.policy.policy_preview import DAYS, Choice, Tally, count
from nrem.policy.timeline import Timeline

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
NOTHING: tuple[dict[State, int], ...] = ({}, {}, {})


def _life(idle: timedelta, **facts: object) -> Life:
    given = {"memory_type": MemoryType.EPISODIC, "tier": Tier.SHORT, "importance": 0.9, **facts}
    return Life(MemoryFacts(last_access=NOW - idle, state_since=NOW - idle, **given))  # type: ignore[arg-type]


def _look(
    life: Life, policy: Policy, *, is_kept: bool = False, timeline: Timeline | None = None
) -> tuple[dict[State, int], dict[State, int], dict[State, int]]:
    tally = Tally()
    choice = Choice.of(timeline or Timeline(Policy.default()), policy, NOW)
    count(tally, [(life, is_kept)], choice)
    assert tally.scanned == 1
    assert tally.unchanged == (tally.now == {} and tally.before == tally.after)
    return dict(tally.now), dict(tally.before), dict(tally.after)


def _idle(days: float) -> Policy:
    return Policy(tiers=TierPolicy(short_idle_days=days))


@pytest.mark.parametrize(
    ("idle", "now"),
    [(3 * DAY - 2 * MICROSECOND, {}), (3 * DAY, {State.ARCHIVED: 1})],
    ids=["before", "at"],
)
def test_memory_beyond_a_shorter_limit_is_archived_at_once(
    idle: timedelta, now: dict[State, int]
) -> None:
    archived = {State.ARCHIVED: 1}

    assert _look(_life(idle), _idle(3)) == (now, archived, archived)


def test_longer_limit_keeps_what_would_be_archived() -> None:
    assert _look(_life(DAY), _idle(30)) == ({}, {State.ARCHIVED: 1}, {State.ARCHIVED: 1})
    assert _look(_life(DAY), Policy(tiers=TierPolicy(short_idle_days=32, long_idle_days=32))) == (
        {},
        {State.ARCHIVED: 1},
        {},
    )


@pytest.mark.parametrize(
    ("limit", "after"), [(DAYS, {State.ARCHIVED: 1}), (DAYS + 1e-9, {})], ids=["at", "beyond"]
)
def test_next_days_end_with_the_thirtieth(limit: float, after: dict[State, int]) -> None:
    policy = Policy(tiers=TierPolicy(short_idle_days=limit, long_idle_days=40))

    assert _look(_life(timedelta(0)), policy)[2] == after


def test_memory_that_crosses_twice_counts_where_it_ends() -> None:
    policy = Policy(decay=DecayPolicy(archived_retention_days=5))

    assert _look(_life(DAY), policy) == ({}, {State.ARCHIVED: 1}, {State.FORGOTTEN: 1})


@pytest.mark.parametrize(("is_kept", "now"), [(False, {State.PURGED: 1}), (True, {})])
def test_legal_hold_counts(*, is_kept: bool, now: dict[State, int]) -> None:
    life = _life(DAY, state=State.FORGOTTEN)
    policy = Policy(expire=ExpirePolicy(forgotten_retention_days=0.5))

    assert _look(life, policy, is_kept=is_kept)[0] == now


def test_what_has_come_unwritten_is_no_effect_of_the_policy() -> None:
    life = _life(8 * DAY)

    assert _look(life, _idle(3)) == NOTHING


def test_lasting_memory_is_not_affected() -> None:
    assert (
        _look(_life(DAY, memory_type=MemoryType.SEMANTIC, tier=Tier.PERMANENT), _idle(0)) == NOTHING
    )


def test_policy_is_tried_after_the_last_change_even_one_of_this_microsecond() -> None:
    timeline = Timeline(Policy.default(), ((NOW + MICROSECOND, _idle(5)),))

    choice = Choice.of(timeline, _idle(0), NOW)

    assert choice.since == NOW + 2 * MICROSECOND
    assert _look(_life(DAY), _idle(0), timeline=timeline)[0] == {State.ARCHIVED: 1}
