"""Memories that hang together, and what an org recalls around its results."""

from datetime import datetime
from typing import Any

from nrem.policy.graph import EdgeKind
from nrem.policy.params import Policy
from nrem.policy.timeline import Timeline
from nrem.store import directory, edge
from nrem.store.edge import NewEdge
from nrem.store.recall import recall
from nrem.store.recall_match import Question, Scope
from nrem.store.recall_past import recall_as_of
from nrem.store.recall_rank import Remembered
from tests.world import EMBEDDER, NOW, Org

ALWAYS = Timeline(Policy.default())


def link(
    org: Org,
    source: str,
    target: str,
    kind: EdgeKind = EdgeKind.RELATES_TO,
    *,
    weight: float = 1.0,
    now: datetime = NOW,
) -> int:
    """Draw an edge between two memories by what they say; answers its number."""
    numbers = {content: number for number, content in org.memories("id, content")}
    new = NewEdge(source_id=numbers[source], target_id=numbers[target], kind=kind, weight=weight)
    with org.begin(now=now) as conn:
        (number,) = edge.draw(conn, org.number, [new])
    return number


def around(
    org: Org,
    query: str,
    *,
    depth: int = 1,
    limit: int = 10,
    least_similarity: float = 0.0,
    now: datetime = NOW,
    as_of: datetime | None = None,
    timeline: Timeline = ALWAYS,
    **scope: Any,  # noqa: ANN401
) -> dict[str, Remembered]:
    """What the org recalls over so many edges, in its order, by what it says."""
    question = Question(
        query=query,
        vector=EMBEDDER.embed_query(query) if query else None,
        model=EMBEDDER.model_id,
        limit=limit,
        least_similarity=least_similarity,
        graph_depth=depth,
    )
    with org.begin(now=now) as conn:
        finders = {
            "agent_id": directory.find_agent,
            "user_id": directory.find_user,
            "session_id": directory.find_session,
        }
        named = {"agent_id": "agent"} | scope
        fields: dict[str, Any] = {
            name: finders[name](conn, org.number, value) if name in finders else value
            for name, value in named.items()
        }
        its = Scope(**fields)
        if as_of is None:
            found = recall(conn, org.number, its, question, timeline=timeline, now=now)
        else:
            found = recall_as_of(
                conn, org.number, its, question, as_of=as_of, timeline=timeline, now=now
            )
    return {one.content: one for one in found}


def depths(found: dict[str, Remembered]) -> dict[str, int]:
    """Edges of the path to each result."""
    return {content: len(one.ranked.path) for content, one in found.items()}
