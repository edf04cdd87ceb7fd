"""What an answer to a question is worth: the figures of `nrem eval`, from ranked results alone.

hit@k: one of the first k results names a turn that holds the answer. hit@Nt: the same within the
results that fit, in rank order, into N tokens. mrr: one over the rank of the first such result.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

# A result that names more turns than this points at a whole session and is no evidence.
MAX_SOURCES: Final = 5
RANKS: Final = (5, 10)
TOKENS: Final = (256, 512, 1024, 2048)

_CHARACTERS_PER_TOKEN: Final = 4
# A result costs its frame besides its words, and nothing that names many turns is cheap.
_TOKENS_PER_RESULT: Final = 8
_TOKENS_PER_SOURCE: Final = 12

# As many results as could ever fit into the largest budget, each naming one turn or more.
MOST_RESULTS: Final = TOKENS[-1] // _TOKENS_PER_SOURCE

Metrics = dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What was answered, and the turns it comes from, by the ids in the file."""

    content: str
    sources: tuple[str, ...]

    @property
    def tokens(self) -> float:
        """What it costs to show: characters / 4 + 8, or 12 per turn named if that is more."""
        words = len(self.content) / _CHARACTERS_PER_TOKEN + _TOKENS_PER_RESULT
        return max(words, _TOKENS_PER_SOURCE * len(self.sources))

    def is_evidence(self, turn_ids: frozenset[str]) -> bool:
        """Whether it names one of `turn_ids`, and at most `MAX_SOURCES` turns in all."""
        return len(self.sources) <= MAX_SOURCES and not turn_ids.isdisjoint(self.sources)


def measure(results: Iterable[Result], turn_ids: frozenset[str]) -> Metrics:
    """The figures of one question, 0 to 1 each; `results` come best first."""
    rank, tokens = _first_hit(results, turn_ids)
    return {
        **{f"hit@{most}": float(0 < rank <= most) for most in RANKS},
        "mrr": 1.0 / rank if rank else 0.0,
        **{f"hit@{most}t": float(rank > 0 and tokens <= most) for most in TOKENS},
    }


def _first_hit(results: Iterable[Result], turn_ids: frozenset[str]) -> tuple[int, float]:
    """Rank of the first evidence (0: there is none) and the tokens up to and with it."""
    spent = 0.0
    for rank, result in enumerate(results, start=1):
        spent += result.tokens
        if result.is_evidence(turn_ids):
            return rank, spent
    return 0, spent


def mean(figures: Sequence[Metrics]) -> Metrics:
    """The mean of each figure, to 4 digits; no questions, no figures."""
    return {
        name: round(sum(one[name] for one in figures) / len(figures), 4)
        for name in (figures[0] if figures else ())
    }
