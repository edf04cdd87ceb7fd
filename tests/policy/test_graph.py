from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrem.policy.graph import MAX_DEPTH, Edge, EdgeKind, Reached, further

START = 1
_SHARES = st.floats(0.0, 1.0)
_PAIRS = st.tuples(st.integers(1, 6), st.integers(1, 6)).filter(lambda ends: ends[0] != ends[1])


def edge(source: int, target: int, weight: float = 1.0) -> Edge:
    return Edge(source_id=source, target_id=target, kind=EdgeKind.RELATES_TO, weight=weight)


def walked(
    edges: list[Edge], *, depth: int, decay: float, first: float = 1.0
) -> dict[int, Reached]:
    """What comes to each memory over at most `depth` edges, all of them followed both ways."""
    reached = {START: Reached(passed=first)}
    front = dict(reached)
    for _ in range(depth):
        crossed = [
            (start, one)
            for start in front
            for one in edges
            if start in {one.source_id, one.target_id}
        ]
        front = further(reached, crossed, decay=decay)
        reached |= front
    return reached


def test_what_passes_is_the_product_of_weights_and_decays() -> None:
    found = walked([edge(1, 2, 0.8), edge(2, 3, 0.5)], depth=2, decay=0.5, first=0.6)

    assert found[2] == Reached(passed=0.6 * 0.8 * 0.5, path=(edge(1, 2, 0.8),))
    assert found[3].passed == pytest.approx(0.6 * 0.8 * 0.5 * 0.5 * 0.5)
    assert found[3].path == (edge(1, 2, 0.8), edge(2, 3, 0.5))


@pytest.mark.parametrize(("depth", "count"), [(0, 1), (1, 2), (2, 3), (MAX_DEPTH, 4)])
def test_path_has_at_most_so_many_edges(depth: int, count: int) -> None:
    chain = [edge(1, 2), edge(2, 3), edge(3, 4)]

    assert len(walked(chain, depth=depth, decay=0.5)) == count


def test_edge_is_crossed_from_either_end() -> None:
    assert walked([edge(2, 1)], depth=1, decay=0.5)[2].path == (edge(2, 1),)


def test_cycle_brings_nothing_back() -> None:
    ring = [edge(1, 2), edge(2, 3), edge(3, 1)]

    found = walked(ring, depth=MAX_DEPTH, decay=1.0)

    assert found[1] == Reached(passed=1.0)
    assert {len(one.path) for one in found.values()} == {0, 1}


def test_of_two_paths_the_one_that_passes_more_counts() -> None:
    edges = [edge(1, 3, 0.1), edge(1, 2, 1.0), edge(2, 3, 1.0)]

    assert len(walked(edges, depth=1, decay=0.5)[3].path) == 1
    assert len(walked(edges, depth=2, decay=0.5)[3].path) == 2


def test_of_two_paths_that_pass_the_same_the_shorter_counts() -> None:
    edges = [edge(1, 2, 1.0), edge(2, 3, 1.0), edge(1, 3, 1.0)]

    assert walked(edges, depth=2, decay=1.0)[3].path == (edge(1, 3),)


@pytest.mark.parametrize(("weight", "decay"), [(0.0, 0.5), (1.0, 0.0)])
def test_nothing_is_reached_when_nothing_passes(weight: float, decay: float) -> None:
    found = walked([edge(1, 2, weight)], depth=1, decay=decay)

    assert 2 not in found


def _best(edges: list[Edge], *, depth: int, decay: float) -> dict[int, float]:
    """By trying every walk of at most `depth` edges."""
    best = {START: 1.0}
    walks = [(START, 1.0)]
    for _ in range(depth):
        walks = [
            (one.other(at), passed * one.weight * decay)
            for at, passed in walks
            for one in edges
            if at in {one.source_id, one.target_id}
        ]
        for at, passed in walks:
            best[at] = max(best.get(at, 0.0), passed)
    return {at: passed for at, passed in best.items() if passed}


@given(
    ends=st.lists(st.tuples(_PAIRS, _SHARES), max_size=6),
    depth=st.integers(0, 3),
    decay=_SHARES,
)
def test_no_path_passes_more_than_the_one_that_counts(
    ends: list[tuple[tuple[int, int], float]], depth: int, decay: float
) -> None:
    edges = [edge(source, target, weight) for (source, target), weight in ends]

    found = walked(edges, depth=depth, decay=decay)

    assert {at: one.passed for at, one in found.items()} == _best(edges, depth=depth, decay=decay)
    for at, one in found.items():
        places = [START]
        for step in one.path:
            places.append(step.other(places[-1]))
        assert places[-1] == at
        assert len(set(places)) == len(places)
        assert all(before != after for before, after in pairwise(places))
