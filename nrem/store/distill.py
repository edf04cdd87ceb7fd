"""What the pass `distill` reads: the memories it takes apart, and what is known beside them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from nrem.digest import Digest
from nrem.errors import PassError
from nrem.policy.consolidate_model import Trust, Vector
from nrem.policy.distill import Memo, Source
from nrem.policy.distill_known import Known, text_key
from nrem.policy.model import MemoryType, State
from nrem.policy.timeline import Timeline
from nrem.store import promote
from nrem.store.memory import Owner, content_hash
from nrem.store.promote import Remembered
from nrem.store.statement import statement

_TOLD: Final = frozenset({State.LIVE, State.ARCHIVED})


def read(
    conn: Connection,
    org_id: int,
    agent_id: int,
    ids: Iterable[int],
    *,
    model: str,
    timeline: Timeline,
    now: datetime,
) -> dict[int, Remembered]:
    """Memories of the agent that are not forgotten, by their numbers; the others are left out."""
    found = promote.read(conn, org_id, ids, model=model, timeline=timeline, now=now)
    return {
        number: one
        for number, one in found.items()
        if one.row.agent_id == agent_id and one.state in _TOLD
    }


def source(one: Remembered) -> Source:
    """A memory as policy takes it apart."""
    row = one.row
    return Source(
        memory_id=row.id,
        version=row.version,
        subject_id=row.subject_id,
        memory_type=MemoryType(row.type),
        content=row.content,
        occurred_at=row.occurred_at,
        trust=Trust(row.trust),
        source_event_ids=tuple(row.event_ids),
    )


def said(
    conn: Connection, org_id: int, memos: Sequence[Memo], *, digest: Digest
) -> frozenset[tuple[int, str]]:
    """The keys of the memos whose text is known already."""
    if not memos:
        return frozenset()
    keys = {
        (one.subject_id, content_hash(digest, org_id, one.content)): one.content for one in memos
    }
    given = {
        "org_id": org_id,
        "subject_ids": [subject for subject, _ in keys],
        "content_hashes": [hashed for _, hashed in keys],
    }
    rows = conn.execute(statement("distill_said"), given)
    return frozenset(
        text_key(row.subject_id, keys[row.subject_id, bytes(row.content_hash)]) for row in rows
    )


def known(
    conn: Connection,
    org_id: int,
    nearest_to: Mapping[Owner, Sequence[Vector]],
    *,
    model: str,
    timeline: Timeline,
    now: datetime,
) -> list[Known]:
    """What is known to hold nearest to the vectors of each subject."""
    ids = {
        number
        for owner, vectors in nearest_to.items()
        for number in promote.knowledge(conn, org_id, owner, vectors, model=model)
    }
    found = promote.read(conn, org_id, ids, model=model, timeline=timeline, now=now)
    return [
        Known(
            subject_id=one.row.subject_id,
            content=one.row.content,
            vector=tuple(one.row.vector or ()),
        )
        for one in found.values()
        if one.holds(now)
    ]


def hold(conn: Connection, org_id: int, sources: Iterable[Source]) -> None:
    """Lock memories for as long as what they say is written down.

    Raises: PassError when one changed since it was read; the job is read again.
    """
    versions = {one.memory_id: one.version for one in sources}
    given = {
        "org_id": org_id,
        "memory_ids": list(versions),
        "versions": list(versions.values()),
    }
    if len(conn.execute(statement("distill_hold"), given).all()) != len(versions):
        raise PassError("a_memory_changed_meanwhile")
