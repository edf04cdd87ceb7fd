"""VectorStore: Zeno has a Protocol for it and no store of its own."""

from collections.abc import Iterator
from math import nan

import pytest
from zeno.memory import VectorStore as Protocol

from nrem.store import engine, vector
from nrem.zeno import Link, VectorStore
from tests.world import NOW, Org
from tests.zeno.sides import run

EAST, NORTH, WEST = [1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]


@pytest.fixture
def store(link: Link) -> Iterator[VectorStore]:
    made = VectorStore(link)
    yield made
    run(made.aclose())


def test_store_is_a_vector_store(store: object) -> None:
    assert isinstance(store, Protocol)


def test_nearest_come_first_with_their_cosine(store: VectorStore) -> None:
    for name, one in (("east", EAST), ("north", NORTH), ("west", WEST)):
        run(store.upsert("map", name, one, {"text": name}))

    found = run(store.query("map", [1.0, 0.1], 2))

    assert [hit.text for hit in found] == ["east", "north"]
    assert [round(hit.score, 2) for hit in found] == [1.0, 0.1]


def test_same_id_is_replaced(store: VectorStore) -> None:
    run(store.upsert("map", "here", EAST, {"text": "old"}))
    run(store.upsert("map", "here", NORTH, {"text": "new"}))

    (hit,) = run(store.query("map", NORTH, 5))

    assert (hit.text, hit.meta) == ("new", {"text": "new"})


def test_filter_applies_before_the_cut(store: VectorStore) -> None:
    for number in range(5):
        run(store.upsert("map", str(number), EAST, {"kind": "far" if number == 4 else "near"}))

    found = run(store.query("map", EAST, 1, {"kind": "far"}))

    assert [hit.meta for hit in found] == [{"kind": "far"}]


def test_namespaces_and_lengths_are_apart(store: VectorStore) -> None:
    run(store.upsert("map", "a", EAST, {}))
    run(store.upsert("other", "a", EAST, {}))
    run(store.upsert("map", "long", [1.0, 0.0, 0.0], {}))

    assert len(run(store.query("map", EAST, 5))) == 1
    assert run(store.query("nowhere", EAST, 5)) == []


def test_vector_of_nothing_is_near_to_nothing(store: VectorStore) -> None:
    run(store.upsert("map", "zero", [0.0, 0.0], {}))

    (hit,) = run(store.query("map", EAST, 5))

    assert hit.score == 0.0


@pytest.mark.parametrize("bad", [[], [nan], [0.0] * 16_001])
def test_what_is_no_vector_is_refused(store: VectorStore, bad: list[float]) -> None:
    with pytest.raises(ValueError, match="vector has"):
        run(store.upsert("map", "x", bad, {}))
    with pytest.raises(ValueError, match="vector has"):
        run(store.query("map", bad, 1))


def test_k_and_names_have_bounds(store: VectorStore) -> None:
    with pytest.raises(ValueError, match="k must be"):
        run(store.query("map", EAST, 0))
    with pytest.raises(ValueError, match="letters"):
        run(store.upsert("m" * 257, "x", EAST, {}))


def test_a_persons_vectors_go_with_the_person(store: VectorStore, org: Org) -> None:
    run(store.upsert("map", "a", EAST, {"user_id": "ana"}))
    run(store.upsert("map", "b", EAST, {"user_id": "bob"}))
    ((agent_id, user_id),) = org.ask(
        "SELECT agent_id, user_id FROM vectors WHERE org_id = %(org)s AND external_id = 'a'"
    )

    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        vector.erase(conn, org.number, agent_id, user_id)

    assert [hit.meta for hit in run(store.query("map", EAST, 5))] == [{"user_id": "bob"}]
