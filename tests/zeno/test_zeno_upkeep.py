"""The verbs of Zeno's maintenance and consolidation, on Zeno's SQLite and on ours."""

from typing import Any

import pytest
from zeno.memory import Delete, Merge, Replace

from tests.world import World
from tests.zeno.memories import DAY, RUN, TEA, USER, Memories, all_three, apply
from tests.zeno.sides import run

RAIN = "The user hates rain"
LISBON = "The user lives in Lisbon"
ALL = (TEA, RAIN, LISBON)


def _add_all(memories: Memories, **more: Any) -> dict[str, int]:  # noqa: ANN401
    for text in ALL:
        memories.add(text, {"said": text}, **more)
    return memories.active()


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
    ids = list(_add_all(memories).values())

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
    ids = [_add_all(memories)[TEA]]
    memories.archive(TEA)
    before = memories.clock.seconds + seconds

    found = run(memories.store.list_prune_candidates(archived_before=before))

    assert found == (ids if is_listed else [])


@all_three()
def test_archiving_again_keeps_the_first_time(memories: Memories) -> None:
    ids = [_add_all(memories)[TEA]]
    memories.archive(TEA)
    archived_at = memories.clock.seconds
    memories.clock.seconds += DAY
    run(memories.store.archive(ids))

    found = run(memories.store.list_prune_candidates(archived_before=archived_at + 1))

    assert found == ids


@all_three()
def test_archiving_at_an_instant_counts_from_it(memories: Memories) -> None:
    ids = [_add_all(memories)[TEA]]
    later = memories.clock.seconds + DAY
    run(memories.store.archive(ids, now=later))

    assert run(memories.store.list_prune_candidates(archived_before=later)) == []
    assert run(memories.store.list_prune_candidates(archived_before=later + 1)) == ids


@all_three()
def test_only_archived_memories_are_deleted(memories: Memories) -> None:
    ids = list(_add_all(memories).values())
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
    ids = list(_add_all(memories).values())

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


@all_three()
def test_delete_archives(memories: Memories) -> None:
    known = _add_all(memories)

    assert apply(memories, deletes=(Delete(known[TEA]),)) == (0, 0, 1)
    assert set(memories.active()) == {RAIN, LISBON}


@all_three()
def test_replacement_has_the_tier_of_what_it_replaces(memories: Memories) -> None:
    known = _add_all(memories, tier="permanent")

    assert apply(memories, replaces=(Replace(known[TEA], "The user likes green tea"),)) == (
        0,
        1,
        0,
    )
    assert set(memories.active("permanent")) == {"The user likes green tea", RAIN, LISBON}


@all_three()
def test_merge_has_the_highest_tier_of_its_sources(memories: Memories) -> None:
    memories.add(TEA, tier="short")
    memories.add(RAIN, tier="permanent")
    known = memories.active()

    done = apply(memories, merges=(Merge((known[TEA], known[RAIN]), "Tea, no rain"),))

    assert done == (1, 0, 0)
    assert list(memories.active()) == list(memories.active("permanent")) == ["Tea, no rain"]


@all_three("[B22] metadata and hits of the sources are lost")
def test_merge_keeps_metadata_and_hits(memories: Memories) -> None:
    memories.add(TEA, {"page": 1})
    memories.add(RAIN, {"source": "chat"})
    for query in ("tea", "tea", "rain"):
        memories.search(query)
    known = memories.active()
    apply(memories, merges=(Merge((known[TEA], known[RAIN]), "Tea, no rain"),))

    (hit,) = memories.search("tea rain")

    assert hit.meta["page"] == 1
    assert hit.meta["hit_count"] == 3
    assert hit.meta["source"] == "consolidator"


@all_three()
def test_what_is_made_names_its_run(memories: Memories) -> None:
    known = _add_all(memories)
    apply(memories, replaces=(Replace(known[TEA], "The user likes green tea"),))

    (hit,) = memories.search("green tea", 1)

    assert (hit.meta["source"], hit.meta["run_id"]) == ("consolidator", RUN)


@all_three()
def test_deletes_come_before_replacements_and_merges(memories: Memories) -> None:
    known = _add_all(memories)
    tea, rain, lisbon = (known[text] for text in ALL)

    done = apply(
        memories,
        deletes=(Delete(tea),),
        replaces=(Replace(tea, "never"), Replace(rain, "The user likes sun")),
        merges=(Merge((tea, rain), "never either"), Merge((tea, lisbon), "Lisbon it is")),
    )

    assert done == (1, 1, 1)
    assert set(memories.active()) == {"The user likes sun", "Lisbon it is"}


@all_three()
def test_merge_of_no_active_memory_is_left_out(memories: Memories) -> None:
    known = _add_all(memories)
    memories.archive(TEA)

    assert apply(memories, merges=(Merge((known[TEA],), "x"), Merge((), "y"))) == (0, 0, 0)


@all_three()
def test_edits_reach_nobody_else(memories: Memories) -> None:
    known = _add_all(memories)

    assert apply(memories, user_id="bob", deletes=(Delete(known[TEA]),)) == (0, 0, 0)
    assert set(memories.active()) == set(ALL)


@all_three()
def test_the_same_edits_again_change_nothing(memories: Memories) -> None:
    known = _add_all(memories)
    merge = (Merge((known[TEA], known[RAIN]), "Tea, no rain"),)

    done = [apply(memories, merges=merge, run_id=f"run{turn}") for turn in range(2)]

    assert done == [(1, 0, 0), (0, 0, 0)]
    assert set(memories.active()) == {"Tea, no rain", LISBON}


@all_three("[B21] an edit makes a second row of the same text")
def test_edit_that_says_what_is_known_joins_it(memories: Memories) -> None:
    known = _add_all(memories)

    apply(memories, replaces=(Replace(known[TEA], RAIN),))

    listed = run(memories.store.list_for_consolidation(USER, tier="long", limit=9))
    assert sorted(one.text for one in listed) == sorted([RAIN, LISBON])


@pytest.mark.parametrize("memories", ["words"], indirect=True)
def test_runs_are_written_down_with_numbers_alone(memories: Memories, world: World) -> None:
    known = _add_all(memories)
    apply(memories, deletes=(Delete(known[TEA]),))
    apply(memories)
    apply(memories, error="ValueError: the user likes tea")
    apply(memories, user_id="nobody we know")

    rows = world.ask(
        "SELECT outcome, reason, detail FROM runs WHERE pass = 'shelf' ORDER BY id DESC LIMIT 4"
    )

    assert [(row.outcome, row.reason) for row in reversed(rows)] == [
        ("applied", None),
        ("noop", "nothing_to_do"),
        ("failed", "ValueError"),
        ("noop", "nothing_to_do"),
    ]
    assert all(row.detail["zeno_run_id"] == RUN for row in rows)
    assert "tea" not in str([row.detail for row in rows])
