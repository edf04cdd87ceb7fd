"""Recall over edges: what hangs together with a result competes with it, within every filter."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from nrem.policy.graph import BOTH_WAYS, EdgeKind
from nrem.policy.params import Policy, RecallPolicy
from nrem.policy.timeline import Timeline
from nrem.store import edge, recall_match, walk
from tests.store.linking import around, depths, link
from tests.store.past import edit
from tests.store.recalling import keep
from tests.world import NOW, Org, World

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
HIT, NEXT, THIRD, OTHER = "a grey parrot", "the red bicycle", "tea at noon", "snow on Monday"
ALL = (HIT, NEXT, THIRD, OTHER)
LARGE = [False, True]


@pytest.fixture(params=LARGE, ids=["small", "large"])
def is_large(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether every scope counts as large, and so goes through the bounded statements."""
    if request.param:
        monkeypatch.setattr(recall_match, "SMALL", 0)
    return bool(request.param)


def test_neighbour_of_a_hit_comes_before_what_nothing_leads_to(
    org: Org,
    is_large: bool,  # noqa: FBT001
) -> None:
    keep(org, *ALL)
    link(org, HIT, NEXT, weight=0.8)

    found = around(org, HIT, limit=2)

    assert list(found) == [HIT, NEXT]
    first, second = (one.ranked for one in found.values())
    assert second.relevance == first.relevance * 0.8 * 0.5
    assert (len(first.path), len(second.path)) == (0, 1)
    assert (first.graph, second.graph > 0) == (0.0, True)


def test_without_depth_nothing_comes_over_edges(org: Org) -> None:
    keep(org, *ALL)
    link(org, HIT, NEXT)

    assert set(depths(around(org, HIT, depth=0)).values()) == {0}


@pytest.mark.parametrize("depth", [1, 5])
def test_scope_without_edges_costs_one_statement_more(org: Org, depth: int) -> None:
    keep(org, *ALL)

    def statements(depth: int) -> int:
        sent: list[str] = []

        def count(*given: Any) -> None:  # noqa: ANN401 - as the event has it
            sent.append(given[2])

        event.listen(org.world.worker, "before_cursor_execute", count)
        around(org, HIT, depth=depth)
        event.remove(org.world.worker, "before_cursor_execute", count)
        return len(sent)

    assert statements(depth) == statements(0) + 1


def test_path_is_told_from_the_hit_on(org: Org) -> None:
    keep(org, *ALL)
    link(org, HIT, NEXT, EdgeKind.CAUSED_BY)
    link(org, THIRD, NEXT, EdgeKind.CONTRADICTS, weight=0.9)
    numbers = dict(org.memories("content, id"))

    path = around(org, HIT, depth=2)[THIRD].ranked.path

    assert [(one.source_id, one.target_id, one.kind, one.weight) for one in path] == [
        (numbers[HIT], numbers[NEXT], EdgeKind.CAUSED_BY, 1.0),
        (numbers[THIRD], numbers[NEXT], EdgeKind.CONTRADICTS, 0.9),
    ]


@pytest.mark.parametrize("kind", EdgeKind)
def test_edge_is_followed_along_its_way(org: Org, kind: EdgeKind) -> None:
    keep(org, *ALL)
    link(org, HIT, NEXT, kind)
    link(org, THIRD, HIT, kind)

    found = depths(around(org, HIT))

    assert found[NEXT] == 1
    assert found[THIRD] == (1 if kind in BOTH_WAYS else 0)


@pytest.mark.parametrize(
    ("depth", "reached"), [(1, {NEXT}), (2, {NEXT, THIRD}), (5, {NEXT, THIRD})]
)
def test_walk_goes_as_deep_as_it_is_asked_and_round_no_cycle(
    org: Org, depth: int, reached: set[str]
) -> None:
    keep(org, *ALL, importance=0.0)
    link(org, HIT, NEXT, EdgeKind.FOLLOWS)
    link(org, NEXT, THIRD, EdgeKind.FOLLOWS)
    link(org, THIRD, HIT, EdgeKind.FOLLOWS)

    (hit,) = org.memories("id", where=f"content = '{HIT}'")

    found = around(org, HIT, depth=depth)

    paths = {content: one.ranked.path for content, one in found.items()}
    from_hit = {content for content, path in paths.items() if path and path[0].source_id == hit}
    assert from_hit == reached
    assert paths[HIT] == ()


