"""Asking an org of the tests what it remembers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from nrem.policy.params import Policy
from nrem.policy.timeline import Timeline
from nrem.store import directory
from nrem.store import recall as memories
from nrem.store.recall_match import Question, Scope
from nrem.store.recall_rank import Remembered
from tests.world import EMBEDDER, NOW, Org, memory

ALWAYS = Timeline(Policy.default())


def recall(
    org: Org,
    query: str,
    *,
    limit: int = 10,
    least_similarity: float = 0.0,
    now: datetime = NOW,
    agent: str = "agent",
    user: str | None = None,
    session: str | None = None,
    **scope: Any,  # noqa: ANN401
) -> list[Remembered]:
    """What the org recalls, by names instead of row numbers."""
    number = org.number
    question = Question(
        query=query,
        vector=EMBEDDER.embed_query(query) if query else None,
        model=EMBEDDER.model_id,
        limit=limit,
        least_similarity=least_similarity,
    )
    with org.begin(now=now) as conn:
        its = Scope(
            agent_id=directory.find_agent(conn, number, agent) or 0,
            user_id=directory.find_user(conn, number, user) if user else None,
            session_id=directory.find_session(conn, number, session) if session else None,
            **scope,
        )
        return memories.recall(conn, number, its, question, timeline=ALWAYS, now=now)


def contents(found: Sequence[Remembered]) -> list[str]:
    return [one.content for one in found]


def keep(org: Org, *told: str, **fields: Any) -> None:  # noqa: ANN401
    """Memories with vectors and postings."""
    org.append(*(memory(content, **fields) for content in told))
    for name in ("score", "embed"):
        org.world.drain(name)
