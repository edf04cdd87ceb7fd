"""What a change makes of a memory, and since when what decides its future is as it is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from nrem.errors import ConflictError
from nrem.policy.change import (
    Edit,
    Standing,
    Ttl,
    Version,
    archived,
    earliest,
    edited,
    forgotten,
    restored,
    rolled_back,
)
from nrem.policy.model import MemoryFacts, MemoryType, Reason, State, Tier
from nrem.policy.params import Policy

BORN = datetime(2026, 3, 2, 9, tzinfo=UTC)
AT = BORN + timedelta(days=3)
WEIGHTS = Policy.default().score
LIVE = Standing(
    facts=MemoryFacts(
        memory_type=MemoryType.EPISODIC,
        tier=Tier.LONG,
        importance=0.5,
        last_access=BORN,
        state_since=BORN,
        facts_since=BORN,
    ),
    content="Ann has a cat.",
    metadata={"k": 1},
    is_importance_given=False,
    occurred_at=BORN,
)


def standing(**facts: Any) -> Standing:  # noqa: ANN401
    return replace(LIVE, facts=replace(LIVE.facts, **facts))


def edit(its: Standing = LIVE, **fields: Any) -> Standing:  # noqa: ANN401
    return edited(its, Edit(**fields), AT, weights=WEIGHTS)


@pytest.mark.parametrize(
    ("fields", "decides"),
    [
        ({}, False),
        ({"metadata": {}}, False),
        ({"content": LIVE.content}, False),
        ({"tier": Tier.LONG}, False),
        ({"is_pinned": False}, False),
        ({"importance": 0.5}, False),
        ({"importance": 0.75}, True),
        ({"content": "Bob moved to Kyiv on 3 May 2023."}, True),
        ({"tier": Tier.PERMANENT}, True),
        ({"is_pinned": True}, True),
        ({"ttl": Ttl(seconds=60)}, True),
        ({"ttl": Ttl(seconds=None)}, False),
    ],
)
def test_facts_are_new_since_the_edit_only_if_they_are(
    fields: dict[str, Any],
    decides: bool,  # noqa: FBT001
) -> None:
    found = edit(**fields)

    assert found.facts.facts_since == (AT if decides else BORN)
    assert (found.facts == LIVE.facts) is not decides


def test_given_importance_is_never_scored_anew() -> None:
    given = edit(importance=0.75)

    assert edit(given, content="Bob moved to Kyiv on 3 May 2023.").facts.importance == 0.75


@pytest.mark.parametrize("tier", Tier)
@pytest.mark.parametrize("wanted", Tier)
def test_tier_never_goes_down(tier: Tier, wanted: Tier) -> None:
    order = list(Tier)
    before = standing(tier=tier)

    if order.index(wanted) < order.index(tier):
        with pytest.raises(ConflictError) as refused:
            edit(before, tier=wanted)
        assert refused.value.field == "tier"
    else:
        assert edit(before, tier=wanted).facts.tier is wanted


def test_pin_hides_the_own_tier_and_unpin_shows_it() -> None:
    short = standing(tier=Tier.SHORT)

    pinned = edit(short, is_pinned=True)

    assert pinned.facts.tier is Tier.SHORT
    assert edit(pinned, is_pinned=False).facts == replace(short.facts, facts_since=AT)


_VERSION = Version(
    memory_type=MemoryType.SEMANTIC,
    content="Ann had a dog.",
    metadata={},
    importance=0.25,
    is_pinned=True,
    occurred_at=BORN - timedelta(days=1),
    true_until=AT,
)


@pytest.mark.parametrize(
    "change",
    [edit, lambda its: archived(its, AT), lambda its: rolled_back(its, _VERSION, AT)],
    ids=["edit", "archive", "rollback"],
)
def test_forgotten_memory_takes_no_change_but_a_restore(
    change: Callable[[Standing], Standing],
) -> None:
    with pytest.raises(ConflictError) as refused:
        change(forgotten(LIVE, AT))

    assert refused.value.error_code == "memory_forgotten"


@pytest.mark.parametrize(
    ("change", "state"), [(archived, State.ARCHIVED), (forgotten, State.FORGOTTEN)]
)
def test_repeated_state_keeps_its_first_instant(
    change: Callable[[Standing, datetime], Standing], state: State
) -> None:
    first = change(LIVE, AT)

    again = change(first, AT + timedelta(days=1))

    assert again == first
    assert (first.facts.state, first.facts.state_since) == (state, AT)
    assert first.facts.reason == Reason.REQUESTED


def test_rollback_takes_what_the_version_says_and_keeps_the_rest() -> None:
    found = rolled_back(standing(tier=Tier.SHORT), _VERSION, AT)

    facts = found.facts
    assert (found.content, found.metadata, found.occurred_at, found.true_until) == (
        *(_VERSION.content, _VERSION.metadata),
        *(_VERSION.occurred_at, _VERSION.true_until),
    )
    assert (facts.memory_type, facts.importance, facts.is_pinned) == ("semantic", 0.25, True)
    assert (facts.tier, facts.state, facts.facts_since) == (Tier.SHORT, State.LIVE, AT)


@pytest.mark.parametrize(("left", "is_over"), [(timedelta(0), True), (timedelta(seconds=1), False)])
def test_restore_is_refused_from_the_end_of_the_ttl_on(left: timedelta, is_over: bool) -> None:  # noqa: FBT001
    gone = forgotten(standing(expires_at=AT + left), BORN)

    if is_over:
        with pytest.raises(ConflictError) as refused:
            restored(gone, None, AT)
        assert (refused.value.error_code, refused.value.field) == ("expired", "ttl_seconds")
    else:
        assert restored(gone, None, AT).facts.expires_at == AT + left
    assert restored(gone, Ttl(seconds=None), AT).facts.expires_at is None
    assert restored(gone, Ttl(seconds=9), AT).facts.expires_at == AT + timedelta(seconds=9)


def test_restore_counts_as_a_use_in_time_and_not_in_number() -> None:
    gone = archived(standing(access_count=1), BORN)

    facts = restored(gone, None, AT).facts

    assert (facts.state, facts.state_since, facts.last_access) == (State.LIVE, AT, AT)
    assert (facts.access_count, facts.reason, facts.facts_since) == (1, None, AT)


@pytest.mark.parametrize("named", ["state_since", "last_access", "facts_since"])
def test_change_lies_after_whatever_was_written_while_it_waited(named: str) -> None:
    later = AT + timedelta(seconds=1)

    assert earliest(standing(**{named: later}).facts, AT) == later
    assert earliest(LIVE.facts, AT) == AT
