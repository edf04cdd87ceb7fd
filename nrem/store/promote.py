"""What the pass `promote` reads and writes for one subject.

Memories that nobody looked at yet stand in a queue, which a trigger fills: whatever is written, by
whom and in whatever order, is looked at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from nrem.errors import PassError
from nrem.policy.consolidate_model import Trust, Vector
from nrem.policy.contradict import Stated
from nrem.policy.life import settle
from nrem.policy.model import MemoryType, State
from nrem.policy.promote_model import Episode, Knowledge
from nrem.policy.run_change import RunChange, What
from nrem.policy.timeline import Timeline
from nrem.store.life import life_of
from nrem.store.memory import Owner
from nrem.store.run_change import as_json
from nrem.store.search import vector_text
from nrem.store.statement import statement

# Episodes compared with each new one: three alike must be among them, however much there is.
NEIGHBOURS: Final = 20
_KNOWLEDGE: Final = 5
_EMBED_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A memory as a row and as policy weighs it."""

    row: Any
    # at the instant at hand, whether or not a crossing was written down
    state: State

    @property
    def is_live(self) -> bool:
        """Whether it takes part."""
        return self.state is State.LIVE

    @property
    def owner(self) -> Owner:
        """Whom it is about; what is derived from it belongs to no one session."""
        row = self.row
        return Owner(
            subject_id=row.subject_id, agent_id=row.agent_id, user_id=row.user_id, session_id=None
        )

    @property
    def episode(self) -> Episode:
        """It as evidence."""
        row = self.row
        return Episode(
            memory_id=row.id,
            version=row.version,
            content=row.content,
            vector=tuple(row.vector or ()),
            sessions=tuple(row.sessions),
            source_event_ids=tuple(row.event_ids),
            occurred_at=row.occurred_at,
            importance=row.importance,
            trust=Trust(row.trust),
            metadata=row.metadata,
            supports=tuple(row.supports),
        )

    @property
    def knowledge(self) -> Knowledge:
        """It as something that is known."""
        row = self.row
        return Knowledge(
            memory_id=row.id,
            version=row.version,
            memory_type=MemoryType(row.type),
            content=row.content,
            vector=tuple(row.vector or ()),
            is_pinned=row.pinned,
            is_promoted=row.derived_by == "promote",
            supporters=tuple(row.supporters),
        )

    @property
    def stated(self) -> Stated:
        """It as a statement that another may contradict."""
        row = self.row
        return Stated(
            memory_id=row.id,
            version=row.version,
            content=row.content,
            memory_type=MemoryType(row.type),
            occurred_at=row.occurred_at,
            recorded_at=row.recorded_at,
            trust=Trust(row.trust),
            is_pinned=row.pinned,
        )

    def is_evidence(self, now: datetime) -> bool:
        """Whether it is a live episode that holds now and has a vector to compare."""
        is_episode = self.row.type == MemoryType.EPISODIC and self.row.vector is not None
        return is_episode and self.holds(now)

    def holds(self, now: datetime) -> bool:
        """Whether it is live, and nothing else is true instead of it."""
        true_until = self.row.true_until
        return self.is_live and (true_until is None or true_until > now)


def waiting(conn: Connection, org_id: int, subject_id: int, *, limit: int) -> list[int]:
    """The subject's memories that wait and have all they need, at most `limit`."""
    rows = conn.execute(
        statement("promote_waiting"),
        {"org_id": org_id, "subject_id": subject_id, "limit": limit},
    )
    return [row.memory_id for row in rows if not row.is_unembedded]


def queue(conn: Connection, org_id: int, subject_id: int, ids: Sequence[int]) -> None:
    """Have memories looked at again, because they gained evidence."""
    if ids:
        given = {"org_id": org_id, "subject_id": subject_id, "memory_ids": list(ids)}
        conn.execute(statement("promote_queue"), given)


def is_waiting(conn: Connection, org_id: int, subject_id: int, memory_id: int) -> bool:
    """Whether the pass has yet to look at a memory."""
    given = {"org_id": org_id, "subject_id": subject_id, "memory_id": memory_id}
    return bool(conn.execute(statement("promote_is_waiting"), given).scalar_one())


