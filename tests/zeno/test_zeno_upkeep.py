"""The verbs of Zeno's maintenance and consolidation, on Zeno's SQLite and on ours."""

import pytest

from tests.zeno.memories import ALL, DAY, LISBON, RAIN, TEA, USER, Memories, add_all, all_three
from tests.zeno.sides import run


@all_three()
@pytest.mark.parametrize(("seconds", "is_idle"), [(6 * DAY - 1, False), (6 * DAY, True)])
def test_idle_memories_are_listed_from_the_second_on(
    memories: Memories, seconds: int, *, is_idle: bool
) -> None:
    memories.add(TEA, tier="short")
    number = memories.active()[TEA]
    memories.clock.seconds += seconds

    (*found,) = run(memories.store.list_decay_candidates(tier="short", idle_seconds=6 * DAY))

    assert [(one.id, one.user_id, one.hit_count) for one in found] == [(number, USER, 0)] * is_idle


@all_three()
def test_a_use_ends_idleness(memories: Memories) -> None:
    memories.add(TEA, tier="short")
    memories.clock.seconds += 6 * DAY
    memories.search("tea")

    assert memories.idle("short", DAY) == []
    assert memories.idle("short", 0) == [memories.active()[TEA]]


@all_three()
def test_idle_memories_of_all_users_are_listed_of_one_tier(memories: Memories) -> None:
    memories.add(TEA, user="ana", tier="short")
    memories.add(TEA, user="bob", tier="short")
    memories.add(RAIN, user="bob", tier="long")

    found = run(memories.store.list_decay_candidates(tier="short", idle_seconds=0))

    assert sorted(one.user_id for one in found) == ["ana", "bob"]


@all_three()
def test_permanent_memories_are_no_candidates(memories: Memories) -> None:
    with pytest.raises(ValueError, match="permanent"):
        memories.idle("permanent", 0)


@all_three()
def test_promoting_only_escalates_and_answers_how_many(memories: Memories) -> None:
    memories.add(TEA, tier="short")
    memories.add(RAIN, tier="permanent")
    ids = list(memories.active().values())

    done = run(memories.store.promote(ids, "long"))

    assert done == 1
    assert list(memories.active("long")) == [TEA]
    assert list(memories.active("permanent")) == [RAIN]


@all_three()
def test_archived_memories_are_not_promoted(memories: Memories) -> None:
    memories.add(TEA, tier="short")
    ids = list(memories.active().values())
    memories.archive(TEA)

    assert run(memories.store.promote(ids, "permanent")) == 0


@all_three("[B15] who promotes is no use, so it may be archived at once")
def test_promotion_is_a_use(memories: Memories) -> None:
    memories.add(TEA, tier="short")
    memories.clock.seconds += 40 * DAY

    run(memories.store.promote(memories.idle("short", 7 * DAY), "long"))

    assert memories.idle("long", 30 * DAY) == []
    assert memories.texts("tea") == [TEA]


@all_three()
def test_archiving_twice_counts_once(memories: Memories) -> None:
    ids = list(add_all(memories).values())

    done = [run(memories.store.archive(ids)) for _ in range(2)]

    assert done == [3, 0]
    assert memories.active() == {}


@all_three("difference: permanent memories are never archived")
def test_permanent_memories_are_not_archived(memories: Memories) -> None:
    memories.add(TEA, tier="permanent")

    assert memories.archive(TEA) == 0
    assert memories.texts("tea") == [TEA]


@all_three("[B12] a stale list archives what was used since")
def test_memory_that_is_hit_during_a_sweep_is_not_archived(memories: Memories) -> None:
    memories.add(TEA, tier="short")
    memories.clock.seconds += 6 * DAY
    listed = memories.idle("short", 6 * DAY)
    memories.search("tea")

    done = run(memories.store.archive(listed))

    assert done == 0
    assert memories.texts("tea") == [TEA]


@all_three()
def test_listed_memory_that_nobody_used_is_archived(memories: Memories) -> None:
    memories.add(TEA, tier="short")
    memories.clock.seconds += 6 * DAY

    assert run(memories.store.archive(memories.idle("short", 6 * DAY))) == 1


@all_three()
@pytest.mark.parametrize(("seconds", "is_listed"), [(0, False), (1, True)])
def test_archived_memories_are_pruned_strictly_after_their_time(
    memories: Memories, seconds: int, *, is_listed: bool
) -> None:
    ids = [add_all(memories)[TEA]]
    memories.archive(TEA)
    before = memories.clock.seconds + seconds

    found = run(memories.store.list_prune_candidates(archived_before=before))

    assert found == (ids if is_listed else [])


@all_three()
def test_archiving_again_keeps_the_first_time(memories: Memories) -> None:
    ids = [add_all(memories)[TEA]]
    memories.archive(TEA)
    archived_at = memories.clock.seconds
    memories.clock.seconds += DAY
    run(memories.store.archive(ids))

    found = run(memories.store.list_prune_candidates(archived_before=archived_at + 1))

    assert found == ids


@all_three()
def test_archiving_at_an_instant_counts_from_it(memories: Memories) -> None:
    ids = [add_all(memories)[TEA]]
    later = memories.clock.seconds + DAY
    run(memories.store.archive(ids, now=later))

    assert run(memories.store.list_prune_candidates(archived_before=later)) == []
    assert run(memories.store.list_prune_candidates(archived_before=later + 1)) == ids


@all_three()
def test_only_archived_memories_are_deleted(memories: Memories) -> None:
    ids = list(add_all(memories).values())
    memories.archive(TEA)

    done = [run(memories.store.hard_delete(ids)) for _ in range(2)]

    assert done == [1, 0]
    assert set(memories.active()) == {RAIN, LISBON}
    later = memories.clock.seconds + DAY
    assert run(memories.store.list_prune_candidates(archived_before=later)) == []


@all_three()
@pytest.mark.parametrize("verb", ["archive", "hard_delete"])
def test_no_ids_are_nothing_to_do(memories: Memories, verb: str) -> None:
    assert run(getattr(memories.store, verb)([])) == 0
    assert run(memories.store.promote([], "long")) == 0


@all_three()
def test_lists_of_any_length_are_taken(memories: Memories) -> None:
    ids = list(add_all(memories).values())

    assert run(memories.store.archive([*range(10**9, 10**9 + 40_000), *ids])) == 3


@all_three()
def test_candidates_are_the_last_used_of_a_tier(memories: Memories) -> None:
    for text in ALL:
        memories.add(text, tier="short")
        memories.clock.seconds += 1
    memories.add("a permanent one", tier="permanent")
    memories.search("tea")

    found = run(memories.store.list_for_consolidation(USER, tier="short", limit=2))

    assert [(one.text, one.hit_count) for one in found] == [(TEA, 1), (LISBON, 0)]


@all_three()
def test_candidates_need_a_limit_and_a_tier(memories: Memories) -> None:
    for tier, limit in (("short", 0), ("forever", 1)):
        with pytest.raises(ValueError):  # noqa: PT011 - each side in its words
            run(memories.store.list_for_consolidation(USER, tier=tier, limit=limit))
