"""Deleting memories for good, at once: their closure goes, and what can be is made anew.

One transaction: a memory that may hold erased words is never readable beside their absence. Rows of
events stay, emptied, so that streams keep their numbers and a key that was used stays used.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from nrem.digest import Digest
from nrem.policy.consolidate_model import Candidate, Turn, Working
from nrem.policy.model import MemoryType, State, Tier
from nrem.policy.remake import remade
from nrem.policy.score import Score
from nrem.policy.timeline import Timeline
from nrem.store import closure, life, memory, observation, work
from nrem.store.closure import Taken
from nrem.store.memory import NewMemory, Owner
from nrem.store.statement import statement
from nrem.store.work import Waits

# Made of what was said in the caller's words, so the survivors' words can make it again.
_MADE_OF_WORDS: Final = "consolidate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What it takes besides the rows."""

    digest: Digest
    timeline: Timeline
    now: datetime
    # False: nothing is made anew, as all of its like is to go
    remakes: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """What went, and what was made in its place."""

    # rows with id, agent_id, user_id and type
    rows: tuple[Any, ...]
    remade: tuple[int, ...]


def hard(
    conn: Connection,
    org_id: int,
    named: Iterable[int],
    *,
    events: Iterable[int] = (),
    means: Means,
) -> Deleted:
    """Delete memories, what was said in the events behind them, and all that came of that.

    Raises: ConflictError under a legal hold, UnavailableError when others kept getting in between.
    """
    taken = closure.take(conn, org_id, named, events)
    if not taken.closure.deleted and not taken.closure.events:
        return Deleted(rows=(), remade=())
    mixed = [taken.rows[number] for number in sorted(taken.closure.mixed)]
    anew = worth_remaking(conn, org_id, mixed, means) if means.remakes else ()
    evidence = _free_evidence(conn, org_id, taken) if means.remakes else set()
    _delete(conn, org_id, taken)
    made = remake(conn, org_id, taken.closure.mixed, anew, means, evidence=evidence)
    gone = sorted(taken.closure.deleted)
    return Deleted(rows=tuple(taken.rows[number] for number in gone), remade=made)


def worth_remaking(conn: Connection, org_id: int, mixed: Iterable[Any], means: Means) -> list[Any]:
    """The rows to make anew: what consolidate made, if recall still answered with it."""
    known = {
        row.id: row for row in mixed if row.derived_by == _MADE_OF_WORDS and _is_true(row, means)
    }
    held = life.read(conn, org_id, sorted(known))
    settled = (life.settled(one, means.timeline, means.now) for one in held)
    return [known[one.held.memory_id] for one in settled if one.settled.facts.state is State.LIVE]


def _is_true(row: Any, means: Means) -> bool:  # noqa: ANN401 - a row
    return row.true_until is None or row.true_until > means.now


def _free_evidence(conn: Connection, org_id: int, taken: Taken) -> set[int]:
    return free_evidence(conn, org_id, taken.closure.mixed)


def free_evidence(conn: Connection, org_id: int, memories: Iterable[int]) -> set[int]:
    """Have promote look anew at what spoke for the knowledge that goes; answers the subjects."""
    given = {"org_id": org_id, "memory_ids": sorted(memories)}
    return set(conn.execute(statement("closure_evidence"), given).scalars())


def _delete(conn: Connection, org_id: int, taken: Taken) -> None:
    memories, events = sorted(taken.closure.deleted), sorted(taken.closure.events)
    conn.execute(statement("closure_delete"), {"org_id": org_id, "memory_ids": memories})
    observation.erase(conn, org_id, events)
    conn.execute(statement("closure_erase"), {"org_id": org_id, "event_ids": events})
    conn.execute(
        statement("closure_empty_previews"),
        {"org_id": org_id, "subject_ids": sorted(taken.subjects)},
    )
    conn.execute(
        statement("closure_empty_calls"),
        {"org_id": org_id, "subject_ids": sorted(taken.subjects)},
    )
    conn.execute(
        statement("closure_empty_summaries"),
        {"org_id": org_id, "subject_ids": sorted(taken.subjects)},
    )
    conn.execute(statement("closure_empty_jobs"), {"org_id": org_id, "memory_ids": memories})
    conn.execute(
        statement("closure_drop_parked"),
        {"org_id": org_id, "memory_ids": memories, "event_ids": events},
    )


