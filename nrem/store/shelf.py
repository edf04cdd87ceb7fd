"""Searching a shelf: the memories of one person that a store of zeno-memory keeps. Reads only.

Words and vectors choose candidates; each is then scored by itself, so that it has the same score
whichever way found it. What time has archived is left out, written down or not, and more is looked
at instead: as many come back as there are, up to `limit`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from nrem.policy.life import settle
from nrem.policy.model import MemoryFacts, State
from nrem.policy.recall import telling_lexemes
from nrem.policy.shelf import LEAST_FOCUS, Shelf, word_score
from nrem.policy.text import query_lexemes
from nrem.policy.timeline import Timeline
from nrem.store import memory
from nrem.store.life import life_of
from nrem.store.recall_match import SMALL
from nrem.store.search import vector_text
from nrem.store.statement import statement

# More than are wanted, as words choose by telling lexemes alone, and as time may have taken some.
_LEAST_CANDIDATES: Final = 20
_CANDIDATES_PER_HIT: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A shelf of an agent and a person, as row numbers."""

    org_id: int
    agent_id: int
    subject_id: int
    shelf: Shelf
    user_id: int | None = None

    @property
    def key(self) -> dict[str, Any]:
        """As statements take it."""
        return {"org_id": self.org_id, "subject_id": self.subject_id, "shelf": str(self.shelf)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """A question's vector, and what made it."""

    vector: Sequence[float]
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is looked for, and how many of it are wanted."""

    query: str
    limit: int
    # None: words alone choose and score
    meant: Meant | None = None
    # nearness of vectors alone scores what has one
    by_meaning_alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A memory that answers; `facts` are as they stood before anybody asked."""

    memory_id: int
    content: str
    metadata: dict[str, Any]
    score: float
    facts: MemoryFacts
    recorded_at: datetime


def find_place(
    conn: Connection, org_id: int, agent: str, user: str | None, shelf: Shelf
) -> Place | None:
    """The shelf; None when nothing was ever stored for the pair."""
    named = {"org_id": org_id, "agent": agent, "user": user}
    row = conn.execute(statement("shelf_find"), named).one_or_none()
    if row is None:
        return None
    return Place(
        org_id=org_id,
        agent_id=row.agent_id,
        subject_id=row.id,
        shelf=shelf,
        user_id=row.user_id,
    )


def search(
    conn: Connection, place: Place, asked: Asked, *, timeline: Timeline, now: datetime
) -> list[Found]:
    """The memories that answer best, of equals the newest first; never an archived one."""
    size = max(_LEAST_CANDIDATES, _CANDIDATES_PER_HIT * asked.limit)
    while True:
        chosen = _choose(conn, place, asked, size)
        found = _live(_scored(conn, place, asked, chosen.cosines), timeline, now)
        if len(found) >= asked.limit or not chosen.is_cut:
            return found[: asked.limit]
        size *= _CANDIDATES_PER_HIT


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    # of each candidate, where it has a vector by the question's model
    cosines: Mapping[int, float | None]
    # whether the shelf may hold more
    is_cut: bool


def _choose(conn: Connection, place: Place, asked: Asked, size: int) -> _Chosen:
    words = telling_lexemes(asked.query)
    given = {**place.key, "agent_id": place.agent_id, "limit": size}
    by_words: Sequence[int] = ()
    if words:
        asking = {**given, "lexemes": list(words), "focus": LEAST_FOCUS}
        by_words = conn.execute(statement("shelf_by_words"), asking).scalars().all()
    if asked.meant is None:
        return _Chosen(cosines=dict.fromkeys(by_words), is_cut=len(by_words) == size)
    meaning = {**given, "model": asked.meant.model, "query": vector_text(asked.meant.vector)}
    near = _nearest(conn, place, meaning)
    others = [number for number in by_words if number not in near]
    return _Chosen(
        cosines=dict.fromkeys(others) | _cosines(conn, meaning, others) | near,
        is_cut=size in (len(by_words), len(near)),
    )


def _nearest(conn: Connection, place: Place, meaning: Mapping[str, Any]) -> dict[int, float]:
    bounded = {**place.key, "bound": SMALL + 1}
    rows: Sequence[Any] = ()
    if conn.execute(statement("shelf_size"), bounded).scalar_one() > SMALL:
        rows = conn.execute(statement("shelf_nearest"), meaning).all()
    # The approximate index gives up where few of many are on the shelf.
    if len(rows) < meaning["limit"]:
        rows = conn.execute(statement("shelf_compared"), meaning).all()
    return {row.id: row.cosine for row in rows}


def _cosines(conn: Connection, meaning: Mapping[str, Any], ids: Sequence[int]) -> dict[int, float]:
    if not ids:
        return {}
    items = {"item_kinds": [memory.KIND] * len(ids), "item_ids": list(ids)}
    given = {name: meaning[name] for name in ("org_id", "model", "query")}
    rows = conn.execute(statement("recall_vector_of"), {**given, **items})
    return {row.item_id: row.cosine for row in rows}


def _scored(
    conn: Connection, place: Place, asked: Asked, cosines: Mapping[int, float | None]
) -> list[tuple[float, Any]]:
    lexemes = query_lexemes(asked.query)
    scored = []
    for row in read(conn, place.org_id, place.shelf, cosines):
        cosine = cosines[row.id]
        score = 0.0 if cosine is None else min(max(cosine, 0.0), 1.0)
        if cosine is None or not asked.by_meaning_alone:
            score = max(score, word_score(lexemes, row.content))
        if score > 0.0:
            scored.append((score, row))
    return sorted(scored, key=lambda one: (one[0], one[1].recorded_at, one[1].id), reverse=True)


def read(conn: Connection, org_id: int, shelf: Shelf, ids: Iterable[int]) -> Sequence[Any]:
    """Rows of the shelf with these numbers, in whatever state."""
    wanted = {"org_id": org_id, "shelf": str(shelf), "memory_ids": sorted(ids)}
    return conn.execute(statement("shelf_read"), wanted).all() if wanted["memory_ids"] else ()


def twin(
    conn: Connection,
    place: Place,
    content_hash: bytes,
    *,
    content: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> int | None:
    """The oldest memory written down as live that says the same, or with these very words."""
    wanted = {
        **place.key,
        "content_hash": content_hash,
        "content": content,
        "metadata": None if metadata is None else json.dumps(dict(metadata)),
    }
    found: int | None = conn.execute(statement("shelf_twin"), wanted).scalar()
    return found


def standing(
    rows: Iterable[Any], timeline: Timeline, now: datetime
) -> list[tuple[Any, MemoryFacts]]:
    """How the memories in rows stand, written down or not."""
    return [(row, settle(life_of(row), timeline, now).facts) for row in rows]


def _live(scored: Sequence[tuple[float, Any]], timeline: Timeline, now: datetime) -> list[Found]:
    scores = {row.id: score for score, row in scored}
    return [
        Found(
            memory_id=row.id,
            content=row.content,
            metadata=row.metadata,
            score=scores[row.id],
            facts=facts,
            recorded_at=row.recorded_at,
        )
        for row, facts in standing((row for _, row in scored), timeline, now)
        if facts.state is State.LIVE
    ]
