"""Finding by words: which items hold the telling lexemes of a question, and their BM25 sums.

A small scope is read whole, with its own statistics, so that other people of the same agent change
nothing. In a large one the statistics are the agent's, counted up to a bound, and lexemes that very
many items hold choose no candidates; they still count for those that were found otherwise.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection

from nrem.policy.model import State
from nrem.policy.recall import (
    BM25_B,
    BM25_K1,
    Key,
    Kind,
    inverse_frequency,
    telling_lexemes,
    term_score,
)
from nrem.store.statement import statement

KINDS: Final = {str(kind): kind for kind in Kind}

# Postings counted per lexeme of a large scope: some 10 ms each at most. Beyond it a lexeme is
# taken for no more common than this.
_COUNTED: Final = 20_000
# Postings that choose candidates in a large scope, rarest lexemes first; twice as many, twice the
# time.
_CHOOSING: Final = 20_000
# Stands for the item itself in the postings.
_WHOLE: Final = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A scope in row numbers: the filters that candidate statements take, and its size."""

    filters: Mapping[str, Any]
    is_small: bool
    # memories that are written down as live and may have crossed since: so many more candidates
    # are looked at, so that a late sweep leaves no one out
    doubtful: int = 0
    # something of the agent was true until an instant
    has_superseded: bool = False

    def shows(self, state: State) -> bool:
        """Whether a memory in this state may answer."""
        return state is State.LIVE or (
            self.filters["include_deleted"] and state is not State.PURGED
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a question's lexemes weigh, and the items they chose, best first."""

    # of lexemes that are held at all
    weights: Mapping[str, float]
    mean_length: float
    # the sum that an item of mean length has that holds each lexeme once
    ideal: float
    keys: tuple[Key, ...] = ()
    # whether more items hold a lexeme
    is_cut: bool = False
    # of every item in scope, when all were read
    all_sums: Mapping[Key, float] | None = None


NOTHING: Final = Words(weights={}, mean_length=1.0, ideal=0.0, all_sums={})


def choose(conn: Connection, within: Reach, query: str, size: int) -> Words:
    """The best `size` items of the scope by the words of `query`."""
    lexemes = telling_lexemes(query)
    if not lexemes:
        return NOTHING
    if within.is_small:
        return _choose_of_all(conn, within, lexemes, size)
    return _choose_bounded(conn, within, lexemes, size)


def sums(conn: Connection, within: Reach, words: Words, keys: Sequence[Key]) -> Mapping[Key, float]:
    """The BM25 sum of each of `keys` that holds a lexeme; others may be among them."""
    if words.all_sums is not None:
        return words.all_sums
    given = {**within.filters, **columns(keys), "lexemes": list(words.weights)}
    return _sums(conn.execute(statement("recall_lexical_of"), given).all(), words)


def columns(keys: Sequence[Key]) -> dict[str, Any]:
    """Items as the arrays that statements about given items take."""
    return {
        "item_kinds": [str(kind) for kind, _ in keys],
        "item_ids": [number for _, number in keys],
    }


def _choose_of_all(conn: Connection, within: Reach, lexemes: Sequence[str], size: int) -> Words:
    given = {**within.filters, "lexemes": list(lexemes)}
    rows = conn.execute(statement("recall_postings"), given).all()
    return choose_from(rows, lexemes, size)


def choose_from(rows: Sequence[Any], lexemes: Sequence[str], size: int) -> Words:
    """The best `size` items by all postings of a scope; the first row says how much it holds."""
    whole, *postings = rows
    counts: dict[str, int] = {}
    live = [found for *found, is_live in postings if is_live]
    for lexeme, *_ in postings:
        counts[lexeme] = counts.get(lexeme, 0) + 1
    words = _weighed(lexemes, counts, documents=whole.item_id, mean_length=whole.length)
    found = _sums(live, words)
    best = sorted(found, key=lambda key: (-found[key], key))
    return replace(words, keys=tuple(best[:size]), is_cut=len(best) > size, all_sums=found)


def _choose_bounded(conn: Connection, within: Reach, lexemes: Sequence[str], size: int) -> Words:
    given = {**within.filters, "lexemes": list(lexemes), "bound": _COUNTED}
    rows = {r.lexeme: r for r in conn.execute(statement("recall_corpus"), given)}
    whole = rows.pop(_WHOLE, None)
    if whole is None:
        return NOTHING
    counts = {lexeme: row.items for lexeme, row in rows.items()}
    words = _weighed(lexemes, counts, documents=whole.items, mean_length=whole.mean_length)
    chosen = _affordable(counts)
    if not chosen:
        return words
    given = {
        **within.filters,
        "lexemes": chosen,
        "weights": [words.weights[lexeme] for lexeme in chosen],
        "k1": BM25_K1,
        "b": BM25_B,
        "mean_length": words.mean_length,
        "limit": size,
    }
    found = conn.execute(statement("recall_lexical"), given).all()
    keys = tuple((KINDS[kind], number) for kind, number in found)
    return replace(words, keys=keys, is_cut=len(keys) == size)


def _weighed(
    lexemes: Sequence[str], counts: Mapping[str, int], *, documents: int, mean_length: float
) -> Words:
    weights = {one: inverse_frequency(documents, counts.get(one, 0)) for one in lexemes}
    return Words(
        weights={one: weight for one, weight in weights.items() if one in counts},
        mean_length=mean_length or 1.0,
        ideal=sum(weights.values()),
    )


def _affordable(counts: Mapping[str, int]) -> list[str]:
    """The rarest lexemes that fewer than `_CHOOSING` items hold together."""
    chosen, spent = [], 0
    for lexeme in sorted(counts, key=lambda one: (counts[one], one)):
        spent += counts[lexeme]
        if spent >= _CHOOSING:
            break
        chosen.append(lexeme)
    return chosen


def _sums(postings: Iterable[Any], words: Words) -> dict[Key, float]:
    found: dict[Key, float] = {}
    for lexeme, kind, number, tf, length in postings:
        key = (KINDS[kind], number)
        found[key] = found.get(key, 0.0) + term_score(
            tf=tf, length=length, mean_length=words.mean_length, weight=words.weights[lexeme]
        )
    return found
