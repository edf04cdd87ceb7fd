"""What the pass `embed` reads: the words of queued items, and vectors the org has already."""

from collections.abc import Sequence

from sqlalchemy import Connection

from nrem.digest import Digest
from nrem.store import score
from nrem.store.memory import content_hash
from nrem.store.search import Text, turn_text
from nrem.store.statement import statement


def read_memories(conn: Connection, org_id: int, ids: Sequence[int]) -> list[Text]:
    """What there is to embed of memories; one that is gone is left out."""
    rows = conn.execute(statement("embed_read_memories"), {"org_id": org_id, "item_ids": list(ids)})
    return [
        Text(
            kind="memory",
            item_id=r.id,
            agent_id=r.agent_id,
            subject_id=r.subject_id,
            content=r.content,
            content_hash=bytes(r.content_hash),
        )
        for r in rows
    ]


def read_turns(conn: Connection, org_id: int, ids: Sequence[int], *, digest: Digest) -> list[Text]:
    """What there is to embed of turns."""
    texts = []
    for event in score.read(conn, org_id, ids):
        words = turn_text(event.body["content"], event.body.get("speaker"))
        texts.append(
            Text(
                kind="turn",
                item_id=event.event_id,
                agent_id=event.owner.agent_id,
                subject_id=event.owner.subject_id,
                content=words,
                content_hash=content_hash(digest, org_id, words),
            )
        )
    return texts


def find_cached(
    conn: Connection, org_id: int, hashes: Sequence[bytes], *, model: str
) -> dict[bytes, str]:
    """Vectors (as text) that this org has for equal content and the same model."""
    rows = conn.execute(
        statement("embed_find_cached"),
        {"org_id": org_id, "content_hashes": list(set(hashes)), "model": model},
    )
    return {bytes(r.content_hash): r.vector for r in rows}
