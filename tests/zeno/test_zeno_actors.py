"""Zeno's own actors, unmodified, with models that are stubs, on our stores."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from zeno.memory import ObservationalMemory, Observer, Reflector
from zeno.memory.protocols import (
    ConversationStore,
    ObservationStore,
    SessionStore,
    WorkingMemoryStore,
)

from tests.world import Org
from tests.zeno.observing import active, insert, note, texts
from tests.zeno.sides import NOW_SECONDS, Side, both, run
from tests.zeno.test_zeno_conversations import append, say

Model = Callable[[str], Awaitable[str]]


def _replies(*replies: Any) -> tuple[Model, list[str]]:  # noqa: ANN401 - JSON
    """A model that answers one after another, and what it was asked."""
    asked: list[str] = []

    async def model(prompt: str) -> str:
        await asyncio.sleep(0)
        asked.append(prompt)
        reply = replies[len(asked) - 1]
        return reply if isinstance(reply, str) else json.dumps(reply)

    return model, asked


def _ctx(thread: str | None) -> Any:  # noqa: ANN401 - as much of Zeno's Ctx as is read
    return SimpleNamespace(user_id="ana", thread_key=thread, tracer=None, logger=None, turn_id="1")


def _noted(text: str, *rounds: int, priority: str = "high") -> dict[str, Any]:
    return {
        "text": text,
        "priority": priority,
        "referenced_date": None,
        "source_round_ids": list(rounds),
    }


@both()
def test_stores_are_what_the_protocols_ask_for(side: Side) -> None:
    assert isinstance(side.sessions, SessionStore)
    assert isinstance(side.conversations, ConversationStore)
    assert isinstance(side.cards, WorkingMemoryStore)
    assert isinstance(side.observations, ObservationStore)


@both()
@pytest.mark.parametrize("thread", [None, "t"])
def test_observer_notes_a_window_and_advances(side: Side, thread: str | None) -> None:
    append(side, say("I moved to Lisbon."), say("How nice!", "assistant"), thread=thread)
    model, asked = _replies([_noted("moved to Lisbon", 0)], [_noted("has a cat", 2)])
    observer = Observer(store=side.observations, conversations=side.conversations, llm=model)

    run(observer.observe_for_window(_ctx(thread), agent_id="helper", thread_key=thread))
    append(side, say("I have a cat."), thread=thread)
    run(observer.observe_for_window(_ctx(thread), agent_id="helper", thread_key=thread))
    run(observer.observe_for_window(_ctx(thread), agent_id="helper", thread_key=thread))

    assert sorted((one.text, one.source_round_ids) for one in active(side)) == [
        ("has a cat", (2,)),
        ("moved to Lisbon", (0,)),
    ]
    assert len(asked) == 2
    assert "Lisbon" not in asked[1]
    watermark = run(side.observations.read_watermark("ana", "helper", thread))
    assert (watermark.last_processed_sequence, watermark.last_run_status) == (2, "ok")


@both()
def test_observation_of_the_observer_names_its_messages(side: Side, org: Org) -> None:
    append(side, say("I moved to Lisbon."), thread="t")
    append(side, say("Something else."), thread="u")
    model, _ = _replies([_noted("something", 0)], [_noted("moved to Lisbon", 0)])
    observer = Observer(store=side.observations, conversations=side.conversations, llm=model)

    for thread in ("u", "t"):
        run(observer.observe_for_window(_ctx(thread), agent_id="helper", thread_key=thread))

    if side.name == "ours":
        rows = org.ask(
            "SELECT o.text, e.body ->> 'content' FROM observations AS o JOIN derivations AS d "
            "ON d.org_id = o.org_id AND d.child_kind = 'observation' AND d.child_id = o.id "
            "JOIN events AS e ON e.org_id = d.org_id AND e.id = d.event_id "
            "WHERE o.org_id = %(org)s AND o.text LIKE 'moved%%'"
        )
        assert [tuple(row) for row in rows] == [("moved to Lisbon", "I moved to Lisbon.")]
    assert len(texts(side)) == 2


@both("[B4] messages that follow a clear have numbers below the watermark")
def test_messages_after_clear_are_observed(side: Side) -> None:
    append(side, say("one"), say("two"))
    model, asked = _replies([], [_noted("three", 2)])
    observer = Observer(store=side.observations, conversations=side.conversations, llm=model)
    run(observer.observe_for_window(_ctx("t"), agent_id="helper", thread_key="t"))

    run(side.conversations.clear(user_id="ana", thread_key="t"))
    append(side, say("three"))
    run(observer.observe_for_window(_ctx("t"), agent_id="helper", thread_key="t"))

    assert len(asked) == 2
    assert "three" in asked[1]


@both()
def test_reflector_edits_what_it_was_shown(side: Side) -> None:
    insert(side, note("likes tea"), note("likes green tea"), note("lives in Porto"), note("hi"))
    ids = {one.text: one.id for one in active(side)}
    model, asked = _replies(
        {
            "edits": [
                {
                    "verb": "merge",
                    "source_ids": [ids["likes tea"], ids["likes green tea"]],
                    "text": "likes tea, green above all",
                },
                {"verb": "replace", "source_id": ids["lives in Porto"], "text": "lives in Lisbon"},
                {"verb": "delete", "source_id": ids["hi"]},
            ]
        }
    )
    reflector = Reflector(store=side.observations, proposer=model)

    counts = run(reflector.reflect(user_id="ana", agent_id="helper"))

    assert (counts.merges_applied, counts.replaces_applied, counts.deletes_applied) == (1, 1, 1)
    assert sorted(texts(side)) == ["likes tea, green above all", "lives in Lisbon"]
    assert re.search(rf"\b{ids['hi']}\b", asked[0])


@both()
def test_reflector_with_a_judge_applies_what_he_accepts(side: Side) -> None:
    insert(side, note("one"), note("two"))
    proposer, _ = _replies({"edits": [{"verb": "delete", "source_id": n} for n in (1, 2)]})
    adversary, _ = _replies("the second is a fact")
    judge, _ = _replies({"verdicts": [{"index": 0, "accept": True}]})
    reflector = Reflector(
        store=side.observations, proposer=proposer, adversary=adversary, judge=judge
    )

    run(reflector.reflect(user_id="ana", agent_id="helper"))

    assert texts(side) == ["two"]


@both()
def test_observational_memory_observes_and_reflects_at_its_thresholds(side: Side) -> None:
    observing, observed = _replies([_noted("moved to Lisbon", 0), _noted("hi", 1, priority="low")])
    reflecting, reflected = _replies({"edits": [{"verb": "delete", "source_id": 2}]})
    memory = ObservationalMemory(
        observer=Observer(store=side.observations, conversations=side.conversations, llm=observing),
        reflector=Reflector(store=side.observations, proposer=reflecting),
        conversations=side.conversations,
        observations=side.observations,
        observer_threshold_tokens=10,
        reflector_threshold_tokens=1,
    )

    async def talk() -> None:
        await memory.start()
        for message in (say("Hi."), say("I moved to Lisbon in May, to live by the sea.")):
            await side.conversations.append(user_id="ana", thread_key="t", messages=[message])
            await memory.maybe_observe_and_reflect(_ctx("t"), agent_id="helper", thread_key="t")
            await memory.wait_idle()
        await memory.stop()

    run(talk())

    assert (len(observed), len(reflected)) == (1, 1)
    assert texts(side) == ["moved to Lisbon"]
    assert active(side)[0].observation_date >= NOW_SECONDS - 1 or side.name == "ours"
