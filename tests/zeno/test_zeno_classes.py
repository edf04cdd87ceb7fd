"""Zeno's own classes that keep memories, unmodified, on our stores; the LLMs are scripted."""

import json
import re
from collections.abc import Awaitable, Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from zeno.memory import (
    MemoryConsolidator,
    MemoryExtractor,
    MemoryMaintenance,
    VectorBackedUserMemoryStore,
)
from zeno.memory.protocols import KnowledgeStore as KnowledgeProtocol

from nrem.zeno import KnowledgeStore, Link
from tests.world import Org
from tests.zeno.memories import DAY, USER, Memories, ours
from tests.zeno.sides import Clock, run

pytestmark = pytest.mark.filterwarnings("ignore:Memory.* is deprecated:DeprecationWarning")

TEA = "The user likes tea"
OAT = "The user prefers oat milk in coffee"


def says(reply: str) -> Callable[[str], Awaitable[str]]:
    async def model(_prompt: str) -> str:
        return reply

    return model


@pytest.fixture
def memories(link: Link, clock: Clock) -> Iterator[Memories]:
    made = ours(link, clock, semantic=False)
    yield made
    run(made.store.aclose())


@pytest.fixture
def knowledge(link: Link) -> Iterator[KnowledgeStore]:
    made = KnowledgeStore(link, semantic=True)
    yield made
    run(made.aclose())


def _extract(memories: Memories, facts: list[str]) -> None:
    extractor = MemoryExtractor(store=memories.store, llm=says(json.dumps(facts)), min_chars=0)
    turn: Any = SimpleNamespace(
        session_id="s",
        user_id=USER,
        turn_id="1",
        channel="cli",
        thread_key=None,
        tracer=None,
        agent_id="agent",
    )
    said: Any = SimpleNamespace(text="I like tea, and oat milk in my coffee.")
    run(extractor.extract_for_turn(turn, said, "Noted."))


def test_memory_extractor_remembers_facts_for_a_short_time(memories: Memories) -> None:
    _extract(memories, [TEA, OAT])
    _extract(memories, [TEA])

    assert set(memories.active("short")) == {TEA, OAT}
    assert memories.search("tea")[0].meta["source"] == "extractor"


def _maintenance(memories: Memories) -> MemoryMaintenance:
    return MemoryMaintenance(memories.store, now_fn=lambda: memories.clock.seconds)


@pytest.mark.parametrize(("tier", "days"), [("short", 7), ("long", 30)])
def test_memory_maintenance_archives_what_is_idle(
    memories: Memories,
    tier: Any,  # noqa: ANN401 - a name of Zeno's own type
    days: int,
) -> None:
    memories.add(TEA, tier=tier)
    maintenance = _maintenance(memories)
    memories.clock.seconds += days * DAY - 1
    early = run(maintenance.decay_now(tier))
    memories.clock.seconds += 1

    late = run(maintenance.decay_now(tier))

    assert (early.candidates_seen, early.archived) == (0, 0)
    assert (late.candidates_seen, late.archived, late.error) == (1, 1, False)
    assert memories.active() == {}


def test_memory_maintenance_finds_nothing_to_promote_that_was_not_promoted_by_its_hits(
    memories: Memories,
) -> None:
    memories.add(TEA, tier="short")
    for _ in range(2):
        memories.search("tea")
    memories.clock.seconds += 8 * DAY

    swept = run(_maintenance(memories).decay_now("short"))

    assert swept.candidates_seen == 0
    assert list(memories.active("long")) == [TEA]


def test_memory_maintenance_promotes_what_it_takes_for_used(memories: Memories) -> None:
    memories.add(TEA, tier="short")
    memories.search("tea")
    maintenance = MemoryMaintenance(
        memories.store, promote_short_at_hits=1, now_fn=lambda: memories.clock.seconds
    )
    memories.clock.seconds += 8 * DAY

    swept = run(maintenance.decay_now("short"))

    assert (swept.promoted, swept.archived) == (1, 0)
    assert list(memories.active("long")) == [TEA]


def test_memory_maintenance_prunes_what_was_archived_long_ago(memories: Memories) -> None:
    memories.add(TEA)
    memories.archive(TEA)
    maintenance = _maintenance(memories)
    memories.clock.seconds += 90 * DAY
    early = run(maintenance.prune_now())
    memories.clock.seconds += 1

    late = run(maintenance.prune_now())

    assert (early.pruned_count, late.pruned_count, late.error) == (0, 1, False)


