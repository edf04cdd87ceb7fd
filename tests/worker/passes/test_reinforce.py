"""The pass reinforce: uses are counted once, at their own instants, between the crossings."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from nrem import ids
from nrem.store import access
from nrem.store.access import Access
from tests.world import NOW, Org, memory
from tests.world import access as named

DAY = timedelta(days=1)
STANDING = "state, tier, access_count, last_access"


def _remember(org: Org, **given: Any) -> int:  # noqa: ANN401
    org.append(memory("fact", **{"importance": 0.9, "tier": "short", **given}))
    org.world.drain("score")
    return int(org.memories("id")[-1])


def _use(org: Org, memory_id: int, at: datetime, turn: str | None = None) -> None:
    ((agent_id,),) = org.ask("SELECT agent_id FROM memories WHERE id = %(id)s", id=memory_id)
    key = turn.encode() if turn else None
    with org.begin(now=at) as conn:
        access.add(
            conn,
            org.number,
            [Access(memory_id=memory_id, agent_id=agent_id, at=at, turn_key=key)],
        )
    org.world.do("UPDATE org_work SET due_at = '-infinity' WHERE pass = 'reinforce'")
    org.world.do(
        "INSERT INTO org_work (org_id, pass, due_at) VALUES (%(org)s, 'reinforce', '-infinity') "
        "ON CONFLICT DO NOTHING",
        org=org.number,
    )


def test_use_is_counted_with_its_instant(org: Org) -> None:
    one = _remember(org)
    _use(org, one, NOW + DAY)

    org.world.drain("reinforce", now=NOW + 2 * DAY)

    assert org.memories(STANDING) == [("live", "short", 1, NOW + DAY)]


@pytest.mark.parametrize(
    ("uses", "tier"), [(1, "short"), (2, "long"), (4, "long"), (5, "permanent")]
)
def test_tier_escalates_at_the_use_that_reaches_the_count(org: Org, uses: int, tier: str) -> None:
    one = _remember(org)
    for number in range(uses):
        _use(org, one, NOW + number * DAY)

    org.world.drain("reinforce", now=NOW + 5 * DAY)

    assert org.memories("tier") == [tier]


def test_escalation_is_told_with_the_instant_of_the_use(org: Org) -> None:
    one = _remember(org)
    for day in (1, 2):
        _use(org, one, NOW + day * DAY)

    org.world.drain("reinforce", now=NOW + 9 * DAY)

    rows = org.ask("SELECT kind, before, after, at, reason FROM crossings")
    assert [tuple(row) for row in rows] == [("tier", "short", "long", NOW + 2 * DAY, "used")]


@pytest.mark.parametrize(("turns", "count"), [(("a", "a"), 1), (("a", "b"), 2), ((None, None), 2)])
def test_turn_counts_once(org: Org, turns: tuple[str | None, ...], count: int) -> None:
    one = _remember(org)
    for turn in turns:
        _use(org, one, NOW, turn)

    org.world.drain("reinforce")

    assert org.memories("access_count") == [count]


def test_turn_counts_once_also_after_it_was_counted(org: Org) -> None:
    one = _remember(org)
    for hours in (0, 1):
        _use(org, one, NOW + timedelta(hours=hours), "turn")
        org.world.drain("reinforce", now=NOW + timedelta(hours=hours))

    assert org.memories("access_count") == [1]


def test_use_keeps_a_memory_from_the_crossing_that_was_due(org: Org) -> None:
    one = _remember(org)
    _use(org, one, NOW + 3 * DAY)

    org.world.drain("decay", now=NOW + 8 * DAY)

    assert org.memories(STANDING) == [("live", "short", 1, NOW + 3 * DAY)]
    assert org.memories("due_at") == [NOW + 10 * DAY]


def test_use_after_the_crossing_changes_nothing(org: Org) -> None:
    one = _remember(org)
    _use(org, one, NOW + 8 * DAY)

    org.world.drain("reinforce", now=NOW + 9 * DAY)

    assert org.memories(STANDING) == [("archived", "short", 0, NOW)]
    assert org.memories("state_since") == [NOW + 7 * DAY]


def test_counting_moves_no_due_time_and_makes_no_version(org: Org) -> None:
    one = _remember(org)
    before = org.memories("due_at, version")
    _use(org, one, NOW + DAY)

    org.world.drain("reinforce", now=NOW + 2 * DAY)

    assert org.memories("due_at, version") == before


def test_access_event_is_a_use_of_its_turn(org: Org) -> None:
    one = _remember(org)
    (event,) = org.append(named(ids.encode(ids.MEMORY, one)), now=NOW + DAY)

    org.world.drain("reinforce", now=NOW + DAY)

    assert org.memories("access_count, last_access") == [(1, NOW + DAY)]
    assert org.column("SELECT event_id FROM accesses") == [event.event_id]


@pytest.mark.parametrize("agent", ["agent", "stranger"])
def test_access_event_counts_for_the_agent_of_the_memory_alone(org: Org, agent: str) -> None:
    one = _remember(org)
    org.append(named(ids.encode(ids.MEMORY, one), agent=agent))

    org.world.drain("reinforce")

    assert org.memories("access_count") == [1 if agent == "agent" else 0]
    dropped = org.column("SELECT reason FROM effects WHERE outcome = 'dropped'")
    assert dropped == ([] if agent == "agent" else ["no_such_memory"])


def test_event_of_another_orgs_memory_is_dropped(org: Org) -> None:
    other = org.world.found("other")
    one = _remember(org)
    other.append(named(ids.encode(ids.MEMORY, one)))

    org.world.drain("reinforce")

    assert org.memories("access_count") == [0]
    assert other.column("SELECT reason FROM effects WHERE org_id = %(org)s") == ["no_such_memory"]
