"""decay: writes down what time alone has changed: idle memories archived, faded ones forgotten.

Reads: memories whose due time has come, with their uses that are not counted yet. Writes: state,
since when and why, those uses, the next due time; no versions. Safe to repeat because a crossing
has one instant, whenever it is written down, and reads see it before that.
"""

from typing import Final

from sqlalchemy import Connection

from nrem.store import decay, life, park
from nrem.store.inbox import Item
from nrem.store.life import Held, Write
from worker.changes import Changes
from worker.contract import Pass, Shape, Work
from worker.lives import changes

NAME: Final = "decay"


def claim(conn: Connection, job: Work, limit: int) -> list[Held]:
    """Due memories, locked."""
    return decay.claim(conn, job.org_id, limit)


def decide(found: list[Held], _proposal: None, job: Work) -> list[Write]:
    """For each memory how it stands now, or a later look."""
    return [life.settled(held, job.timeline, job.now) for held in found]


def apply(conn: Connection, job: Work, writes: list[Write]) -> Changes:
    """Write states and due times."""
    life.write(conn, job.org_id, writes, run_id=job.run_id)
    return changes(writes, nothing="rearmed")


def set_aside(conn: Connection, job: Work, found: list[Held]) -> None:
    """Take a memory that cannot be judged out of the sweep: it stays in the state it is in."""
    decay.set_aside(conn, job.org_id, [held.memory_id for held in found])
    items = [Item(kind="memory", item_id=h.memory_id, session_id=None, attempts=1) for h in found]
    park.add(conn, job.org_id, NAME, items, reason="failed", error_class=None)


DECAY: Final = Pass(
    name=NAME,
    shape=Shape.SWEEP,
    batch=1000,
    claim=claim,
    decide=decide,
    apply=apply,
    park=set_aside,
)
