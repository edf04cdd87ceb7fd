"""The pass score: an event becomes a memory once, with an importance made of named features."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from nrem.policy.model import MemoryType, Role
from nrem.policy.score import score
from nrem.store import effect, work
from tests.world import NOW, Org, World, memory, turn
from worker.passes import BY_NAME

SAID = "I moved to Lisbon on 3 May 2025 with my sister Ana."


def _effects(org: Org) -> list[tuple[str, str]]:
    rows = org.ask("SELECT step, outcome FROM effects WHERE org_id = %(org)s ORDER BY event_id")
    return [tuple(row) for row in rows]


def _queued(org: Org, name: str) -> list[tuple[str, int]]:
    rows = org.ask(
        "SELECT item_kind, item_id FROM inbox WHERE org_id = %(org)s AND pass = %(name)s "
        "ORDER BY item_kind, item_id",
        name=name,
    )
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("given", [0.0, 0.37, 1.0])
def test_given_importance_wins(org: Org, given: float) -> None:
    org.append(memory(SAID, importance=given))

    org.world.drain("score")

    assert org.memories("importance, importance_given") == [(given, True)]


def test_importance_not_given_is_scored_by_the_policy(org: Org) -> None:
    org.append(memory(SAID))

    org.world.drain("score")

    expected = score(SAID, memory_type=MemoryType.EPISODIC, role=Role.USER).importance
    assert org.memories("importance, importance_given") == [(expected, False)]


def test_source_of_a_memory_is_its_event(org: Org) -> None:
    (stored,) = org.append(memory(SAID))

    org.world.drain("score")

    sources = org.ask("SELECT child_kind, child_id, event_id FROM derivations")
    assert [tuple(row) for row in sources] == [("memory", org.memories("id")[0], stored.event_id)]


def test_memory_belongs_to_whom_the_event_named(org: Org) -> None:
    (stored,) = org.append(memory(SAID, agent="a", user="u", session="s"))

    org.world.drain("score")

    owner = (stored.agent_id, stored.user_id, stored.subject_id, stored.session_id)
    assert org.memories("agent_id, user_id, subject_id, session_id") == [owner]


@pytest.mark.parametrize(
    ("memory_type", "tier"),
    [("working", "short"), ("episodic", "long"), ("semantic", "permanent")],
)
def test_tier_not_given_follows_the_type(org: Org, memory_type: str, tier: str) -> None:
    org.append(memory(SAID, memory_type=memory_type))

    org.world.drain("score")

    assert org.memories("type, tier") == [(memory_type, tier)]


def test_given_tier_wins(org: Org) -> None:
    org.append(memory(SAID, tier="short"))

    org.world.drain("score")

    assert org.memories("tier") == ["short"]


def test_time_to_live_counts_from_the_recording(org: Org) -> None:
    org.append(memory(SAID, ttl_seconds=60, occurred_at=NOW - timedelta(days=300)))

    org.world.drain("score", now=NOW + timedelta(seconds=30))

    assert org.memories("expires_at") == [NOW + timedelta(seconds=60)]


def test_clocks_of_a_memory_are_its_events_and_the_recording(org: Org) -> None:
    long_ago, later = NOW - timedelta(days=900), NOW + timedelta(seconds=5)
    org.append(memory(SAID, occurred_at=long_ago))

    org.world.drain("score", now=later)

    columns = "occurred_at, recorded_at, valid_from, last_access"
    assert org.memories(columns) == [(long_ago, later, later, later)]


def test_turn_becomes_searchable_and_no_memory(org: Org) -> None:
    (stored,) = org.append(turn("Lisbon is sunny", session="s"))

    org.world.drain("score")

    words = org.ask("SELECT lexeme FROM lexemes WHERE item_kind = 'turn' AND lexeme <> ''")
    assert not org.memories()
    assert "lisbon" in {row[0] for row in words}
    assert _queued(org, "embed") == [("turn", stored.event_id)]


def test_every_event_has_one_effect(org: Org) -> None:
    org.append(memory("a"), turn("b", session="s"), memory("c"))

    org.world.drain("score")

    assert _effects(org) == [("score", "scored")] * 3
    assert not _queued(org, "score")


def test_event_that_is_queued_again_gives_no_second_memory(org: Org) -> None:
    (stored,) = org.append(memory(SAID))
    org.world.drain("score")

    with org.begin() as conn:
        work.queue_items(conn, org.number, "score", [("event", stored.event_id, 0)])
        work.bring_forward(conn, org.number, {"score": 0.0})
    org.world.drain("score")

    assert org.memories() == [SAID]
    assert _effects(org) == [("score", "scored")]


def test_second_effect_of_an_event_is_refused(org: Org) -> None:
    (stored,) = org.append(memory(SAID))
    org.world.drain("score")

    with pytest.raises(IntegrityError), org.begin() as conn:
        effect.add(conn, org.number, "score", [(stored.event_id, "dropped", "again")], run_id=None)

    assert _effects(org) == [("score", "scored")]


def test_running_again_changes_nothing(org: Org) -> None:
    org.append(memory(SAID), turn("b", session="s"))
    org.world.drain("score")
    before = org.ask("SELECT *, xmin::text FROM memories WHERE org_id = %(org)s")

    outcomes = org.world.drain("score", now=NOW + timedelta(days=1))

    assert not outcomes
    assert org.ask("SELECT *, xmin::text FROM memories WHERE org_id = %(org)s") == before


NOVELTY = "(features -> 'features' ->> 'novelty')::float8"


def test_repeat_is_not_new_and_weighs_less(org: Org) -> None:
    org.append(memory(SAID), memory(SAID))

    org.world.drain("score")

    first, second = org.memories(f"importance, {NOVELTY}")
    assert (first[1], second[1]) == (1.0, None)
    assert first[0] > second[0]


def test_cut_into_batches_changes_no_importance(world: World) -> None:
    said = [SAID, "Lisbon is sunny.", "ok", "Ana moved to Porto.", SAID, "Lisbon, again!"]
    once, alone = world.found("once"), world.found("alone")
    for org in (once, alone):
        org.append(*(memory(content) for content in said))

    world.drain("score")
    world.do("DELETE FROM effects WHERE org_id = %(org)s", org=alone.number)
    world.do("DELETE FROM lexemes WHERE org_id = %(org)s", org=alone.number)
    world.do("DELETE FROM memories WHERE org_id = %(org)s", org=alone.number)
    for number in alone.column("SELECT id FROM events WHERE org_id = %(org)s ORDER BY id"):
        with alone.begin() as conn:
            work.queue_items(conn, alone.number, "score", [("event", number, 0)])
            work.bring_forward(conn, alone.number, {"score": 0.0})
        world.drain(replace(BY_NAME["score"], batch=1))

    columns = "content, importance, features"
    assert len(once.memories()) == len(said)
    assert alone.memories(columns) == once.memories(columns)


@pytest.mark.parametrize(("given", "importance"), [(None, None), (0.0, 0.0)])
def test_features_are_kept_whether_or_not_an_importance_is_given(
    org: Org, given: float | None, importance: float | None
) -> None:
    org.append(memory(SAID, importance=given))

    org.world.drain("score")

    expected = score(SAID, memory_type=MemoryType.EPISODIC, role=Role.USER)
    ((kept, stored),) = org.memories("features, importance")
    assert kept == expected.record(is_given=given is not None)
    assert stored == (expected.importance if importance is None else importance)