def _proposer(edits: Callable[[dict[str, int]], list[dict[str, Any]]]) -> Any:  # noqa: ANN401
    """A model that reads the candidates of its prompt as Zeno writes them."""

    async def model(prompt: str) -> str:
        found = re.findall(r"id=(\d+) hits=\d+ text=(\".*\")$", prompt, re.MULTILINE)
        return json.dumps({"edits": edits({json.loads(text): int(one) for one, text in found})})

    return model


def test_memory_consolidator_carries_out_what_its_judge_accepts(
    memories: Memories, org: Org
) -> None:
    for text in (TEA, "The user drinks green tea", OAT):
        memories.add(text)

    def edits(known: dict[str, int]) -> list[dict[str, Any]]:
        both = [known[TEA], known["The user drinks green tea"]]
        return [
            {"verb": "merge", "source_ids": both, "text": "The user likes green tea"},
            {"verb": "delete", "source_id": known[OAT]},
        ]

    consolidator = MemoryConsolidator(
        store=memories.store,
        proposer=_proposer(edits),
        adversary=says("Do not delete."),
        judge=says('{"verdicts": [{"index": 0, "accept": true}]}'),
    )

    counts = run(consolidator.consolidate_user(USER))

    assert (counts.merges_applied, counts.replaces_applied, counts.deletes_applied) == (1, 0, 0)
    assert set(memories.active()) == {"The user likes green tea", OAT}
    (detail,) = org.column("SELECT detail FROM runs WHERE org_id = %(org)s AND pass = 'shelf'")
    assert [one["verb"] for one in detail["proposals"]] == ["merge", "delete"]
    assert detail["verdicts"] == [{"index": 0, "accept": True}]
    assert "tea" not in json.dumps(detail)


def test_memory_consolidator_writes_down_what_fails(memories: Memories, org: Org) -> None:
    memories.add(TEA)

    async def broken(_prompt: str) -> str:
        raise RuntimeError("the user likes tea")

    consolidator = MemoryConsolidator(
        store=memories.store, proposer=broken, adversary=broken, judge=broken
    )

    run(consolidator.consolidate_user(USER))

    rows = org.ask("SELECT outcome, reason FROM runs WHERE org_id = %(org)s AND pass = 'shelf'")
    assert [tuple(row) for row in rows] == [("failed", "RuntimeError")]


def test_knowledge_store_is_one(knowledge: object) -> None:
    assert isinstance(knowledge, KnowledgeProtocol)


def test_knowledge_has_its_metadata_as_it_was_stored(knowledge: KnowledgeStore) -> None:
    meta = {"kind": "note", "tier": "mine", "nested": {"pages": [1, 2.5, None]}}
    run(knowledge.add(USER, OAT, meta))

    (hit,) = run(knowledge.search(USER, OAT))

    assert hit.meta == meta
    assert hit.score == pytest.approx(1.0, abs=1e-3)


def test_knowledge_is_a_persons_own(knowledge: KnowledgeStore) -> None:
    run(knowledge.add("ana", OAT))

    assert run(knowledge.search("bob", OAT)) == []


def test_knowledge_stays(knowledge: KnowledgeStore, clock: Clock) -> None:
    run(knowledge.add(USER, OAT))
    clock.seconds += 40_000 * DAY

    assert [hit.text for hit in run(knowledge.search(USER, OAT))] == [OAT]


def test_knowledge_and_user_memories_never_mix(
    knowledge: KnowledgeStore, memories: Memories
) -> None:
    run(knowledge.add(USER, OAT, {"of": "knowledge"}))
    memories.add(OAT, {"of": "the user"})

    known, remembered = run(knowledge.search(USER, OAT)), memories.search(OAT)

    assert [hit.meta["of"] for hit in known] == ["knowledge"]
    assert [hit.meta["of"] for hit in remembered] == ["the user"]
    assert list(memories.active()) == [OAT]


def test_vector_backed_store_keeps_what_is_new(knowledge: Any) -> None:  # noqa: ANN401
    store = VectorBackedUserMemoryStore(knowledge_store=knowledge)
    for text in (OAT, OAT, "The user lives in Lisbon"):
        run(store.add(USER, text, {"source": "chat"}))
    run(knowledge.add(USER, "Oat milk is made of oats", {"kind": "note"}))

    found = run(store.search(USER, "oat milk in coffee"))

    assert found[0].text == OAT
    assert sorted(hit.text for hit in found) == ["The user lives in Lisbon", OAT]
    assert all(hit.meta["source"] == "chat" for hit in found)
