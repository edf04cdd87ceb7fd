"""Changing one memory, as a caller asks: under its lock, after what time and use have made of it.

The trigger makes the version and moves the old text's postings and vector into the past; here the
new text gets its own. Every change of state or tier is told in the memory's history.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from nrem.errors import ConflictError, NotFoundError
from nrem.policy import change as policy
from nrem.policy.change import Standing
from nrem.policy.decay import next_crossing
from nrem.policy.life import Passed, Settled
from nrem.policy.model import MemoryFacts, Reason, State
from nrem.policy.timeline import Timeline
from nrem.store import life, memory, novelty, search
from nrem.store.life import Write
from nrem.store.memory import Owner
from nrem.store.search import Text
from nrem.store.statement import statement

# From how a memory stands, and the instant of the change, to how it is to stand.
Change = Callable[[Standing, datetime], Standing]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewText:
    """What recall needs of a content that may be new."""

    content: str
    content_hash: bytes
    vector: Sequence[float]
    # which embedder the vector is by
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Locked:
    row: Any
    standing: Standing


def make(
    conn: Connection,
    org_id: int,
    memory_id: int,
    change: Change,
    *,
    expected_version: int | None = None,
    text: NewText | None = None,
    timeline: Timeline,
    now: datetime,
) -> tuple[str, ...]:
    """Change a memory and answer which of its fields changed.

    A change that changes nothing writes nothing and makes no version.

    Raises: NotFoundError when there is none or it is purged; ConflictError when its version is not
    the one expected, or when `change` refuses.
    """
    locked = _lock(conn, org_id, memory_id, timeline, now)
    _require_version(locked.row.version, expected_version)
    before = locked.standing
    if text is not None:
        overlap = _overlap(conn, org_id, memory_id, locked.row, text.content, timeline, now)
        before = replace(before, overlap=overlap)
    at = policy.earliest(before.facts, now)
    after = change(before, at)
    if _same(before, after):
        return ()
    has_new_text = after.content != before.content
    if has_new_text and text is None:
        raise ValueError("a new content comes with its digest and vector")
    _write(conn, org_id, memory_id, before, after, text if has_new_text else None, timeline, at)
    if has_new_text and text is not None:
        _index(conn, org_id, memory_id, locked.row, after.content, text)
    life.tell(conn, org_id, [(memory_id, one) for one in _passed(before.facts, after.facts, at)])
    return _changed(before, after)


def _lock(
    conn: Connection, org_id: int, memory_id: int, timeline: Timeline, now: datetime
) -> _Locked:
    found = life.lock(conn, org_id, [memory_id])
    if not found:
        raise NotFoundError("there is no such memory")
    write = life.settled(found[0], timeline, now)
    if _is_gone(write, now):
        raise NotFoundError("there is no such memory")
    life.write(conn, org_id, [write])
    row = conn.execute(statement("change_read"), {"org_id": org_id, "memory_id": memory_id}).one()
    return _Locked(row=row, standing=_standing(row, write.settled))


def _is_gone(write: Write, now: datetime) -> bool:
    """Whether its retention is over, whether or not `expire` has purged it yet."""
    settled, is_kept = write.settled, write.held.is_kept
    if settled.facts.state is State.PURGED:
        return True
    coming = settled.upcoming
    return coming is not None and coming.to is State.PURGED and coming.at <= now and not is_kept


def _standing(row: Any, settled: Settled) -> Standing:  # noqa: ANN401 - a row
    return Standing(
        facts=settled.facts,
        content=row.content,
        metadata=row.metadata,
        is_importance_given=row.importance_given,
        occurred_at=row.occurred_at,
        true_until=row.true_until,
        features=row.features,
    )


def _overlap(
    conn: Connection,
    org_id: int,
    memory_id: int,
    row: Any,  # noqa: ANN401 - a row
    content: str,
    timeline: Timeline,
    now: datetime,
) -> float:
    """How much of a new content the subject's other memories say already."""
    owner = Owner(
        subject_id=row.subject_id, agent_id=row.agent_id, user_id=row.user_id, session_id=None
    )
    (found,) = novelty.overlaps(
        conn, org_id, [(owner, content)], timeline=timeline, now=now, without=memory_id
    )
    return found


def _require_version(version: int, expected: int | None) -> None:
    if expected is not None and version != expected:
        raise ConflictError(
            f"the memory is at version {version}, not {expected}",
            field="expected_version",
            remedy="read the memory again and decide anew",
            code="version_conflict",
        )


def _same(before: Standing, after: Standing) -> bool:
    """To Python true equals 1; to JSON it does not."""
    return before == after and _json(before.metadata) == _json(after.metadata)


def _changed(before: Standing, after: Standing) -> tuple[str, ...]:
    """Names of fields, as answers have them."""
    old, new = _fields(before), _fields(after)
    return tuple(name for name in new if old[name] != new[name])


def _fields(standing: Standing) -> dict[str, Any]:
    facts = standing.facts
    return {
        "content": standing.content,
        "metadata": _json(standing.metadata),
        "importance": facts.importance,
        "importance_given": standing.is_importance_given,
        "memory_type": facts.memory_type,
        "tier": facts.tier,
        "state": facts.state,
        "pinned": facts.is_pinned,
        "expires_at": facts.expires_at,
        "occurred_at": standing.occurred_at,
        "true_until": standing.true_until,
    }


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(dict(value), sort_keys=True)


def _write(
    conn: Connection,
    org_id: int,
    memory_id: int,
    before: Standing,
    after: Standing,
    text: NewText | None,
    timeline: Timeline,
    at: datetime,
) -> None:
    facts = after.facts
    coming = next_crossing(facts, timeline.at(at), at)
    conn.execute(
        statement("change_write"),
        {
            "org_id": org_id,
            "memory_id": memory_id,
            "type": str(facts.memory_type),
            "content": after.content,
            "content_hash": text.content_hash if text else None,
            "metadata": _json(after.metadata),
            "importance": facts.importance,
            "is_importance_given": after.is_importance_given,
            "features": json.dumps(dict(after.features)) if after.features else None,
            "is_pinned": facts.is_pinned,
            "occurred_at": after.occurred_at,
            "true_until": after.true_until,
            "tier": str(facts.tier),
            "state": str(facts.state),
            "state_since": facts.state_since,
            "reason": str(facts.reason) if facts.reason else None,
            "last_access": facts.last_access,
            "facts_since": facts.facts_since,
            "expires_at": facts.expires_at,
            "keeps_due": facts == before.facts,
            "due_at": coming.at if coming else None,
        },
    )


def _index(
    conn: Connection,
    org_id: int,
    memory_id: int,
    row: Any,  # noqa: ANN401 - a row
    content: str,
    text: NewText,
) -> None:
    indexed = Text(
        kind=memory.KIND,
        item_id=memory_id,
        agent_id=row.agent_id,
        subject_id=row.subject_id,
        content=content,
        content_hash=text.content_hash,
    )
    search.add_texts(conn, org_id, [indexed])
    search.add_vectors(conn, org_id, [indexed], [text.vector], model=text.model)


def _passed(before: MemoryFacts, after: MemoryFacts, at: datetime) -> list[Passed]:
    passed = []
    if after.tier is not before.tier:
        passed.append(Passed(at, before.tier, after.tier, Reason.REQUESTED))
    if after.state is not before.state:
        reason = Reason.RESTORED if after.state is State.LIVE else Reason.REQUESTED
        passed.append(Passed(at, before.state, after.state, reason))
    return passed
