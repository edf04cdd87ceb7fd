"""rescue: makes due again what a crash, a lost nudge or a lapsed lease left behind.

Reads and writes control tables of all orgs: no content, no memory. Safe to repeat because it only
ever brings due times forward to what the work itself says.
"""

from typing import Final

from sqlalchemy import Connection

from nrem.store import rescue
from worker.changes import Change, Changes
from worker.contract import Pass, Shape, Tools

NAME: Final = "rescue"


def sweep(conn: Connection, _tools: Tools) -> Changes:
    """Announce the unannounced work of every org."""
    healed = rescue.rearm(conn)
    return Changes(
        read=len(healed),
        changed=len(healed),
        diff=tuple(
            Change(kind="org", id=org_id, before="not due", after="due", reason=name)
            for org_id, name in healed
        ),
    )


RESCUE: Final = Pass(
    name=NAME,
    shape=Shape.SWEEP,
    every_seconds=5,
    sweep=sweep,
)
