from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrem.policy.graph import Edge, EdgeKind, Reached
from nrem.policy.params import RecallPolicy
from nrem.policy.recall import (
    BM25_K1,
    Fact,
    Key,
    Kind,
    Ranked,
    appraise,
    inverse_frequency,
    order,
    telling_lexemes,
    term_score,
)

SAID = datetime(2023, 5, 8, tzinfo=UTC)
WEIGHTS = RecallPolicy(
    similarity_weight=0.35, lexical_weight=0.35, context_weight=0.2, importance_weight=0.1
)


def fuse(
    cosines: dict[Key, float],
    lexical: dict[Key, float],
    facts: dict[Key, Fact],
    *,
    ideal: float,
    weights: RecallPolicy,
    least_similarity: float = 0.0,
) -> list[Ranked]:
    appraised = appraise(cosines, lexical, facts, ideal=ideal, weights=weights)
    return order(appraised.values(), facts, least_similarity=least_similarity)


def memory(number: int) -> Key:
    return (Kind.MEMORY, number)


def turn(number: int) -> Key:
    return (Kind.TURN, number)


def fact(*events: int, importance: float = 0.0, minutes: int = 0, stream: int = 1) -> Fact:
    """Said at the places of its events: event 3 is third in the stream."""
    return Fact(
        source_event_ids=frozenset(events),
        places=frozenset((stream, event) for event in events),
        importance=importance,
        occurred_at=SAID + timedelta(minutes=minutes),
    )


def ranked(
    facts: dict[Key, Fact],
    *,
    cosines: dict[Key, float] | None = None,
    lexical: dict[Key, float] | None = None,
    weights: RecallPolicy = WEIGHTS,
) -> list[Ranked]:
    return fuse(cosines or {}, lexical or {}, facts, ideal=4.0, weights=weights)


def test_relevance_is_the_weighted_mean_of_its_parts() -> None:
    (one,) = ranked(
        {memory(1): fact(5, importance=0.5)}, cosines={memory(1): 0.8}, lexical={memory(1): 2.0}
    )

    components = one.components(RecallPolicy())
    assert components == pytest.approx(
        {
            "similarity": 0.8, "similarity_weight": 0.35, "lexical": 0.5, "lexical_weight": 0.35,
            "context": 0.0, "context_weight": 0.2, "importance": 0.5, "importance_weight": 0.1,
            "graph": 0.0,
        }
    )  # fmt: skip
    parts = ("similarity", "lexical", "context", "importance")
    assert one.relevance == pytest.approx(
        sum(components[name] * components[f"{name}_weight"] for name in parts)
    )
    assert one.relevance == pytest.approx(0.35 * 0.8 + 0.35 * 0.5 + 0.1 * 0.5)


@pytest.mark.parametrize("graph", [0.0, 0.05])
def test_what_comes_over_edges_counts_where_it_is_more(graph: float) -> None:
    path = (Edge(source_id=2, target_id=1, kind=EdgeKind.FOLLOWS, weight=1.0),)
    (one,) = ranked({memory(1): fact(5)}, cosines={memory(1): 1.0})

    found = one.lifted(Reached(passed=one.relevance + graph, path=path))

    assert found.relevance == one.relevance + graph
    assert found.path == (path if graph else ())
    components = found.components(WEIGHTS)
    assert components["graph"] == pytest.approx(graph)
    parts = ("similarity", "lexical", "context", "importance")
    assert found.relevance == pytest.approx(
        components["graph"] + sum(components[name] * components[f"{name}_weight"] for name in parts)
    )


def test_of_two_alike_the_less_faded_ranks_first() -> None:
    facts = {memory(1): fact(5, importance=0.2), memory(2): fact(9, importance=0.6)}

    first, second = ranked(facts, cosines={memory(1): 0.7, memory(2): 0.7})

    assert (first.key, second.key) == (memory(2), memory(1))
    assert first.relevance > second.relevance


def test_ties_are_newest_first() -> None:
    facts = {memory(1): fact(5, minutes=1), memory(2): fact(9, minutes=2)}

    assert [one.key for one in ranked(facts)] == [memory(2), memory(1)]


@pytest.mark.parametrize(
    ("cosine", "similarity"), [(-0.3, 0.0), (0.0, 0.0), (0.4, 0.4), (1.0000001, 1.0)]
)
def test_similarity_is_the_cosine_within_0_and_1(cosine: float, similarity: float) -> None:
    (one,) = ranked({memory(1): fact(5)}, cosines={memory(1): cosine})

    assert one.similarity == similarity


@pytest.mark.parametrize(("bm25", "share"), [(1.0, 0.25), (4.0, 1.0), (9.0, 1.0)])
def test_lexical_is_the_share_of_the_ideal(bm25: float, share: float) -> None:
    (one,) = ranked({memory(1): fact(5)}, lexical={memory(1): bm25})

    assert one.lexical == share


