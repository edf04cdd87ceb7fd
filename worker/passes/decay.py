"""decay: writes down what time alone has changed: idle memories archived, faded ones forgotten.

Reads: memories whose due time has come. Writes: state, since when, why, and the next due time; no
versions. Safe to repeat because a crossing has one instant, whenever it is written down, and reads
see it before that.
"""

from typing import Final

from sqlalchemy import Connection

from nrem.policy.decay import Cross
from nrem.policy.decay import decide as judge
from nrem.store import decay, park
from nrem.store.decay import Due, Write
from nrem.store.inbox import Item
from worker.contract import Change, Changes, Pass, Shape, Work

NAME: Final = "decay"


def claim(conn: Connection, job: Work, limit: int) -> list[Due]:
    """Due memories, locked."""
    return decay.claim(conn, job.org_id, limit)


def decide(found: list[Due], _proposal: None, job: Work) -> list[Write]:
    """For each memory the state that holds now, or a later look."""
    return [_judged(due, job) for due in found]


def _judged(due: Due, job: Work) -> Write:
    verdict = judge(due.facts, job.policy, job.now)
    if isinstance(verdict, Cross):
        return Write(
            memory_id=due.memory_id,
            before=due.facts.state,
            state=verdict.to,
            state_since=verdict.since,
            reason=verdict.reason,
            due_at=verdict.due_at,
        )
    return Write(
        memory_id=due.memory_id,
        before=due.facts.state,
        state=due.facts.state,
        state_since=due.facts.state_since,
        reason=None,
        due_at=verdict.due_at,
    )


def apply(conn: Connection, job: Work, writes: list[Write]) -> Changes:
    """Write states and due times."""
    decay.apply(conn, job.org_id, writes)
    crossed = [w for w in writes if w.reason is not None]
    diff = tuple(
        Change(kind="memory", id=w.memory_id, before=w.before, after=w.state, reason=w.reason)
        for w in crossed
    )
    return Changes(
        read=len(writes),
        proposed=len(writes),
        changed=len(crossed),
        reason=None if crossed else "rearmed",
        detail={
            str(state): [w.memory_id for w in crossed if w.state == state]
            for state in sorted({w.state for w in crossed})
        },
        diff=diff,
    )


def set_aside(conn: Connection, job: Work, found: list[Due]) -> None:
    """Take a memory that cannot be judged out of the sweep: it stays in the state it is in."""
    decay.apply(
        conn,
        job.org_id,
        [
            Write(
                memory_id=due.memory_id,
                before=due.facts.state,
                state=due.facts.state,
                state_since=due.facts.state_since,
                reason=None,
                due_at=None,
            )
            for due in found
        ],
    )
    items = [Item(kind="memory", item_id=d.memory_id, session_id=None, attempts=1) for d in found]
    park.add(conn, job.org_id, NAME, items, reason="failed", error_class=None)


DECAY: Final = Pass(
    name=NAME,
    shape=Shape.SWEEP,
    batch=500,
    claim=claim,
    decide=decide,
    apply=apply,
    park=set_aside,
)
