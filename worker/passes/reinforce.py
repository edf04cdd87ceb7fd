"""reinforce: uses become part of the memory: its count, its last access, its tier.

Reads: the log of uses that are not counted yet, which recall and `access` events wrote. Writes:
access count, last access, the tier that the count has reached, crossings that came in between. Safe
to repeat because a log row is counted in the transaction that marks it.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from nrem.store import life, reinforce
from nrem.store.life import Held, Write
from worker.changes import Changes
from worker.contract import Pass, Shape, Work
from worker.lives import changes

NAME: Final = "reinforce"


def claim(conn: Connection, job: Work, limit: int) -> list[Held]:
    """Memories with uses to count, locked."""
    return reinforce.claim(conn, job.org_id, limit)


def decide(found: list[Held], _proposal: None, job: Work) -> list[Write]:
    """For each memory how it stands now, its uses counted in their order."""
    return [life.settled(held, job.timeline, job.now) for held in found]


def apply(conn: Connection, job: Work, writes: list[Write]) -> Changes:
    """Write counts, tiers and states, and mark the uses as counted."""
    life.write(conn, job.org_id, writes, run_id=job.run_id)
    return changes(writes, nothing="not_live_then")


def next_due(conn: Connection, job: Work) -> datetime | None:
    """When there is a use to count again."""
    return reinforce.next_due(conn, job.org_id)


REINFORCE: Final = Pass(
    name=NAME,
    shape=Shape.SWEEP,
    batch=500,
    claim=claim,
    decide=decide,
    apply=apply,
    next_due=next_due,
)
