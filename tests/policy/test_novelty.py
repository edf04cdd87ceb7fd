"""Novelty: a statement is worth less where its words are known, however it is batched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrem.policy.novelty import WINDOW, Familiar, Statement, overlap, overlaps

WORDS = st.frozensets(st.sampled_from("abcdef"), max_size=4)


def statement(words: str, subject: int = 1) -> Statement:
    return Statement(subject=subject, words=frozenset(words))


@pytest.mark.parametrize(
    ("words", "known", "share"),
    [
        ("abcd", [], 0.0),
        ("abcd", ["xyz"], 0.0),
        ("abcd", ["axyz"], 0.25),
        ("abcd", ["abcdxyz"], 1.0),
        ("abcd", ["ab", "bcd", "d"], 0.75),
        ("", ["abcd"], 0.0),
    ],
)
def test_overlap_is_the_largest_share_in_one_memory(
    words: str, known: list[str], share: float
) -> None:
    assert overlap(frozenset(words), map(frozenset, known)) == share


def test_words_spread_over_several_memories_do_not_add_up() -> None:
    assert overlap(frozenset("abcd"), [frozenset("ab"), frozenset("cd")]) == 0.5


def test_earlier_statements_of_the_batch_are_known() -> None:
    assert overlaps([statement("ab"), statement("ab"), statement("bc")], {}) == [0.0, 1.0, 0.5]


def test_what_another_subject_said_is_new() -> None:
    said = [statement("ab"), statement("ab", subject=2)]

    assert overlaps(said, {3: [Familiar(place=1, words=frozenset("ab"))]}) == [0.0, 0.0]


@pytest.mark.parametrize(("place", "share"), [(WINDOW, 1.0), (WINDOW + 1, 0.0)])
def test_only_the_newest_memories_count(place: int, share: float) -> None:
    known = {1: [Familiar(place=place, words=frozenset("ab"))]}

    assert overlaps([statement("ab")], known) == [share]


@pytest.mark.parametrize(("between", "share"), [(WINDOW - 1, 1.0), (WINDOW, 0.0)])
def test_earlier_statements_push_older_ones_out(between: int, share: float) -> None:
    others = [statement("x")] * between

    assert overlaps([statement("ab"), *others, statement("ab")], {})[-1] == share
    known = {1: [Familiar(place=1, words=frozenset("ab"))]}
    assert overlaps([*others, statement("ab")], known)[-1] == share


@given(said=st.lists(WORDS, max_size=12), cut=st.integers(0, 12))
def test_the_cut_into_batches_changes_nothing(said: list[frozenset[str]], cut: int) -> None:
    statements = [Statement(subject=1, words=words) for words in said]
    first, second = statements[:cut], statements[cut:]
    stored = [Familiar(place=at + 1, words=one.words) for at, one in enumerate(reversed(first))]

    apart = overlaps(first, {}) + overlaps(second, {1: stored})

    assert apart == overlaps(statements, {})


@given(words=WORDS, known=st.lists(WORDS), more=WORDS)
def test_knowing_more_never_makes_newer(
    words: frozenset[str], known: list[frozenset[str]], more: frozenset[str]
) -> None:
    assert 0.0 <= overlap(words, known) <= overlap(words, [*known, more]) <= 1.0
