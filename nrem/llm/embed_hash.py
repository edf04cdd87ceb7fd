"""The embedder without a model: signed feature hashing, standard library only.

Words and the character 3-grams of each word are hashed into 384 signed dimensions. Texts that
share words or parts of words lie near each other; meaning beyond spelling is not seen, so full
text search carries quality where this one is used.
Source: Weinberger et al., Feature Hashing for Large Scale Multitask Learning, 2009.
"""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from math import log1p, sqrt
from typing import Final

from nrem.policy.text import lexemes

# A 3-gram counts less than its word: spelling likeness helps, and must not outvote whole words.
_GRAM_WEIGHT: Final = 0.3


class HashEmbedder:
    """Signed hashing of words and character 3-grams; equal on every machine."""

    model_id: Final = "hash-384@1"
    dimensions: Final = 384

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One unit vector per text, in the order given; a text without words gets axis 0."""
        return [self._embed_one(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """The vector of one text; cheap enough to need no memory of it."""
        return self._embed_one(text)

    def _embed_one(self, text: str) -> list[float]:
        vector = [0.0] * self.dimensions
        for feature, weight in _features(text):
            digest = int.from_bytes(blake2b(feature.encode(), digest_size=8).digest(), "big")
            sign = 1.0 if digest >> 63 else -1.0
            vector[digest % self.dimensions] += sign * weight
        norm = sqrt(sum(value * value for value in vector))
        if norm == 0.0:
            return [1.0] + [0.0] * (self.dimensions - 1)
        return [value / norm for value in vector]


def _features(text: str) -> Iterator[tuple[str, float]]:
    for word, count in sorted(lexemes(text).items()):
        weight = 1.0 + log1p(count - 1)
        yield f"w:{word}", weight
        padded = f"^{word}$"
        for start in range(len(padded) - 2):
            yield f"g:{padded[start : start + 3]}", weight * _GRAM_WEIGHT
