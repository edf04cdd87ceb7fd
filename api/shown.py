"""Memories as answers show them, and the vectors of what requests bring."""

import asyncio
from collections.abc import Sequence
from typing import Final

from api import names
from api.state import State
from nrem import ids
from nrem.policy.state import shown_tier
from nrem.store.view import MemoryView
from nrem.wire.answer import MemoryOut

# Texts embedded at one go: at most a third of a second in which nobody else is served.
_TURN: Final = 16


def memory_out(shown: MemoryView) -> MemoryOut:
    """The answer for one memory, as it stands at the instant it was read."""
    row, facts, upcoming = shown.row, shown.facts, shown.upcoming
    return MemoryOut(
        id=ids.encode(ids.MEMORY, row.id),
        agent_id=row.agent,
        user_id=row.user,
        session_id=row.session,
        content=row.content,
        memory_type=row.type,
        tier=shown_tier(facts),
        state=facts.state,
        state_since=facts.state_since,
        state_reason=facts.reason,
        importance=row.importance,
        importance_score=shown.effective_importance,
        importance_given=row.importance_given,
        recall_count=facts.access_count,
        version=row.version,
        pinned=row.pinned,
        trust=row.trust,
        occurred_at=row.occurred_at,
        true_until=row.true_until,
        created_at=row.recorded_at,
        last_access=facts.last_access,
        expires_at=row.expires_at,
        due_at=upcoming.at if upcoming else None,
        due_to=upcoming.to if upcoming else None,
        due_reason=upcoming.reason if upcoming else None,
        derived_by=row.derived_by,
        run_id=ids.encode(ids.RUN, row.run_id) if row.run_id else None,
        sources=names.sources(row.event_ids, row.turn_ids),
        metadata=row.metadata,
        embedding_model=row.model,
    )


def etag(shown: MemoryView) -> str:
    """The version as `If-Match` takes it: two answers with it say the same of the content."""
    return f'"{shown.row.version}"'


async def embedded(state: State, texts: Sequence[str]) -> list[list[float]]:
    """A vector for each text, computed on the thread that thinks; others get their turn between."""
    loop = asyncio.get_running_loop()
    vectors: list[list[float]] = []
    for start in range(0, len(texts), _TURN):
        part = list(texts[start : start + _TURN])
        vectors += await loop.run_in_executor(state.thinker, state.embedder.embed, part)
    return vectors
