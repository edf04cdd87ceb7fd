"""Finding what may answer a question: by meaning and by words, filtered before the cut.

Two ways choose candidates; then both figures are computed for all of them, so that an item is
ranked alike whichever way found it. A small scope is compared whole; a large one goes through the
approximate vector index, and what its words may cost is bounded (`recall_word`).
"""

import json
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, islice
from typing import Any, Final

from sqlalchemy import Connection

from nrem.policy.params import RecallPolicy
from nrem.policy.recall import Key
from nrem.store import recall_word
from nrem.store.recall_word import KINDS, Reach, Words, columns
from nrem.store.search import vector_text
from nrem.store.statement import statement

# Vectors in scope up to which all of them are compared: right always, in a few milliseconds.
# At twice that many the approximate index is the faster way.
SMALL: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose memories may answer."""

    agent_id: int
    user_id: int | None = None
    session_id: int | None = None
    memory_type: str | None = None
    include_turns: bool = True
    # what was true in the world then; None: what is true at the instant asked about
    true_at: datetime | None = None
    # a memory of it is a turn of this conversation; then raw turns are none
    conversation_id: int | None = None
    # what metadata must contain; empty: anything
    metadata: Mapping[str, Any] = field(default_factory=dict)
    # when it happened, both ends among it
    since: datetime | None = None
    until: datetime | None = None
    # archived and forgotten memories too, until they are purged
    include_deleted: bool = False

    def filters(self, subject_id: int | None) -> dict[str, Any]:
        """As statements take them."""
        return {
            "agent_id": self.agent_id,
            "user_id": self.user_id,
            "subject_id": subject_id,
            "session_id": self.session_id,
            "type": self.memory_type,
            "include_turns": self.include_turns,
            "true_at": self.true_at,
            "conversation_id": self.conversation_id,
            "metadata_filter": json.dumps(dict(self.metadata)) if self.metadata else None,
            "since": self.since,
            "until": self.until,
            "include_deleted": self.include_deleted,
        }


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
    # edges over which what comes from a result counts
    graph_depth: int = 0
    # which ways choose candidates and weigh
    by_meaning: bool = True
    by_words: bool = True
    # the best in the order of when they happened, the latest first
    by_time: bool = False

    def weights(self, policy: RecallPolicy) -> RecallPolicy:
        """The policy's, of the ways that are taken."""
        if not self.by_meaning:
            return replace(policy, similarity_weight=0.0)
        return policy if self.by_words else replace(policy, lexical_weight=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """Candidates with both of their figures."""

    # best first, one way each
    by_meaning: tuple[Key, ...] = ()
    by_words: tuple[Key, ...] = ()
    cosines: Mapping[Key, float] = field(default_factory=dict)
    # BM25 sums, and the sum that an ideal item would have
    lexical: Mapping[Key, float] = field(default_factory=dict)
    ideal: float = 0.0
    # what the question's lexemes weigh
    words: Words = recall_word.NOTHING
    # whether more of the scope could answer
    is_cut: bool

    @property
    def keys(self) -> tuple[Key, ...]:
        """All of them, each once."""
        return tuple(dict.fromkeys((*self.by_meaning, *self.by_words)))

    def best(self, size: int, among: Container[Key]) -> list[Key]:
        """The best `size` of either way that are `among` those given."""
        chosen = (
            islice((key for key in way if key in among), size)
            for way in (self.by_meaning, self.by_words)
        )
        return list(dict.fromkeys(chain.from_iterable(chosen)))


def reach(conn: Connection, org_id: int, scope: Scope) -> Reach | None:
    """The scope as statements take it; None when the agent never heard of the user."""
    its = {"org_id": org_id, "agent_id": scope.agent_id, "user_id": scope.user_id}
    row = conn.execute(statement("recall_scope"), {**its, "bound": SMALL + 1}).one()
    if scope.user_id is not None and row.subject_id is None:
        return None
    return Reach(
        filters={"org_id": org_id, **scope.filters(row.subject_id)},
        # what one session or conversation holds is little, however much its agent has
        is_small=scope.session_id is not None
        or scope.conversation_id is not None
        or row.size <= SMALL,
        doubtful=row.doubtful,
        has_superseded=row.has_superseded,
    )


def newest(conn: Connection, within: Reach, question: Question, size: int) -> Matches:
    """The newest memories, at most `size`, for a question without words."""
    limit = _fetched(within, size)
    given = {**within.filters, "by_time": question.by_time, "limit": limit}
    rows = conn.execute(statement("recall_newest"), given).all()
    found = tuple((KINDS[kind], number) for kind, number in rows)
    return Matches(by_meaning=found, is_cut=len(rows) == limit)


def _fetched(within: Reach, size: int) -> int:
    return min(size + within.doubtful, max(size, SMALL))


def find(conn: Connection, within: Reach, question: Question, size: int) -> Matches:
    """The best `size` by meaning and the best `size` by words; `question` has a vector."""
    size = _fetched(within, size)
    given = {**_asked(within, question), "limit": size}
    cosines = _nearest(conn, within, given) if question.by_meaning else {}
    words = recall_word.NOTHING
    if question.by_words:
        words = recall_word.choose(conn, within, question.query, size)
    # Who asks for similar ones only has them all once a dissimilar one was met.
    is_cut = len(cosines) == size and min(cosines.values()) >= question.least_similarity
    is_cut = is_cut or (words.is_cut and not question.least_similarity)
    by_meaning = tuple(cosines)
    cosines |= _cosines(conn, given, [key for key in words.keys if key not in cosines])
    keys = tuple(dict.fromkeys((*by_meaning, *words.keys)))
    return Matches(
        by_meaning=by_meaning,
        by_words=words.keys,
        cosines=cosines,
        lexical=recall_word.sums(conn, within, words, keys),
        ideal=words.ideal,
        words=words,
        is_cut=is_cut,
    )


def figures(
    conn: Connection, within: Reach, question: Question, matches: Matches, keys: Sequence[Key]
) -> tuple[Mapping[Key, float], Mapping[Key, float]]:
    """Cosines and BM25 sums of other items of the scope than were found."""
    return (
        _cosines(conn, _asked(within, question), keys),
        recall_word.sums(conn, within, matches.words, keys),
    )


def _asked(within: Reach, question: Question) -> dict[str, Any]:
    return {
        **within.filters,
        "model": question.model,
        "query": vector_text(question.vector or ()),
    }


def _nearest(conn: Connection, within: Reach, given: dict[str, Any]) -> dict[Key, float]:
    rows: Sequence[Any] = ()
    if not within.is_small:
        rows = conn.execute(statement("recall_vector_nearest"), given).all()
    # The approximate index gives up where few of many pass the filters.
    if len(rows) < given["limit"]:
        rows = conn.execute(statement("recall_vector_exact"), given).all()
    return {(KINDS[kind], number): cosine for kind, number, cosine in rows}


def _cosines(conn: Connection, given: dict[str, Any], keys: Sequence[Key]) -> dict[Key, float]:
    if not keys:
        return {}
    rows = conn.execute(statement("recall_vector_of"), {**given, **columns(keys)}).all()
    return {(KINDS[kind], number): cosine for kind, number, cosine in rows}
