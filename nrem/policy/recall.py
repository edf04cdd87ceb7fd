"""Ranking of recall: meaning, words, neighbourhood and importance in one score, 0 to 1.

    relevance = (similarity * s + lexical * l + context * c + importance * i) / (s + l + c + i)

similarity is the cosine, lexical the share of the question's telling words that are met (BM25 over
its ideal), context what the turns just before and after match, importance the effective importance
at the instant asked about (0 for a raw turn, which nobody has weighed). Weights: `RecallPolicy`.
What comes over edges replaces a relevance of one's own that is lower (`nrem.policy.graph`).
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from nrem.policy.graph import Edge, Reached
from nrem.policy.params import RecallPolicy
from nrem.policy.text import FUNCTION_WORDS, query_lexemes

# BM25 term saturation and length normalisation; the defaults of Anserini, tuned there on short
# passages. Source: Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009.
BM25_K1: Final = 0.9
BM25_B: Final = 0.4


class Kind(StrEnum):
    """What a result is."""

    MEMORY = "memory"
    TURN = "turn"


# kind and row number
Key = tuple[Kind, int]
# stream and position in it
Place = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What ranking must know of an item besides how well it matches."""

    source_event_ids: frozenset[int]
    # where its sources were said; empty when that is not known
    places: frozenset[Place] = frozenset()
    # 0..1 at the instant asked about; 0 for a turn
    importance: float = 0.0
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One result; every figure is 0 to 1."""

    key: Key
    similarity: float
    lexical: float
    context: float
    importance: float
    relevance: float
    # the part of `relevance` that came over the edges of the path; 0 where there is none
    graph: float = 0.0
    path: tuple[Edge, ...] = ()

    def components(self, weights: RecallPolicy) -> dict[str, float]:
        """The parts of `relevance` and the share of each: `graph` and all products add up to it."""
        parts = {
            "similarity": self.similarity,
            "lexical": self.lexical,
            "context": self.context,
            "importance": self.importance,
        }
        whole = sum(getattr(weights, f"{name}_weight") for name in parts)
        shares = {
            f"{name}_weight": getattr(weights, f"{name}_weight") / (whole or 1.0) for name in parts
        }
        return parts | shares | {"graph": self.graph}

    def lifted(self, reached: Reached) -> "Ranked":
        """As it is, or with what came over edges where that is more."""
        if reached.passed <= self.relevance:
            return self
        came = reached.passed - self.relevance
        return replace(self, relevance=reached.passed, graph=came, path=reached.path)


def telling_lexemes(question: str) -> tuple[str, ...]:
    """The lexemes to look up for a question: without function words, unless it has no others."""
    found = tuple(query_lexemes(question))
    return tuple(word for word in found if word not in FUNCTION_WORDS) or found


def inverse_frequency(documents: int, containing: int) -> float:
    """Weight of a lexeme that `containing` of `documents` items hold: 0 or more, rarer is more."""
    return math.log(1.0 + (documents - containing + 0.5) / (containing + 0.5))


def term_score(*, tf: int, length: int, mean_length: float, weight: float) -> float:
    """BM25 part of one lexeme: `weight` when met once at mean length, at most 1.9 times that."""
    relative = length / mean_length if mean_length > 0 else 1.0
    return weight * tf * (BM25_K1 + 1) / (tf + BM25_K1 * (1 - BM25_B + BM25_B * relative))


def appraise(
    cosines: Mapping[Key, float],
    lexical: Mapping[Key, float],
    facts: Mapping[Key, Fact],
    *,
    ideal: float,
    weights: RecallPolicy,
) -> dict[Key, Ranked]:
    """The figures of each item of `facts`.

    `cosines` and `lexical` (BM25 sums) may lack an item: then that part is 0. `ideal` is the sum of
    the weights of the question's lexemes: an item of mean length that holds each once scores 1.
    """
    similarity = {key: min(max(cosines.get(key, 0.0), 0.0), 1.0) for key in facts}
    words = {key: min(lexical.get(key, 0.0) / ideal, 1.0) if ideal > 0 else 0.0 for key in facts}
    own = weights.similarity_weight + weights.lexical_weight
    match = {
        key: (weights.similarity_weight * similarity[key] + weights.lexical_weight * words[key])
        / (own or 1.0)
        for key in facts
    }
    context = _contexts(match, facts)
    whole = own + weights.context_weight + weights.importance_weight
    return {
        key: Ranked(
            key=key,
            similarity=similarity[key],
            lexical=words[key],
            context=context[key],
            importance=fact.importance,
            relevance=(
                own * match[key]
                + weights.context_weight * context[key]
                + weights.importance_weight * fact.importance
            )
            / (whole or 1.0),
        )
        for key, fact in facts.items()
    }


def order(
    appraised: Iterable[Ranked], facts: Mapping[Key, Fact], *, least_similarity: float = 0.0
) -> list[Ranked]:
    """Items, best first, ties newest first; repeats of a better one are left out.

    An item below `least_similarity` (0..1) is no result and hides none.
    """
    ranked = [one for one in appraised if one.similarity >= least_similarity]
    ranked.sort(key=lambda one: (-one.relevance, -facts[one.key].occurred_at.timestamp(), one.key))
    return _without_repeats(ranked, facts)


def _contexts(match: Mapping[Key, float], facts: Mapping[Key, Fact]) -> dict[Key, float]:
    """Mean of how well the places before and after match; a place matches as its best item does."""
    best: dict[Place, float] = {}
    for key, fact in facts.items():
        for place in fact.places:
            best[place] = max(best.get(place, 0.0), match[key])
    return {key: _around(fact.places, best) for key, fact in facts.items()}


def _around(places: frozenset[Place], best: Mapping[Place, float]) -> float:
    def strongest(step: int) -> float:
        beside: Iterable[Place] = ((stream, at + step) for stream, at in places)
        return max((best.get(one, 0.0) for one in beside if one not in places), default=0.0)

    return (strongest(-1) + strongest(1)) / 2


def _without_repeats(ranked: Iterable[Ranked], facts: Mapping[Key, Fact]) -> list[Ranked]:
    """Leaves out a turn that a better result cites, and a memory whose turns are all above it.

    Two memories of one turn may say different things, so neither hides the other.
    """
    cited: set[int] = set()
    shown: set[int] = set()
    kept: list[Ranked] = []
    for one in ranked:
        sources = facts[one.key].source_event_ids
        is_turn = one.key[0] is Kind.TURN
        if sources and sources <= (cited if is_turn else shown):
            continue
        cited |= sources
        if is_turn:
            shown |= sources
        kept.append(one)
    return kept