def test_a_turn_beside_a_match_gains_and_one_further_off_does_not() -> None:
    facts = {turn(4): fact(4), turn(5): fact(5), turn(7): fact(7), turn(6): fact(6, stream=2)}

    found = {one.key: one for one in ranked(facts, cosines={turn(4): 0.8})}

    assert found[turn(5)].context == pytest.approx(0.2)
    assert found[turn(7)].context == 0.0
    assert found[turn(6)].context == 0.0
    assert found[turn(4)].context == 0.0


def test_a_memory_is_not_its_own_context() -> None:
    (one,) = ranked({memory(1): fact(4, 5)}, cosines={memory(1): 0.8})

    assert one.context == 0.0


def test_a_turn_that_a_better_result_cites_is_left_out() -> None:
    facts = {memory(1): fact(5, importance=0.5), turn(5): fact(5), turn(6): fact(6)}

    found = ranked(facts, cosines={memory(1): 0.7, turn(5): 0.7, turn(6): 0.1})

    assert [one.key for one in found] == [memory(1), turn(6)]


def test_a_memory_whose_turns_all_stand_above_it_is_left_out() -> None:
    facts = {turn(5): fact(5), memory(1): fact(5), memory(2): fact(5, 8)}

    found = ranked(facts, cosines={turn(5): 0.9, memory(1): 0.5, memory(2): 0.5})

    assert [one.key for one in found] == [turn(5), memory(2)]


def test_two_memories_of_one_turn_are_both_shown() -> None:
    facts = {memory(1): fact(5), memory(2): fact(5)}

    assert len(ranked(facts, cosines={memory(1): 0.9, memory(2): 0.5})) == 2


def test_what_is_not_similar_enough_is_no_result_and_hides_none() -> None:
    facts = {memory(1): fact(5, importance=1.0), turn(5): fact(5), turn(6): fact(6)}
    cosines = {memory(1): 0.59, turn(5): 0.6, turn(6): 0.1}

    found = fuse(cosines, {}, facts, ideal=4.0, weights=WEIGHTS, least_similarity=0.6)

    assert [one.key for one in found] == [turn(5)]
    assert found[0].context == pytest.approx(0.05 / 2)


def test_without_known_places_and_weights_nothing_breaks() -> None:
    bare = replace(fact(5), places=frozenset())
    none = replace(
        WEIGHTS,
        similarity_weight=0.0,
        lexical_weight=0.0,
        context_weight=0.0,
        importance_weight=0.0,
    )

    (one,) = fuse({}, {memory(1): 3.0}, {memory(1): bare}, ideal=0.0, weights=none)

    assert (one.relevance, one.lexical, one.context) == (0.0, 0.0, 0.0)


def test_function_words_are_looked_up_only_when_there_are_no_others() -> None:
    assert telling_lexemes("When did Caroline go to the group?") == ("carolin", "go", "group")
    assert telling_lexemes("who was it?") == ("who", "was", "it")
    assert telling_lexemes("?!") == ()


def test_rarer_lexemes_weigh_more() -> None:
    assert inverse_frequency(1000, 1) > inverse_frequency(1000, 10) > inverse_frequency(1000, 1000)
    assert inverse_frequency(1000, 1000) > 0
    assert inverse_frequency(0, 0) > 0


def test_a_word_met_once_at_mean_length_scores_its_weight() -> None:
    assert term_score(tf=1, length=12, mean_length=12.0, weight=3.0) == pytest.approx(3.0)
    assert term_score(tf=1, length=6, mean_length=12.0, weight=3.0) > 3.0
    assert term_score(tf=1, length=24, mean_length=12.0, weight=3.0) < 3.0
    assert term_score(tf=10_000, length=12, mean_length=12.0, weight=1.0) < BM25_K1 + 1
    assert term_score(tf=1, length=0, mean_length=0.0, weight=1.0) == pytest.approx(1.0)


KEYS = st.tuples(st.sampled_from(list(Kind)), st.integers(1, 9))
FACTS = st.dictionaries(
    KEYS,
    st.builds(
        lambda events, importance: fact(*events, importance=importance),
        st.sets(st.integers(1, 9), max_size=3),
        st.floats(0, 1),
    ),
    max_size=8,
)


@given(
    FACTS,
    st.dictionaries(KEYS, st.floats(-1, 1)),
    st.dictionaries(KEYS, st.floats(0, 20)),
    st.randoms(use_true_random=False),
)
def test_every_figure_is_0_to_1_best_first_in_any_order(
    facts: dict[Key, Fact], cosines: dict[Key, float], lexical: dict[Key, float], random: object
) -> None:
    mixed = list(facts.items())
    random.shuffle(mixed)  # type: ignore[attr-defined]

    found = fuse(cosines, lexical, facts, ideal=6.0, weights=WEIGHTS)

    assert fuse(cosines, lexical, dict(mixed), ideal=6.0, weights=WEIGHTS) == found
    scores = [one.relevance for one in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert all(0 <= part <= 1 for one in found for part in one.components(RecallPolicy()).values())
    shown = {event for one in found for event in facts[one.key].source_event_ids}
    assert shown == {event for one in facts.values() for event in one.source_event_ids}
