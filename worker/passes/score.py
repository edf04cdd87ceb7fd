"""score: an accepted event becomes a memory with an importance; a turn becomes searchable.

Reads: queued `memory` and `turn` events, and which of their words the subject's memories hold
already. Writes: memories with sources and postings, one effect per event, the queue of `embed`,
when `promote` is to look at them. Safe to repeat because the queue row goes in the same transaction
and the effect's key refuses a second one.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from nrem.store import appraise, effect, inbox, memory, novelty, score, search, work
from nrem.store.event import MEMORY
from nrem.store.memory import NewMemory, content_hash
from nrem.store.score import StoredEvent
from nrem.store.search import Text, turn_text
from worker.changes import Changes
from worker.contract import Pass, Shape, Work

NAME: Final = "score"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Memories to store, and turns to index as they are."""

    memories: tuple[NewMemory, ...]
    turns: tuple[Text, ...]
    event_ids: tuple[int, ...]
    has_session: bool


def claim(conn: Connection, job: Work, _limit: int) -> list[StoredEvent]:
    """The claimed events in the order in which they came, and how much of them is known."""
    events = score.read(conn, job.org_id, [item.item_id for item in job.items])
    asked = [event for event in events if event.kind == MEMORY]
    overlaps = novelty.overlaps(
        conn,
        job.org_id,
        [(event.owner, event.body["content"]) for event in asked],
        timeline=job.timeline,
        now=job.now,
    )
    by_number = dict(zip((event.event_id for event in asked), overlaps, strict=True))
    return [replace(event, overlap=by_number.get(event.event_id, 0.0)) for event in events]


def decide(events: list[StoredEvent], _proposal: None, job: Work) -> Scored:
    """What each event becomes; a given importance wins over the scored one."""
    memories = tuple(_memory(event, job) for event in events if event.kind == MEMORY)
    return Scored(
        memories=memories,
        turns=tuple(_turn(event, job) for event in events if event.kind != MEMORY),
        event_ids=tuple(event.event_id for event in events),
        has_session=any(event.owner.session_id for event in events),
    )


def _memory(event: StoredEvent, job: Work) -> NewMemory:
    return memory.born(
        event.body,
        owner=event.owner,
        event_id=event.event_id,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        policy=job.policy,
        content_hash=content_hash(job.tools.digest, job.org_id, event.body["content"]),
        overlap=event.overlap,
    )


def _turn(event: StoredEvent, job: Work) -> Text:
    words = turn_text(event.body["content"], event.body.get("speaker"))
    return Text(
        kind="turn",
        item_id=event.event_id,
        agent_id=event.owner.agent_id,
        subject_id=event.owner.subject_id,
        content=words,
        content_hash=content_hash(job.tools.digest, job.org_id, words),
    )


def apply(conn: Connection, job: Work, scored: Scored) -> Changes:
    """Store memories and postings, and queue both for their vectors."""
    added = memory.add(conn, job.org_id, scored.memories, policy=job.policy, now=job.now)
    search.add_texts(conn, job.org_id, scored.turns)
    to_embed = [("memory", number, 0) for number in added.ids]
    to_embed += [("turn", turn.item_id, 0) for turn in scored.turns]
    if to_embed:
        work.queue_items(conn, job.org_id, "embed", to_embed)
    new = zip(added.ids, scored.memories, strict=True)
    # Only a model has a second opinion, so nothing is queued without one.
    is_doubtful = job.tools.provider.has_model and appraise.queue(
        conn, job.org_id, new, job.policy.appraise
    )
    delay = job.waits.promote
    kept = {one.owner.subject_id for one in scored.memories if not one.is_working}
    if kept:
        delays = dict.fromkeys(kept, delay)
        work.bring_streams_forward(conn, job.org_id, "promote", "subject", delays)
    effects = [(event_id, "scored", None) for event_id in scored.event_ids]
    effect.add(conn, job.org_id, NAME, effects, run_id=job.run_id)
    return Changes(
        read=len(job.items),
        proposed=len(scored.event_ids),
        changed=len(scored.event_ids),
        detail={"memories": list(added.ids)},
        due=_due(scored, is_doubtful=is_doubtful) | ({"promote": delay} if kept else {}),
    )


def _due(scored: Scored, *, is_doubtful: bool) -> dict[str, float]:
    due = {"embed": 0.0} | ({"appraise": 0.0} if is_doubtful else {})
    # A session that ended meanwhile may have waited for these.
    return {**due, "consolidate": 0.0} if scored.has_session else due


def next_due(conn: Connection, job: Work) -> datetime | None:
    """When the next queued event is due."""
    return inbox.next_due(conn, job.org_id, NAME)


SCORE: Final = Pass(
    name=NAME,
    shape=Shape.BATCH,
    batch=500,
    claim=claim,
    decide=decide,
    apply=apply,
    next_due=next_due,
)
