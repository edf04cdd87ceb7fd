import pytest

from nrem.policy.params import Policy
from nrem.policy.refine import End, Pair, merges

POLICY = Policy.default()
TEA = "Ana is really allergic to peanuts."


def end(number: int, content: str = TEA) -> End:
    return End(memory_id=number, version=1, content=content)


def merged(*pairs: Pair) -> list[tuple[int, int]]:
    """Which stays and which goes."""
    return [(one.kept.memory_id, one.dropped.memory_id) for one in merges(pairs, POLICY)]


def pair(older: End, newer: End, cosine: float = 1.0) -> Pair:
    return Pair(older=older, newer=newer, cosine=cosine)


def test_older_one_stays() -> None:
    assert merged(pair(end(1), end(2))) == [(1, 2)]


@pytest.mark.parametrize(("cosine", "expected"), [(0.9, [(1, 2)]), (0.899, [])])
def test_cosine_must_reach_the_policys(cosine: float, expected: list[tuple[int, int]]) -> None:
    assert merged(pair(end(1), end(2), cosine)) == expected


def test_newer_one_that_adds_a_word_stays() -> None:
    assert merged(pair(end(1), end(2, "Ana is allergic to peanuts."))) == [(1, 2)]
    assert merged(pair(end(1), end(2, "Ana is allergic to peanuts and shrimp."))) == []


@pytest.mark.parametrize(
    "other",
    ["Ana is not allergic to peanuts.", "Ben is allergic to peanuts.", "Ana has 2 peanuts."],
)
def test_what_says_something_else_stays(other: str) -> None:
    assert merged(pair(end(1), end(2, other))) == []


def test_three_alike_become_the_oldest() -> None:
    found = merged(pair(end(2), end(3)), pair(end(1), end(3)), pair(end(1), end(2)))

    assert found == [(1, 2), (1, 3)]


def test_nothing_is_merged_into_what_goes() -> None:
    assert merged(pair(end(1), end(2)), pair(end(2), end(3))) == [(1, 2)]