def test_memory_that_matches_better_by_itself_needs_no_path(org: Org) -> None:
    keep(org, HIT, f"{HIT} again")
    link(org, HIT, f"{HIT} again", weight=0.1)

    assert set(depths(around(org, HIT)).values()) == {0}


@pytest.mark.parametrize(("decay", "is_use"), [(0.5, False), (1.0, True)])
def test_neighbour_counts_as_a_use_from_the_same_relevance_on(
    org: Org,
    decay: float,
    is_use: bool,  # noqa: FBT001
) -> None:
    keep(org, HIT, NEXT, importance=0.0)
    link(org, HIT, NEXT)
    timeline = Timeline(Policy(recall=RecallPolicy(graph_decay=decay)))

    found = around(org, HIT, timeline=timeline)[NEXT]

    assert found.is_hit(0.4) is is_use
    assert found.ranked.relevance == pytest.approx(0.7 * decay, abs=0.01)


def test_only_the_strongest_edges_of_a_memory_are_followed(org: Org) -> None:
    keep(org, *ALL, importance=0.0)
    for content, weight in ((NEXT, 0.7), (THIRD, 0.9), (OTHER, 0.8)):
        link(org, HIT, content, weight=weight)
    narrow = Timeline(Policy(recall=RecallPolicy(graph_fan_out=2)))

    found = depths(around(org, HIT, timeline=narrow))

    assert found == {HIT: 0, THIRD: 1, OTHER: 1, NEXT: 0}