def remake(
    conn: Connection,
    org_id: int,
    mixed: Mapping[int, frozenset[int]],
    anew: Sequence[Any],
    means: Means,
    *,
    evidence: Collection[int] = (),
) -> tuple[int, ...]:
    """Make memories in place of those of `anew`, of the events that `mixed` says survive of each.

    Promote looks again at the subjects of `evidence`. Answers the numbers of what was made.
    """
    new = _remade(conn, org_id, mixed, anew, means)
    policy = means.timeline.at(means.now)
    added = memory.add(conn, org_id, new, policy=policy, now=means.now)
    subjects = {*evidence, *(one.owner.subject_id for one in new)}
    _wake(conn, org_id, added.ids, subjects, Waits.of(policy))
    return added.ids


def _remade(
    conn: Connection,
    org_id: int,
    mixed: Mapping[int, frozenset[int]],
    anew: Sequence[Any],
    means: Means,
) -> list[NewMemory]:
    """New memories in place of mixed ones, at most one for each; none says what another says."""
    if not anew:
        return []
    surviving = sorted(frozenset().union(*(mixed[row.id] for row in anew)))
    given = {"org_id": org_id, "event_ids": surviving}
    turns = [_turn(row) for row in conn.execute(statement("closure_turns"), given)]
    stored = {row.event_id: row for row in conn.execute(statement("closure_stored"), given)}
    said = [row.content for row in conn.execute(statement("closure_said"), given)]
    new: list[NewMemory] = []
    for row in anew:
        left = mixed[row.id]
        candidate = remade(
            [one for one in turns if one.event_id in left],
            [_working(one) for event, one in stored.items() if event in left],
            said,
            means.timeline.at(means.now),
        )
        if candidate is not None:
            new.append(_memory(org_id, row, candidate, means))
            said.append(candidate.content)
    return new


def _turn(row: Any) -> Turn:  # noqa: ANN401 - a row
    body: Mapping[str, Any] = row.body
    return Turn(
        event_id=row.id,
        seq=row.seq,
        role=body["role"],
        speaker=body.get("speaker"),
        content=body["content"],
        occurred_at=row.occurred_at,
        turn_id=body.get("turn_id"),
    )


def _working(row: Any) -> Working:  # noqa: ANN401 - a row
    return Working(
        memory_id=row.memory_id,
        version=row.version,
        source_event_ids=(row.event_id,),
        content=row.content,
        importance=row.importance,
        occurred_at=row.occurred_at,
        score=Score.of_record(row.features) if row.features else None,
        is_importance_given=row.importance_given,
    )


def _memory(org_id: int, row: Any, candidate: Candidate, means: Means) -> NewMemory:  # noqa: ANN401
    """An episode as consolidate would make it; the tier that the old one had reached stays."""
    given = candidate.is_importance_given
    return NewMemory(
        owner=Owner(
            subject_id=row.subject_id,
            agent_id=row.agent_id,
            user_id=row.user_id,
            session_id=row.session_id,
        ),
        memory_type=MemoryType.EPISODIC,
        tier=Tier(row.tier),
        content=candidate.content,
        content_hash=memory.content_hash(means.digest, org_id, candidate.content),
        importance=candidate.importance,
        is_importance_given=given,
        trust=str(candidate.trust),
        occurred_at=candidate.occurred_at,
        source_event_ids=candidate.source_event_ids,
        due_at=None,
        features=candidate.score.record(is_given=given) if candidate.score else None,
        derived_by=row.derived_by,
    )


def _wake(
    conn: Connection, org_id: int, new: Sequence[int], subjects: Collection[int], waits: Waits
) -> None:
    """Queue what is new for its vector, and make due what was taken from passes."""
    if subjects:
        delays = dict.fromkeys(subjects, waits.promote)
        work.bring_streams_forward(conn, org_id, "promote", "subject", delays)
    due = dict.fromkeys(closure.PASSES, 0.0)
    if new:
        work.queue_items(conn, org_id, "embed", [(memory.KIND, number, 0) for number in new])
        due["embed"] = 0.0
    work.bring_forward(conn, org_id, due)