def next_due(conn: Connection, org_id: int, subject_id: int, now: datetime) -> datetime | None:
    """When the subject has something to look at; soon, when it only lacks its vector."""
    row = conn.execute(
        statement("promote_next_due"), {"org_id": org_id, "subject_id": subject_id}
    ).one()
    if not row.is_waiting:
        return None
    return now if row.is_ready else now + timedelta(seconds=_EMBED_SECONDS)


def rouse(conn: Connection, org_id: int, only_subject: int | None) -> None:
    """Make the subjects due whose memories wait and have all they need."""
    conn.execute(statement("promote_rouse"), {"org_id": org_id, "subject_id": only_subject})


def read(
    conn: Connection,
    org_id: int,
    ids: Iterable[int],
    *,
    model: str,
    timeline: Timeline,
    now: datetime,
) -> dict[int, Remembered]:
    """The memories by their numbers."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = conn.execute(
        statement("promote_read"), {"org_id": org_id, "memory_ids": wanted, "model": model}
    )
    return {
        row.id: Remembered(row=row, state=settle(life_of(row), timeline, now).facts.state)
        for row in rows
    }


def neighbours(conn: Connection, org_id: int, ids: Sequence[int], *, model: str) -> list[int]:
    """The episodes nearest to each of the memories, themselves among them."""
    if not ids:
        return []
    given = {"org_id": org_id, "memory_ids": list(ids), "model": model, "limit": NEIGHBOURS}
    return list(conn.execute(statement("promote_neighbours"), given).scalars())


def knowledge(
    conn: Connection, org_id: int, owner: Owner, vectors: Sequence[Vector], *, model: str
) -> list[int]:
    """What is known nearest to each of the vectors."""
    if not vectors:
        return []
    given = {
        "org_id": org_id,
        "agent_id": owner.agent_id,
        "subject_id": owner.subject_id,
        "model": model,
        "vectors": [vector_text(vector) for vector in vectors],
        "limit": _KNOWLEDGE,
    }
    return list(conn.execute(statement("promote_knowledge"), given).scalars())


def require_versions(conn: Connection, org_id: int, versions: Mapping[int, int]) -> None:
    """Hold memories that are locked against what was judged.

    Raises: PassError when one changed since; the subject is judged again.
    """
    if not versions:
        return
    given = {
        "org_id": org_id,
        "memory_ids": list(versions),
        "versions": list(versions.values()),
    }
    if len(conn.execute(statement("promote_versions"), given).all()) != len(versions):
        raise PassError("a_memory_changed_meanwhile")


def done(conn: Connection, org_id: int, subject_id: int, versions: Mapping[int, int]) -> None:
    """Take memories off the queue; one that was rewritten since it was read stays."""
    if not versions:
        return
    conn.execute(
        statement("promote_done"),
        {
            "org_id": org_id,
            "subject_id": subject_id,
            "memory_ids": list(versions),
            "versions": list(versions.values()),
        },
    )


def supersede(
    conn: Connection, org_id: int, older: Sequence[tuple[int, int, datetime]]
) -> list[RunChange]:
    """Say until when facts were true: (memory, version, instant) each; answers how they were.

    Raises: PassError when one changed since it was judged; the subject is judged again.
    """
    if not older:
        return []
    ids, versions, untils = zip(*older, strict=True)
    given = {
        "org_id": org_id,
        "memory_ids": list(ids),
        "versions": list(versions),
        "true_untils": list(untils),
    }
    rows = conn.execute(statement("promote_supersede"), given).all()
    if len(rows) != len(older):
        raise PassError("a_memory_changed_meanwhile")
    return [
        RunChange(
            memory_id=row.id,
            what=What.SUPERSEDED,
            version_before=row.version_before,
            version_after=row.version,
            before={"true_until": as_json(row.true_until_before)},
            after={"true_until": as_json(row.true_until)},
        )
        for row in rows
    ]
