"""Recall: what answers a question best, found by `recall_match` and ranked by `recall_rank`.

A memory that time has taken out of recall is left out, whether that was written down or not; then
more of the scope is looked at, so that as many results come back as there are, up to the limit.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from nrem.policy.life import settle
from nrem.policy.recall import Key, Kind
from nrem.policy.timeline import Timeline
from nrem.store import recall_match
from nrem.store.life import life_of
from nrem.store.recall_graph import Around, widen
from nrem.store.recall_match import Matches, Question, Scope
from nrem.store.recall_rank import (
    Candidate,
    Remembered,
    Round,
    in_rounds,
    memory,
    rank,
    shown,
    turn,
)
from nrem.store.recall_word import Reach
from nrem.store.statement import statement


def recall(
    conn: Connection,
    org_id: int,
    scope: Scope,
    question: Question,
    *,
    timeline: Timeline,
    now: datetime,
) -> list[Remembered]:
    """What answers the question best, at most its limit; the newest memories when it is blank.

    As many as there are come back, up to the limit, from scopes of up to `SMALL` items; from larger
    ones at least the best `SMALL` were looked at.
    """
    within = recall_match.reach(conn, org_id, scope)
    if within is None:
        return []
    weights = question.weights(timeline.at(now).recall)

    def look(size: int) -> Round:
        matches = _matches(conn, within, question, size)
        candidates = _facts(conn, within, matches.keys, timeline, now)
        return rank(question, matches, candidates, weights, size)

    around = Around(
        filters=within.filters,
        weights=weights,
        read=lambda keys: _facts(conn, within, keys, timeline, now),
        figures=lambda matches, keys: recall_match.figures(conn, within, question, matches, keys),
        has_superseded=within.has_superseded and scope.true_at is None,
    )
    found = widen(conn, in_rounds(question, look), question, around)
    return shown(found, question, weights)


def has_conversation(conn: Connection, org_id: int, number: int) -> bool:
    """Whether a conversation is there and not deleted."""
    given = {"org_id": org_id, "conversation_id": number}
    found = conn.execute(statement("recall_conversation"), given).scalar_one_or_none()
    return found is not None


def _matches(conn: Connection, within: Reach, question: Question, size: int) -> Matches:
    if question.vector is None:
        return recall_match.newest(conn, within, question, size)
    return recall_match.find(conn, within, question, size)


def _facts(
    conn: Connection, within: Reach, keys: Sequence[Key], timeline: Timeline, now: datetime
) -> dict[Key, Candidate]:
    if not keys:
        return {}
    ids = {kind: sorted({number for its, number in keys if its is kind}) for kind in Kind}
    memories = conn.execute(
        statement("recall_memories"), {**within.filters, "ids": ids[Kind.MEMORY]}
    ).all()
    found = {(Kind.MEMORY, row.id): _memory(row, within, timeline, now) for row in memories}
    if ids[Kind.TURN]:
        given = {"org_id": within.filters["org_id"], "ids": ids[Kind.TURN]}
        turns = conn.execute(statement("recall_turns"), given).all()
        found |= {(Kind.TURN, row.id): turn(row) for row in turns}
    return {key: candidate for key, candidate in found.items() if candidate is not None}


def _memory(
    row: Any,  # noqa: ANN401 - a row
    within: Reach,
    timeline: Timeline,
    now: datetime,
) -> Candidate | None:
    """The memory, unless time has taken it out of recall already, written down or not."""
    facts = settle(life_of(row), timeline, now, purges=not row.is_kept).facts
    return memory(row, facts, timeline, now) if within.shows(facts.state) else None
