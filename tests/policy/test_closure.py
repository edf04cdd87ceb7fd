"""What goes with memories that are erased, over graphs made up by chance."""

from hypothesis import given
from hypothesis import strategies as st

from nrem.policy.closure import Closure, Derived, closure

EVENTS = st.frozensets(st.integers(1, 8))


@st.composite
def _derived(draw: st.DrawFn, number: int) -> Derived:
    sources = draw(st.frozensets(st.integers(1, 8), min_size=1, max_size=5))
    rests_on = draw(st.frozensets(st.sampled_from(sorted(sources))))
    return Derived(memory_id=number, sources=sources, rests_on=rests_on)


@st.composite
def _graphs(draw: st.DrawFn) -> list[Derived]:
    return [draw(_derived(number)) for number in range(draw(st.integers(0, 10)))]


NAMED = st.frozensets(st.integers(0, 10), max_size=4)


def _one(number: int, sources: set[int], rests_on: set[int] | None = None) -> Derived:
    rests = sources if rests_on is None else rests_on
    return Derived(memory_id=number, sources=frozenset(sources), rests_on=frozenset(rests))


def test_what_has_no_other_source_goes_with_what_is_named() -> None:
    found = closure({1}, set(), [_one(1, {7}), _one(2, {7}), _one(3, {8})])

    assert found == Closure(
        events=frozenset({7}), gone=frozenset({1, 2}), mixed={}, loosened=frozenset()
    )


def test_what_has_other_sources_is_mixed_and_names_those_that_survive() -> None:
    found = closure({1}, set(), [_one(1, {7}), _one(2, {7, 8, 9})])

    assert found.mixed == {2: frozenset({8, 9})}
    assert found.deleted == {1, 2}


def test_what_rests_on_survivors_is_only_loosened() -> None:
    found = closure({1}, set(), [_one(1, {7}), _one(2, {7, 8}, {8})])

    assert found.loosened == {2}
    assert found.deleted == {1}


def test_sources_of_what_is_mixed_survive() -> None:
    found = closure({1}, set(), [_one(1, {7}), _one(2, {7, 8}), _one(3, {8})])

    assert found.events == {7}
    assert 3 not in found.touched


def test_all_sources_of_what_is_named_go_those_that_repeated_it_too() -> None:
    assert closure({1}, set(), [_one(1, {7, 8}, {7})]).events == {7, 8}


def test_events_can_be_erased_without_naming_a_memory() -> None:
    found = closure(set(), {7}, [_one(1, {7}), _one(2, {7, 8})])

    assert found.gone == {1}
    assert set(found.mixed) == {2}


def test_unknown_memory_erases_nothing() -> None:
    assert not closure({5}, set(), [_one(1, {7})]).touched


def test_memory_of_which_nobody_knows_what_it_rests_on_counts_as_mixed() -> None:
    assert set(closure({1}, set(), [_one(1, {7}), _one(2, {7, 8}, set())]).mixed) == {2}


@given(_graphs(), NAMED, EVENTS)
def test_no_memory_that_stays_rests_on_what_is_erased(
    graph: list[Derived], named: frozenset[int], events: frozenset[int]
) -> None:
    found = closure(named, events, graph)

    for one in graph:
        if one.memory_id not in found.deleted:
            assert not one.rests_on & found.events
            assert one.sources - found.events


@given(_graphs(), NAMED, EVENTS)
def test_every_memory_is_in_one_place_and_only_what_shares_a_source_is_touched(
    graph: list[Derived], named: frozenset[int], events: frozenset[int]
) -> None:
    found = closure(named, events, graph)

    places = [*found.gone, *found.mixed, *found.loosened]
    assert len(places) == len(set(places))
    for one in graph:
        shares = bool(one.sources & found.events)
        assert (one.memory_id in found.touched) is shares


@given(_graphs(), NAMED, EVENTS)
def test_survivors_of_what_is_mixed_are_sources_that_are_not_erased(
    graph: list[Derived], named: frozenset[int], events: frozenset[int]
) -> None:
    found = closure(named, events, graph)

    for one in graph:
        if one.memory_id in found.mixed:
            left = found.mixed[one.memory_id]
            assert left
            assert left == one.sources - found.events


@given(_graphs(), NAMED, EVENTS)
def test_order_never_matters(
    graph: list[Derived], named: frozenset[int], events: frozenset[int]
) -> None:
    turned = list(reversed(graph))

    assert closure(named, events, turned) == closure(named, events, graph)


@given(_graphs(), NAMED, EVENTS)
def test_erasing_again_what_is_left_changes_nothing(
    graph: list[Derived], named: frozenset[int], events: frozenset[int]
) -> None:
    found = closure(named, events, graph)
    left = [
        Derived(
            memory_id=one.memory_id,
            sources=one.sources - found.events,
            rests_on=one.rests_on - found.events,
        )
        for one in graph
        if one.memory_id not in found.deleted
    ]
    left += [
        Derived(memory_id=1_000 + number, sources=sources, rests_on=sources)
        for number, sources in found.mixed.items()
    ]

    again = closure(named, found.events, left)

    assert not again.touched
    assert again.events == found.events


@given(_graphs(), NAMED, NAMED)
def test_naming_more_never_erases_less(
    graph: list[Derived], named: frozenset[int], more: frozenset[int]
) -> None:
    less, all_of_it = closure(named, set(), graph), closure(named | more, set(), graph)

    assert less.events <= all_of_it.events
    assert less.deleted <= all_of_it.deleted
    assert less.gone <= all_of_it.gone
