"""Runs of promote in random worlds: shown, made as shown, undone as if they had never been."""

import random
from datetime import timedelta
from typing import Any, Final

import pytest

from nrem.store.preview import Preview
from tests.extent import rounds
from tests.store.reverting import last_run, snapshot, undo
from tests.worker.previewing import OWN, approve, ask, rows, settle
from tests.world import NOW, Org, World, memory

HOUR: Final = timedelta(hours=1)
WORLDS: Final = rounds(6, 50)
USERS: Final = ("ada", "ben")
# What may be said, by what it is about; any number of each.
SAID: Final = (
    (
        "User drinks green tea in the morning",
        "In the morning the user drinks green tea",
        "This morning the user drinks green tea again",
        "User drinks his green tea in the morning",
    ),
    (
        "The nightly build failed, we cleared the cache and it worked.",
        "When the nightly build failed, clearing the cache fixed it.",
        "The nightly build failed, so I cleared the cache and it worked.",
        "The nightly build failed, we cleared the cache but it did not help.",
    ),
    ("I live in Berlin.", "I live in Paris.", "I live in Oslo."),
    ("I love coffee.", "I hate coffee."),
    ("My sister plays the cello.", "The plumber comes on Monday.", "The lake was frozen."),
)


def _told(org: Org, chance: random.Random, at: int) -> None:
    """Some episodes of two users, in sessions of either."""
    for number in range(chance.randrange(4, 9)):
        user = chance.choice(USERS)
        org.append(
            memory(
                chance.choice(chance.choice(SAID)),
                user=user,
                session=f"{user} {chance.randrange(3)}",
                occurred_at=NOW + (10 * at + number) * HOUR,
                importance=chance.choice((None, 0.3, 0.9)),
            )
        )
    settle(org)


def _shown(preview: Preview, kind: str) -> list[Any]:
    return [one for one in preview.changes if one["kind"] == kind]


def _require_as_shown(org: Org, preview: Preview) -> None:
    """What the approved runs wrote is what was shown, and nothing else."""
    made = org.ask(
        "SELECT m.content, m.type, array_agg(e.source_id ORDER BY e.source_id) AS evidence "
        "FROM memories AS m JOIN edges AS e ON e.org_id = m.org_id AND e.target_id = m.id "
        "AND e.kind = 'supports' AND e.run_id = m.run_id "
        "WHERE m.org_id = %(org)s AND m.run_id = ANY(%(runs)s) GROUP BY m.org_id, m.id",
        runs=list(preview.run_ids),
    )
    told = [one for kind in ("semantic", "procedural") for one in _shown(preview, kind)]
    assert sorted((row.content, row.type, row.evidence) for row in made) == sorted(
        (one["after"], one["kind"], sorted(int(its.split()[1]) for its in one["evidence"]))
        for one in told
    )
    ended = org.ask(
        "SELECT c.memory_id, m.true_until FROM run_changes AS c "
        "JOIN memories AS m ON m.org_id = c.org_id AND m.id = c.memory_id "
        "WHERE c.org_id = %(org)s AND c.run_id = ANY(%(runs)s) AND c.what = 'superseded'",
        runs=list(preview.run_ids),
    )
    assert sorted((row.memory_id, f"true until {row.true_until.isoformat()}") for row in ended) == (
        sorted((one["id"], one["after"]) for one in _shown(preview, "true_until"))
    )
    supported = org.column(
        "SELECT memory_id FROM run_changes WHERE org_id = %(org)s AND run_id = ANY(%(runs)s) "
        "AND what = 'supported' ORDER BY 1",
        runs=list(preview.run_ids),
    )
    assert supported == sorted(one["id"] for one in _shown(preview, "evidence"))


@pytest.mark.parametrize("first", range(0, 2 * WORLDS, WORLDS))
def test_preview_is_apply_and_apply_with_revert_is_the_state_before(
    world: World, first: int
) -> None:
    applied = 0
    for seed in range(first, first + WORLDS):
        chance, org = random.Random(seed), world.found(f"org {seed}")  # noqa: S311
        for at in range(chance.choice((1, 2))):
            _told(org, chance, at)
            untouched, before = rows(org, besides=OWN), snapshot(org, "tea", now=NOW)
            shown = ask(org, "promote")
            assert rows(org, besides=OWN) == untouched
            if not shown.changes:
                continue
            done = approve(org, shown)
            assert (done.state, done.changes) == ("applied", shown.changes)
            _require_as_shown(org, done)
            applied += 1
            if at == 0 and chance.random() < 0.5:
                continue  # the next run builds on this one
            for run_id in reversed(done.run_ids):
                undo(org, run_id)
            assert snapshot(org, "tea", now=NOW, undone=done.run_ids) == before
            undone = rows(org, besides=set())
            for run_id in reversed(done.run_ids):
                undo(org, run_id)
            assert rows(org, besides=set()) == undone
    assert applied > WORLDS / 3


def test_an_edited_source_makes_the_preview_stale(org: Org) -> None:
    for at, content in enumerate(SAID[0][:3]):
        org.append(memory(content, session="aab"[at]))
    settle(org)
    shown = ask(org, "promote")
    org.do("UPDATE memories SET importance = 0.99 WHERE id = (SELECT min(id) FROM memories)")

    late = approve(org, shown)

    assert late.state == "stale"
    assert org.memories(where="type = 'semantic'") == []


def test_what_was_undone_is_not_promoted_again_by_itself(org: Org) -> None:
    for at, content in enumerate(SAID[0][:3]):
        org.append(memory(content, session="aab"[at]))
    settle(org)
    org.world.tick("promote")
    org.world.drain("promote")
    undo(org, last_run(org, "promote"))

    org.append(memory(SAID[0][3], session="c"))
    settle(org)
    org.world.tick("promote")
    org.world.drain("promote")

    assert org.memories("state", where="type = 'semantic'") == ["forgotten"]


def test_what_was_undone_is_promoted_again_when_somebody_asks(org: Org) -> None:
    for at, content in enumerate(SAID[0][:3]):
        org.append(memory(content, session="aab"[at]))
    settle(org)
    org.world.tick("promote")
    org.world.drain("promote")

    undo(org, last_run(org, "promote"), again=True)
    org.world.drain("promote")

    assert org.memories("state", where="type = 'semantic'") == ["forgotten", "live"]