def test_walk_reaches_no_more_than_its_most(org: Org, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(org, *ALL, importance=0.0)
    for content, weight in ((NEXT, 0.7), (THIRD, 0.9), (OTHER, 0.8)):
        link(org, HIT, content, weight=weight)
    monkeypatch.setattr(walk, "MOST_REACHED", 2)

    assert depths(around(org, HIT)) == {HIT: 0, THIRD: 1, OTHER: 1, NEXT: 0}


def test_walk_that_takes_too_long_ends_with_what_it_has(
    org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(org, *ALL, importance=0.0)
    link(org, HIT, NEXT)
    monkeypatch.setattr(walk, "_LONGEST_SECONDS", -1.0)

    assert set(depths(around(org, HIT)).values()) == {0}


def test_walk_stays_with_the_agent_and_the_user(org: Org, is_large: bool) -> None:  # noqa: FBT001
    keep(org, HIT, user="mine")
    keep(org, NEXT, user="theirs")
    keep(org, THIRD, user="mine")
    keep(org, OTHER, agent="other", user="mine")
    link(org, HIT, NEXT)
    link(org, NEXT, THIRD)
    link(org, HIT, OTHER)

    mine = around(org, HIT, depth=5, user_id="mine")
    everybody = around(org, HIT, depth=5)

    assert depths(mine) == {HIT: 0, THIRD: 0}
    assert depths(everybody) == {HIT: 0, NEXT: 1, THIRD: 2}


def test_edges_of_another_org_lead_nowhere(world: World) -> None:
    mine, theirs = world.found("mine"), world.found("theirs")
    keep(mine, HIT, NEXT)
    keep(theirs, HIT, NEXT)
    link(theirs, HIT, NEXT)

    assert set(depths(around(mine, HIT)).values()) == {0}
    assert depths(around(theirs, HIT))[NEXT] == 1


def test_results_pass_type_and_session_and_paths_need_not(
    org: Org,
    is_large: bool,  # noqa: FBT001
) -> None:
    keep(org, HIT, THIRD, memory_type="semantic", importance=0.0)
    keep(org, NEXT, importance=0.0)
    link(org, HIT, NEXT)
    link(org, NEXT, THIRD)

    found = around(org, HIT, depth=2, memory_type="semantic", include_turns=False)

    assert depths(found) == {HIT: 0, THIRD: 2}
    assert found[THIRD].ranked.relevance == found[HIT].ranked.relevance * 0.25


def test_results_of_a_session_only(org: Org) -> None:
    keep(org, HIT, THIRD, session="s", importance=0.0)
    keep(org, NEXT, session="t", importance=0.0)
    link(org, HIT, NEXT)
    link(org, NEXT, THIRD)

    assert depths(around(org, HIT, depth=2, session_id="s")) == {HIT: 0, THIRD: 2}


def test_least_similarity_holds_for_what_comes_over_edges(org: Org) -> None:
    keep(org, *ALL)
    link(org, HIT, NEXT)

    assert list(around(org, HIT, least_similarity=0.9)) == [HIT]


def test_figures_of_a_neighbour_do_not_depend_on_how_it_was_found(
    org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(org, *ALL, importance=0.0)
    link(org, HIT, NEXT)
    whole = around(org, f"{HIT} {NEXT}")[NEXT].ranked
    monkeypatch.setattr("nrem.store.recall_rank.LEAST_CANDIDATES", 1)
    monkeypatch.setattr("nrem.store.recall_rank.SMALL", 1)

    cut = around(org, f"{HIT} {NEXT}", limit=1)

    assert len(cut) == 1
    found = around(org, HIT, limit=2)[NEXT].ranked
    assert found.similarity == pytest.approx(
        around(org, HIT, depth=0, limit=4)[NEXT].ranked.similarity, abs=1e-6
    )
    assert whole.similarity > found.similarity


# Short memories are archived after 7 idle days, inclusive.
@pytest.mark.parametrize(("age", "depth"), [(7 * DAY - TICK, 2), (7 * DAY, 0)])
def test_walk_leads_through_no_memory_that_time_took_out_of_recall(
    org: Org, age: timedelta, depth: int
) -> None:
    keep(org, HIT, THIRD, tier="long", importance=0.9)
    keep(org, NEXT, tier="short", importance=0.9)
    link(org, HIT, NEXT)
    link(org, NEXT, THIRD)
    begun = org.memories("last_access")[0]

    found = depths(around(org, HIT, depth=2, now=begun + age))

    assert found[THIRD] == depth
    assert (NEXT in found) == bool(depth)
    assert set(org.memories("state")) == {"live"}


def test_edge_that_ended_is_followed_as_of_then_alone(org: Org) -> None:
    keep(org, *ALL, importance=0.5)
    number = link(org, HIT, NEXT, now=NOW + HOUR)
    with org.begin(now=NOW + 2 * HOUR) as conn:
        edge.end(conn, org.number, [number])
    now = NOW + 3 * HOUR

    def depth(as_of: datetime) -> int:
        return depths(around(org, HIT, as_of=as_of, now=now))[NEXT]

    assert depths(around(org, HIT, now=now))[NEXT] == 0
    assert depth(NOW + HOUR - TICK) == 0
    assert depth(NOW + HOUR) == 1
    assert depth(NOW + 2 * HOUR - TICK) == 1
    assert depth(NOW + 2 * HOUR) == 0


def test_neighbour_of_then_has_its_text_and_similarity_of_then(
    org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(org, *ALL, importance=0.0)
    link(org, HIT, NEXT)
    (number,) = org.memories("id", where=f"content = '{NEXT}'")
    edit(org, number, NOW + HOUR, content=OTHER + " in Rome")
    whole = around(org, HIT, as_of=NOW, now=NOW + 2 * HOUR)
    monkeypatch.setattr("nrem.store.recall_rank.LEAST_CANDIDATES", 1)
    monkeypatch.setattr("nrem.store.recall_rank.SMALL", 1)

    cut = around(org, HIT, as_of=NOW, now=NOW + 2 * HOUR, limit=2)

    assert list(cut) == [HIT, NEXT]
    assert cut[NEXT].ranked.similarity == pytest.approx(whole[NEXT].ranked.similarity, abs=1e-6)
