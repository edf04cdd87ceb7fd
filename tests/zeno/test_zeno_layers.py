"""All stores at once: Zeno's ThreeLayer over them, and the handles without Zeno."""

import dataclasses
import inspect
import subprocess
import sys
import textwrap
from typing import Any

import pytest
from zeno.memory import ThreeLayer, handles, protocols
from zeno.memory import _edits as edits

from nrem import zeno
from nrem.config import Settings
from nrem.embedded.children import CHECKOUT
from nrem.zeno import Link, build_stores, record, three_layer, view
from tests.interpreter import for_python
from tests.world import Org
from tests.zeno.sides import run
from tests.zeno.test_zeno_conversations import say

TURN = {"user_id": "ana", "channel": "cli", "thread_key": "t", "agent_id": "helper"}
PROTOCOLS = {
    "session": protocols.SessionStore,
    "user_memory": protocols.UserMemoryStore,
    "knowledge": protocols.KnowledgeStore,
    "conversation": protocols.ConversationStore,
    "working_memory": protocols.WorkingMemoryStore,
    "observation_log": protocols.ObservationStore,
}
RECORDS = [
    *("SessionRecord", "MemoryHit", "ConversationMessage", "WorkingMemoryRecord", "Observation"),
    *("ObservationRunWatermark", "ObservationCounts", "ObservationRunInput"),
]


def test_each_store_is_what_its_protocol_asks_for(link: Link) -> None:
    layer = three_layer(link)

    assert isinstance(layer, ThreeLayer)
    for name, protocol in PROTOCOLS.items():
        assert isinstance(getattr(layer, name), protocol), name


@pytest.mark.parametrize("name", PROTOCOLS)
def test_parameters_are_called_as_the_protocol_calls_them(link: Link, name: str) -> None:
    store = getattr(build_stores(link), name)
    for verb, theirs in inspect.getmembers(PROTOCOLS[name], inspect.isfunction):
        if verb.startswith("_"):
            continue
        ours = inspect.signature(getattr(store, verb)).parameters
        wanted = {k: v for k, v in inspect.signature(theirs).parameters.items() if k != "self"}

        assert [(p.name, p.kind, p.default) for p in ours.values()] == [
            (p.name, p.kind, p.default) for p in wanted.values()
        ], verb


async def _turn(turn: Any) -> dict[str, Any]:  # noqa: ANN401 - Zeno's handles or ours
    await turn.conversation.append([say("I moved to Lisbon.")])
    await turn.working_memory.update({"city": "Lisbon"})
    await turn.user.add("Ana moved to Lisbon.", {"source": "talk"}, tier="short")
    await turn.knowledge.add("Lisbon lies by the sea.")
    (hit,) = await turn.user.search("Ana moved to Lisbon.", 1)
    (piece,) = await turn.knowledge.search("Lisbon lies by the sea.")
    seen = {
        "said": [one.content for one in await turn.conversation.load()],
        "card": {name: one.value for name, one in (await turn.working_memory.get()).items()},
        "user": hit.text,
        "knowledge": piece.text,
        "session": await turn.session.current(),
        "noted": await turn.observation_log.list_active(),
    }
    await turn.session.update_summary("of nothing")
    await turn.working_memory.clear()
    await turn.conversation.clear()
    seen["left"] = [await turn.conversation.load(), await turn.working_memory.get()]
    return seen


SEEN: dict[str, Any] = {
    "said": ["I moved to Lisbon."],
    "card": {"city": "Lisbon"},
    "user": "Ana moved to Lisbon.",
    "knowledge": "Lisbon lies by the sea.",
    "session": None,
    "noted": [],
    "left": [[], {}],
}


def test_zenos_handles_work_on_the_stores(link: Link) -> None:
    stores = build_stores(link)
    turn: Any = stores.view_for(**TURN)

    assert type(turn) is handles.MemoryView
    assert run(_turn(turn)) == SEEN


@pytest.fixture
def without_zeno(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if it were not installed."""
    monkeypatch.setattr("nrem.zeno.build.zeno", lambda _name: None)


@pytest.mark.usefixtures("without_zeno")
def test_handles_without_zeno_do_the_same(link: Link) -> None:
    stores = build_stores(link)
    turn = stores.view_for(**TURN)

    assert type(turn) is view.MemoryView
    assert run(_turn(turn)) == SEEN
    with pytest.raises(ImportError, match="zeno-memory"):
        stores.three_layer()


def test_handles_have_zenos_fields_and_verbs() -> None:
    for name in ("MemoryView", *(str(f.type) for f in dataclasses.fields(handles.MemoryView))):
        ours, theirs = getattr(view, name), getattr(handles, name)

        assert [f.name for f in dataclasses.fields(ours)] == [
            f.name for f in dataclasses.fields(theirs)
        ]
        for verb, its in inspect.getmembers(theirs, inspect.isfunction):
            if not verb.startswith("_"):
                assert list(inspect.signature(getattr(ours, verb)).parameters) == list(
                    inspect.signature(its).parameters
                )


@pytest.mark.parametrize("name", RECORDS)
def test_record_without_zeno_is_zenos_field_for_field(name: str) -> None:
    ours, theirs = getattr(record, name), getattr(protocols, name)

    assert [(f.name, f.default) for f in dataclasses.fields(ours)] == [
        (f.name, f.default) for f in dataclasses.fields(theirs)
    ]
    assert ours.__dataclass_params__.frozen
    assert "__slots__" in vars(ours)


@pytest.mark.parametrize("name", ["Merge", "Replace", "Delete"])
def test_edit_without_zeno_is_zenos_field_for_field(name: str) -> None:
    ours, theirs = getattr(record, name), getattr(edits, name)

    assert [f.name for f in dataclasses.fields(ours)] == [
        f.name for f in dataclasses.fields(theirs)
    ]


WITHOUT = """
    import asyncio, sys
    sys.modules["zeno"] = None
    import nrem.zeno
    assert not [name for name in sys.modules if name.startswith(("zeno.", "nrem.zeno."))]
    from nrem.zeno import build_stores
    async def main():
        async with build_stores({url!r}, org={org}, agent="other") as stores:
            turn = stores.view_for(user_id="ana", channel="cli", thread_key=None, agent_id="a")
            await stores.session.get_or_create("ana", "cli", None, lambda: "sdk")
            await turn.session.update_summary("short")
            return await turn.session.current()
    found = asyncio.run(main())
    print(type(found).__module__, found.last_summary)
"""


def test_stores_run_where_zeno_is_not_installed(settings: Settings, org: Org) -> None:
    code = WITHOUT.format(url=settings.database_url, org=org.number)

    done = subprocess.run(
        [sys.executable, "-P", "-c", textwrap.dedent(code)],
        env={
            **for_python(),
            "PYTHONPATH": str(CHECKOUT),
            "NREM_EMBEDDER": "hash",
            "NREM_PEPPER": "the pepper of the tests",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.split() == ["nrem.zeno.record", "short"], done.stderr


@pytest.mark.parametrize("name", zeno.__all__)
def test_public_name_is_found(name: str) -> None:
    assert getattr(zeno, name).__name__ == name


def test_name_that_is_not_there_is_said() -> None:
    with pytest.raises(AttributeError, match="Nothing"):
        getattr(zeno, "Nothing")  # noqa: B009 - mypy knows that it is not there
