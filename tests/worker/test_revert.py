"""Apply and revert give the state before, whatever was told, and however long it stood."""

from random import Random
from typing import Any, Final

import pytest

from tests.extent import rounds
from tests.store.reverting import snapshot, undo
from tests.worker.telling import FACTS, GAPS, SEEN, Story
from tests.world import World

# In full a hundred runs.
SEEDS: Final = tuple(range(rounds(2, 10)))
RUNS_PER_SEED: Final = rounds(6, 10)
QUERIES: Final = (FACTS[1], "Where does the user live?", "")
# Whatever an org has, but for keys; undoing twice may touch none of it.
TABLES: Final = (
    *("sessions", "effects", "memories", "memory_versions", "derivations", "runs", "run_totals"),
    *("run_changes", "edges", "crossings", "accesses", "embeddings", "lexemes", "promote_queue"),
    *("streams", "leases", "inbox", "org_work"),
)


def _rows(story: Story) -> dict[str, list[Any]]:
    return {
        name: story.org.column(
            f"SELECT t.xmin::text || row_to_json(t)::text FROM {name} AS t "  # noqa: S608
            "WHERE org_id = %(org)s ORDER BY 1"
        )
        for name in TABLES
    }


def _stories(world: World, seed: int) -> list[Story]:
    return [
        Story(org=world.found(f"org-{seed}-{number}"), dice=Random(f"{seed}-{number}"))  # noqa: S311
        for number in range(RUNS_PER_SEED)
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_apply_and_revert_give_the_state_before(world: World, seed: int) -> None:
    for story in _stories(world, seed):
        story.live_a_little()
        applied_at, reverted_at = story.now, story.now + story.dice.choice(GAPS)
        before = snapshot(story.org, *QUERIES, now=reverted_at)
        run_id = story.consolidate_one()
        assert run_id
        for _ in range(story.dice.randint(0, 2)):
            story.now = applied_at + story.dice.random() * (reverted_at - applied_at)
            story.run("decay")

        undo(story.org, run_id, now=reverted_at)

        after = snapshot(story.org, *QUERIES, now=reverted_at, undone=[run_id])
        assert after == before, story.org.number
        rows = _rows(story)
        assert undo(story.org, run_id, now=reverted_at + GAPS[1]).already
        assert _rows(story) == rows


@pytest.mark.parametrize("seed", SEEDS[:4])
def test_what_people_changed_since_is_kept_and_told(world: World, seed: int) -> None:
    for story in _stories(world, seed + 1000):
        story.live_a_little()
        run_id = story.consolidate_one()
        assert run_id
        story.now += GAPS[1]
        did = story.meddle()
        touched = story.org.column(
            "SELECT DISTINCT memory_id FROM run_changes WHERE run_id = %(run)s", run=run_id
        )

        done = undo(story.org, run_id, now=story.now + GAPS[1])

        lost = [
            (number, how)
            for number, how in did.items()
            if not story.org.memories("id", where=f"id = {number} AND {SEEN[how]}")
        ]
        assert not lost
        told = {one.memory_id for one in done.kept}
        assert told == {number for number in touched if number in did}
