"""The pass embed: each text gets its vector, equal ones are computed once per org."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from nrem.llm.embed import Vector
from nrem.store.search import vector_text
from tests.world import EMBEDDER, TOOLS, Org, memory, turn
from worker.passes.embed import EMBED
from worker.runner import drain


class Counting:
    """The hashing embedder, with a list of what it was asked."""

    dimensions = EMBEDDER.dimensions

    def __init__(self, model_id: str = EMBEDDER.model_id) -> None:
        self.model_id = model_id
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        self.asked += texts
        return EMBEDDER.embed(texts)

    def embed_query(self, text: str) -> Vector:
        return self.embed([text])[0]


def _embed(org: Org, embedder: Counting) -> None:
    org.world.drain("score")
    drain(org.world.setting(tools=replace(TOOLS, embedder=embedder)), EMBED)


def _vectors(org: Org, columns: str) -> list[tuple[Any, ...]]:
    rows = org.ask(
        f"SELECT {columns} FROM embeddings WHERE org_id = %(org)s ORDER BY item_kind, item_id"  # noqa: S608
    )
    return [tuple(row) for row in rows]


def test_memory_and_turn_get_their_vectors(org: Org) -> None:
    stored = org.append(memory("Ana lives in Lisbon"), turn("Ana moved", session="s"))

    _embed(org, Counting())

    assert _vectors(org, "item_kind, item_id, model") == [
        ("memory", org.memories("id")[0], EMBEDDER.model_id),
        ("turn", stored[1].event_id, EMBEDDER.model_id),
    ]


def test_vector_is_the_embedders_in_half_precision(org: Org) -> None:
    org.append(memory("Ana lives in Lisbon"))

    _embed(org, Counting())

    expected = vector_text(EMBEDDER.embed(["Ana lives in Lisbon"])[0])
    distance = org.column(
        "SELECT vector <=> %(expected)s::halfvec(384) FROM embeddings", expected=expected
    )
    assert distance == [pytest.approx(0.0, abs=1e-3)]


def test_equal_content_is_computed_once(org: Org) -> None:
    embedder = Counting()
    org.append(memory("Ana lives in Lisbon"), memory("Ana lives in Lisbon"))

    _embed(org, embedder)

    assert embedder.asked == ["Ana lives in Lisbon"]
    assert len(_vectors(org, "item_id")) == 2


def test_content_that_the_org_has_a_vector_for_is_not_computed_again(org: Org) -> None:
    embedder = Counting()
    org.append(memory("Ana lives in Lisbon"))
    _embed(org, embedder)

    org.append(memory("Ana lives in Lisbon", agent="another"))
    _embed(org, embedder)

    assert embedder.asked == ["Ana lives in Lisbon"]


def test_vectors_are_not_shared_between_orgs(org: Org) -> None:
    other, embedder = org.world.found("other"), Counting()
    org.append(memory("Ana lives in Lisbon"))
    other.append(memory("Ana lives in Lisbon"))

    _embed(org, embedder)

    assert embedder.asked == ["Ana lives in Lisbon"] * 2
    assert _vectors(org, "content_hash") != _vectors(other, "content_hash")


def test_vector_of_another_model_is_not_taken_over(org: Org) -> None:
    other = Counting("another-model@1")
    org.append(memory("Ana lives in Lisbon"))
    _embed(org, Counting())

    org.append(memory("Ana lives in Lisbon"))
    _embed(org, other)

    assert other.asked == ["Ana lives in Lisbon"]


def test_turn_is_embedded_with_its_speaker(org: Org) -> None:
    embedder = Counting()
    said = turn("I moved", session="s")
    org.append(replace(said, body={**said.body, "speaker": "Ana"}))

    _embed(org, embedder)

    assert embedder.asked == ["Ana: I moved"]


def test_memory_that_is_gone_is_taken_off_the_queue(org: Org) -> None:
    org.append(memory("Ana lives in Lisbon"))
    org.world.drain("score")
    org.world.do("DELETE FROM memories")

    _embed(org, Counting())

    assert not _vectors(org, "item_id")
    assert not org.column("SELECT item_id FROM inbox WHERE org_id = %(org)s AND pass = 'embed'")
