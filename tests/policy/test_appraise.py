import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrem.policy.appraise import AppraisePolicy, Doubtful, is_doubtful, judge

POLICY = AppraisePolicy(above=0.3, below=0.5, max_change=0.2)
SHARES = st.floats(0, 1)


def _doubtful(importance: float, number: int = 1) -> Doubtful:
    return Doubtful(
        memory_id=number, version=3, content="tea", importance=importance, memory_type="semantic"
    )


@pytest.mark.parametrize("importance", [0.3, 0.5])
def test_band_holds_both_its_ends(importance: float) -> None:
    assert is_doubtful(importance, POLICY)


@pytest.mark.parametrize("importance", [0.299, 0.501])
def test_what_lies_beside_the_band_is_not_doubtful(importance: float) -> None:
    assert not is_doubtful(importance, POLICY)


@pytest.mark.parametrize(("opinion", "becomes"), [(1.0, 0.6), (0.0, 0.2), (0.5, 0.5)])
def test_importance_moves_towards_the_opinion_as_far_as_it_may(
    opinion: float, becomes: float
) -> None:
    (judged,) = judge([_doubtful(0.4)], {1: opinion}, POLICY)

    assert judged.importance == pytest.approx(becomes)
    assert (judged.version, judged.before) == (3, 0.4)


def test_equal_opinion_changes_nothing() -> None:
    assert judge([_doubtful(0.4)], {1: 0.4}, POLICY) == ()


def test_memory_without_an_opinion_keeps_its_importance() -> None:
    assert judge([_doubtful(0.4)], {}, POLICY) == ()


def test_opinion_about_a_memory_that_was_not_asked_about_counts_for_nothing() -> None:
    assert judge([_doubtful(0.4)], {2: 1.0}, POLICY) == ()


@given(SHARES, SHARES, SHARES)
def test_importance_stays_between_0_and_1(before: float, opinion: float, most: float) -> None:
    policy = AppraisePolicy(max_change=most)

    for one in judge([_doubtful(before)], {1: opinion}, policy):
        assert 0.0 <= one.importance <= 1.0
        assert abs(one.importance - before) <= most + 1e-12
