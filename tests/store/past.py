"""Changing memories as the api does, and recalling what they were."""

from datetime import datetime, timedelta
from typing import Any, Final

from nrem.policy.change import Edit, Standing, edited, restored
from nrem.policy.params import Policy
from nrem.policy.timeline import Timeline
from nrem.store import change, directory
from nrem.store.change import Change, NewText
from nrem.store.memory import content_hash
from nrem.store.recall_match import Question, Scope
from nrem.store.recall_past import recall_as_of
from nrem.store.recall_rank import Remembered
from tests.world import DIGEST, EMBEDDER, NOW, Org

HOUR: Final = timedelta(hours=1)
ALWAYS: Final = Timeline(Policy.default())
LATER: Final = NOW + 10 * HOUR


def then(
    org: Org,
    query: str,
    as_of: datetime,
    *,
    now: datetime = LATER,
    limit: int = 10,
    least_similarity: float = 0.0,
    with_vector: bool = True,
    graph_depth: int = 0,
    **scope: Any,  # noqa: ANN401
) -> list[Remembered]:
    """What the org would have recalled at `as_of`."""
    question = Question(
        query=query,
        vector=EMBEDDER.embed_query(query) if query else None,
        model=EMBEDDER.model_id if with_vector else "none",
        limit=limit,
        least_similarity=least_similarity,
        graph_depth=graph_depth,
    )
    with org.begin(now=now) as conn:
        its = Scope(agent_id=directory.find_agent(conn, org.number, "agent") or 0, **scope)
        return recall_as_of(conn, org.number, its, question, as_of=as_of, timeline=ALWAYS, now=now)


def alter(org: Org, number: int, how: Change, now: datetime, *, content: str | None = None) -> None:
    """Change a memory as the api does."""
    text = None
    if content is not None:
        text = NewText(
            content=content,
            content_hash=content_hash(DIGEST, org.number, content),
            vector=EMBEDDER.embed([content])[0],
            model=EMBEDDER.model_id,
        )
    with org.begin(now=now) as conn:
        change.make(conn, org.number, number, how, text=text, timeline=ALWAYS, now=now)


def edit(org: Org, number: int, now: datetime, **fields: Any) -> None:  # noqa: ANN401
    def how(standing: Standing, at: datetime) -> Standing:
        return edited(standing, Edit(**fields), at, weights=Policy.default().score)

    alter(org, number, how, now, content=fields.get("content"))


def restore(org: Org, number: int, now: datetime) -> None:
    alter(org, number, lambda its, at: restored(its, None, at), now)
