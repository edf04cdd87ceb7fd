"""Edits of memories by ids, on Zeno's stores and on ours: delete, replace, merge."""

import pytest
from zeno.memory import Delete, Merge, Replace

from tests.world import World
from tests.zeno.memories import (
    ALL,
    LISBON,
    RAIN,
    RUN,
    TEA,
    USER,
    Memories,
    add_all,
    all_three,
    apply,
)
from tests.zeno.sides import run


@all_three()
def test_delete_archives(memories: Memories) -> None:
    known = add_all(memories)

    assert apply(memories, deletes=(Delete(known[TEA]),)) == (0, 0, 1)
    assert set(memories.active()) == {RAIN, LISBON}


@all_three()
def test_replacement_has_the_tier_of_what_it_replaces(memories: Memories) -> None:
    known = add_all(memories, tier="permanent")

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
    known = add_all(memories)
    apply(memories, replaces=(Replace(known[TEA], "The user likes green tea"),))

    (hit,) = memories.search("green tea", 1)

    assert (hit.meta["source"], hit.meta["run_id"]) == ("consolidator", RUN)


@all_three()
def test_deletes_come_before_replacements_and_merges(memories: Memories) -> None:
    known = add_all(memories)
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
    known = add_all(memories)
    memories.archive(TEA)

    assert apply(memories, merges=(Merge((known[TEA],), "x"), Merge((), "y"))) == (0, 0, 0)


@all_three()
def test_edits_reach_nobody_else(memories: Memories) -> None:
    known = add_all(memories)

    assert apply(memories, user_id="bob", deletes=(Delete(known[TEA]),)) == (0, 0, 0)
    assert set(memories.active()) == set(ALL)


@all_three()
def test_the_same_edits_again_change_nothing(memories: Memories) -> None:
    known = add_all(memories)
    merge = (Merge((known[TEA], known[RAIN]), "Tea, no rain"),)

    done = [apply(memories, merges=merge, run_id=f"run{turn}") for turn in range(2)]

    assert done == [(1, 0, 0), (0, 0, 0)]
    assert set(memories.active()) == {"Tea, no rain", LISBON}


@all_three("[B21] an edit makes a second row of the same text")
def test_edit_that_says_what_is_known_joins_it(memories: Memories) -> None:
    known = add_all(memories)

    apply(memories, replaces=(Replace(known[TEA], RAIN),))

    listed = run(memories.store.list_for_consolidation(USER, tier="long", limit=9))
    assert sorted(one.text for one in listed) == sorted([RAIN, LISBON])


@pytest.mark.parametrize("memories", ["words"], indirect=True)
def test_runs_are_written_down_with_numbers_alone(memories: Memories, world: World) -> None:
    known = add_all(memories)
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
