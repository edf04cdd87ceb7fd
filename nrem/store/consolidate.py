"""What the pass `consolidate` reads and writes for one ended session of a subject."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from nrem.errors import PassError
from nrem.policy.consolidate_model import Known, Merge, Turn, Vector, Working
from nrem.policy.model import State
from nrem.policy.run_change import RunChange, What
from nrem.policy.score import Score
from nrem.policy.timeline import Timeline
from nrem.store import life
from nrem.store.memory import Owner
from nrem.store.run_change import as_json
from nrem.store.search import vector_text
from nrem.store.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one subject said in a session; nearly always the whole session."""

    owner: Owner
    turns: tuple[Turn, ...]
    working: tuple[Working, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """An ended session that waits."""

    session_id: int
    unscored: int


def close_idle(conn: Connection, org_id: int, subject_id: int, *, idle_seconds: float) -> None:
    """End the subject's sessions that nobody wrote to for `idle_seconds`."""
    conn.execute(
        statement("consolidate_close_idle"),
        {"org_id": org_id, "subject_id": subject_id, "idle_seconds": idle_seconds},
    )


def next_session(conn: Connection, org_id: int, subject_id: int) -> Session | None:
    """The subject's first ended session, or None."""
    row = conn.execute(
        statement("consolidate_next"), {"org_id": org_id, "subject_id": subject_id}
    ).one_or_none()
    return Session(session_id=row.id, unscored=row.unscored) if row else None


def next_due(
    conn: Connection, org_id: int, subject_id: int, *, idle_seconds: float
) -> datetime | None:
    """When the subject has a session to consolidate, or None."""
    due_at: datetime | None = conn.execute(
        statement("consolidate_next_due"),
        {"org_id": org_id, "subject_id": subject_id, "idle_seconds": idle_seconds},
    ).scalar_one()
    return due_at


def read_parts(conn: Connection, org_id: int, session_id: int) -> tuple[Part, ...]:
    """Turns and working memories of a session, by the subject they are about."""
    key = {"org_id": org_id, "session_id": session_id}
    owners: dict[int, Owner] = {}
    turns: dict[int, list[Turn]] = {}
    working: dict[int, list[Working]] = {}
    for r in conn.execute(statement("consolidate_turns"), key):
        owners[r.subject_id] = _owner(r.subject_id, r.agent_id, r.user_id, session_id)
        turns.setdefault(r.subject_id, []).append(
            Turn(
                event_id=r.id,
                seq=r.seq,
                role=r.body["role"],
                speaker=r.body.get("speaker"),
                content=r.body["content"],
                occurred_at=r.occurred_at,
                turn_id=r.body.get("turn_id"),
            )
        )
    for r in conn.execute(statement("consolidate_working"), key):
        owners[r.subject_id] = _owner(r.subject_id, r.agent_id, r.user_id, session_id)
        working.setdefault(r.subject_id, []).append(
            Working(
                memory_id=r.id,
                version=r.version,
                source_event_ids=tuple(r.event_ids),
                content=r.content,
                importance=r.importance,
                occurred_at=r.occurred_at,
                score=Score.of_record(r.features) if r.features else None,
                is_importance_given=r.importance_given,
            )
        )
    return tuple(
        Part(
            owner=owner,
            turns=tuple(turns.get(subject_id, ())),
            working=tuple(working.get(subject_id, ())),
        )
        for subject_id, owner in sorted(owners.items())
    )


def _owner(subject_id: int, agent_id: int, user_id: int | None, session_id: int) -> Owner:
    return Owner(subject_id=subject_id, agent_id=agent_id, user_id=user_id, session_id=session_id)


def neighbours(
    conn: Connection,
    org_id: int,
    owner: Owner,
    vectors: Sequence[Vector],
    *,
    model: str,
    timeline: Timeline,
    now: datetime,
) -> list[Known]:
    """The nearest episodic memories of the subject to each vector that are live at `now`.

    One that time has taken out of recall is left out, whether or not that was written down.
    """
    if not vectors:
        return []
    rows = conn.execute(
        statement("consolidate_neighbours"),
        {
            "org_id": org_id,
            "agent_id": owner.agent_id,
            "subject_id": owner.subject_id,
            "model": model,
            "vectors": [vector_text(vector) for vector in vectors],
        },
    ).all()
    held = life.read(conn, org_id, [row.id for row in rows])
    live = {
        one.memory_id
        for one in held
        if life.settled(one, timeline, now).settled.facts.state is State.LIVE
    }
    return [_known(row) for row in rows if row.id in live]


def _known(row: Any) -> Known:  # noqa: ANN401 - a row
    return Known(
        memory_id=row.id,
        version=row.version,
        content=row.content,
        vector=row.vector,
        pinned=row.pinned,
        importance=row.importance,
        occurred_at=row.occurred_at,
        source_count=row.source_count,
        is_importance_given=row.importance_given,
    )


def merge(conn: Connection, org_id: int, merges: Sequence[Merge]) -> list[RunChange]:
    """Refresh memories that a session repeated; answers how they were and are.

    Raises: PassError when one changed since it was judged; the session is judged again.
    """
    if not merges:
        return []
    rows = conn.execute(
        statement("consolidate_merge"),
        {
            "org_id": org_id,
            "memory_ids": [m.memory_id for m in merges],
            "versions": [m.version for m in merges],
            "importances": [m.importance for m in merges],
        },
    ).all()
    if len(rows) != len(merges):
        raise PassError("a_memory_changed_meanwhile")
    return [_change(row, What.MERGED, "importance", "last_access", "facts_since") for row in rows]


def close_working(
    conn: Connection,
    org_id: int,
    working: Sequence[Working],
    *,
    retention_seconds: float,
    run_id: int,
) -> list[RunChange]:
    """Archive the working memories that a session handed over; answers how they were and are.

    Raises: PassError when one changed since it was read; the session is judged again.
    """
    if not working:
        return []
    rows = conn.execute(
        statement("consolidate_close_working"),
        {
            "org_id": org_id,
            "memory_ids": [w.memory_id for w in working],
            "versions": [w.version for w in working],
            "retention_seconds": retention_seconds,
            "run_id": run_id,
        },
    ).all()
    if len(rows) != len(working):
        raise PassError("a_memory_changed_meanwhile")
    return [_change(row, What.CLOSED, "state", "state_since", "state_reason") for row in rows]


def _change(row: Any, what: What, *columns: str) -> RunChange:  # noqa: ANN401 - a row
    def facts(suffix: str) -> dict[str, Any]:
        return {name: as_json(getattr(row, name + suffix)) for name in columns}

    return RunChange(
        memory_id=row.id,
        what=what,
        version_before=getattr(row, "version_before", row.version),
        version_after=row.version,
        before=facts("_before"),
        after=facts(""),
    )


def last_episode(conn: Connection, org_id: int, owner: Owner) -> int | None:
    """The live episodic memory of the agent and user that was written last."""
    found: int | None = conn.execute(
        statement("consolidate_last_episode"),
        {"org_id": org_id, "agent_id": owner.agent_id, "user_id": owner.user_id},
    ).scalar_one_or_none()
    return found


def close_session(
    conn: Connection, org_id: int, session_id: int, *, run_id: int, transitioned: int
) -> None:
    """Mark a session as consolidated by a run."""
    conn.execute(
        statement("consolidate_close_session"),
        {
            "org_id": org_id,
            "session_id": session_id,
            "run_id": run_id,
            "transitioned": transitioned,
        },
    )
