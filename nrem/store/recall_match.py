"""Finding what may answer a question: by meaning and by words, filtered before the cut.

Two ways choose candidates; then both figures are computed for all of them, so that an item is
ranked alike whichever way found it. A small scope is compared whole. A large one is bounded: it
goes through the approximate vector index, and words that very many items hold choose nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection

from nrem.policy.recall import (
    BM25_B,
    BM25_K1,
    Key,
    Kind,
    inverse_frequency,
    telling_lexemes,
    term_score,
)
from nrem.store.search import vector_text
from nrem.store.statement import statement

# Vectors in scope up to which all of them are compared: right always, in a few milliseconds.
# At twice that many the approximate index is the faster way.
SMALL: Final = 5_000
# Postings counted per lexeme; beyond this frequency a lexeme says next to nothing.
_COUNTED: Final = 20_000
# Postings that choose candidates in a large scope: rarest lexemes first.
_POSTINGS: Final = 20_000
# Stands for the item itself in the postings.
_WHOLE: Final = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose memories may answer."""

    agent_id: int
    user_id: int | None = None
    session_id: int | None = None
    memory_type: str | None = None
    include_turns: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, and how much is wanted."""

    query: str
    # of the query, by the embedder `model`; None when the query is blank
    vector: Sequence[float] | None
    model: str
    limit: int
    # 0..1; nothing less similar is an answer
    least_similarity: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A scope in row numbers: the filters that candidate statements take, and its size."""

    filters: Mapping[str, Any]
    is_small: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """Candidates with both of their figures."""

    keys: tuple[Key, ...]
    cosines: Mapping[Key, float] = field(default_factory=dict)
    # BM25 sums, and the sum that an ideal item would have
    lexical: Mapping[Key, float] = field(default_factory=dict)
    ideal: float = 0.0
    # whether more of the scope could answer
    is_cut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """The telling lexemes of a question, as the agent's items hold them."""

    # of lexemes that are held at all
    weights: Mapping[str, float]
    counts: Mapping[str, int]
    mean_length: float
    ideal: float


def reach(conn: Connection, org_id: int, scope: Scope) -> Reach | None:
    """The scope as statements take it; None when the agent never heard of the user."""
    its = {"org_id": org_id, "agent_id": scope.agent_id, "user_id": scope.user_id}
    row = conn.execute(statement("recall_scope"), {**its, "bound": SMALL + 1}).one()
    if scope.user_id is not None and row.subject_id is None:
        return None
    return Reach(
        filters={
            **its,
            "subject_id": row.subject_id,
            "session_id": scope.session_id,
            "type": scope.memory_type,
            "include_turns": scope.include_turns,
        },
        # what one session holds is little, however much its agent has
        is_small=scope.session_id is not None or row.size <= SMALL,
    )


def newest(conn: Connection, within: Reach, size: int) -> Matches:
    """The newest memories, at most `size`, for a question without words."""
    rows = conn.execute(statement("recall_newest"), {**within.filters, "limit": size})
    keys = _keys(rows)
    return Matches(keys=tuple(keys), is_cut=len(keys) == size)


def find(conn: Connection, within: Reach, question: Question, size: int) -> Matches:
    """The best `size` by meaning and the best `size` by words; `question` has a vector."""
    given = {
        **within.filters,
        "model": question.model,
        "query": vector_text(question.vector or ()),
        "limit": size,
    }
    cosines = _nearest(conn, within, given)
    words = _words(conn, within, question.query)
    worded = _worded(conn, within, words, size)
    # Who asks for similar ones only has them all once a dissimilar one was met.
    is_cut = len(cosines) == size and min(cosines.values()) >= question.least_similarity
    is_cut = is_cut or (len(worded) == size and not question.least_similarity)
    cosines |= _cosines(conn, given, [key for key in worded if key not in cosines])
    keys = tuple(dict.fromkeys((*cosines, *worded)))
    return Matches(
        keys=keys,
        cosines=cosines,
        lexical=_sums(conn, within, words, keys),
        ideal=words.ideal,
        is_cut=is_cut,
    )


def _nearest(conn: Connection, within: Reach, given: dict[str, Any]) -> dict[Key, float]:
    rows: Sequence[Any] = ()
    if not within.is_small:
        rows = conn.execute(statement("recall_vector_nearest"), given).all()
    # The approximate index gives up where few of many pass the filters.
    if len(rows) < given["limit"]:
        rows = conn.execute(statement("recall_vector_exact"), given).all()
    return {(Kind(r.item_kind), r.item_id): r.cosine for r in rows}


def _cosines(conn: Connection, given: dict[str, Any], keys: Sequence[Key]) -> dict[Key, float]:
    if not keys:
        return {}
    rows = conn.execute(statement("recall_vector_of"), {**given, **_columns(keys)})
    return {(Kind(r.item_kind), r.item_id): r.cosine for r in rows}


def _words(conn: Connection, within: Reach, query: str) -> _Words:
    asked = telling_lexemes(query)
    if not asked:
        return _Words(weights={}, counts={}, mean_length=1.0, ideal=0.0)
    rows = conn.execute(
        statement("recall_corpus"), {**within.filters, "lexemes": list(asked), "bound": _COUNTED}
    ).all()
    counts = {r.lexeme: int(r.items) for r in rows}
    lengths = {r.lexeme: float(r.mean_length) for r in rows}
    documents = counts.pop(_WHOLE, 0)
    weights = {word: inverse_frequency(documents, counts.get(word, 0)) for word in asked}
    return _Words(
        weights={word: weight for word, weight in weights.items() if word in counts},
        counts=counts,
        mean_length=lengths.get(_WHOLE) or 1.0,
        ideal=sum(weights.values()),
    )


def _worded(conn: Connection, within: Reach, words: _Words, size: int) -> list[Key]:
    chosen = list(words.weights) if within.is_small else _affordable(words.counts)
    if not chosen:
        return []
    given = {
        **within.filters,
        "lexemes": chosen,
        "weights": [words.weights[word] for word in chosen],
        "k1": BM25_K1,
        "b": BM25_B,
        "mean_length": words.mean_length,
        "limit": size,
    }
    return _keys(conn.execute(statement("recall_lexical"), given))


def _affordable(counts: Mapping[str, int]) -> list[str]:
    """The rarest lexemes that together are held by fewer than `_POSTINGS` items."""
    chosen, spent = [], 0
    for word in sorted(counts, key=lambda one: (counts[one], one)):
        spent += counts[word]
        if spent >= _POSTINGS:
            break
        chosen.append(word)
    return chosen


def _sums(conn: Connection, within: Reach, words: _Words, keys: Sequence[Key]) -> dict[Key, float]:
    """The BM25 sum of each item that holds a lexeme of the question."""
    if not keys or not words.weights:
        return {}
    given = {**within.filters, **_columns(keys), "lexemes": list(words.weights)}
    sums: dict[Key, float] = {}
    for row in conn.execute(statement("recall_lexical_of"), given):
        key = (Kind(row.item_kind), row.item_id)
        sums[key] = sums.get(key, 0.0) + term_score(
            tf=row.tf,
            length=row.length,
            mean_length=words.mean_length,
            weight=words.weights[row.lexeme],
        )
    return sums


def _keys(rows: Iterable[Any]) -> list[Key]:
    return [(Kind(row.item_kind), row.item_id) for row in rows]


def _columns(keys: Sequence[Key]) -> dict[str, Any]:
    return {
        "item_kinds": [str(kind) for kind, _ in keys],
        "item_ids": [number for _, number in keys],
    }
