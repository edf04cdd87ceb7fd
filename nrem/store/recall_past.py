"""Recall as of an instant that has passed: what was believed then, searched by the texts of then.

The scope is cut to what was live at that instant, then all of it is compared: no approximate index.
Memories forgotten or archived since are found, purged ones never. It counts as no use.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from nrem.policy.life import Passed, settle
from nrem.policy.model import MemoryType, Reason, State, Tier
from nrem.policy.past import Past, stood
from nrem.policy.recall import Key, Kind, telling_lexemes
from nrem.policy.timeline import Timeline
from nrem.store import recall, recall_match, recall_rank, recall_word
from nrem.store.life import life_of
from nrem.store.recall_graph import Around, Figures, widen
from nrem.store.recall_match import Matches, Question, Scope
from nrem.store.recall_rank import Candidate, Remembered, Round
from nrem.store.recall_word import KINDS, Reach, Words
from nrem.store.search import vector_text
from nrem.store.statement import statement


def recall_as_of(
    conn: Connection,
    org_id: int,
    scope: Scope,
    question: Question,
    *,
    as_of: datetime,
    timeline: Timeline,
    now: datetime,
) -> list[Remembered]:
    """What would have answered the question at `as_of`, which is `now` at the latest.

    Importance is what was left of it then; how its parts weigh in the ranking is as it is now.
    """
    if as_of >= now:
        return recall.recall(conn, org_id, scope, question, timeline=timeline, now=now)
    within = recall_match.reach(conn, org_id, scope)
    if within is None:
        return []
    given = {**within.filters, "as_of": as_of}
    weights = question.weights(timeline.at(now).recall)

    def look(size: int) -> Round:
        matches = _matches(conn, given, question, size)
        candidates = _facts(conn, within, as_of, matches.keys, timeline, now)
        return recall_rank.rank(question, matches, candidates, weights, size)

    around = Around(
        filters=given,
        weights=weights,
        read=lambda keys: _facts(conn, within, as_of, keys, timeline, now),
        figures=lambda matches, keys: _figures(conn, given, question, matches, keys),
    )
    found = widen(conn, recall_rank.in_rounds(question, look), question, around)
    return recall_rank.shown(found, question, weights)


def _matches(conn: Connection, given: dict[str, Any], question: Question, size: int) -> Matches:
    if question.vector is None:
        asked = {**given, "by_time": question.by_time, "limit": size}
        rows = conn.execute(statement("recall_past_newest"), asked).all()
        newest = tuple((KINDS[kind], number) for kind, number in rows)
        return Matches(by_meaning=newest, is_cut=len(rows) == size)
    words = recall_word.NOTHING
    if question.by_words:
        words = _words(conn, given, question.query, size)
    asked = {
        **given,
        **recall_word.columns(words.keys),
        "model": question.model,
        "query": vector_text(question.vector),
        # those that words chose come back with their figure all the same
        "limit": size if question.by_meaning else 0,
    }
    rows = conn.execute(statement("recall_past_vector"), asked).all()
    cosines = {(KINDS[row.item_kind], row.item_id): row.cosine for row in rows}
    near = [row.cosine for row in rows if row.is_near]
    is_cut = len(near) == size and near[-1] >= question.least_similarity
    return Matches(
        # all that was found: what was live then is not known before its facts are read
        by_meaning=tuple((KINDS[row.item_kind], row.item_id) for row in rows if row.is_near),
        by_words=words.keys,
        cosines=cosines,
        lexical=words.all_sums or {},
        ideal=words.ideal,
        words=words,
        is_cut=is_cut or (words.is_cut and not question.least_similarity),
    )


def _words(conn: Connection, given: dict[str, Any], query: str, size: int) -> Words:
    lexemes = telling_lexemes(query)
    if not lexemes:
        return recall_word.NOTHING
    rows = conn.execute(statement("recall_past_postings"), {**given, "lexemes": list(lexemes)})
    return recall_word.choose_from(rows.all(), lexemes, size)


def _figures(
    conn: Connection,
    given: dict[str, Any],
    question: Question,
    matches: Matches,
    keys: Sequence[Key],
) -> Figures:
    asked = {
        **given,
        "model": question.model,
        "query": vector_text(question.vector or ()),
        "ids": [number for _, number in keys],
    }
    rows = conn.execute(statement("recall_past_vector_of"), asked).all()
    # all of the scope was read
    return {(Kind.MEMORY, row.id): row.cosine for row in rows}, matches.words.all_sums or {}


def _facts(
    conn: Connection,
    within: Reach,
    as_of: datetime,
    keys: Sequence[Key],
    timeline: Timeline,
    now: datetime,
) -> dict[Key, Candidate]:
    if not keys:
        return {}
    ids = {kind: sorted({number for its, number in keys if its is kind}) for kind in Kind}
    asked = {**within.filters, "as_of": as_of}
    memories = conn.execute(
        statement("recall_past_memories"), {**asked, "ids": ids[Kind.MEMORY]}
    ).all()
    turns = conn.execute(statement("recall_past_turns"), {**asked, "ids": ids[Kind.TURN]}).all()
    found = {(Kind.MEMORY, row.id): _memory(row, within, timeline, as_of, now) for row in memories}
    found |= {(Kind.TURN, row.id): recall_rank.turn(row) for row in turns}
    return {key: candidate for key, candidate in found.items() if candidate is not None}


def _memory(
    row: Any,  # noqa: ANN401 - a row
    within: Reach,
    timeline: Timeline,
    as_of: datetime,
    now: datetime,
) -> Candidate | None:
    """The memory as it was, if it was live then and is not purged now, written down or not."""
    settled = settle(life_of(row), timeline, now, purges=not row.is_kept)
    if settled.facts.state is State.PURGED:
        return None
    past = Past(
        recorded_at=row.recorded_at,
        memory_type=MemoryType(row.then_type),
        importance=row.then_importance,
        is_pinned=row.then_pinned,
        crossings=[*_told(row), *settled.passed],
        uses_after=row.uses_after,
        last_use=row.last_use,
    )
    facts = stood(settled.facts, past, as_of)
    return recall_rank.memory(row, facts, timeline, as_of) if within.shows(facts.state) else None


def _told(row: Any) -> list[Passed]:  # noqa: ANN401 - a row
    """The changes of state and tier that are written down."""
    if not row.kinds:
        return []
    columns = (row.kinds, row.befores, row.afters, row.instants, row.reasons)
    return [
        Passed(
            at,
            Tier(before) if kind == "tier" else State(before),
            Tier(after) if kind == "tier" else State(after),
            Reason(reason),
        )
        for kind, before, after, at, reason in zip(*columns, strict=True)
    ]
