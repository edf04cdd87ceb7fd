import itertools

from nrem.policy.distill_chunk import chunks
from nrem.policy.text import token_estimate

SAID = [f"Sentence number {n} of this text." for n in range(40)]


def test_short_text_is_one_chunk() -> None:
    assert list(chunks("I live in Lisbon. I like tea.", 64, 0)) == [
        "I live in Lisbon.\nI like tea."
    ]


def test_text_without_words_has_no_chunk() -> None:
    assert list(chunks(" \n ", 64, 0)) == []


def test_without_overlap_every_sentence_is_in_one_chunk() -> None:
    found = list(chunks(" ".join(SAID), 64, 0))

    assert [line for chunk in found for line in chunk.splitlines()] == SAID
    assert all(token_estimate(chunk) <= 64 for chunk in found)


def test_chunk_begins_with_the_end_of_the_one_before() -> None:
    found = [chunk.splitlines() for chunk in chunks(" ".join(SAID), 64, 20)]

    assert len(found) > 2
    assert all(after[:2] == before[-2:] for before, after in itertools.pairwise(found))


def test_sentence_longer_than_a_chunk_stands_alone() -> None:
    long = "word " * 200 + "end."

    assert list(chunks(f"Short one. {long} Short two.", 64, 32)) == [
        "Short one.",
        long,
        "Short two.",
    ]
