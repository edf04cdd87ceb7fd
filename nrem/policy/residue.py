"""What is left of words that were erased, compared by keyed digests: nobody keeps the words.

A text is found again as it was, in its normal form, or by a run of its words. What others said
themselves is theirs, whoever said it first: it is taken out of what is looked for.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Self

from nrem.policy.consolidate_model import Trust
from nrem.policy.model import MemoryType, Reason, Role, State, Tier
from nrem.policy.text import lexemes, normalize


class Kind(StrEnum):
    """How something of the erased was found."""

    # letter by letter
    EXACT = "exact"
    # in its normal form
    NORMALISED = "normalised"
    # a run of its words
    NGRAM = "ngram"
    # by a vector that is close to one of theirs
    VECTOR = "vector"


# Words in a run; of a script without spaces, characters.
_RUN_WORDS: Final = 5
_RUN_CHARACTERS: Final = 10
# What a pass wrote in fewer words says nothing of anybody.
_MADE_WORDS: Final = 3
_DIGEST_BYTES: Final = 8
_WORD: Final = re.compile(r"\w+")
# Codes of nrem's own that stand in what callers send.
VOCABULARY: Final = frozenset(
    (
        *(str(one) for kind in (MemoryType, Tier, State, Reason, Role, Trust) for one in kind),
        # of sessions, where nobody says otherwise
        "conversation",
    )
)


@dataclass(slots=True, kw_only=True)
class Traces:
    """Keyed digests of what was erased; 64 bits each."""

    key: bytes
    # of what callers and people wrote
    exact: set[bytes] = field(default_factory=set)
    normal: set[bytes] = field(default_factory=set)
    runs: set[bytes] = field(default_factory=set)
    # of what passes wrote about it, in normal form; others may come to the same words
    made: set[bytes] = field(default_factory=set)

    def say(self, text: str) -> None:
        """Look for what somebody wrote."""
        if text in VOCABULARY or not text.strip():
            return
        self.exact.add(self._digest(text))
        self.normal.add(self._digest(normal(text)))
        self.runs.update(self._digest(run) for run in _runs(text))

    def make(self, text: str) -> None:
        """Look for what a pass wrote."""
        plain = normal(text)
        if len(plain.split()) >= _MADE_WORDS:
            self.made.add(self._digest(plain))

    def spare(self, text: str) -> None:
        """Do not look for what somebody else says too, nor for single words of it."""
        plain = normal(text)
        its = (*_WORD.findall(text), *_WORD.findall(plain), *lexemes(text))
        words = {self._digest(one) for one in its}
        self.exact -= words
        self.exact.discard(self._digest(text))
        self.normal -= words
        self.normal.discard(self._digest(plain))
        self.made.discard(self._digest(plain))
        if self.runs:
            self.runs.difference_update(self._digest(run) for run in _runs(text))

    def find(self, text: str, *, is_touched: bool) -> Kind | None:
        """How a text repeats something; `is_touched`: it is about somebody whose words went."""
        if self._digest(text) in self.exact:
            return Kind.EXACT
        plain = self._digest(normal(text))
        if plain in self.normal or (is_touched and plain in self.made):
            return Kind.NORMALISED
        if self.runs and any(self._digest(run) in self.runs for run in _runs(text)):
            return Kind.NGRAM
        return None

    def as_json(self) -> dict[str, str]:
        """As it is kept."""
        sets = {"exact": self.exact, "normal": self.normal, "runs": self.runs, "made": self.made}
        return {"key": self.key.hex()} | {
            name: b"".join(sorted(found)).hex() for name, found in sets.items()
        }

    @classmethod
    def of_json(cls, value: Mapping[str, str]) -> Self:
        """What `as_json` made."""
        sets = {
            name: _parts(bytes.fromhex(value[name])) for name in ("exact", "normal", "runs", "made")
        }
        return cls(key=bytes.fromhex(value["key"]), **sets)

    def _digest(self, text: str) -> bytes:
        raw = text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(raw, digest_size=_DIGEST_BYTES, key=self.key).digest()


def texts(value: Any, *, with_keys: bool) -> Iterator[str]:  # noqa: ANN401 - a JSON value
    """Every text of a JSON value; the names of fields, too, where callers choose them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, one in value.items():
            if with_keys:
                yield name
            yield from texts(one, with_keys=with_keys or name == "metadata")
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts(one, with_keys=with_keys)


def normal(text: str) -> str:
    """The form in which texts are compared: no case, no accents, no closing stop."""
    return normalize(text).rstrip(".!。 ")


def _runs(text: str) -> Iterator[str]:
    words = _WORD.findall(normalize(text))
    for at in range(len(words) - _RUN_WORDS + 1):
        yield " ".join(words[at : at + _RUN_WORDS])
    for word in words:
        if not word.isascii():
            for at in range(len(word) - _RUN_CHARACTERS + 1):
                yield word[at : at + _RUN_CHARACTERS]


def _parts(raw: bytes) -> set[bytes]:
    return {raw[at : at + _DIGEST_BYTES] for at in range(0, len(raw), _DIGEST_BYTES)}
