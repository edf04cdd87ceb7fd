"""Memories as answers show them."""

from api import names
from nrem import ids
from nrem.policy.state import shown_tier
from nrem.store.view import MemoryView
from nrem.wire.answer import MemoryOut


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
