"""UserMemoryStore, on Zeno's SQLite and on ours: what is added, what is found, what is counted."""

import pytest
from zeno.memory.protocols import UserMemoryStore

from tests.zeno.memories import DAY, OAT, Memories, all_three


@all_three()
def test_store_is_a_user_memory_store(memories: Memories) -> None:
    assert isinstance(memories.store, UserMemoryStore)


@all_three()
def test_equal_texts_are_one_memory(memories: Memories) -> None:
    memories.add(OAT)
    memories.add(OAT)

    assert len(memories.active()) == 1
    assert memories.texts("oat") == [OAT]


@all_three()
def test_tier_only_escalates(memories: Memories) -> None:
    memories.add(OAT, tier="short")
    memories.add(OAT, tier="permanent")
    memories.add(OAT, tier="long")

    assert list(memories.active("permanent")) == [OAT]


@all_three()
def test_tier_is_long_unless_it_is_named(memories: Memories) -> None:
    memories.add(OAT)

    assert list(memories.active("long")) == [OAT]


@all_three()
def test_metadata_is_replaced_as_a_whole(memories: Memories) -> None:
    memories.add(OAT, {"source": "a", "page": 1})
    memories.add(OAT, {"source": "b"})

    (hit,) = memories.search("oat")

    assert hit.meta == {"source": "b", "tier": "long", "hit_count": 0}


@all_three()
@pytest.mark.parametrize("nothing", [None, {}])
def test_no_metadata_leaves_what_there_is(
    memories: Memories, nothing: dict[str, str] | None
) -> None:
    memories.add(OAT, {"source": "a"})
    memories.add(OAT, nothing)

    (hit,) = memories.search("oat")

    assert hit.meta["source"] == "a"


@all_three()
def test_archived_twin_stays_archived(memories: Memories) -> None:
    memories.add(OAT)
    before = memories.active()[OAT]
    memories.archive(OAT)

    memories.add(OAT)

    assert memories.active()[OAT] != before
    assert memories.texts("oat") == [OAT]


@all_three()
def test_unknown_tier_is_refused(memories: Memories) -> None:
    with pytest.raises(ValueError, match="forever"):
        memories.add(OAT, tier="forever")

    assert memories.active() == {}


@all_three()
def test_tier_and_count_win_over_metadata_of_the_same_names(memories: Memories) -> None:
    memories.add(OAT, {"tier": "mine", "hit_count": 99})

    (hit,) = memories.search("oat milk")

    assert hit.meta == {"tier": "long", "hit_count": 0}


@all_three()
def test_count_is_that_before_the_search(memories: Memories) -> None:
    memories.add(OAT)

    counts = [memories.search("oat milk")[0].meta["hit_count"] for _ in range(3)]

    assert counts == [0, 1, 2]


@all_three()
def test_adding_again_counts_no_hit(memories: Memories) -> None:
    memories.add(OAT)
    memories.add(OAT)

    assert memories.search("oat")[0].meta["hit_count"] == 0


@all_three()
def test_adding_again_begins_the_idle_time_anew(memories: Memories) -> None:
    memories.add(OAT, tier="short")
    memories.clock.seconds += 5 * DAY
    memories.add(OAT, tier="short")
    memories.clock.seconds += 5 * DAY

    assert memories.idle("short", 7 * DAY) == []
    assert memories.texts("oat") == [OAT]


@all_three()
def test_one_hit_leaves_the_tier(memories: Memories) -> None:
    memories.add(OAT, tier="short")

    memories.search("oat milk")

    assert list(memories.active("short")) == [OAT]


@all_three("[B15] promoted when it has gone idle, and not before")
@pytest.mark.parametrize(("hits", "tier"), [(2, "long"), (4, "long"), (5, "permanent")])
def test_hits_escalate_at_once(memories: Memories, hits: int, tier: str) -> None:
    memories.add(OAT, tier="short")
    for _ in range(hits):
        memories.search("oat milk")

    assert list(memories.active(tier)) == [OAT]
    assert memories.search("oat")[0].meta["tier"] == tier


@all_three("[B14] nothing is archived unless somebody sweeps")
@pytest.mark.parametrize(("tier", "days"), [("short", 7), ("long", 30)])
def test_idle_memory_leaves_search_at_the_second(memories: Memories, tier: str, days: int) -> None:
    memories.add(OAT, tier=tier)
    memories.clock.seconds += days * DAY - 1
    # Only looked at: a search would be a use.
    before = memories.active()
    memories.clock.seconds += 1

    assert list(before) == [OAT]
    assert memories.texts("oat") == []


@all_three()
def test_permanent_memory_never_leaves_search(memories: Memories) -> None:
    memories.add(OAT, tier="permanent")
    memories.clock.seconds += 40_000 * DAY

    assert memories.texts("oat") == [OAT]


@all_three("[B21] only equal texts are one memory")
@pytest.mark.parametrize(
    "other",
    ["the user prefers oat milk in coffee.", "Remember, the user prefers oat milk in the coffee!"],
)
def test_near_duplicate_joins_its_metadata_and_escalates(memories: Memories, other: str) -> None:
    memories.add(OAT, {"source": "a"}, tier="short")
    memories.add(other, {"page": 1}, tier="permanent")

    (hit,) = memories.search("oat")

    assert hit.text == OAT
    assert hit.meta["tier"] == "permanent"
    assert hit.meta["page"] == 1


@all_three()
@pytest.mark.parametrize(
    "other",
    [
        "The user no longer prefers oat milk in coffee",
        "The user prefers oat milk in 2 coffees",
        "The user prefers soy milk in coffee",
        "Ana prefers oat milk in coffee",
    ],
)
def test_what_says_another_thing_is_another_memory(memories: Memories, other: str) -> None:
    memories.add(OAT)
    memories.add(other)

    assert set(memories.active()) == {OAT, other}


@all_three()
def test_nul_is_taken(memories: Memories) -> None:
    memories.add("oat\x00 milk", {"no\x00te": "a\x00b"})

    (hit,) = memories.search("oat milk")

    assert hit.text.replace("\x00", "") == "oat milk"
    assert {str(name).replace("\x00", "") for name in hit.meta} == {"note", "tier", "hit_count"}
