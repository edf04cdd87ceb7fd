"""seal: lines of the audit trail get their place in the chain of their org.

Reads: lines that wait, over all orgs: numbers, operations, codes; no content. Writes: seals, and
the ends of the chains into a file outside of the database. Safe to repeat because a line is sealed
once, by one process at a time, and the file never goes back.
"""

from typing import Final

import structlog
from sqlalchemy import Connection

from nrem.errors import ConfigError
from nrem.heads import Head, Heads
from nrem.store import seal
from worker.changes import Change, Changes
from worker.contract import Pass, Shape, Tools

_log = structlog.get_logger("worker")

NAME: Final = "seal"
# Per transaction; a second's worth, and more, of what an installation writes.
_BATCH: Final = 5_000


def sweep(conn: Connection, tools: Tools) -> Changes:
    """Keep the ends of the chains as they are committed, then seal what waits."""
    if tools.heads is not None:
        _keep(conn, tools.heads)
    at = seal.lock(conn)
    if at is None:
        return Changes(read=0, reason="held")
    found = seal.waiting(conn, _BATCH)
    sealed = {
        org_id: seal.add(conn, org_id, audit_ids, at=at, digest=tools.digest)
        for org_id, audit_ids in found.items()
    }
    return Changes(
        read=sum(len(audit_ids) for audit_ids in found.values()),
        changed=sum(sealed.values()),
        diff=tuple(
            Change(kind="org", id=org_id, before="waiting", after="sealed", reason=f"{count} lines")
            for org_id, count in sealed.items()
        ),
    )


def _keep(conn: Connection, heads: Heads) -> None:
    """What an earlier step made is committed, so it may be told outside of the database.

    The end of a chain that was cut or replaced is kept as it was: it is what proves that.
    """
    try:
        known = heads.read()
        grown = seal.heads_after(conn, known)
        true = [one for one in grown if _continues(conn, known.get(one.org_id), heads)]
        if true:
            heads.keep(true)
    except (ConfigError, OSError) as error:
        # Sealing goes on: a file that cannot be written makes the trail no worse.
        _log.warning("heads.not_kept", error=type(error).__name__)


def _continues(conn: Connection, known: Head | None, heads: Heads) -> bool:
    if known is None or seal.continues(conn, known):
        return True
    if known.org_id not in heads.disputed:
        heads.disputed.add(known.org_id)
        _log.error("trail.replaced", org=known.org_id, place=known.place)
    return False


SEAL: Final = Pass(
    name=NAME,
    shape=Shape.SWEEP,
    every_seconds=1,
    sweep=sweep,
)
