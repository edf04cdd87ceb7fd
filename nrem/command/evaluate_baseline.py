"""What plain search over the raw turns would answer: the rankings that recall is compared with.

Written apart from recall on purpose. Vector: cosine, all turns compared. Fused: reciprocal rank
fusion of that ranking and BM25 (Cormack, Clarke and Büttcher, 2009, k = 60), with the textbook's
parameters (Robertson and Zaragoza, 2009, k1 = 1.2, b = 0.75).
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from nrem.command.conversation import Conversation, Turn
from nrem.command.evaluate_metric import Result
from nrem.llm.embed import Embedder
from nrem.policy.text import lexemes

_K1: Final = 1.2
_B: Final = 0.75
_FUSION: Final = 60


class Baseline:
    """The turns of one conversation, ready to be searched."""

    def __init__(self, conversation: Conversation, embedder: Embedder) -> None:
        turns = [turn for session in conversation.sessions for turn in session.turns]
        self._results = [Result(content=_text(turn), sources=(turn.turn_id,)) for turn in turns]
        self._embedder = embedder
        self._vectors = embedder.embed([result.content for result in self._results])
        self._lengths: list[int] = []
        self._postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for place, result in enumerate(self._results):
            counts = lexemes(result.content)
            self._lengths.append(sum(counts.values()))
            for lexeme, count in counts.items():
                self._postings[lexeme].append((place, count))

    def answer(self, questions: Sequence[str]) -> list[tuple[list[Result], list[Result]]]:
        """All turns ranked for each question: by vector, and fused."""
        return [
            (self._ranked(near), self._ranked(self._fused(near, self._bm25(question))))
            for question, near in zip(questions, self._cosines(questions), strict=True)
        ]

    def _cosines(self, questions: Sequence[str]) -> list[list[float]]:
        import numpy as np  # noqa: PLC0415 - heavy and optional

        asked = np.array(self._embedder.embed(questions), dtype=np.float32)
        found: list[list[float]] = (asked @ np.array(self._vectors, dtype=np.float32).T).tolist()
        return found

    def _bm25(self, question: str) -> list[float]:
        count = len(self._results)
        mean_length = sum(self._lengths) / count
        scores = [0.0] * count
        for lexeme in lexemes(question):
            held = self._postings.get(lexeme, ())
            weight = math.log(1 + (count - len(held) + 0.5) / (len(held) + 0.5))
            for place, tf in held:
                norm = _K1 * (1 - _B + _B * self._lengths[place] / mean_length)
                scores[place] += weight * tf * (_K1 + 1) / (tf + norm)
        return scores

    def _fused(self, *rankings: Sequence[float]) -> list[float]:
        scores = [0.0] * len(self._results)
        for ranking in rankings:
            for rank, place in enumerate(_order(ranking)):
                scores[place] += 1 / (_FUSION + rank + 1)
        return scores

    def _ranked(self, scores: Sequence[float]) -> list[Result]:
        return [self._results[place] for place in _order(scores)]


def _text(turn: Turn) -> str:
    return f"{turn.speaker}: {turn.content}" if turn.speaker else turn.content


def _order(scores: Sequence[float]) -> list[int]:
    """Places, best score first; ties in the order of the conversation."""
    return sorted(range(len(scores)), key=lambda place: -scores[place])
