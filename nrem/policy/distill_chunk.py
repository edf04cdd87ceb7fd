"""A memory's text in chunks of whole sentences, each beginning with the end of the one before."""

from collections.abc import Iterator
from typing import Final

from nrem.policy.consolidate_sentence import sentences
from nrem.policy.text import token_estimate

_GLUE: Final = "\n"


def chunks(text: str, size: int, overlap: int) -> Iterator[str]:
    """Chunks of at most `size` tokens, of which up to `overlap` are those of the chunk before.

    A sentence that is longer than a chunk is one by itself. None of a text that says nothing.
    """
    held: list[tuple[str, int]] = []
    has_new = False
    for sentence in sentences(text):
        cost = token_estimate(sentence.text)
        if has_new and _tokens(held) + cost > size:
            yield _GLUE.join(one for one, _ in held)
            held, has_new = _tail(held, min(overlap, size - cost)), False
        held.append((sentence.text, cost))
        has_new = True
    if has_new:
        yield _GLUE.join(one for one, _ in held)


def _tokens(held: list[tuple[str, int]]) -> int:
    return sum(cost for _, cost in held)


def _tail(held: list[tuple[str, int]], most: int) -> list[tuple[str, int]]:
    """The last sentences that cost no more than `most` together."""
    at = len(held)
    while at and held[at - 1][1] <= most:
        at -= 1
        most -= held[at][1]
    return held[at:]
