"""Strategies of recall: what each looks at, and which stands in for which."""

import pytest

from nrem.policy.graph import MAX_DEPTH
from nrem.policy.strategy import Plan, Strategy, plan


def planned(name: str, *, has_query: bool = True, graph_depth: int | None = None) -> Plan:
    return plan(Strategy(name), has_query=has_query, graph_depth=graph_depth)


@pytest.mark.parametrize("name", list(Strategy))
@pytest.mark.parametrize("has_query", [True, False])
def test_every_strategy_has_a_plan_that_names_what_it_uses(name: str, has_query: bool) -> None:  # noqa: FBT001
    found = planned(name, has_query=has_query)

    assert found.by_meaning or found.by_words
    assert found.used in {*found.considered, Strategy.AUTO}


@pytest.mark.parametrize(
    ("name", "used"),
    [
        ("AUTO", "AUTO"),
        ("VECTOR", "VECTOR"),
        ("LEXICAL", "LEXICAL"),
        ("GRAPH", "GRAPH"),
        ("TEMPORAL", "TEMPORAL"),
        ("TRIPLET", "GRAPH"),
        ("TRACE", "GRAPH"),
        ("ASK", "AUTO"),
    ],
)
def test_what_stands_in_is_told(name: str, used: str) -> None:
    found = planned(name)

    assert found.used == used
    if name != "AUTO":
        assert found.considered == tuple(dict.fromkeys((name, used)))


def test_auto_is_made_of_its_parts() -> None:
    assert planned("AUTO").considered == ("VECTOR", "LEXICAL", "GRAPH")


@pytest.mark.parametrize("name", list(Strategy))
def test_without_a_query_the_newest_come_first(name: str) -> None:
    found = planned(name, has_query=False)

    assert found.used is Strategy.TEMPORAL
    assert found.considered[-1] is Strategy.TEMPORAL


@pytest.mark.parametrize(
    ("name", "given", "depth"),
    [
        ("AUTO", None, 1),
        ("AUTO", 0, 0),
        ("AUTO", 3, 3),
        ("AUTO", 10**9, MAX_DEPTH),
        ("GRAPH", None, 2),
        ("GRAPH", 0, 1),
        ("GRAPH", 1, 1),
        ("TRACE", None, 2),
        ("VECTOR", None, 0),
        ("VECTOR", 1, 1),
        ("LEXICAL", None, 0),
        ("TEMPORAL", None, 0),
    ],
)
def test_depth_is_what_was_asked_for_or_what_the_strategy_has(
    name: str, given: int | None, depth: int
) -> None:
    assert planned(name, graph_depth=given).graph_depth == depth


def test_parts_look_one_way() -> None:
    assert (planned("VECTOR").by_meaning, planned("VECTOR").by_words) == (True, False)
    assert (planned("LEXICAL").by_meaning, planned("LEXICAL").by_words) == (False, True)
    assert planned("TEMPORAL").by_time
